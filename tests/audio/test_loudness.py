"""Loudness against the standard's own fact, its tables, and an independent implementation."""

import numpy as np
import pytest

from parakeet.audio.loudness import integrated_loudness, k_weighting


def sine(hz, sample_rate, seconds=5.0, amplitude=1.0):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * sample_rate)) / sample_rate)


def speech_like(sample_rate, tenths, seed=0):
    """Noise that comes and goes, of a whole number of tenths of a second."""
    n = tenths * sample_rate // 10
    draw = np.random.default_rng(seed)
    level = np.repeat(draw.uniform(-60, -10, tenths // 3 + 1), 3 * sample_rate // 10)[:n]
    return draw.standard_normal(n) * 10 ** (level / 20)


def test_a_full_scale_sine_of_997_hz_measures_minus_3_01():
    assert integrated_loudness(sine(997, 48000), 48000) == pytest.approx(-3.01, abs=0.005)


@pytest.mark.parametrize(("sample_rate", "tolerance"), [(8000, 0.1), (16000, 0.1), (22050, 0.05), (44100, 0.005), (96000, 0.05)])
def test_it_does_so_at_every_sample_rate_but_for_the_bend_of_the_bilinear_transform(sample_rate, tolerance):
    assert integrated_loudness(sine(997, sample_rate), sample_rate) == pytest.approx(-3.01, abs=tolerance)


def test_the_filters_at_48_khz_are_those_of_the_tables():
    shelf, high_pass = k_weighting(48000)
    table = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    np.testing.assert_allclose(shelf, table, atol=1e-8)
    np.testing.assert_allclose(high_pass, [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621], atol=1e-8)


@pytest.mark.parametrize("sample_rate", [16000, 22050, 48000])
@pytest.mark.parametrize("tenths", [4, 17, 100])
def test_another_implementation_measures_the_same(sample_rate, tenths):
    pyloudnorm = pytest.importorskip("pyloudnorm")
    for seed in range(5):
        wav = speech_like(sample_rate, tenths, seed)
        wav = wav[: len(wav) // (sample_rate // 10) * (sample_rate // 10)]
        expected = pyloudnorm.Meter(sample_rate, filter_class="DeMan").integrated_loudness(wav)
        assert integrated_loudness(wav, sample_rate) == pytest.approx(expected, abs=1e-6)


def test_pauses_do_not_count():
    loud = sine(997, 16000, amplitude=0.1)
    with_pauses = np.concatenate([loud, np.zeros(160000), loud * 1e-2, loud])
    # Blocks that hold a border count as they are: some of the 106 that pass the gate.
    assert integrated_loudness(with_pauses, 16000) == pytest.approx(integrated_loudness(loud, 16000), abs=0.2)


def test_twice_the_amplitude_is_six_decibels_more():
    wav = speech_like(22050, 40)
    assert integrated_loudness(2 * wav, 22050) - integrated_loudness(wav, 22050) == pytest.approx(20 * np.log10(2), abs=1e-9)


def test_what_is_shorter_than_a_block_is_one_block():
    assert integrated_loudness(sine(997, 16000, seconds=0.2), 16000) == pytest.approx(-3.01, abs=0.2)
    assert np.isfinite(integrated_loudness(np.array([0.5]), 16000))


def test_what_is_under_the_gate_has_no_loudness():
    assert integrated_loudness(np.zeros(16000), 16000) == -np.inf
    assert integrated_loudness(sine(997, 16000, amplitude=1e-4), 16000) == -np.inf
