"""When a reported value was never better."""

import math

from parakeet.errors import RunError, nearest
from parakeet.training.reporter import DictSummary
from parakeet.training.trigger import StatefulTrigger, get_trigger, restore, state_of

BETTER = {"min": float.__lt__, "max": float.__gt__}


class IntervalMean:
    """The mean of a reported value over the intervals that a trigger marks; what the triggers on values have in common.

    Args:
        key (str): the name of the reported value.
        trigger: marks the ends of the intervals.
    """

    def __init__(self, key, trigger):
        self.key = key
        self.trigger = get_trigger(trigger)
        self._summary = DictSummary()
        self._seen = set()

    def advance(self, trainer):
        """Take notice of this iteration's observation.

        Returns:
            float or None: the mean if an interval ends here.

        Raises:
            RunError: if the interval ends and nothing was reported under the key in it.
        """
        observation = trainer.observation
        self._seen.update(observation)
        if self.key in observation:
            self._summary.add({self.key: observation[self.key]})
        if not self.trigger(trainer):
            return None
        means = self._summary.compute_mean()
        if self.key not in means:
            raise RunError(
                f"iteration {trainer.updater.iteration}: a trigger waits for the value '{self.key}', which nothing reported since it "
                f"last looked. Reported were: {', '.join(sorted(self._seen)) or 'no values at all'}.{nearest(self.key, self._seen)} "
                "An extension that reports it must have a higher priority and must be due at least as often as the trigger looks."
            )
        self._summary, self._seen = DictSummary(), set()
        return means[self.key]

    def state_dict(self):
        return {"summary": self._summary.state_dict(), "seen": sorted(self._seen), "trigger": state_of(self.trigger)}

    def set_state_dict(self, state):
        self._summary.set_state_dict(state["summary"])
        self._seen = set(state["seen"])
        restore(self.trigger, state["trigger"])


class BestValue(StatefulTrigger):
    """Fires when the mean of a reported value over an interval is better than in every interval before; the first one fires.

    NaN is never best.

    Args:
        key (str): the name of the reported value.
        trigger: marks the ends of the intervals.
        mode (str): ``"min"`` or ``"max"``.

    Raises:
        ValueError: if `mode` is neither.
    """

    def __init__(self, key, trigger=(1, "epoch"), mode="min"):
        self._better = check_mode(mode)
        self._mean = IntervalMean(key, trigger)
        self.best_value = None

    @property
    def key(self):
        """str: the name of the reported value."""
        return self._mean.key

    @property
    def interval(self):
        """callable: the trigger that marks the ends of the intervals."""
        return self._mean.trigger

    def advance(self, trainer):
        mean = self._mean.advance(trainer)
        if mean is None or math.isnan(mean):
            return False
        if self.best_value is not None and not self._better(mean, self.best_value):
            return False
        self.best_value = mean
        return True

    def state_dict(self):
        return {"best_value": self.best_value, "mean": self._mean.state_dict()}

    def set_state_dict(self, state):
        self.best_value = state["best_value"]
        self._mean.set_state_dict(state["mean"])


class MaxValue(BestValue):
    """`BestValue` where higher is better."""

    def __init__(self, key, trigger=(1, "epoch")):
        super().__init__(key, trigger, mode="max")


class MinValue(BestValue):
    """`BestValue` where lower is better."""

    def __init__(self, key, trigger=(1, "epoch")):
        super().__init__(key, trigger, mode="min")


def check_mode(mode):
    """Give the comparison a mode stands for.

    Returns:
        callable: ``better(new, best)``.
    """
    if mode not in BETTER:
        raise ValueError(f"mode must be 'min' (lower is better) or 'max'; it is {mode!r}")
    return BETTER[mode]
