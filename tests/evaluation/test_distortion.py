import itertools
import math

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.evaluation.distortion import dtw_path, mel_cepstral_distortion, mel_cepstrum


@pytest.fixture
def mel():
    """A spectrum that changes smoothly, as speech does."""
    random = np.random.default_rng(0)
    time = np.cumsum(random.normal(size=(120, 80)), axis=0) * 0.2
    return (time + np.linspace(-2, -6, 80)).astype(np.float32)


def test_a_spectrum_has_no_distortion_against_itself(mel):
    assert mel_cepstral_distortion(mel, mel) == pytest.approx(0, abs=1e-5)


def test_distortion_is_the_same_whichever_comes_first(mel):
    other = mel[10:90] + np.random.default_rng(1).normal(scale=0.3, size=(80, 80)).astype(np.float32)
    assert mel_cepstral_distortion(mel, other) == pytest.approx(mel_cepstral_distortion(other, mel), rel=1e-9)


def test_distortion_grows_with_noise(mel):
    noise = np.random.default_rng(2).normal(size=mel.shape)
    figures = [mel_cepstral_distortion(mel, mel + level * noise) for level in (0, 0.05, 0.1, 0.2, 0.5, 1.0)]
    assert figures == sorted(figures)
    assert figures[-1] > 10 * figures[1]


def test_loudness_and_timing_are_left_aside(mel):
    assert mel_cepstral_distortion(mel, mel + 1.5) == pytest.approx(0, abs=1e-4)
    assert mel_cepstral_distortion(mel, np.repeat(mel, 2, axis=0)) == pytest.approx(0, abs=1e-4)


def test_distortion_is_the_mean_difference_of_the_smoothed_spectra_in_decibels():
    band = (np.arange(80) + 0.5) / 80
    ripple = 0.5 * np.cos(3 * np.pi * band) - 0.2 * np.cos(7 * np.pi * band)
    decibels = 20 * np.log10(np.exp(ripple))
    flat = np.zeros((7, 80))
    assert mel_cepstral_distortion(flat, flat + ripple) == pytest.approx(math.sqrt(np.mean(decibels**2)))
    assert mel_cepstral_distortion(flat, flat + np.cos(14 * np.pi * band)) == pytest.approx(0, abs=1e-6), "too fine a ripple is left aside"


def test_the_cepstrum_is_the_cosine_transform_without_the_zeroth():
    from scipy.fft import dct

    mel = np.random.default_rng(3).normal(size=(5, 40))
    np.testing.assert_allclose(mel_cepstrum(mel, 39), dct(mel, type=2, axis=1)[:, 1:] / 40, atol=1e-12)


def all_paths(n_rows, n_columns):
    """Every path, as lists of (row, column, weight)."""
    if (n_rows, n_columns) == (1, 1):
        yield [(0, 0, 2)]
        return
    for di, dj in ((1, 0), (0, 1), (1, 1)):
        if n_rows - di >= 1 and n_columns - dj >= 1:
            for path in all_paths(n_rows - di, n_columns - dj):
                yield [*path, (n_rows - 1, n_columns - 1, di + dj)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (4, 4), (3, 6)])
def test_the_time_warp_is_the_cheapest_of_all(shape):
    for seed in range(20):
        cost = np.random.default_rng(seed).random(shape)
        total, path = dtw_path(cost)
        assert total == pytest.approx(min(sum(w * cost[i, j] for i, j, w in way) for way in all_paths(*shape)))
        assert path[0].tolist() == [0, 0]
        assert path[-1].tolist() == [shape[0] - 1, shape[1] - 1]
        assert all(tuple(b - a) in {(1, 0), (0, 1), (1, 1)} for a, b in itertools.pairwise(path))
        weights = [2, *(int((b - a).sum()) for a, b in itertools.pairwise(path))]
        assert sum(w * cost[i, j] for w, (i, j) in zip(weights, path, strict=True)) == pytest.approx(total)


@pytest.mark.parametrize(
    ("mel", "other", "message"),
    [
        (np.zeros((5, 80)), np.zeros((5, 40)), r"same n_mels, received \(5, 80\) and \(5, 40\)"),
        (np.zeros((0, 80)), np.zeros((5, 80)), r"received \(0, 80\) and \(5, 80\)"),
        (np.zeros((5, 80)), np.full((5, 80), np.nan), "not numbers"),
        (np.zeros((5, 10)), np.zeros((5, 10)), "n_coefficients must be from 1 to 9, received 13"),
    ],
)
def test_spectra_that_can_not_be_compared_are_refused(mel, other, message):
    with pytest.raises(DataError, match=message):
        mel_cepstral_distortion(mel, other)
