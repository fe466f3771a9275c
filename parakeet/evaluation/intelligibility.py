"""How much of what was said a listener understood: errors by word and by character, and which words they are."""

import re

import numpy as np

from parakeet.errors import DataError

_DASHES = re.compile(r"[-‐‑‒–—/_]")
_APOSTROPHES = re.compile(r"['’‘ʼ`]")
_MOVE, _CHANGE = 1000, 1001
"""Costs of leaving a word out or putting one in, and of changing it: so little apart that the fewest edits win first."""


def words_of(text, normalize=None):
    """Split a text into the words that are compared: lower case, without punctuation.

    Apostrophes vanish (``don't`` is ``dont``), hyphens part words (``voice-mail`` is ``voice mail``).

    Args:
        text (str): as written.
        normalize (Callable, optional): text -> text, as ``EnglishFrontend.normalize``: writes numbers and abbreviations in words.

    Returns:
        list[str]: words of letters and digits.
    """
    if normalize is not None and text.strip():
        text = normalize(text)
    text = _APOSTROPHES.sub("", _DASHES.sub(" ", text.casefold()))
    return re.findall(r"[^\W_]+", text)


def edit_distance(reference, hypothesis):
    """Count the substitutions, deletions and insertions that turn one sequence into the other (Levenshtein 1966; the fewest).

    Args:
        reference (Sequence): what it should be.
        hypothesis (Sequence): what it is.

    Returns:
        int: at least the difference of the lengths, at most the greater length.
    """
    row = list(range(len(hypothesis) + 1))
    for i, expected in enumerate(reference, start=1):
        diagonal, row[0] = row[0], i
        for j, received in enumerate(hypothesis, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (expected != received))
    return row[-1]


def word_errors(reference, hypothesis, normalize=None):
    """Count the errors of a hypothesis.

    Args:
        reference (str): the text that was to be said.
        hypothesis (str): what was understood.
        normalize (Callable, optional): see :func:`words_of`; applied to both.

    Returns:
        tuple[int, int]: errors, and words of the reference. More errors than words are possible.
    """
    expected, received = words_of(reference, normalize), words_of(hypothesis, normalize)
    return edit_distance(expected, received), len(expected)


def character_errors(reference, hypothesis, normalize=None):
    """Count the errors of a hypothesis letter by letter, the spaces between words included; see :func:`word_errors`."""
    expected, received = (" ".join(words_of(text, normalize)) for text in (reference, hypothesis))
    return edit_distance(expected, received), len(expected)


def misheard(reference, hypothesis):
    """Tell what became of each word of a reference, by the fewest edits; of equally few those that keep most words.

    Args:
        reference (Sequence[str]): words.
        hypothesis (Sequence[str]): words.

    Returns:
        list[tuple[str, str | None]]: each word of the reference with what was heard in its place: itself where it was understood, None
        where nothing was. Words heard beside them are not told.
    """
    n, m = len(reference), len(hypothesis)
    cost = np.zeros((n + 1, m + 1), np.int64)
    cost[:, 0], cost[0] = _MOVE * np.arange(n + 1), _MOVE * np.arange(m + 1)
    changed = [[_CHANGE * (word != heard) for heard in hypothesis] for word in reference]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost[i, j] = min(cost[i - 1, j - 1] + changed[i - 1][j - 1], cost[i - 1, j] + _MOVE, cost[i, j - 1] + _MOVE)
    pairs, j = [], m
    for i in range(n, 0, -1):
        while j and cost[i, j] == cost[i, j - 1] + _MOVE and cost[i, j] != cost[i - 1, j - 1] + changed[i - 1][j - 1]:
            j -= 1
        if j and cost[i, j] == cost[i - 1, j - 1] + changed[i - 1][j - 1]:
            j -= 1
            pairs.append((reference[i - 1], hypothesis[j]))
        else:
            pairs.append((reference[i - 1], None))
    return pairs[::-1]


def derangement(texts, seed=0):
    """Give every utterance the text of another one, each text being used once.

    Args:
        texts (Sequence[str]): repeats are allowed; nobody gets a text equal to its own.
        seed (int): the same seed gives the same choice.

    Returns:
        list[int]: for each utterance the index of its text.

    Raises:
        DataError: if more than half of the texts are the same one: there are not enough others.
    """
    groups = {}
    for i, text in enumerate(texts):
        groups.setdefault(text, []).append(i)
    largest = max(map(len, groups.values()), default=0)
    if not texts or 2 * largest > len(texts):
        raise DataError(f"a wrong text for each utterance needs others to choose from: {largest} of {len(texts)} texts are the same")
    # Equal texts side by side; a turn by the largest group's size moves each out of its own group.
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    order = np.concatenate([list(groups.values())[k] for k in shuffled])
    chosen = np.empty(len(texts), dtype=np.int64)
    chosen[order] = np.roll(order, largest)
    return chosen.tolist()
