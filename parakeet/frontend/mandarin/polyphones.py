"""Characters of several readings that stand as words of their own: what stands beside them says which reading it is."""

import re
from typing import NamedTuple

from parakeet.frontend.mandarin.segmentation import segmenter
from parakeet.frontend.resource import once, read_resource

_NUMERAL = re.compile("[零一二三四五六七八九十百千万亿两几数半多每这那哪另某单各]$")


class Neighbours(NamedTuple):
    """What conditions ask about: the words beside a word, and the text some words to the left and right."""

    word: str
    next: str
    left: str
    right: str


class _Condition(NamedTuple):
    """One condition of ``mandarin_polyphones.txt``, whose head tells what each kind means."""

    kind: str
    choices: tuple
    negated: bool

    def holds(self, near):
        return _KINDS[self.kind](near, self.choices) != self.negated


def choose(texts, place):
    """Return the reading of a word of one character as its neighbours have it, or None where there is no rule for it.

    Args:
        texts (Sequence[str]): the words of a run of characters.
        place (int): of the word.

    Returns:
        str or None: a syllable.
    """
    rules = polyphones().get(texts[place])
    if rules is None:
        return None
    before, after = texts[max(0, place - 4) : place], texts[place + 1 : place + 5]
    near = Neighbours(before[-1] if before else "", after[0] if after else "", "".join(before), "".join(after))
    return next(
        (reading for reading, conditions in rules if all(condition.holds(near) for condition in conditions)), None
    )


@once
def polyphones():
    """Return the rules for each character, in order, read at the first call.

    Returns:
        dict[str, list]: pairs of a reading and its conditions.
    """
    rules = {}
    for line in read_resource("mandarin_polyphones.txt").decode("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            character, reading, *conditions = line.split()
            rules.setdefault(character, []).append((reading, tuple(map(_condition, conditions))))
    return rules


def _condition(text):
    kind, _, choices = text.removeprefix("!").partition("=")
    return _Condition(
        kind, tuple("" if choice == "-" else choice for choice in choices.split(",")), text.startswith("!")
    )


def _ends(near, choices):
    return near.left.endswith(tuple(filter(None, choices))) or (not near.left and "" in choices)


def _begins(near, choices):
    return near.right.startswith(tuple(filter(None, choices))) or (not near.right and "" in choices)


_KINDS = {
    "before": _ends,
    "after": _begins,
    "word": lambda near, choices: near.word in choices,
    "rest": lambda near, choices: near.right in choices,
    "within": lambda near, choices: any(choice in near.left[:-1] for choice in choices),
    "with": lambda near, choices: any(choice in near.right for choice in choices),
    "tag": lambda near, choices: segmenter().tag(near.word).startswith(choices),
    "next": lambda near, choices: segmenter().tag(near.next).startswith(choices),
    "long": lambda near, choices: len(near.word) > 1,
    "count": lambda near, choices: _NUMERAL.search(near.word) is not None,
}
