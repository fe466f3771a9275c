"""Stop when it gets no better."""

from parakeet.training.trigger import StatefulTrigger, get_trigger, reached, restore, state_of
from parakeet.training.triggers.best_value import IntervalMean, check_mode
from parakeet.training.triggers.limit import Limit


class EarlyStopping(StatefulTrigger):
    """A stop trigger: fires when a value has not become better at `patience` checks in a row; it then stays fired.

    At each check the mean of what was reported since the last one counts; NaN is not better than anything.

    Args:
        monitor (str): the name of the reported value.
        patience (int): how many checks without improvement are too many.
        mode (str): ``"min"`` or ``"max"``.
        check_trigger: when to check.
        max_trigger: where to stop in any case: None, a limit ``(n, unit)``, or a callable.

    Raises:
        ValueError: if `patience` is not a positive int or `mode` is neither word.
    """

    def __init__(self, monitor, patience=3, mode="min", check_trigger=(1, "epoch"), max_trigger=None):
        if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
            raise ValueError(f"patience must be a positive int; it is {patience!r}")
        self._better = check_mode(mode)
        self._mean = IntervalMean(monitor, check_trigger)
        self.limit = Limit(*max_trigger) if isinstance(max_trigger, (tuple, list)) else get_trigger(max_trigger)
        self.monitor = monitor
        self.patience = patience
        self.best_value = None
        self.count = 0

    def advance(self, trainer):
        mean = self._mean.advance(trainer)
        if mean is not None:
            if mean == mean and (self.best_value is None or self._better(mean, self.best_value)):
                self.best_value, self.count = mean, 0
            else:
                self.count += 1
        return bool(self.limit(trainer)) or self.count >= self.patience

    def reached(self, trainer):
        """bool: whether it holds where a run begins or goes on; nothing is counted."""
        return self.count >= self.patience or reached(self.limit, trainer)

    def state_dict(self):
        return {
            "best_value": self.best_value,
            "count": self.count,
            "mean": self._mean.state_dict(),
            "max_trigger": state_of(self.limit),
        }

    def set_state_dict(self, state):
        self.best_value, self.count = state["best_value"], int(state["count"])
        self._mean.set_state_dict(state["mean"])
        restore(self.limit, state["max_trigger"])
