"""Feedback that brings a sound nearer to its mel spectrum: the same in both forms, in pieces, and with padding."""

import numpy as np
import paddle
import pytest

from parakeet.audio.feedback import MelFeedback as Streamed
from parakeet.audio.feedback import bin_gains
from parakeet.audio.mel import MelConfig, log_mel, mel_filters
from parakeet.audio.stft import magnitudes
from parakeet.modules.mel_feedback import MelFeedback

MELS = [
    MelConfig(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0),
    MelConfig(sample_rate=8000, n_fft=256, hop_length=64, win_length=200, n_mels=20, fmin=200.0, fmax=3000.0),
    MelConfig(sample_rate=8000, n_fft=256, hop_length=80, win_length=240, n_mels=20, fmax=4000.0),
]


def example(config, frames, seed=0):
    """A sound, and the spectrum of another one of the same length."""
    rng = np.random.default_rng(seed)
    wav, other = rng.normal(0, 0.1, (2, (frames + 4) * config.hop_length)).astype(np.float32)
    return wav[: frames * config.hop_length], log_mel(other * np.linspace(0.3, 3, len(other), dtype=np.float32), config)[:frames]


def layer_of(config, strength=0.5):
    return MelFeedback(mel_filters(config), config.hop_length, config.win_length, strength)


def streamed(config, wav, mel, sizes=None, strength=0.5):
    feedback, made, begin = Streamed(config, strength), [], 0
    for size in sizes or [len(mel)]:
        feedback.want(mel[begin : begin + size])
        made.append(feedback.push(wav[begin * config.hop_length : (begin + size) * config.hop_length]))
        begin += size
    return np.concatenate([*made, feedback.finish()])


@pytest.mark.parametrize("config", MELS)
@pytest.mark.parametrize("frames", [1, 2, 3, 4, 23])
def test_both_forms_agree(config, frames):
    wav, mel = example(config, frames)
    ours = layer_of(config)(paddle.to_tensor(wav[None]), paddle.to_tensor(mel[None])).numpy()[0]
    np.testing.assert_allclose(ours, streamed(config, wav, mel), atol=2e-6)


@pytest.mark.parametrize("config", MELS)
@pytest.mark.parametrize("sizes", [[1] * 23, [5, 0, 11, 7], [22, 1]])
def test_pieces_make_the_same_samples(config, sizes):
    wav, mel = example(config, 23)
    np.testing.assert_allclose(streamed(config, wav, mel, sizes), streamed(config, wav, mel), atol=1e-7)


def test_samples_come_as_soon_as_they_are_final():
    config = MELS[0]
    wav, mel = example(config, 12)
    feedback = Streamed(config, 0.5)
    feedback.want(mel)
    counts = [len(feedback.push(wav[n * 64 : (n + 1) * 64])) // 64 for n in range(12)]
    assert feedback.lag == 3
    assert counts == [0] * 3 + [1] * 9
    assert len(feedback.finish()) == 3 * 64


def test_the_spectrum_comes_nearer():
    config = MELS[0]
    wav, mel = example(config, 60)
    inner = slice(3, -3)  # at the edges there is nothing to correct by

    def distance(sound):
        return np.abs(log_mel(sound, config)[:60] - mel)[inner].mean()

    half, whole = streamed(config, wav, mel), streamed(config, wav, mel, strength=1.0)
    assert distance(whole) < 0.5 * distance(wav)
    assert distance(whole) < distance(half) < 0.75 * distance(wav)


def test_a_sound_that_is_right_is_left_alone():
    config = MELS[1]
    wav, _ = example(config, 30)
    mel = log_mel(wav, config)[:30]
    np.testing.assert_allclose(streamed(config, wav, mel, strength=1.0), wav, atol=1e-6)


def test_what_no_band_hears_is_left_alone():
    config = MELS[1]
    wav, mel = example(config, 30)
    gains = bin_gains(mel, magnitudes(wav, 256, 64, 200)[:30], config, 1.0)
    hz = np.arange(129) * 8000 / 256
    assert (gains[:, (hz <= 200) | (hz >= 3000)] == 1).all()
    assert (gains[:, (hz > 250) & (hz < 2900)] != 1).all()


def test_padding_changes_nothing():
    config = MELS[0]
    layer = layer_of(config)
    wav, mel = example(config, 30)
    alone = layer(paddle.to_tensor(wav[None, : 20 * 64]), paddle.to_tensor(mel[None, :20])).numpy()
    padded = layer(paddle.to_tensor(wav[None]), paddle.to_tensor(mel[None]), paddle.to_tensor([20])).numpy()
    np.testing.assert_allclose(padded[:, : 20 * 64], alone, atol=1e-6)


def test_the_gradient_is_that_of_finite_differences():
    config = MelConfig(sample_rate=8000, n_fft=32, hop_length=8, win_length=32, n_mels=4, fmax=4000.0)
    layer = layer_of(config, 0.7)
    layer.to(dtype="float64")
    rng = np.random.default_rng(0)
    wav, mel, weights = rng.normal(0, 0.1, 80), rng.normal(-2, 0.3, (10, 4)), rng.normal(0, 1, 80)

    def value(samples):
        return (layer(paddle.to_tensor(samples[None]), paddle.to_tensor(mel[None])) * paddle.to_tensor(weights)).sum()

    given = paddle.to_tensor(wav[None], stop_gradient=False)
    (layer(given, paddle.to_tensor(mel[None])) * paddle.to_tensor(weights)).sum().backward()
    steps = 1e-6 * np.eye(80)
    expected = [(float(value(wav + step)) - float(value(wav - step))) / 2e-6 for step in steps]
    np.testing.assert_allclose(given.grad.numpy()[0], expected, rtol=1e-5, atol=1e-7)
