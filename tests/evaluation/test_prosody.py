"""Melodies whose difference is known."""

import numpy as np
import pytest

from parakeet.audio.pitch import extract_pitch
from parakeet.errors import DataError
from parakeet.evaluation.prosody import pitch_errors


@pytest.fixture
def pitch():
    melody = 180 + 30 * np.sin(np.arange(200) / 15)
    melody[60:80] = 0
    return melody


def test_the_same_melody_has_no_errors(pitch):
    assert pitch_errors(pitch, pitch) == (0.0, 0.0, 180)


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_an_octave_is_twelve_semitones_whichever_way(pitch, factor):
    assert pitch_errors(pitch, pitch * factor).rmse == pytest.approx(12)


def test_moments_where_only_one_is_voiced_are_voicing_errors_and_no_pitch_errors(pitch):
    other = pitch.copy()
    other[:10] = 0
    assert pitch_errors(pitch, other) == (0.0, 10 / 200, 170)


def test_without_a_moment_where_both_are_voiced_there_is_no_pitch_error_to_tell(pitch):
    errors = pitch_errors(pitch, np.zeros(200))
    assert np.isnan(errors.rmse)
    assert (errors.unvoiced_share, errors.compared) == (180 / 200, 0)


def test_a_path_lays_one_melody_over_the_other(pitch):
    slow = np.repeat(pitch, 2)
    path = np.stack([np.arange(400) // 2, np.arange(400)], axis=1)
    assert pitch_errors(pitch, slow, path) == (0.0, 0.0, 360)
    with pytest.raises(DataError, match=r"of one length, or a path, received shapes \(200,\) and \(400,\)"):
        pitch_errors(pitch, slow)


def test_sines_three_semitones_apart_are_three_semitones_apart():
    time = np.arange(16000) / 16000
    one, other = (sum(np.sin(2 * np.pi * f * k * time) / k for k in (1, 2, 3)) for f in (200, 200 * 2 ** (3 / 12)))
    errors = pitch_errors(extract_pitch(one, 16000, 160), extract_pitch(other, 16000, 160))
    assert errors.rmse == pytest.approx(3, abs=0.05)
    assert errors.unvoiced_share < 0.05
