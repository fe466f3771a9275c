"""Signals that ask a run to stop: a handler only takes notice, the run leaves between two steps."""

import contextlib
import signal
import threading
import time

EXIT_INTERRUPTED = 75
"""The exit code of a run that was asked to stop and can be resumed (EX_TEMPFAIL of sysexits.h); never that of an error."""

SIGNALS = ("SIGTERM", "SIGINT", "SIGUSR1")

SAME_REQUEST = 1.0
"""Seconds within which further signals are taken for the same request: a launcher and a terminal both pass one on."""

_DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)


class Interrupted(KeyboardInterrupt):
    """The run was asked to stop before its end; the message says by what. Everything that was due is saved."""


@contextlib.contextmanager
def handled(numbers, handler):
    """Handle signals while the ``with`` block runs; afterwards they are handled as before. For the main thread.

    Args:
        numbers (Iterable[int]): the signals.
        handler (callable): takes the signal's number and the frame.
    """
    previous = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, former in previous.items():
            signal.signal(number, former)


@contextlib.contextmanager
def forward_signals(request_stop, clock=time.monotonic):
    """Turn SIGTERM, SIGINT and SIGUSR1 into a request to stop while the ``with`` block runs.

    The first signal only calls `request_stop`; nothing is saved or raised inside the handler. A second one raises `Interrupted`
    where the program stands, for those who can't wait for the end of the step; within `SAME_REQUEST` seconds of the first it is taken
    for its echo. A signal that the program around handles or ignores already is left alone, and outside of the main thread, where
    Python allows no handlers, nothing is installed.

    Args:
        request_stop (callable): takes the reason (str).
        clock (callable): gives seconds.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received = []

    def handle(number, _frame):
        name, now = signal.Signals(number).name, clock()
        if not received:
            received.append((name, now))
            request_stop(name)
        elif now - received[0][1] >= SAME_REQUEST:
            raise Interrupted(f"{received[0][0]} and {name}, without waiting for the end of the step")

    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    with handled([number for number in numbers if signal.getsignal(number) in _DEFAULTS], handle):
        yield
