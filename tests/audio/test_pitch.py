"""Fundamental frequency against signals whose pitch is known."""

import numpy as np
import pytest
from scipy.signal import lfilter

from parakeet.audio.pitch import extract_pitch


def sawtooth(hz, sample_rate=16000, seconds=1.0):
    n = int(seconds * sample_rate)
    hz = np.broadcast_to(hz, n)
    return 0.5 * (2 * ((np.cumsum(hz) / sample_rate) % 1) - 1)


@pytest.mark.parametrize("sample_rate", [16000, 22050])
@pytest.mark.parametrize("hz", [80, 123.4, 200, 333.3, 400])
def test_a_steady_sawtooth_is_found_within_one_hertz_in_every_frame(hz, sample_rate):
    pitch = extract_pitch(sawtooth(hz, sample_rate), sample_rate, 256)
    assert len(pitch) == 1 + sample_rate // 256
    np.testing.assert_allclose(pitch, hz, atol=1.05)


def test_a_sweep_is_followed_without_a_jump_of_an_octave():
    hz = np.linspace(80, 400, 32000)
    pitch = extract_pitch(sawtooth(hz, seconds=2.0), 16000, 256)
    np.testing.assert_allclose(pitch[3:-3], hz[np.arange(3, len(pitch) - 3) * 256], rtol=0.02)


def test_noise_and_silence_are_unvoiced():
    noise = np.random.default_rng(0).standard_normal(16000) * 0.1
    assert not extract_pitch(noise, 16000, 256).any()
    assert not extract_pitch(np.zeros(16000), 16000, 256).any()


@pytest.mark.parametrize("hz", [300, 400, 450, 500])
def test_noise_that_rings_in_a_resonance_is_not_taken_for_a_high_voice(hz):
    radius = np.exp(-np.pi * 200 / 16000)  # 200 Hz wide
    noise = np.random.default_rng(0).standard_normal(80000)
    ringing = lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * hz / 16000), radius**2], noise)
    assert (extract_pitch(ringing, 16000, 256) > 0).mean() < 0.06


def test_voice_between_silences_is_voiced_there_alone():
    wav = np.concatenate([np.zeros(8000), sawtooth(150), np.zeros(8000)])
    voiced = extract_pitch(wav, 16000, 256) > 0
    assert voiced[36:88].all()
    assert not voiced[:28].any()
    assert not voiced[98:].any()


@pytest.mark.parametrize("n", [100, 256, 700])
def test_a_very_short_signal_still_has_its_frames(n):
    assert len(extract_pitch(sawtooth(200)[:n], 16000, 256)) == 1 + n // 256
