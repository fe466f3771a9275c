"""What is told from what is wrong: durations to the frame, spectra and sounds to 1e-4."""

import numpy as np
import pytest

from parakeet.errors import ParakeetError
from parakeet.voice.engines.engine import Engine
from parakeet.voice.engines.parity import compare_engines, measure_speed


class Vocoder:
    context = 0

    def __init__(self, wrong=0.0, wrong_numbers=0.0, drifts=False):
        self.wrong, self.wrong_numbers, self.drifts = wrong, wrong_numbers, drifts

    def numbers(self, mel):
        return [np.full((len(mel), 3), 50.0) + self.wrong_numbers]

    def __call__(self, mel, seed):
        return np.repeat(mel[:, 0], 4) + np.float32(self.wrong)


class Acoustic:
    """Each symbol lasts as many frames as its number; ``slips`` calls give one frame too many."""

    def __init__(self, wrong=0.0, slips=0):
        self.wrong, self.slips = wrong, slips

    def __call__(self, ids, rate, pitch_shift, energy_shift):
        durations = ids + (self.slips > 0)
        self.slips -= 1
        mel = np.repeat(pitch_shift + self.wrong, durations[0], axis=1)[:, :, None].repeat(80, 2)
        return mel.astype(np.float32), durations


def engine(acoustic, vocoder=None, name="other"):
    return Engine(name, acoustic, vocoder if vocoder is not None else Vocoder())


def compare(tried):
    return compare_engines(tried, engine(Acoustic(), name="models"), 9)


def test_equal_engines_differ_by_nothing_at_twenty_lengths():
    rows = compare(engine(Acoustic()))
    assert len({row["symbols"] for row in rows}) > 15
    assert {row[what] for row in rows for what in ("mel", "numbers", "wav")} == {0.0}


def test_a_duration_that_was_rounded_the_other_way_once_is_decided_by_another_sentence():
    assert len(compare(engine(Acoustic(slips=1)))) == 20


@pytest.mark.parametrize(
    ("tried", "message"),
    [
        (engine(Acoustic(slips=2)), "other: a sentence of .* symbols gets other durations than from the models"),
        (engine(Acoustic(wrong=2e-4)), r"other: differs from the models by 0\.0002 \(mel, "),
        (engine(Acoustic(wrong=float("nan"))), r"other: differs from the models by nan \(mel, "),
        (engine(Acoustic(), Vocoder(1e-3)), r"other: differs from the models by 0\.001 \(wav, "),
        (engine(Acoustic(), Vocoder(0.0, 0.01)), r"other: differs from the models by 0\.0002 \(numbers, "),
    ],
)
def test_what_differs_is_refused(tried, message):
    with pytest.raises(ParakeetError, match=message):
        compare(tried)


def test_the_sound_of_a_vocoder_that_drifts_may_drift_as_long_as_its_numbers_agree():
    reference = engine(Acoustic(), Vocoder(drifts=True), name="models")
    assert len(compare_engines(engine(Acoustic(), Vocoder(1e-3, 1e-3)), reference, 9)) == 20
    with pytest.raises(ParakeetError, match=r"differs from the models by 0\.02 \(wav, .*less than 0\.01 is expected"):
        compare_engines(engine(Acoustic(), Vocoder(0.02)), reference, 9)


def test_speed_is_measured_of_each_engine_and_sentence():
    engines = [engine(Acoustic(), name=name) for name in ("one", "two")]
    rows = measure_speed(engines, [np.array([2, 3]), np.array([4])], repetitions=2)
    assert [(row["engine"], row["symbols"], row["frames"]) for row in rows] == [("one", 2, 5), ("two", 2, 5), ("one", 1, 4), ("two", 1, 4)]
    assert all(row[time] >= 0 for row in rows for time in ("first", "acoustic", "vocoder"))
