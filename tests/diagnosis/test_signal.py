"""What is measured on a sound is what was put into it."""

import tracemalloc

import numpy as np
import pytest
from making import make_utterance

from parakeet.audio.io import resample
from parakeet.diagnosis import signal
from parakeet.diagnosis.sound import measure, one_channel

RATE = 16000


@pytest.fixture
def wav():
    voice = make_utterance(3, RATE, 20)[2] * 0.4
    room = np.random.default_rng(0).standard_normal(len(voice)) * 1e-4
    return (voice + room).astype(np.float32)


def test_a_level_is_that_of_the_tone():
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)
    np.testing.assert_allclose(signal.moment_levels(tone, RATE), 20 * np.log10(0.5 / np.sqrt(2)), atol=0.01)
    assert signal.moment_levels(np.zeros(RATE), RATE).max() == signal.QUIETEST


def test_bands_sum_to_the_power_of_the_sound():
    noise = np.random.default_rng(1).standard_normal(4 * RATE).astype(np.float32) * 0.1
    bands = signal.power_bands(noise, RATE)
    assert bands.shape[1] == 32
    assert bands.sum(axis=1).mean() == pytest.approx(0.01, rel=0.02)


def test_round_peaks_are_not_flat_and_clipped_ones_are_at_any_level(wav):
    assert signal.flat_tops(wav) == (0, 0)
    clipped = np.clip(wav, -0.05, 0.05)
    for gain in (1.0, 0.3, 12.0):
        stored = np.round(clipped * gain * 32768) / 32768
        count, first = signal.flat_tops(stored.astype(np.float32))
        assert count > 20
        assert np.abs(wav[first]) >= 0.05


def test_the_noise_is_measured_under_the_voice(wav):
    wav = np.concatenate([wav, wav[-1600:], wav[-1600:], wav])  # a pause between
    level = measure(wav[:, None], RATE).level
    for snr in (5, 10, 20):
        noise = np.random.default_rng(snr).standard_normal(len(wav)) * 10 ** ((level - snr) / 20)
        assert measure((wav + noise)[:, None].astype(np.float32), RATE).snr == pytest.approx(snr, abs=3)


def test_the_bandwidth_is_that_of_the_former_sample_rate():
    noise = np.random.default_rng(2).standard_normal(2 * RATE).astype(np.float32) * 0.1
    assert signal.bandwidth(signal.power_bands(noise, RATE)) == 8000
    spectrum = np.fft.rfft(noise)
    spectrum[8000:] = 0  # bins of half a hertz
    narrow = np.fft.irfft(spectrum).astype(np.float32)
    assert signal.bandwidth(signal.power_bands(narrow, RATE)) in (4000, 4250)


@pytest.mark.parametrize("mains", [50, 60])
def test_hum_is_found_with_its_frequency_and_its_power(wav, mains):
    t = np.arange(len(wav)) / RATE
    found, power = signal.hum(wav + 0.01 * np.sin(2 * np.pi * mains * t), RATE)
    assert found == mains
    assert 10 * np.log10(power) == pytest.approx(10 * np.log10(0.01**2 / 2), abs=2)


def test_a_voice_at_a_multiple_of_the_mains_does_not_hum():
    t = np.arange(2 * RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 120 * k * t) for k in range(1, 10)) * 0.05
    voice += np.random.default_rng(0).standard_normal(len(t)) * 1e-4
    assert signal.hum(voice, RATE)[1] == 0


def test_a_fingerprint_is_blind_to_level_rate_and_silence_around_but_not_to_the_sound(wav):
    shape, seconds = signal.fingerprint(wav, RATE)
    assert np.linalg.norm(shape) == pytest.approx(1, abs=1e-3)
    copy = np.concatenate([np.zeros(3000), resample(wav, RATE, 22050) * 0.2, np.zeros(9000)]).astype(np.float32)
    other_shape, other_seconds = signal.fingerprint(copy, 22050)
    assert shape @ other_shape > 0.9
    assert other_seconds == pytest.approx(seconds, rel=0.02)
    another = signal.fingerprint(make_utterance(4, RATE, 20)[2], RATE)[0]
    assert shape @ another < 0.8


def test_holes_of_digital_silence_in_speech_are_counted_pauses_are_not(wav):
    assert measure(wav[:, None], RATE).gaps == 0
    levels = signal.moment_levels(wav, RATE)
    at = int(np.convolve(levels, np.ones(9), "valid").argmax() + 4) * (RATE // 100)
    torn = wav.copy()
    torn[at : at + 200] = 0
    sound = measure(torn[:, None], RATE)
    assert sound.gaps == 1
    assert sound.gap_at == pytest.approx(at / RATE, abs=0.001)


def test_silence_at_the_edges_and_inside_is_measured(wav):
    def quiet(seconds):
        return np.random.default_rng(0).standard_normal(int(seconds * RATE)) * 1e-5

    half = len(wav) // 2
    sound = measure(
        np.concatenate([quiet(1), wav[:half], quiet(2), wav[half:], quiet(3)])[:, None].astype(np.float32), RATE
    )
    assert sound.lead == pytest.approx(1, abs=0.25)
    assert sound.pause == pytest.approx(2, abs=0.25)
    assert sound.trail == pytest.approx(3, abs=0.25)


def test_of_channels_that_cancel_the_first_is_taken(wav):
    assert np.array_equal(one_channel(np.stack([wav, -wav], axis=1)), wav)
    assert np.allclose(one_channel(np.stack([wav, 0.5 * wav], axis=1)), 0.75 * wav)
    assert measure(np.stack([wav, wav], axis=1), RATE).channel_difference == signal.QUIETEST
    assert measure(np.stack([wav, -wav], axis=1), RATE).channel_difference == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize("n", [1, 10, 300, 2000])
def test_the_shortest_recordings_are_measured_too(n):
    noise = np.random.default_rng(n).standard_normal((n, 1)).astype(np.float32) * 0.1
    assert measure(noise, RATE).seconds == n / RATE
    assert measure(np.zeros((n, 1), np.float32), RATE).silent


def test_half_an_hour_is_measured_without_half_an_hour_of_spectra():
    quiet = np.random.default_rng(0).standard_normal((1800 * 8000, 1), np.float32) * np.float32(0.01)
    tracemalloc.start()
    assert measure(quiet, 8000).seconds == 1800
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * quiet.nbytes
