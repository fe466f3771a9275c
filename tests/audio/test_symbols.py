"""Pitch and energy of symbols."""

import numpy as np
import pytest

from parakeet.audio.symbols import ENERGY_FLOOR, energy_by_symbol, interpolated, pitch_by_symbol
from parakeet.errors import AudioError


def test_the_pitch_of_a_symbol_is_the_mean_log_over_its_voiced_frames():
    pitch = np.array([0, 100, 200, 0, 0, 300, 0], np.float32)
    found = pitch_by_symbol(pitch, np.array([3, 2, 0, 2]))
    np.testing.assert_allclose(found, [np.log(100 * 200) / 2, np.nan, np.nan, np.log(300)], rtol=1e-6)


def test_the_energy_of_a_symbol_is_the_mean_log_over_its_frames_and_silence_has_a_floor():
    energy = np.array([1, np.e, np.e**3, 0, 0], np.float32)
    found = energy_by_symbol(energy, np.array([2, 1, 0, 2]))
    np.testing.assert_allclose(found, [0.5, 3, np.nan, np.log(ENERGY_FLOOR)], rtol=1e-6)


def test_what_is_unknown_lies_between_its_neighbours():
    nan = np.nan
    np.testing.assert_array_equal(interpolated(np.array([nan, 1, nan, nan, 4, nan])), np.array([1, 1, 2, 3, 4, 4], np.float32))
    np.testing.assert_array_equal(interpolated(np.array([nan, nan])), np.zeros(2, np.float32))
    assert interpolated(np.zeros(0)).shape == (0,)


@pytest.mark.parametrize("measure", [pitch_by_symbol, energy_by_symbol])
def test_durations_that_do_not_sum_to_the_frames_are_refused(measure):
    with pytest.raises(AudioError, match="the durations sum to 6 frames, but there are 7 of values: prepare the corpus again"):
        measure(np.ones(7), np.array([3, 3]))
