"""The means of what was reported, in a file that only grows."""

import json
import math
import os

from parakeet.training.extension import PRIORITY_READER, Extension
from parakeet.training.extensions.files import set_aside
from parakeet.training.reporter import DictSummary
from parakeet.training.trigger import get_trigger, restore, state_of


class LogReport(Extension):
    """Appends a line of json to ``log.jsonl`` at each interval: iteration, epoch, elapsed_time (s) and the mean of every value.

    What is no number (NaN, infinity) is written as null. A resumed run drops the lines past the snapshot and goes on as if it had
    never stopped; a new run in a used folder moves the former log to ``log.old-1.jsonl``.

    It has to be called in each iteration, so it takes its interval here and not from `Trainer.extend`.

    Args:
        interval: when a line is due: ``(period, unit)`` or a callable that takes the trainer.
        keys (Iterable[str], optional): the values to write; all when None.
        file_name (str): below the run folder.

    Attributes:
        row (dict or None): the last line; the values as they are, NaN included.
        written (int): how many lines this process has written.
    """

    replayed = False
    # Before other readers, so that those who show the row show it in the iteration it is from.
    priority = PRIORITY_READER + 10

    def __init__(self, interval=(1, "epoch"), keys=None, file_name="log.jsonl"):
        self.interval = get_trigger(interval)
        self._keys = None if keys is None else set(keys)
        self._summary = DictSummary()
        self._resumed = False
        self.file_name = file_name
        self.row = None
        self.written = 0

    def initialize(self, trainer):
        path = trainer.out / self.file_name
        if self._resumed:
            _cut(path, trainer.updater.iteration)
        else:
            set_aside(path)

    def __call__(self, trainer):
        observation = trainer.observation
        self._summary.add({k: v for k, v in observation.items() if self._keys is None or k in self._keys})
        if not self.interval(trainer):
            return
        position = {"iteration": trainer.updater.iteration, "epoch": trainer.updater.epoch_detail}
        self.row = {**position, "elapsed_time": round(trainer.elapsed_time, 3), **self._summary.compute_mean()}
        self.written += 1
        self._summary = DictSummary()
        line = json.dumps({k: v if math.isfinite(v) else None for k, v in self.row.items()}, ensure_ascii=False)
        with open(trainer.out / self.file_name, "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def state_dict(self):
        return {"summary": self._summary.state_dict(), "interval": state_of(self.interval)}

    def set_state_dict(self, state):
        self._summary.set_state_dict(state["summary"])
        restore(self.interval, state["interval"])
        self._resumed = True


def read_log(path):
    """Read a log that `LogReport` wrote.

    Args:
        path (str | Path): the file.

    Returns:
        list[dict]: its rows in order; a line that a crash cut short is left out.
    """
    with open(path, encoding="utf-8", errors="replace") as file:
        return [row for row in map(_row, file) if row is not None]


def _row(line):
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and isinstance(row.get("iteration"), int) else None


def _cut(path, iteration):
    """Drop the lines past an iteration, and what a crash left of a line."""
    if not path.exists():
        return
    kept = [row for row in read_log(path) if row["iteration"] <= iteration]
    new = path.with_name(path.name + ".new")
    with open(new, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
    os.replace(new, path)
