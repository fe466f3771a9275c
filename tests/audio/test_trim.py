"""Edges of speech whose place is known, in silence and in noise."""

import numpy as np
import pytest
from making import make_utterance
from scipy.signal import lfilter

from parakeet.audio.trim import TrimConfig, speech_range, trim_silence

RATE = 16000


def speech(seed):
    """Speech without its closing silence."""
    _, samples, wav = make_utterance(seed)
    return wav[: -samples[-1]]


def within_noise(wav, snr_db, before, after, seed=0):
    """Put noise with the spectrum of a room around and under it; seconds before and after."""
    noise = lfilter([1], [1, -0.9], np.random.default_rng(seed).standard_normal(int((before + after) * RATE) + len(wav)))
    noise *= np.sqrt((wav**2).mean()) * 10 ** (-snr_db / 20) / noise.std()
    noise[int(before * RATE) : int(before * RATE) + len(wav)] += wav
    return noise


@pytest.mark.parametrize("snr_db", [15, 20, 25, 30, 40, 60])
@pytest.mark.parametrize("seed", range(6))
def test_seconds_of_noise_at_the_edges_are_found(snr_db, seed):
    wav = speech(seed)
    start, end = speech_range(within_noise(wav, snr_db, before=2.5, after=3.0, seed=seed), RATE)
    # Faint sounds at the edges may lie under the noise, but what is found is never noise.
    assert 2.5 - 0.03 <= start / RATE <= 2.5 + 0.15
    assert -0.15 <= end / RATE - (2.5 + len(wav) / RATE) <= 0.03


@pytest.mark.parametrize("seed", range(6))
def test_digital_silence_is_cut_to_the_hundredth_of_a_second(seed):
    wav = speech(seed)
    start, end = speech_range(np.concatenate([np.zeros(RATE), wav, np.zeros(2 * RATE)]), RATE)
    assert start / RATE == pytest.approx(1.0, abs=0.021)
    assert end / RATE == pytest.approx(1.0 + len(wav) / RATE, abs=0.021)


@pytest.mark.parametrize("seed", range(6))
def test_a_recording_without_silence_stays_whole(seed):
    wav = speech(seed)
    start, end = speech_range(wav, RATE)
    assert start <= 0.01 * RATE
    assert end >= len(wav) - 0.02 * RATE


def test_a_click_is_no_speech():
    wav = within_noise(speech(0), 40, before=2.0, after=2.0)
    wav[RATE : RATE + 40] += 0.5
    assert speech_range(wav, RATE)[0] / RATE == pytest.approx(2.0, abs=0.05)


def test_the_level_of_a_recording_does_not_matter():
    wav = within_noise(speech(1), 30, before=1.0, after=1.0)
    assert speech_range(wav, RATE) == speech_range(wav * 0.01, RATE)


@pytest.mark.parametrize("wav", [np.zeros(RATE), np.zeros(100), np.ones(100), np.full(1, 0.5)])
def test_where_nothing_stands_out_all_is_kept(wav):
    assert speech_range(wav, RATE) == (0, len(wav))


def test_a_margin_is_kept_as_far_as_there_is_something():
    wav = np.concatenate([np.zeros(RATE), speech(0), np.zeros(RATE // 20)])
    found = speech_range(wav, RATE)
    start, end = trim_silence(wav, RATE, TrimConfig(margin=0.2))
    assert (start, end) == (found[0] - 3200, len(wav))


def test_what_is_known_to_be_spoken_is_never_cut():
    wav = np.concatenate([np.zeros(RATE), speech(0), np.zeros(RATE)])
    assert trim_silence(wav, RATE, TrimConfig(), spoken=(0.5, 2.9)) == (8000, min(len(wav), round(2.9 * RATE)))


@pytest.mark.parametrize(("values", "message"), [({"level": 5}, "level: expected 10 to 100"), ({"margin": -1}, "margin: expected 0 to 10")])
def test_impossible_settings_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        TrimConfig(**values)
