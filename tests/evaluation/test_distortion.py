import math

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.evaluation.distortion import mel_cepstral_distortion, mel_cepstrum, warp_spectra


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


def test_the_golden_value_is_that_of_a_plain_loop_over_scipys_cosine_transform():
    """The loop shares no line with the package."""
    from scipy.fft import dct

    random = np.random.default_rng(7)
    one, other = (np.cumsum(random.normal(size=(n, 80)), axis=0) * 0.2 for n in (30, 41))
    a, b = (dct(x, type=2, axis=1)[:, 1:14] / 80 for x in (one, other))
    total = np.full((30, 41), np.inf)
    for i in range(30):
        for j in range(41):
            cost = 10 / math.log(10) * math.sqrt(2 * sum((a[i] - b[j]) ** 2))
            ways = [total[i - 1, j] + cost if i else math.inf, total[i, j - 1] + cost if j else math.inf]
            ways.append(total[i - 1, j - 1] + 2 * cost if i and j else 2 * cost if i == j == 0 else math.inf)
            total[i, j] = min(ways)
    golden = total[-1, -1] / 71
    assert mel_cepstral_distortion(one, other) == pytest.approx(golden, rel=1e-9)
    assert golden == pytest.approx(3.339650, rel=1e-6)


def test_the_path_comes_with_the_distortion(mel):
    warp = warp_spectra(mel, np.repeat(mel, 2, axis=0))
    assert warp.distortion == pytest.approx(0, abs=1e-4)
    assert np.abs(warp.path[:, 1] / 2 - warp.path[:, 0]).max() <= 1


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
