"""Two rows of phones, paired at the least cost (Levenshtein)."""

import numpy as np

# What it costs to say one phone for another of the same or another kind (vowel, consonant), and one too many or too few.
_OTHER_STRESS, _SAME_KIND, _OTHER_KIND, _UNPAIRED = 1, 8, 16, 10


def paired(labelled, expected, inventory):
    """Pair the phones of labels with those that the frontend gives.

    Args:
        labelled (list[str]): phones, with or without stress.
        expected (list[str]): phones.
        inventory (Inventory): knows both.

    Returns:
        list[tuple[int | None, int | None]]: places in the two, in order; None where a phone has no partner.
    """
    replacing = _replacing(labelled, expected, inventory)
    places = _UNPAIRED * np.arange(len(expected) + 1)
    costs = [places]
    for row in replacing:
        above = costs[-1]
        best = above + _UNPAIRED
        best[1:] = np.minimum(best[1:], above[:-1] + row)
        # What is left out of `expected` costs the same each: the recursion along the row is a running minimum.
        costs.append(np.minimum.accumulate(best - places) + places)
    pairs, i, j = [], len(labelled), len(expected)
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + replacing[i - 1, j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and costs[i][j] == costs[i - 1][j] + _UNPAIRED:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _replacing(labelled, expected, inventory):
    """The cost of each phone of the one for each of the other, (len(labelled), len(expected))."""

    def described(phones):
        return (np.array([of(phone) for phone in phones]) for of in (str, inventory.base, inventory.is_vowel))

    (names, bases, vowels), (other_names, other_bases, other_vowels) = described(labelled), described(expected)
    kinds = np.where(vowels[:, None] == other_vowels, _SAME_KIND, _OTHER_KIND)
    same = np.where(names[:, None] == other_names, 0, _OTHER_STRESS)
    return np.where(bases[:, None] == other_bases, same, kinds)
