"""When something is due: the `Trigger` protocol, `IntervalTrigger` and what composes them.

A trigger is a callable that takes the trainer and returns whether something is due in this iteration. Positions are integers and
fractions, never floats: ``updater.span(unit)`` tells where the run was before this iteration's update and where it is now, and
``(0.1, "epoch")`` means one tenth, not the float next to it.
"""

import math
import numbers
from fractions import Fraction

from parakeet.errors import nearest

UNITS = ("iteration", "epoch", "sample", "second")


def get_trigger(trigger):
    """Make a trigger of what a user wrote.

    Args:
        trigger: None (never fires), a callable (kept as it is), or ``(period, unit)``.

    Returns:
        callable: takes the trainer, returns bool.

    Raises:
        TypeError, ValueError: if it is none of these, or the period or the unit is wrong.
    """
    if trigger is None:
        return Never()
    if callable(trigger):
        return trigger
    if isinstance(trigger, (tuple, list)) and len(trigger) == 2:
        return IntervalTrigger(*trigger)
    raise TypeError(
        f"a trigger is None, a callable that takes the trainer, or (period, unit) such as (1, 'epoch'); it got {trigger!r}"
    )


def exact(value, what="period"):
    """Turn a number into the int or fraction its decimals say.

    Args:
        value: int, float, Fraction or Decimal; ``0.1`` means one tenth.
        what (str): what to call it in an error.

    Returns:
        int or Fraction: the number; an int where it is whole.

    Raises:
        TypeError: if it is not a number.
        ValueError: if it is not finite.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Number):
        raise TypeError(f"the {what} of a trigger must be a number; it is {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"the {what} of a trigger must be finite; it is {value!r}")
    number = Fraction(str(value))
    return number.numerator if number.denominator == 1 else number


def check_unit(unit):
    """Refuse what can't be a unit.

    Returns:
        str: `unit`.

    Raises:
        ValueError: if it is neither one of `UNITS` nor an optimizer's step such as ``"generator_step"``.
    """
    if not isinstance(unit, str) or not (unit in UNITS or unit.endswith("_step")):
        raise ValueError(
            f"the unit of a trigger is one of {', '.join(UNITS)}, or an optimizer's step such as 'main_step'; "
            f"it is {unit!r}.{nearest(unit, UNITS)}"
        )
    return unit


def span(trainer, unit):
    """Tell where the run was before this iteration's update and where it is now.

    Returns:
        tuple: (before, now), each an int or a Fraction. The trainer keeps the time, the updater everything else.
    """
    return trainer.span(unit) if unit == "second" else trainer.updater.span(unit)


def state_of(trigger):
    """dict: the state of a trigger that may be any callable; empty if it keeps none."""
    state_dict = getattr(trigger, "state_dict", None)
    state = {} if state_dict is None else state_dict()
    return {**state, "asked": trigger.asked} if isinstance(trigger, StatefulTrigger) else state


def restore(trigger, state):
    """Give a trigger, which may be any callable, its state back."""
    if isinstance(trigger, StatefulTrigger):
        trigger.asked, trigger._observation = state.get("asked"), None
        state = {key: value for key, value in state.items() if key != "asked"}
    set_state_dict = getattr(trigger, "set_state_dict", None)
    if set_state_dict is not None:
        set_state_dict(state)


def reached(trigger, trainer, before=False):
    """Tell whether a stop trigger holds already where a run begins or goes on.

    One that is a limit of some kind has a method ``reached``. Of the others, one that may count its questions is not asked, because a
    resumed run would ask it once more than an uninterrupted one.

    Args:
        trigger (callable): any callable that takes the trainer.
        trainer (Trainer): at the start.
        before (bool): what the trigger answered when it was last asked, before the restart.

    Returns:
        bool: True if no update is to be made.
    """
    own = getattr(trigger, "reached", None)
    if own is not None:
        return bool(own(trainer))
    return bool(before) if hasattr(trigger, "state_dict") else bool(trigger(trainer))


class Trigger:
    """The base of what comes with the toolkit: composes with ``|`` and ``&``, has (no) state."""

    def __call__(self, trainer):
        """Tell whether something is due in this iteration."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, trainer)")

    def state_dict(self):
        """dict: what has to survive a restart; most triggers compute all from the position and need nothing."""
        return {}

    def set_state_dict(self, state):
        """Take back what `state_dict` gave."""

    def __or__(self, other):
        return AnyOf(self, other)

    def __ror__(self, other):
        return AnyOf(other, self)

    def __and__(self, other):
        return AllOf(self, other)

    def __rand__(self, other):
        return AllOf(other, self)


class StatefulTrigger(Trigger):
    """The base of triggers that remember; asked twice in an iteration, as when two extensions share it, it answers the same.

    Attributes:
        asked (list or None): the iteration in which it was asked last, and its answer. It is part of the state: a run may be left and
            resumed between two questions.
    """

    asked = None
    _observation = None  # that of the iteration in which it was asked last; None when that was before a restart

    def __call__(self, trainer):
        # The observation is a new object in each iteration of each trainer; a mock trainer may keep one, so the iteration counts too.
        iteration, observation = trainer.updater.iteration, trainer.observation
        same = self._observation is None or self._observation is observation
        if self.asked is None or self.asked[0] != iteration or not same:
            self.asked = [iteration, bool(self.advance(trainer))]
        self._observation = observation
        return self.asked[1]

    def advance(self, trainer):
        """Take notice of one iteration and tell whether something is due; called once an iteration."""
        raise NotImplementedError(f"{type(self).__name__} must define advance(self, trainer)")


class Never(Trigger):
    """Never fires."""

    def __call__(self, trainer):
        return False


class IntervalTrigger(Trigger):
    """Fires whenever the position passes a multiple of `period`: once, however many of them it passes.

    It is computed from the position alone, so it needs no state and a resumed run fires as an uninterrupted one.

    Args:
        period: a positive number; ``0.1`` means exactly one tenth.
        unit (str): iteration, epoch, sample, second, or an optimizer's step such as ``"generator_step"``.

    Raises:
        TypeError, ValueError: if one of them is not that.
    """

    def __init__(self, period, unit):
        self.period = exact(period)
        if self.period <= 0:
            raise ValueError(f"the period of a trigger must be positive; it is {period!r}")
        self.unit = check_unit(unit)

    def __call__(self, trainer):
        # As `span` does; written out, since many triggers are asked in every iteration.
        before, now = (trainer if self.unit == "second" else trainer.updater).span(self.unit)
        return now // self.period > before // self.period

    def __repr__(self):
        return f"{type(self).__name__}({self.period}, {self.unit!r})"


class _Composition(Trigger):
    def __init__(self, *triggers):
        self.triggers = [get_trigger(trigger) for trigger in triggers]
        self._answers = [False] * len(self.triggers)

    def __call__(self, trainer):
        # Every one is asked, whatever the others say: one that counts must not miss an iteration.
        self._answers = [bool(trigger(trainer)) for trigger in self.triggers]
        return self.combine(self._answers)

    def reached(self, trainer):
        """bool: whether it holds where a run begins or goes on; one that only knows of passing counts as it answered last."""
        pairs = zip(self.triggers, self._answers, strict=True)
        return self.combine([reached(trigger, trainer, before) for trigger, before in pairs])

    def state_dict(self):
        states = {str(i): state_of(trigger) for i, trigger in enumerate(self.triggers)}
        return {**states, "answers": list(self._answers)}

    def set_state_dict(self, state):
        for i, trigger in enumerate(self.triggers):
            restore(trigger, state[str(i)])
        self._answers = [bool(answer) for answer in state["answers"]]


class AnyOf(_Composition):
    """Fires when one of several triggers fires; the same as ``a | b``."""

    combine = staticmethod(any)


class AllOf(_Composition):
    """Fires when several triggers fire in the same iteration; the same as ``a & b``."""

    combine = staticmethod(all)
