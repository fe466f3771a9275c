"""Feedback that brings a sound nearer to its mel spectrum, at once or in pieces."""

import numpy as np
import pytest

from parakeet.audio.feedback import MelFeedback, bin_gains
from parakeet.audio.mel import MelConfig, log_mel, mel_filters
from parakeet.audio.stft import hann, istft, magnitudes

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


def streamed(config, wav, mel, sizes=None, strength=0.5):
    feedback, made, begin = MelFeedback(config, strength), [], 0
    for size in sizes or [len(mel)]:
        feedback.want(mel[begin : begin + size])
        made.append(feedback.push(wav[begin * config.hop_length : (begin + size) * config.hop_length]))
        begin += size
    return np.concatenate([*made, feedback.finish()])


@pytest.mark.parametrize("config", MELS)
@pytest.mark.parametrize("frames", [0, 1, 2, 3, 4, 23])
def test_every_sample_comes_back(config, frames):
    wav, mel = example(config, frames)
    corrected = streamed(config, wav, mel)
    assert corrected.dtype == np.float32
    assert corrected.shape == wav.shape
    assert np.isfinite(corrected).all()


@pytest.mark.parametrize("config", MELS)
def test_it_is_the_written_out_formula(config):
    """Transform, gains of the frames whose windows lie within the sound, and the inverse, in float64 and all at once."""
    frames, half = 23, config.n_fft // 2
    reach = -(-half // config.hop_length)
    wav, mel = example(config, frames)
    padded = np.pad(wav.astype(np.float64), (half, half + reach * config.hop_length))
    window = hann(config.win_length, config.n_fft)
    spectrum = np.stack([np.fft.rfft(window * padded[t * config.hop_length :][: config.n_fft]) for t in range(frames + reach)])
    filters = mel_filters(config).astype(np.float64)
    heard = np.log(np.maximum(np.abs(spectrum[:frames]) @ filters.T, 1e-5))
    missing = 0.5 * np.clip(mel - heard, -2, 2)
    missing[:reach] = missing[frames - reach + 1 :] = 0
    spectrum[:frames] *= np.exp(missing @ (filters / np.maximum(filters.sum(axis=0), 1e-12)))
    expected = istft(spectrum, config.hop_length, config.win_length, frames * config.hop_length)
    np.testing.assert_allclose(streamed(config, wav, mel), expected, atol=2e-6)


@pytest.mark.parametrize("config", MELS)
@pytest.mark.parametrize("sizes", [[1] * 23, [5, 0, 11, 7], [22, 1]])
def test_pieces_make_the_same_samples(config, sizes):
    wav, mel = example(config, 23)
    np.testing.assert_allclose(streamed(config, wav, mel, sizes), streamed(config, wav, mel), atol=1e-7)


def test_samples_come_as_soon_as_they_are_final():
    config = MELS[0]
    wav, mel = example(config, 12)
    feedback = MelFeedback(config, 0.5)
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
