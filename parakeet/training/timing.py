"""Where the time goes: sections of the code that a stopwatch tells apart, if one is running; else they cost next to nothing.

The updater and the trainer mark their sections with ``with section("data"):``; the extension `Profile` starts a stopwatch.
"""

import contextlib
import threading
import time

OTHER = "other"
"""The time that belongs to no section."""

_local = threading.local()
_NOTHING = contextlib.nullcontext()


def section(name):
    """Mark a part of the code: ``with section("data"): ...``; a part within another one is not counted in the outer one.

    Args:
        name (str): what its time is booked under.

    Returns:
        a context manager; one that does nothing if this thread runs no stopwatch.
    """
    stopwatch = getattr(_local, "stopwatch", None)
    return _NOTHING if stopwatch is None else stopwatch.section(name)


def is_timed():
    """bool: whether a stopwatch runs in this thread."""
    return getattr(_local, "stopwatch", None) is not None


class Stopwatch:
    """Books all the time that passes in a thread under the sections it passes in.

    Args:
        clock (callable): gives seconds.
        synchronize (callable, optional): waits for the device; called at each border, so that work goes to the section that asked
            for it.
    """

    def __init__(self, clock=time.perf_counter, synchronize=None):
        self._clock = clock
        self._synchronize = synchronize
        self._stack = [OTHER]
        self._seconds = {}
        self._mark = clock()

    def start(self):
        """Let `section` book in this thread; the one that ran before stops."""
        _local.stopwatch = self

    def stop(self):
        """Let `section` book no more."""
        if getattr(_local, "stopwatch", None) is self:
            _local.stopwatch = None

    @contextlib.contextmanager
    def section(self, name):
        """Book the time inside the ``with`` block under a name."""
        self._book()
        self._stack.append(name)
        try:
            yield
        finally:
            self._book()
            self._stack.pop()

    def take(self):
        """Give what was booked since the last call.

        Returns:
            dict[str, float]: section -> seconds; they sum up to the time that passed.
        """
        self._book()
        seconds, self._seconds = self._seconds, {}
        return seconds

    def _book(self):
        if self._synchronize is not None:
            self._synchronize()
        now = self._clock()
        self._seconds[self._stack[-1]] = self._seconds.get(self._stack[-1], 0.0) + now - self._mark
        self._mark = now
