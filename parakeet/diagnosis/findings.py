"""The words for what is found: a check, its cases, and how much they matter."""

from collections.abc import Callable
from typing import NamedTuple

FIX = "fix"
"""Spoils what a model learns from it, or keeps prepare from using it."""
LISTEN = "listen"
"""Stands out; only an ear can say whether it harms."""
NOTE = "note"
"""Good to know; nothing is wrong with the recordings named."""
GRADES = (FIX, LISTEN, NOTE)


def in_words(seconds):
    """Say a length of time as people do."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.1f} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"


class Case(NamedTuple):
    """One thing that was found.

    Attributes:
        utt_id (str): the utterance.
        detail (str): what was measured there, in words, with the number.
        badness (float): the larger the worse, within one check.
        at (float | None): where to listen, seconds; None for the whole recording.
        other (str | None): the other utterance, where it takes two.
    """

    utt_id: str
    detail: str
    badness: float = 0.0
    at: float | None = None
    other: str | None = None


class Check(NamedTuple):
    """One kind of fault.

    Attributes:
        name (str): its key, in json and in the page's addresses.
        title (str): what is wrong, in a few words.
        grade (str): of :data:`GRADES`.
        why (str): what it does to a voice that is trained on it.
        remedy (str): what to do.
        find (Callable): of a Survey, giving the cases.
    """

    name: str
    title: str
    grade: str
    why: str
    remedy: str
    find: Callable


class Finding(NamedTuple):
    """A check that found something.

    Attributes:
        check (Check): what.
        cases (list[Case]): where, the worst first.
        seconds (float): the length of the recordings named.
    """

    check: Check
    cases: list
    seconds: float

    @property
    def extent(self):
        """str: how many recordings, and how long they are together."""
        n = len({case.utt_id for case in self.cases})
        return f"{n} recording{'s' if n > 1 else ''}, {in_words(self.seconds)}"


def judge(survey, checks):
    """Run checks on a survey.

    Args:
        survey (Survey): examined.
        checks (Iterable[Check]): which.

    Returns:
        list[Finding]: those with cases; first what is to be mended, and of each grade what concerns most speech.
    """
    seconds = {u.utt_id: u.sound.seconds for u in survey.utterances if u.sound is not None}
    findings = []
    for check in checks:
        cases = sorted(check.find(survey), key=lambda case: (-case.badness, case.utt_id))
        if cases:
            named = {case.utt_id for case in cases}
            # What can't be read has no length; it is taken for a sentence of three seconds, so that it counts among the others.
            findings.append(Finding(check, cases, sum(seconds.get(name, 3.0) for name in sorted(named))))
    return sorted(findings, key=lambda f: (GRADES.index(f.check.grade), -f.seconds, f.check.name))
