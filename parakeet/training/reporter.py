"""Values on their way from where they arise to who reads them, without being read on the way.

A model's loss calls ``report({"loss": loss})``; the trainer has opened a scope around the update, so the value lands in
``trainer.observation``. Tensors stay tensors: the device is waited for only by the one who calls `read`, `Summary.compute_mean` and
the like. This module never imports Paddle; a tensor is whatever can be detached.
"""

import math
import numbers
import threading

_local = threading.local()

# Unread tensors are folded into the sums when this many wait, the older half of them: those the device has finished long ago.
_PENDING = 1024


class scope:  # a class, because entering a generator takes three times as long in every iteration
    """Collect in `observation` what this thread reports inside the ``with`` block; scopes nest, the innermost one collects.

    Args:
        observation (dict): receives name -> value; what the ``with`` statement gives.
    """

    __slots__ = ("_observation", "_outer")

    def __init__(self, observation):
        self._observation = observation

    def __enter__(self):
        self._outer = getattr(_local, "observation", None)
        _local.observation = self._observation
        return self._observation

    def __exit__(self, *_):
        _local.observation = self._outer


def report(values):
    """Put values into the innermost scope of this thread; outside of any scope nothing happens.

    A value reported twice in a scope is the later one. Tensors are detached and not read; a scalar tensor is copied, so that a
    parameter reported today is not tomorrow's.

    Args:
        values (dict): name (str) -> number, scalar array, scalar tensor, or ``(value, weight)`` for a mean that is to be
            weighted (by a number of frames, say). Other values are kept too; summaries ignore them.

    Raises:
        TypeError: if `values` is not a dict with str keys.
    """
    observation = getattr(_local, "observation", None)
    if observation is None:
        return
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise TypeError(f"report() takes a dict of name to value, as in report({{'loss': loss}}); it got {values!r}")
    for name, value in values.items():
        observation[name] = tuple(map(_keep, value)) if isinstance(value, tuple) else _keep(value)


def _keep(value):
    if isinstance(value, numbers.Real):
        return value
    if hasattr(value, "detach"):
        value = value.detach()
        copy = getattr(value, "clone", None)
    else:
        copy = getattr(value, "copy", None)
    return copy() if copy is not None and is_scalar(value) else value


def is_scalar(value):
    """Tell whether a value is one number, without reading it.

    Returns:
        bool: True for numbers and for arrays and tensors of one element.
    """
    if isinstance(value, numbers.Real):
        return True
    shape = getattr(value, "shape", None)
    return shape is not None and not isinstance(value, type) and all(n == 1 for n in shape)


def read(value):
    """Read a scalar; this waits for the device.

    Args:
        value: a number, or an array or tensor of one element; of a ``(value, weight)`` pair, the value.

    Returns:
        float: the number.
    """
    if isinstance(value, tuple):
        value = value[0]
    return float(value) if isinstance(value, numbers.Real) else float(value.item())


def mean_of(observations, weights):
    """Make one observation of several that together stand for a whole, without reading a value.

    Args:
        observations (list[dict]): name -> value; a name need not be in all of them.
        weights (list): what each observation counts: numbers, or scalar float tensors.

    Returns:
        dict: name -> weighted mean of the scalars of that name. Those reported as ``(value, weight)`` count by their own weight, and
        their mean carries the sum of them; of what is no scalar, the last one.
    """
    means = {}
    for name in dict.fromkeys(name for observation in observations for name in observation):
        found = [(o[name], weight) for o, weight in zip(observations, weights, strict=True) if name in o]
        own = [value for value, _ in found if isinstance(value, tuple) and len(value) == 2]
        pairs = own if len(own) == len(found) else found  # the same for all, or it is no mean
        if not all(is_scalar(value) and is_scalar(weight) for value, weight in pairs):
            means[name] = found[-1][0]
            continue
        floats = [(_floating(value), _floating(weight)) for value, weight in pairs]
        total = sum(weight for _, weight in floats)
        mean = sum(value * (weight / total) for value, weight in floats)
        means[name] = (mean, total) if pairs is own else mean
    return means


def _floating(value):
    """A scalar that mixes with others: Paddle complains of tensors of ints beside tensors of floats, and of half precision."""
    return value.astype("float32").reshape([]) if hasattr(value, "detach") else value


class Summary:
    """A weighted mean and a population standard deviation, computed one value at a time without cancellation.

    Values are kept unread until a result or the state is asked for (D. H. D. West, "Updating mean and variance estimates: an
    improved method", CACM 22(9), 1979). The result does not depend on when that is.
    """

    def __init__(self):
        self._pending = []
        self._weight = 0.0
        self._mean = 0.0
        self._squares = 0.0  # the weighted sum of squared distances from the mean

    def add(self, value, weight=1):
        """Add a scalar.

        Args:
            value: a number, or an array or tensor of one element; kept unread.
            weight: what it counts; not negative.
        """
        self._pending.append((_keep(value), _keep(weight)))
        if len(self._pending) >= _PENDING:
            self._fold(_PENDING // 2)

    def compute_mean(self):
        """float: the weighted mean; NaN if nothing was added."""
        self._fold()
        return self._mean if self._weight > 0 else math.nan

    def make_statistics(self):
        """tuple[float, float]: the weighted mean and the population standard deviation; NaN if nothing was added."""
        mean = self.compute_mean()
        return mean, math.sqrt(self._squares / self._weight) if self._weight > 0 else math.nan

    def merge(self, other):
        """Add all that another summary has seen, as from another process (T. F. Chan et al., 1979, eq. 2.1)."""
        self._fold()
        other._fold()
        if other._weight > 0:
            self._add(other._mean, other._weight, other._squares)

    def state_dict(self):
        """dict: ``weight``, ``mean``, ``squares`` as floats; this reads what is pending."""
        self._fold()
        return {"weight": self._weight, "mean": self._mean, "squares": self._squares}

    def set_state_dict(self, state):
        """Take back what `state_dict` gave."""
        self._pending = []
        self._weight, self._mean, self._squares = (float(state[key]) for key in ("weight", "mean", "squares"))

    def _fold(self, count=None):
        pending, self._pending = self._pending[:count], self._pending[count:] if count is not None else []
        for value, weight in pending:
            weight = read(weight)
            if weight < 0:
                raise ValueError(f"a weight must not be negative; it is {weight}")
            if weight > 0:
                self._add(read(value), weight, 0.0)

    def _add(self, mean, weight, squares):
        total = self._weight + weight
        distance = mean - self._mean
        share = weight / total
        self._squares += squares + self._weight * share * distance * distance
        self._mean = mean if share == 1 else self._mean + share * distance
        self._weight = total


class DictSummary:
    """A `Summary` for each name of the observations added; values that are not scalars are ignored."""

    def __init__(self):
        self._summaries = {}

    def add(self, observation):
        """Add an observation.

        Args:
            observation (dict): name -> scalar or ``(scalar, weight)``; other values are ignored.
        """
        for name, value in observation.items():
            value, weight = value if isinstance(value, tuple) and len(value) == 2 else (value, 1)
            if is_scalar(value) and is_scalar(weight):
                if name not in self._summaries:
                    self._summaries[name] = Summary()
                self._summaries[name].add(value, weight)

    def compute_mean(self):
        """dict[str, float]: name -> weighted mean."""
        return {name: summary.compute_mean() for name, summary in self._summaries.items()}

    def make_statistics(self):
        """dict[str, float]: name -> weighted mean, and name + ``.std`` -> population standard deviation."""
        statistics = {}
        for name, summary in self._summaries.items():
            statistics[name], statistics[f"{name}.std"] = summary.make_statistics()
        return statistics

    def merge(self, other):
        """Add all that another summary has seen."""
        for name, summary in other._summaries.items():
            self._summaries.setdefault(name, Summary()).merge(summary)

    def state_dict(self):
        """dict: name -> the state of its summary."""
        return {name: summary.state_dict() for name, summary in self._summaries.items()}

    def set_state_dict(self, state):
        """Take back what `state_dict` gave."""
        self._summaries = {}
        for name, summary_state in state.items():
            self._summaries[name] = Summary()
            self._summaries[name].set_state_dict(summary_state)


def merged(states):
    """Make one summary of several.

    Args:
        states (Iterable[dict]): as `DictSummary.state_dict` gives them.

    Returns:
        DictSummary: of all they have seen.
    """
    whole = DictSummary()
    for state in states:
        part = DictSummary()
        part.set_state_dict(state)
        whole.merge(part)
    return whole
