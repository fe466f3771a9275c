"""A signal at any moment: a durable snapshot soon, an exit code of its own, and the printed command resumes."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from parakeet.checkpoint import SnapshotStore
from parakeet.training.signals import EXIT_INTERRUPTED

ROOT = Path(__file__).parents[2]

# A run that tells by the file "there" when it gets to a place, and stays a while: a minute where it waits for data.
SCRIPT = """
import os, time
import numpy as np
from parakeet.config import Config
from parakeet.data import DataCargo, DatasetMixin
from parakeet.training import Experiment, TrainingConfig, report
from parakeet.training.extensions import AudioSamples

HERE = os.path.dirname(os.path.abspath(__file__))


def stay(seconds):
    open(os.path.join(HERE, "there"), "w").close()
    time.sleep(seconds)


class Settings(Config):
    place: str = ""
    training: TrainingConfig = TrainingConfig(
        stop=(12, "iteration"), log=(1, "iteration"), evaluate=(4, "iteration"), snapshot=(100, "iteration"), samples=(4, "iteration")
    )


class Points(DatasetMixin):
    def __init__(self, place):
        self.place = place

    def __len__(self):
        return 12

    def get_example(self, i):
        if self.place == "data" and i == 7 or self.place == "first batch" or self.place == "evaluation data" and i == 3:
            stay(60)
        return {"x": np.full(3, i, "float32")}


def batch(examples):
    return {"x": np.stack([example["x"] for example in examples])}


class Hanging(Experiment):
    config_class = Settings
    harmless = (*Experiment.harmless, "place")

    def build_data(self):
        place = self.config.place
        cargo = DataCargo(Points(place if place != "evaluation data" else ""), batch, batch_size=2)
        return cargo, DataCargo(Points(place if place == "evaluation data" else ""), batch)

    def build_model(self):
        import paddle

        return paddle.nn.Linear(3, 1)

    def compute_loss(self, model, batch):
        if self.config.place == "evaluation" and not model.training:
            stay(0.5)
        loss = (model(batch["x"]) ** 2).mean()
        report({"loss": loss})
        return loss

    def speak(self, sentence):
        if self.config.place == "samples":
            stay(0.5)
        return {"wav": np.zeros(10, "float32"), "sample_rate": 8000}

    def build_extensions(self, trainer):
        yield from super().build_extensions(trainer)
        yield AudioSamples(self.speak, ["a", "b", "c"]), self.config.training.samples


if __name__ == "__main__":
    Hanging.main()
"""


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def wait_for(path, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, f"{path} did not come"
        time.sleep(0.02)


# (One between two steps is among the tests of the command line.)
# Each interruption of a run that the one before left: where, by what, at which iteration it is saved, with how many worker processes.
INTERRUPTIONS = [
    ("first batch", "SIGINT", 0, 0),
    ("evaluation", "SIGTERM", 4, 0),
    ("evaluation data", "SIGINT", 4, 0),
    ("samples", "SIGTERM", 4, 0),
    ("data", "SIGUSR1", 9, 1),
]


def rows(log):
    return log.read_text().count("\n") if log.exists() else 0


def interrupt(command, folder, place, name, iteration, workers):
    """Start a process, send it a signal when it is at the place; return what it printed and the seconds it took to end."""
    there, log = folder / "there", folder / "run" / "log.jsonl"
    there.unlink(missing_ok=True)
    words = [sys.executable, *command, f"place={place}", f"training.workers={workers}"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    try:
        wait_for(there, process)
        while place == "data" and rows(log) < iteration:  # what was read ahead is used up first
            time.sleep(0.02)
        time.sleep(0.2)
        sent = time.monotonic()
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == EXIT_INTERRUPTED, errors
    return errors, time.monotonic() - sent


def test_a_run_interrupted_everywhere_is_saved_at_once_and_its_printed_command_resumes_it(tmp_path):
    script, run = tmp_path / "train.py", tmp_path / "run"
    script.write_text(SCRIPT)
    command = [str(script), "train", "--output", str(run)]
    for place, name, iteration, workers in INTERRUPTIONS:
        errors, seconds = interrupt(command, tmp_path, place, name, iteration, workers)
        told = re.search(rf"stopped: {name}, at iteration {iteration}\. To go on: python (.*)", errors)
        assert told is not None, (place, errors)
        assert seconds < 5, place  # the data sleep for a minute
        assert SnapshotStore(run / "snapshots").newest().step == iteration, place
        command = shlex.split(told.group(1))
    done = subprocess.run([sys.executable, *command, "place=none"], capture_output=True, text=True, timeout=60, env=environment())
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows] == list(range(1, 13))  # no step is lost or done twice
    assert [row["iteration"] for row in rows if "valid/loss" in row] == [4, 8, 12]
    assert sorted(path.name for path in (run / "samples" / "00000004").glob("*.wav")) == ["00.wav", "01.wav", "02.wav"]
