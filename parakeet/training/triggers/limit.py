"""A limit: has the run come this far?"""

from parakeet.training.trigger import Trigger, check_unit, exact, span


class Limit(Trigger):
    """Fires in every iteration at or past a position; what ``stop_trigger=(n, unit)`` means.

    An interval fires only as its multiple is passed, so a run resumed past it would go on; a limit does not care how it got there.

    Args:
        limit: the position, such as 100000 or 0.5.
        unit (str): iteration, epoch, sample, second, or an optimizer's step.
    """

    def __init__(self, limit, unit):
        self.limit = exact(limit, "limit")
        self.unit = check_unit(unit)

    def __call__(self, trainer):
        return span(trainer, self.unit)[1] >= self.limit

    def reached(self, trainer):
        """bool: whether it holds where a run begins or goes on."""
        return self(trainer)

    def __repr__(self):
        return f"Limit({self.limit}, {self.unit!r})"
