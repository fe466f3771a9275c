"""FastSpeech 2."""

import numpy as np
import paddle
import pytest

from parakeet.models.fastspeech2 import SIZES, FastSpeech2, fastspeech2_losses

LENGTHS = [5, 9, 3]


@pytest.fixture
def model():
    paddle.seed(1)
    options = {"channels": 16, "encoder_blocks": 2, "decoder_blocks": 2, "intermediate_channels": 32, "postnet_blocks": 3}
    model = FastSpeech2(20, n_mels=10, **options, mel_mean=np.full(10, -4.0), mel_std=np.full(10, 2.0))
    model.eval()
    return model


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    size = max(LENGTHS)
    mask = np.arange(size) < np.array(LENGTHS)[:, None]
    batch = {
        "text": rng.integers(1, 20, mask.shape) * mask,
        "text_lengths": np.array(LENGTHS),
        "durations": rng.integers(0, 6, mask.shape) * mask,
        "pitch": (rng.standard_normal(mask.shape) * mask).astype("float32"),
        "energy": (rng.standard_normal(mask.shape) * mask).astype("float32"),
    }
    batch["mel_lengths"] = batch["durations"].sum(axis=1)
    batch["mel"] = rng.standard_normal((len(LENGTHS), batch["mel_lengths"].max(), 10)).astype("float32")
    return {key: paddle.to_tensor(value) for key, value in batch.items()}


def run(model, batch, rows=slice(None), symbols=None):
    inputs = [batch[key][rows, :symbols] for key in ("durations", "pitch", "energy")]
    return model(batch["text"][rows, :symbols], batch["text_lengths"][rows], *inputs)


def test_the_common_configuration_has_its_number_of_parameters():
    model = FastSpeech2(50, **SIZES["paper"])
    assert sum(parameter.size for parameter in model.parameters()) == 37_086_965 + 384 * 50


def test_padding_never_changes_a_result(model, batch):
    together = run(model, batch)
    for b, n in enumerate(LENGTHS):
        for key, alone in run(model, batch, slice(b, b + 1), n).items():
            short = alone.numpy()[0]
            np.testing.assert_allclose(together[key].numpy()[b, : len(short)], short, atol=1e-5)
            assert not together[key].numpy()[b, len(short) :].any()


def test_losses_are_zero_for_the_truth_and_never_look_at_padding(model, batch):
    frames = (np.arange(batch["mel"].shape[1]) < batch["mel_lengths"].numpy()[:, None])[:, :, None]
    truth = {
        "mel": batch["mel"] * paddle.to_tensor(frames.astype("float32")),
        "log_durations": paddle.log1p(batch["durations"].astype("float32")),
        "pitch": batch["pitch"],
        "energy": batch["energy"],
    }
    losses = fastspeech2_losses(truth, batch, model.mel_std)
    assert {name: loss.item() for name, loss in losses.items()} == dict.fromkeys(losses, 0.0)
    assert set(losses) == {"loss", "mel_loss", "duration_loss", "pitch_loss", "energy_loss"}


def test_every_parameter_is_learnt(model, batch):
    model.train()
    fastspeech2_losses(run(model, batch), batch, model.mel_std)["loss"].backward()
    without = [name for name, parameter in model.named_parameters() if parameter.grad is None or not np.abs(parameter.grad.numpy()).any()]
    # A constant added to all keys changes no attention.
    assert [name for name in without if not name.endswith("attention.keys.bias")] == []


def test_rate_pitch_and_energy_steer_whole_utterances_and_single_symbols(model, batch):
    model.duration_predictor.output.bias.set_value(paddle.to_tensor([1.6]))  # some four frames each
    inputs = batch["text"][1:2], batch["text_lengths"][1:2]
    plain = model.infer(*inputs)
    slow = model.infer(*inputs, rate=0.5)
    assert 1.7 < slow["durations"].sum().item() / plain["durations"].sum().item() < 2.3
    rates = paddle.ones([1, 9])
    rates[0, 4] = 0.25
    one = model.infer(*inputs, rate=rates)["durations"].numpy()[0]
    differs = np.flatnonzero(one != plain["durations"].numpy()[0])
    assert differs.tolist() == [4]
    assert one[4] > 2 * plain["durations"].numpy()[0, 4]
    for shift in ("pitch_shift", "energy_shift"):
        assert np.abs(model.infer(*inputs, **{shift: 1.0})["mel"].numpy() - plain["mel"].numpy()).max() > 1e-3
        np.testing.assert_array_equal(model.infer(*inputs, **{shift: 0.0})["mel"].numpy(), plain["mel"].numpy())


def test_a_text_without_any_frame_gives_an_empty_spectrum(model, batch):
    model.duration_predictor.output.weight.set_value(paddle.zeros_like(model.duration_predictor.output.weight))
    found = model.infer(batch["text"], batch["text_lengths"])
    assert found["mel"].shape == [3, 0, 10]
    assert found["mel_lengths"].tolist() == [0, 0, 0]
