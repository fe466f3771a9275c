"""Signals that ask a run to stop: a handler only takes notice, the run leaves between two steps."""

import contextlib
import signal
import threading

EXIT_INTERRUPTED = 75
"""The exit code of a run that was asked to stop and can be resumed (EX_TEMPFAIL of sysexits.h); never that of an error."""

SIGNALS = ("SIGTERM", "SIGINT", "SIGUSR1")

_DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)


class Interrupted(KeyboardInterrupt):
    """The run was asked to stop before its end; the message says by what. Everything that was due is saved."""


@contextlib.contextmanager
def forward_signals(request_stop):
    """Turn SIGTERM, SIGINT and SIGUSR1 into a request to stop while the ``with`` block runs.

    The first signal only calls `request_stop`; nothing is saved or raised inside the handler. A second one raises `Interrupted`
    where the program stands, for those who can't wait for the end of the step. A signal that the program around handles or ignores
    already is left alone, and outside of the main thread, where Python allows no handlers, nothing is installed.

    Args:
        request_stop (callable): takes the reason (str).
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received = []

    def handle(number, _frame):
        name = signal.Signals(number).name
        received.append(name)
        if len(received) > 1:
            raise Interrupted(f"{' and '.join(received)}, without waiting for the end of the step")
        request_stop(name)

    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    previous = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) in _DEFAULTS}
    for number in previous:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
