"""WaveNet: sizes, causality, likelihoods, synthesis."""

import math

import numpy as np
import paddle
import pytest
from scipy import stats

from parakeet.functions.likelihoods import gaussian_nll
from parakeet.models.wavenet import Gaussians, Softmax, WaveNet
from parakeet.modules.weight_norm import count_parameters, fold_weight_norm

SMALL = {"n_mels": 6, "upsample_scales": (2, 4), "channels": 12, "layers": 3, "cycles": 2, "classes": 16, "components": 3}


def build(output="gaussian", **options):
    paddle.seed(0)
    return WaveNet(**{**SMALL, **options}, output=output)


def samples_for(model, batch=2, frames=5):
    n = frames * model.hop_length
    rng = np.random.default_rng(0)
    codes = model.output.classes
    drawn = rng.standard_normal((batch, n)).astype("float32") * 0.3 if codes is None else rng.integers(0, codes, (batch, n))
    return paddle.to_tensor(drawn), paddle.to_tensor(rng.standard_normal((batch, frames, 6)).astype("float32"))


@pytest.fixture(params=["softmax", "gaussian", "mixture"])
def model(request):
    return build(request.param)


@pytest.mark.parametrize(("output", "count"), [("mixture", 2_633_184), ("gaussian", 2_629_701), ("softmax", 3_155_394)])
def test_each_published_size_has_its_number_of_parameters(output, count):
    model = WaveNet(output=output)
    assert count_parameters(model) == count
    assert (model.receptive_field, model.hop_length) == (3070, 256)


def test_the_papers_convolutions_behind_the_gates_are_thirty_matrices_more():
    assert count_parameters(WaveNet(projected=True)) == 2_629_701 + 30 * (128 * 256 + 256)


def test_an_output_that_is_unknown_is_told():
    with pytest.raises(ValueError, match="output is one of softmax, gaussian, mixture; received 'logistic'"):
        build("logistic")


def test_a_sample_changes_what_is_said_of_those_behind_it_within_the_receptive_field(model):
    samples, mel = samples_for(model, batch=1)
    other = samples.clone()
    other[0, 7] = 3 - other[0, 7]
    changed = np.flatnonzero((model(samples, mel) != model(other, mel)).any(axis=2).numpy())
    assert model.receptive_field == 15
    assert changed.min() == 7
    assert changed.max() == 7 + 14
    assert len(changed) == 15


def test_a_spectrum_that_is_too_short_is_told(model):
    samples, mel = samples_for(model)
    with pytest.raises(ValueError, match="40 samples are given, the spectrum describes 32, 4 frames of 8"):
        model(samples, mel[:, :4])


def test_no_sample_is_predicted_from_itself(model):
    samples, mel = samples_for(model, batch=1)
    seen = []
    model.output.nll, true = (lambda numbers, samples: seen.append(numbers.numpy()) or true(numbers, samples)), model.output.nll
    other = samples.clone()
    other[0, 7] = 3 - other[0, 7]
    model.loss(samples, mel)
    model.loss(other, mel)
    changed = np.flatnonzero((seen[0] != seen[1]).any(axis=(0, 2)))
    assert changed.min() == 8


def test_the_loss_is_the_mean_over_what_is_judged(model):
    samples, mel = samples_for(model)
    whole, tail = float(model.loss(samples, mel)), float(model.loss(samples, mel, context=10))
    start = paddle.full([2, 1], model.silence, samples.dtype)
    each = model.output.nll(model(paddle.concat([start, samples[:, :-1]], axis=1), mel), samples).numpy()
    assert each.shape == (2, 40)
    assert whole == pytest.approx(each.mean(), rel=1e-5)
    assert tail == pytest.approx(each[:, 10:].mean(), rel=1e-5)


def test_every_parameter_but_the_weight_of_the_only_component_learns(model):
    samples, mel = samples_for(model)
    model.loss(samples, mel).backward()
    assert all(parameter.grad is not None and float(parameter.grad.abs().sum()) > 0 for parameter in model.parameters())


@pytest.mark.parametrize("folded", [False, True])
def test_synthesis_says_of_each_sample_what_the_whole_network_says(model, folded):
    mel = samples_for(model)[1]
    drawn = model.infer(mel, seed=3)
    assert drawn.shape == [2, 40]
    start = paddle.full([2, 1], model.silence, drawn.dtype)
    previous = paddle.concat([start, drawn[:, :-1]], axis=1)
    whole = model(previous, mel).numpy()
    if folded:
        fold_weight_norm(model)
        np.testing.assert_array_equal(model.infer(mel, seed=3).numpy().round(3), drawn.numpy().round(3))
    steps = model.steps(batch=2)
    conditions = steps.conditions(model.upsample(mel).transpose([0, 2, 1]).numpy())
    stepped = np.stack([steps(previous[:, n].numpy(), conditions[n]) for n in range(40)], axis=1)
    np.testing.assert_allclose(stepped, whole, atol=1e-5)


def test_the_same_seed_gives_the_same_sound_and_a_stream_the_same_as_a_whole(model):
    mel = samples_for(model)[1]
    whole = model.infer(mel, seed=1).numpy()
    np.testing.assert_array_equal(np.concatenate(list(model.stream(mel, seed=1)), axis=1), whole)
    assert not np.array_equal(model.infer(mel, seed=2).numpy(), whole)


def test_drawn_samples_are_distributed_as_said():
    numbers = np.tile(np.array([[0.0, math.log(3), -0.5, 0.2, -3.0, -2.0]]), (20_000, 1))
    rng = np.random.default_rng(0)
    drawn = Gaussians(2, -9.0).draw(numbers, rng.random(20_000), rng.standard_normal(20_000))

    def cumulated(x):
        return 0.25 * stats.norm.cdf(x, -0.5, math.exp(-3)) + 0.75 * stats.norm.cdf(x, 0.2, math.exp(-2))

    assert stats.kstest(drawn, cumulated).pvalue > 0.01


def test_drawn_classes_are_as_frequent_as_said_and_an_impossible_one_never_comes():
    logits = np.tile(np.array([[1.0, -np.inf, 0.0, 2.0]]), (50_000, 1))
    drawn = Softmax(4).draw(logits, np.random.default_rng(0).random(50_000), None)
    shares = np.bincount(drawn, minlength=4) / 50_000
    expected = np.exp([1.0, -np.inf, 0.0, 2.0])
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.01)
    assert shares[1] == 0
    assert Softmax(4).draw(logits[:2], np.array([0.0, 1 - 2**-53]), None).tolist() == [0, 3]


def test_only_a_single_gaussian_has_moments(model):
    samples, mel = samples_for(model)
    if model.output.channels != 3:
        with pytest.raises(ValueError, match="only a single Gaussian .output='gaussian'. has a mean and a scale"):
            model.moments(samples, mel)
        return
    mean, log_scale = model.moments(samples, mel)
    nll = gaussian_nll(samples, mean, log_scale).numpy()
    np.testing.assert_allclose(nll, model.output.nll(model(samples, mel), samples).numpy(), atol=1e-5)


def test_a_scale_never_falls_below_the_least():
    model = build(least_log_scale=-1.0)
    numbers = paddle.to_tensor([[[0.0, 0.5, -40.0]]])
    assert model.output.nll(numbers, paddle.to_tensor([[0.5]])).item() == pytest.approx(-1 + 0.9189385, abs=1e-6)


def test_four_sounds_are_learnt_by_heart():
    model = build(channels=16, least_log_scale=-3.0)
    t = np.arange(64) / 64
    wav = paddle.to_tensor(np.stack([np.sin(2 * np.pi * k * t) * 0.5 for k in (2, 3, 5, 7)]).astype("float32"))
    mel = paddle.to_tensor(np.eye(4, 6, dtype="float32")[:, None].repeat(8, 1))
    optimizer = paddle.optimizer.Adam(1e-2, parameters=model.parameters(), grad_clip=paddle.nn.ClipGradByGlobalNorm(1.0))
    for _ in range(80):
        loss = model.loss(wav, mel)
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
    assert float(loss) < -1.6  # of a least -3 + log(2 pi) / 2 = -2.08
