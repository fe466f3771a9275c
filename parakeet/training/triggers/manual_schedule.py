"""Positions named one by one."""

import numbers

from parakeet.training.trigger import Trigger, check_unit, exact, span


class ManualSchedule(Trigger):
    """Fires when the position reaches or passes one of the points; once for points passed in the same iteration.

    Args:
        points: a number or several; ``0.1`` means exactly one tenth. Point 0 lies before the first iteration and never fires.
        unit (str): iteration, epoch, sample, second, or an optimizer's step.
    """

    def __init__(self, points, unit):
        points = [points] if isinstance(points, numbers.Number) else points
        self.points = sorted(exact(point, "point") for point in points)
        self.unit = check_unit(unit)

    def __call__(self, trainer):
        before, now = span(trainer, self.unit)
        return any(before < point <= now for point in self.points)
