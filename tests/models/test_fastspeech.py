"""FastSpeech."""

import numpy as np
import paddle
import pytest

from parakeet.errors import DataError
from parakeet.models.fastspeech import SIZES, FastSpeech, fastspeech_losses
from parakeet.voice.engines.recording import record_acoustic

LENGTHS = [5, 9, 3]


@pytest.fixture
def model():
    paddle.seed(1)
    options = {"channels": 16, "encoder_blocks": 2, "decoder_blocks": 2, "intermediate_channels": 32}
    model = FastSpeech(20, n_mels=10, **options, mel_mean=np.full(10, -4.0), mel_std=np.full(10, 2.0))
    model.to(dtype="float64")
    model.eval()
    return model


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    mask = np.arange(max(LENGTHS)) < np.array(LENGTHS)[:, None]
    batch = {
        "text": rng.integers(1, 20, mask.shape) * mask,
        "text_lengths": np.array(LENGTHS),
        "durations": rng.integers(0, 6, mask.shape) * mask,
    }
    batch["mel_lengths"] = batch["durations"].sum(axis=1)
    inside = np.arange(batch["mel_lengths"].max()) < batch["mel_lengths"][:, None]
    batch["mel"] = (rng.standard_normal((*inside.shape, 10)) * inside[:, :, None]).astype("float32")
    return {key: paddle.to_tensor(value) for key, value in batch.items()}


def run(model, batch, rows=slice(None), symbols=None):
    return model(batch["text"][rows, :symbols], batch["text_lengths"][rows], batch["durations"][rows, :symbols])


def test_the_count_of_parameters_is_the_sum_of_its_parts():
    c, inner, k, symbols, mels = 192, 768, 3, 51, 80
    block = 4 * (c * c + c) + (c * inner * k + inner) + (inner * c * k + c) + 2 * 2 * c
    predictor = 2 * (c * c * k + c + 2 * c) + c + 1
    count = symbols * c + 6 * block + predictor + 2 * (1 + 2 * c) + c * mels + mels
    assert sum(parameter.size for parameter in FastSpeech(symbols, **SIZES["small"]).parameters()) == count == 6_456_659


def test_padding_never_changes_a_result(model, batch):
    together = run(model, batch)
    for b, n in enumerate(LENGTHS):
        for key, alone in run(model, batch, slice(b, b + 1), n).items():
            short = alone.numpy()[0]
            np.testing.assert_allclose(together[key].numpy()[b, : len(short)], short, atol=1e-12)
            assert not together[key].numpy()[b, len(short) :].any()


@pytest.mark.parametrize("alpha", [0.5, 0.75, 1.0, 1.3, 2.0])
def test_speed_stretches_each_duration_and_rounds_it(model, batch, alpha):
    durations = batch["durations"].numpy()
    found = model.infer(batch["text"], batch["text_lengths"], rate=1 / alpha, durations=batch["durations"])
    expected = np.floor(alpha * durations + 0.5)
    np.testing.assert_array_equal(found["durations"].numpy(), expected)
    assert found["mel_lengths"].tolist() == expected.sum(axis=1).tolist()
    assert found["mel"].shape[1] == expected.sum(axis=1).max()
    assert (np.abs(expected.sum(axis=1) - alpha * durations.sum(axis=1)) <= np.array(LENGTHS) / 2).all()


def test_a_rate_of_one_says_what_the_training_pass_says(model, batch):
    found = model.infer(batch["text"], batch["text_lengths"], rate=1.0, durations=batch["durations"])
    np.testing.assert_array_equal(found["mel"].numpy(), run(model, batch)["mel"].numpy())


def test_predicted_durations_are_whole_before_they_are_stretched(model, batch):
    model.duration_predictor.output.bias.set_value(paddle.to_tensor([1.6], "float64"))  # some four frames each
    plain = model.infer(batch["text"], batch["text_lengths"])["durations"].numpy()
    assert plain.any()
    slow = model.infer(batch["text"], batch["text_lengths"], rate=0.4)["durations"].numpy()
    np.testing.assert_array_equal(slow, np.floor(plain / 0.4 + 0.5))


def test_a_text_without_any_frame_gives_an_empty_spectrum(model, batch):
    found = model.infer(batch["text"], batch["text_lengths"], durations=paddle.zeros_like(batch["durations"]))
    assert found["mel"].shape == [3, 0, 10]
    assert found["mel_lengths"].tolist() == [0, 0, 0]


def test_losses_are_zero_for_the_truth(model, batch):
    truth = {"mel": batch["mel"], "log_durations": paddle.log1p(batch["durations"].astype("float32"))}
    losses = fastspeech_losses(truth, batch, paddle.ones([1, 1, 10]))
    assert {name: loss.item() for name, loss in losses.items()} == {"loss": 0.0, "mel_loss": 0.0, "duration_loss": 0.0}


def test_every_parameter_is_learnt(model, batch):
    model.to(dtype="float32")
    model.train()
    fastspeech_losses(run(model, batch), batch, model.mel_std)["loss"].backward()
    without = [name for name, p in model.named_parameters() if p.grad is None or not np.abs(p.grad.numpy()).any()]
    # A constant added to all keys changes no attention.
    assert [name for name in without if not name.endswith("attention.keys.bias")] == []


def test_an_export_that_would_silently_ignore_pitch_and_energy_is_refused(model, tmp_path):
    with pytest.raises(DataError, match="FastSpeech, can't be steered by pitch_shift and energy_shift, which every exported graph takes"):
        record_acoustic(model, tmp_path / "acoustic")
    assert not list(tmp_path.iterdir())
