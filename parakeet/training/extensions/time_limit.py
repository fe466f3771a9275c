"""A run that leaves before its machine is taken away."""

import threading

from parakeet.errors import RunError
from parakeet.training.extension import Extension
from parakeet.training.trigger import Never


class TimeLimit(Extension):
    """Asks the run to stop so many seconds after it began in this process; it is saved and left, as after a signal.

    It is for a machine that is lent for a time: a resumed run has the whole time again, so a script that resumes until the exit code is
    0 comes to the end. To end a training after so much time in all, restarts included, use the stop trigger ``(n, "second")``.

    The request comes from a timer, so that an evaluation or a wait for data is left too. The step, or what does not look for it, is
    waited for, and then the snapshot is written: leave time for these.

    Args:
        seconds (float): from the beginning of the training in this process.

    Raises:
        RunError: if it is not positive.
    """

    replayed = False
    trigger = Never()  # the timer asks; nothing is left to be done in an iteration

    def __init__(self, seconds):
        if not seconds > 0:
            raise RunError(f"a time limit is a positive number of seconds; it is {seconds!r}")
        self.seconds = seconds
        self._timer = None

    def initialize(self, trainer):
        self._timer = threading.Timer(self.seconds, trainer.request_stop, [f"the time limit of {self.seconds:g} s"])
        self._timer.daemon = True  # it must not keep a process alive
        self._timer.start()

    def __call__(self, trainer):
        """Do nothing."""

    def finalize(self, trainer):
        if self._timer is not None:
            self._timer.cancel()
