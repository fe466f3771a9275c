"""Features of one recording, compared with stored numbers: where they change, prepared data of before must not pass for the new."""

import numpy as np
import pytest
from making import make_utterance

from parakeet.audio.io import write_wav
from parakeet.preparation.record import REVISION, Rejection, Task, make_record
from parakeet.preparation.settings import PrepareConfig

# (mean, standard deviation) over the third made utterance, with the settings by default
STORED = {
    "mel": (-6.166387, 3.499940),
    "pitch": (95.925699, 68.953583),
    "energy": (22.541668, 11.959153),
    "wav": (13.660125, 1887.603630),
}


@pytest.fixture
def example(tmp_path):
    write_wav(tmp_path / "a.wav", make_utterance(3)[2], 16000)
    return {"utt_id": "a", "wav_path": tmp_path / "a.wav"}


def test_features_are_those_of_this_revision(example):
    record = make_record(Task(example, None, PrepareConfig(), None, "key"))
    assert record.line == {"gain_db": -5.724, "trim": [0.0, 0.738875], "n_frames": 47, "n_samples": 11822}
    for name, (mean, std) in STORED.items():
        array = record.arrays[name].astype(np.float64)
        message = f"{name} has changed: raise REVISION in preparation/record.py, now {REVISION}, and store the new numbers here"
        assert array.mean() == pytest.approx(mean, rel=1e-4), message
        assert array.std() == pytest.approx(std, rel=1e-4), message


def test_what_could_not_be_read_may_be_tried_again(example):
    task = Task(example, None, PrepareConfig(max_seconds=0.5), None, "key")
    assert make_record(task).lasting
    example["wav_path"].unlink()
    rejection = make_record(task)
    assert isinstance(rejection, Rejection)
    assert "no such recording" in rejection.reason
    assert not rejection.lasting
