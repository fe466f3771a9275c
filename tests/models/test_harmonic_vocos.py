"""Vocos with a source: a network that filters harmonics and noise."""

import math

import numpy as np
import paddle
import pytest

from parakeet.audio.source import SourceFilter, harmonics, scales, spectra
from parakeet.models.vocos import HarmonicVocos

N_FFT, HOP, RATE, BINS = 64, 16, 4000, 33


@pytest.fixture
def vocoder():
    paddle.seed(1)
    vocoder = HarmonicVocos(10, 16, 32, 3, N_FFT, HOP, RATE, middle_pitch=200.0, mel_mean=np.full(10, -4.0))
    for parameter in vocoder.parameters():  # far from the small weights of the beginning, so that every frame matters
        parameter.set_value(parameter + 0.1 * paddle.randn(parameter.shape))
    vocoder.eval()
    return vocoder


def mels(*shape, seed=0):
    return paddle.to_tensor(np.random.default_rng(seed).standard_normal(shape).astype("float32") - 4)


@pytest.mark.parametrize(("n_mels", "channels", "middle", "blocks", "n_fft"), [(80, 256, 768, 8, 1024), (10, 16, 32, 3, 64)])
def test_its_size_follows_from_its_layers(n_mels, channels, middle, blocks, n_fft):
    vocoder = HarmonicVocos(n_mels, channels, middle, blocks, n_fft)
    embed, norms = 7 * n_mels * channels + channels, 2 * 2 * channels
    block = (7 * channels + channels) + 2 * channels + (channels * middle + middle) + (middle * channels + channels) + channels
    head = (channels + 1) * (3 * (1 + n_fft // 2) + 1)
    assert sum(parameter.size for parameter in vocoder.parameters()) == embed + norms + blocks * block + head


def test_fresh_ones_hum_at_the_middle_pitch_and_hardly_hiss():
    paddle.seed(1)
    *gains, level, log_pitch = HarmonicVocos(10, 16, 32, 3, N_FFT, HOP, RATE, middle_pitch=200.0).filters(mels(1, 20, 10))
    assert np.abs(log_pitch.numpy() - math.log(200.0)).max() < 0.5
    assert level.numpy().mean() < 0.3 * np.hypot(*(gain.numpy() for gain in gains)).mean()


def test_padding_never_changes_a_result(vocoder):
    mel, lengths = mels(3, 20, 10), [20, 5, 11]
    together = vocoder.filters(mel, paddle.to_tensor(lengths))
    for b, n in enumerate(lengths):
        for number, (ours, theirs) in enumerate(zip(together, vocoder.filters(mel[b : b + 1, :n]), strict=True)):
            np.testing.assert_allclose(ours.numpy()[b, :n], theirs.numpy()[0], atol=1e-5)
            assert number == 3 or not ours.numpy()[b, n:].any()


def test_a_frame_depends_on_as_many_frames_as_the_context_says_and_on_all_of_them(vocoder):
    assert vocoder.context == 12
    mel = mels(1, 60, 10)
    changed = mel.clone()
    changed[0, 30] += 1.0
    for before, after in zip(vocoder.filters(mel), vocoder.filters(changed), strict=True):
        differs = np.flatnonzero(np.abs(before.numpy() - after.numpy()).reshape(60, -1).max(-1) > 0)
        assert (differs.min(), differs.max()) == (30 - 12, 30 + 12)


@pytest.mark.parametrize("frames", [1, 2, 40])
def test_what_it_makes_of_a_source_is_what_the_synthesiser_makes(vocoder, frames):
    """Learning and speaking: the pitch that the network finds, pulses from phase 0, noise of one seed."""
    mel = mels(1, frames, 10)
    real, imaginary, level, log_pitch = (found.numpy()[0] for found in vocoder.filters(mel))
    pitch = np.exp(log_pitch.astype(np.float64))
    train = harmonics(pitch, RATE, HOP, N_FFT // 2, N_FFT // 2)
    noise = np.random.default_rng(7).standard_normal(len(train), np.float32)
    sources = [spectra(sound, N_FFT, HOP, scale) for sound, scale in zip((train, noise), scales(N_FFT), strict=True)]
    wav, found = vocoder(mel, *(paddle.to_tensor(np.stack([source.real, source.imag], axis=1)[None]) for source in sources))
    synthesis = SourceFilter(RATE, N_FFT, HOP, seed=7)
    spoken = np.concatenate([synthesis.push(pitch, real + 1j * imaginary, level), synthesis.finish()])
    assert np.abs(spoken).max() > 0.001
    np.testing.assert_allclose(spoken, wav.numpy()[0], atol=1e-5)
    np.testing.assert_array_equal(found.numpy()[0], log_pitch)
