"""Commands that are told to end leave nothing unfinished behind."""

import contextlib
import signal
import sys
import threading

from parakeet.training.signals import handled


@contextlib.contextmanager
def exit_on_sigterm():
    """Let SIGTERM end the work as an exception, so that nothing unfinished is left behind; the exit code is the shell's for it, 143."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with handled([signal.SIGTERM], lambda number, _: sys.exit(128 + number)):
        yield
