"""A run in small: a few iterations, every extension called once at least, in a folder that is gone afterwards."""

import contextlib
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from parakeet.training.reporter import DictSummary
from parakeet.training.triggers import AnyOf, Limit, ManualSchedule


@dataclass
class Cost:
    """What an extension costs.

    Attributes:
        seconds (list[float]): of each call.
        bytes (list[int]): how much the run folder grew in each call. Everything is due in the last one; in the one before, of two
            calls at least, only what an extension does at an interval of its own.
    """

    seconds: list = field(default_factory=list)
    bytes: list = field(default_factory=list)

    @property
    def once(self):
        """float: seconds of the last call."""
        return self.seconds[-1] if self.seconds else 0.0

    @property
    def usual(self):
        """float: seconds of a call in which nothing special is due."""
        return statistics.median(self.seconds[:-1] or self.seconds or [0.0])


@dataclass
class Rehearsal:
    """What a rehearsal has shown.

    Attributes:
        iterations (int): how many were made.
        update_seconds (float): of an update, the median of those after the first two.
        costs (dict[str, Cost]): name of an extension -> its cost.
        values (dict[str, float]): what was reported in the last iteration.
    """

    iterations: int
    update_seconds: float
    costs: dict
    values: dict


@contextlib.contextmanager
def stage(near=None):
    """Give a folder for a run that is to leave nothing behind.

    Args:
        near (Path, optional): the folder the run would have; the disk it would lie on is used where there is such a folder.

    Yields:
        Path: a folder that is deleted at the end of the block, whatever happens in it.
    """
    parent = None if near is None else next((str(path) for path in Path(near).absolute().parents if path.is_dir()), None)
    with tempfile.TemporaryDirectory(prefix=".parakeet-rehearsal-", dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "run"


def rehearse(experiment, iterations=2):
    """Train a few iterations; in the last one every extension is called, whatever its trigger says.

    Args:
        experiment (Experiment): after `setup`; its run is used up by this.
        iterations (int): how many.

    Returns:
        Rehearsal: what was measured.
    """
    trainer = experiment.trainer
    at_end = ManualSchedule([iterations], "iteration")
    trainer.stop_trigger = Limit(iterations, "iteration")
    costs, updates = {}, []
    for entry in trainer.entries:
        entry.trigger = AnyOf(entry.trigger, at_end)
        if getattr(entry.extension, "interval", None) is not None:
            entry.extension.interval = AnyOf(entry.extension.interval, ManualSchedule([iterations - 1, iterations], "iteration"))
        costs[entry.name] = Cost()
        entry.extension = _Measured(entry, costs[entry.name], trainer.out)
    update = trainer.updater.update

    def timed():
        began = time.perf_counter()
        update()
        updates.append(time.perf_counter() - began)

    trainer.updater.update = timed
    experiment.run()
    summary = DictSummary()
    summary.add(trainer.observation)
    return Rehearsal(len(updates), statistics.median(updates[2:] or updates), costs, summary.compute_mean())


class _Measured:
    """An extension whose calls are measured; in every other respect it is the extension itself."""

    def __init__(self, entry, cost, folder):
        self._extension, self._state_dict, self._cost, self._folder = entry.extension, entry.state_dict, cost, folder

    def __call__(self, trainer):
        before = size_of(self._folder)
        began = time.perf_counter()
        self._extension(trainer)
        self._cost.seconds.append(time.perf_counter() - began)
        self._state_dict()  # one that writes through a buffer writes it out for a snapshot
        self._cost.bytes.append(size_of(self._folder) - before)

    def __getattr__(self, name):
        return getattr(self._extension, name)


def size_of(folder):
    """int: the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def tell(rehearsal):
    """str: what a fast development run has shown, for people."""
    shown = ", ".join(f"{name} {value:.5g}" for name, value in sorted(rehearsal.values.items()))
    called = ", ".join(rehearsal.costs)
    return (
        f"fast development run: {rehearsal.iterations} iterations, {rehearsal.update_seconds:.3g} s an update\n"
        f"called, each at least once: {called}\nreported last: {shown or 'nothing'}\nEverything works; nothing was left behind."
    )
