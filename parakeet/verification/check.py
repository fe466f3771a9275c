"""One promise of a paper beside what a model does."""

import time
from collections.abc import Callable
from dataclasses import dataclass

SEED = 0
"""Of Paddle's random numbers before each check, so that none depends on those before it."""

RELATIONS = {
    "=": lambda measured, expected: measured == expected,
    "<=": lambda measured, expected: measured <= expected,
    ">=": lambda measured, expected: measured >= expected,
}


@dataclass(frozen=True)
class Check:
    """A promise that can be measured.

    Args:
        name (str): what is promised, in a few words.
        expected (float | int | str): the number that is promised, or a text.
        measure (Callable): without arguments -> what is the case, a number or a text; it uses public names alone.
        source (str): who promises it: paper and section, or the script that made the number.
        relation (str): of what is measured to what is expected: "=", "<=" or ">=".
        tolerance (float): with "=" and numbers, how far they may be apart.
        quick (bool): whether it takes well below a second; only then it is among the tests, too.
    """

    name: str
    expected: float | int | str
    measure: Callable
    source: str
    relation: str = "="
    tolerance: float = 0.0
    quick: bool = True

    def __post_init__(self):
        if self.relation not in RELATIONS:
            raise ValueError(f"{self.name}: relation is one of {', '.join(RELATIONS)}; received {self.relation!r}")
        if self.tolerance and (self.relation != "=" or isinstance(self.expected, str)):
            raise ValueError(f"{self.name}: a tolerance is for numbers that are equal within it")

    @property
    def promise(self):
        """str: what is expected, for people."""
        relation = "" if self.relation == "=" else f"{self.relation} "
        return relation + told(self.expected) + (f" ± {told(self.tolerance)}" if self.tolerance else "")

    def holds(self, measured):
        """bool: whether that is what was promised; what is no number never is."""
        if self.tolerance:
            return abs(measured - self.expected) <= self.tolerance
        return bool(RELATIONS[self.relation](measured, self.expected))


@dataclass(frozen=True)
class Verdict:
    """What came of a check: ``measured`` (number or text; the error's words where it could not be measured), ``holds``, ``seconds``."""

    check: Check
    measured: float | int | str
    holds: bool
    seconds: float


def run_check(check):
    """Measure, and judge.

    Args:
        check (Check): what is promised.

    Returns:
        Verdict: a check that raises an error does not hold.
    """
    import paddle

    paddle.seed(SEED)
    start = time.perf_counter()
    try:
        measured = check.measure()
        holds = check.holds(measured)
    except Exception as error:  # whatever goes wrong, the others are to be measured all the same
        measured, holds = f"{type(error).__name__}: {error}".split("\n", 1)[0], False
    return Verdict(check, measured, holds, time.perf_counter() - start)


def told(value):
    """A number or a text as it is printed: whole numbers with their thousands, others with seven digits."""
    if isinstance(value, str):
        return value
    return f"{int(value):,}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.7g}"
