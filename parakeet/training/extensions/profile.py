"""Where the time of an iteration goes."""

import sys

from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.reporter import report
from parakeet.training.timing import OTHER, Stopwatch
from parakeet.training.trigger import get_trigger, restore, state_of


class Profile(Extension):
    """Prints a table of the time spent waiting for data, in the forward pass, the backward pass and the optimizers' steps, and in each
    extension; and reports it as ``time/<section>``, in seconds of each iteration, for the log and the dashboard.

    The parts sum up to the whole time: ``forward`` is all of the update but what is named, ``other`` is the loop itself. An extension
    is booked under ``extension <name>``; snapshots too. On a GPU, the device is waited for at each border, so that its work is booked
    where it was asked for: this costs some speed, so profile only for a while.

    It has to know every iteration, so it takes its interval here and not from `Trainer.extend`. It keeps no state: after a resume a
    first table tells only of what came since.

    Args:
        interval: when a table is due: ``(period, unit)`` or a callable that takes the trainer.
        stream: where it is printed; ``sys.stderr`` when None.
        stopwatch (Stopwatch, optional): measures; one of its own when None.
    """

    replayed = False
    # Above what logs, so that a log has the times in the row of the same iteration.
    priority = PRIORITY_WRITER + 50

    def __init__(self, interval=(100, "iteration"), stream=None, stopwatch=None):
        self._interval = get_trigger(interval)
        self._stream = stream
        self._stopwatch = stopwatch
        self._since = 0

    def initialize(self, trainer):
        if self._stopwatch is None:
            self._stopwatch = Stopwatch(synchronize=_synchronize())
        self._since = trainer.updater.iteration
        self._stopwatch.take()
        self._stopwatch.start()

    def __call__(self, trainer):
        if not self._interval(trainer):
            return
        iteration = trainer.updater.iteration
        iterations, self._since = iteration - self._since, iteration
        seconds = self._stopwatch.take()
        report({f"time/{name}": spent / iterations for name, spent in seconds.items()})
        print(table(seconds, iterations), file=sys.stderr if self._stream is None else self._stream, flush=True)

    def finalize(self, trainer):
        if self._stopwatch is not None:
            self._stopwatch.stop()

    def state_dict(self):
        return {"interval": state_of(self._interval)} if state_of(self._interval) else {}

    def set_state_dict(self, state):
        restore(self._interval, state["interval"])


def table(seconds, iterations):
    """Lay out what a stopwatch took.

    Args:
        seconds (dict[str, float]): section -> seconds; at least one.
        iterations (int): in which they passed.

    Returns:
        str: a line for each section, the longest first, with its time in an iteration and its share, and their sum.
    """
    total = sum(seconds.values())
    rows = sorted(seconds.items(), key=lambda row: (row[0] == OTHER, -row[1]))
    width = max(len(f"{iterations} iterations"), *map(len, seconds))
    lines = [f"{f'{iterations} iterations':{width}}    ms/it  share"]
    for name, spent in [*rows, ("all", total)]:
        share = spent / total if total else 0.0
        lines.append(f"{name:{width}} {1000 * spent / iterations:8.2f} {share:6.1%}")
    return "\n".join(lines)


def _synchronize():
    """What waits for the device; None on a processor, which is never ahead."""
    import paddle

    return None if paddle.get_device() == "cpu" else paddle.device.synchronize
