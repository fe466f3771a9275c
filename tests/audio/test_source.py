"""Harmonics of a pitch and noise, and what filters make of them, piece by piece."""

import numpy as np
import pytest

from parakeet.audio.source import SourceFilter, continuous_pitch, harmonics, scales, spectra
from parakeet.audio.stft import InverseTransform, istft

RATE, N_FFT, HOP = 16000, 256, 64
BINS = 1 + N_FFT // 2


def speech(frames, seed=0):
    """A pitch that moves, and filters of every size."""
    rng = np.random.default_rng(seed)
    pitch = 150 + 60 * np.sin(np.arange(frames) / 9) + rng.uniform(-5, 5, frames)
    filters = (rng.standard_normal((frames, BINS)) + 1j * rng.standard_normal((frames, BINS))).astype(np.complex64)
    return pitch, filters, rng.random((frames, BINS), np.float32)


def made(parts, pieces, seed=0):
    """The samples of frames that come in pieces of these sizes, over and over."""
    synthesis, begin, samples, number = SourceFilter(RATE, N_FFT, HOP, seed), 0, [], 0
    while begin < len(parts[0]):
        end = begin + pieces[number % len(pieces)]
        samples.append(synthesis.push(*(part[begin:end] for part in parts)))
        begin, number = end, number + 1
    return np.concatenate([*samples, synthesis.finish()])


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 60])
@pytest.mark.parametrize("pieces", [[1], [2], [3], [5], [0, 7, 1], [16, 32]])
def test_pieces_make_what_all_frames_at_once_make(frames, pieces):
    parts = speech(frames)
    whole = made(parts, [frames])
    assert (whole.dtype, whole.shape) == (np.float32, (frames * HOP,))
    assert np.abs(whole).max() > 0.02
    np.testing.assert_allclose(made(parts, pieces), whole, atol=1e-6)


def test_the_whole_is_the_inverse_transform_of_the_filtered_sources():
    pitch, filters, level = speech(50)
    train = harmonics(pitch, RATE, HOP, N_FFT // 2, N_FFT // 2)
    noise = np.random.default_rng(3).standard_normal(len(train), np.float32)
    sources = [spectra(sound, N_FFT, HOP, scale) for sound, scale in zip((train, noise), scales(N_FFT), strict=True)]
    wanted = istft(sources[0] * filters + sources[1] * level, HOP, N_FFT, 50 * HOP)
    np.testing.assert_allclose(made((pitch, filters, level), [50], seed=3), wanted, atol=1e-6)


@pytest.mark.parametrize("frames_a_second", [100.0, 250.0])
def test_a_steady_pitch_has_its_energy_at_its_harmonics_alone(frames_a_second):
    pitch = frames_a_second
    parts = np.full(260, pitch), np.ones((260, BINS), np.complex64), np.zeros((260, BINS), np.float32)
    wav = made(parts, [16])[320:][:16000]  # a second of whole periods: a bin is one Hz
    spectrum = np.abs(np.fft.rfft(wav)) ** 2
    at_harmonics = spectrum[int(pitch) : 7900 : int(pitch)]
    assert at_harmonics.sum() > 0.99 * spectrum[:7900].sum()
    assert at_harmonics.max() < 1.1 * at_harmonics.min()


def test_the_highest_harmonic_fades_in_as_the_pitch_falls():
    low, high = (harmonics(np.full(3, pitch), RATE, HOP, 0, 0, phase=0.3) for pitch in (100 - 1e-9, 100 + 1e-9))
    np.testing.assert_allclose(low, high, atol=1e-3)


def test_without_gains_there_is_silence():
    parts = np.full(20, 120.0), np.zeros((20, BINS), np.complex64), np.zeros((20, BINS), np.float32)
    assert not made(parts, [7]).any()


def test_noise_alone_is_white_and_chosen_by_the_seed():
    parts = np.full(400, 120.0), np.zeros((400, BINS), np.complex64), np.ones((400, BINS), np.float32)
    wav = made(parts, [50], seed=1)
    bands = (np.abs(np.fft.rfft(wav)) ** 2)[:12800].reshape(8, -1).mean(1)
    assert bands.max() < 1.2 * bands.min()
    assert made(parts, [50], seed=1).tobytes() == wav.tobytes()
    assert np.abs(made(parts, [50], seed=2) - wav).max() > 0.1


def test_samples_come_as_many_frames_late_as_the_lag_says():
    parts, synthesis = speech(30), SourceFilter(RATE, N_FFT, HOP)
    assert synthesis.lag == 4
    assert [len(synthesis.push(*(part[n : n + 1] for part in parts))) // HOP for n in range(10)] == [0] * 4 + [1] * 6


def test_nothing_makes_nothing():
    assert len(SourceFilter(RATE, N_FFT, HOP).finish()) == 0


def test_a_long_sound_keeps_its_place_in_the_period():
    """Ten minutes of it, one harmonic a sample of error would hear."""
    synthesis, frames = SourceFilter(RATE, N_FFT, HOP), 1000
    filters, level = np.ones((frames, BINS), np.complex64), np.zeros((frames, BINS), np.float32)
    pieces = [synthesis.push(np.full(frames, 125.0), filters, level) for _ in range(150)]
    np.testing.assert_allclose(pieces[-1], pieces[1], atol=1e-5)


@pytest.mark.parametrize(("n_fft", "hop_length"), [(256, 64), (256, 128), (200, 60)])
@pytest.mark.parametrize("frames", [1, 2, 5, 40])
def test_an_inverse_transform_in_pieces_is_that_of_the_whole(n_fft, hop_length, frames):
    rng = np.random.default_rng(frames)
    shape = frames, 1 + n_fft // 2
    spectrum = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)
    wanted = istft(spectrum, hop_length, n_fft, frames * hop_length)
    for size in (1, 2, 3, 7, frames):
        inverse = InverseTransform(n_fft, hop_length)
        pieces = [inverse.push(spectrum[begin : begin + size]) for begin in range(0, frames, size)]
        np.testing.assert_allclose(np.concatenate([*pieces, inverse.finish()]), wanted, atol=2e-5 * np.abs(wanted).max())


def test_the_gaps_of_a_pitch_are_filled_evenly_on_a_logarithmic_scale():
    filled = continuous_pitch(np.array([0, 100, 0, 400, 0, 0.0]))
    np.testing.assert_allclose(filled, [100, 100, 200, 400, 400, 400], rtol=1e-6)
    np.testing.assert_allclose(continuous_pitch(np.zeros(3)), 150)
