"""Train the joint-sequence model of ``parakeet/frontend/letter_to_sound.py`` from pronunciations; numpy only.

Two steps: align letters and phones into graphones by expectation maximisation, then count an n-gram over graphones with modified
Kneser-Ney smoothing (Chen and Goodman, "An empirical study of smoothing techniques for language modeling", 1998, section 3), and
leave out the n-grams that hardly change a prediction.
"""

import math
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np

from parakeet.frontend.arpabet import CONSONANTS, VOWELS, without_stress
from parakeet.frontend.letter_to_sound import END, SCALE, START

#: Letters and phones that one graphone may join, with the probability each kind has before training.
MOVES = {(1, 0): 0.1, (1, 1): 0.7, (1, 2): 0.05, (2, 1): 0.15}
LETTER_COUNT = 26
PHONE_IDS = {phone: number for number, phone in enumerate(VOWELS + CONSONANTS)}
PHONE_COUNT = len(PHONE_IDS)
LETTER_CHUNKS = LETTER_COUNT + LETTER_COUNT**2
PHONE_CHUNKS = 1 + PHONE_COUNT + PHONE_COUNT**2


def train(pairs, order=7, gain=0.5, rare=4, log=print):
    """Train a model.

    Args:
        pairs (list[tuple[str, list[str]]]): words of the letters a to z, each with the phones of one pronunciation.
        order (int): the longest n-gram.
        gain (float): n-grams from order 3 whose count times the change of the log-probability is less are left out.
        rare (int): words with a graphone seen fewer times are left out.
        log (Callable[[str], None]): told of the progress.

    Returns:
        dict[str, ndarray]: the arrays that ``LetterToSound`` takes.
    """
    aligned = [sequence for sequence in align(pairs, log=log) if sequence is not None]
    counts = Counter(graphone for sequence in aligned for graphone in sequence)
    graphones = [graphone for graphone, count in sorted(counts.items()) if count >= rare]
    numbers = {graphone: number for number, graphone in enumerate(graphones, start=2)}
    sequences = [
        [START, *(numbers[graphone] for graphone in sequence), END]
        for sequence in aligned
        if all(graphone in numbers for graphone in sequence)
    ]
    log(f"{len(sequences)} of {len(pairs)} pronunciations aligned, {len(graphones)} graphones")
    levels = smooth(count_ngrams(sequences, len(graphones) + 2, order), len(graphones) + 2)
    model = pack(prune(levels, gain))
    model["letters"] = np.array([letters for letters, _ in graphones])
    model["phones"] = np.array([" ".join(phones) for _, phones in graphones])
    log(f"{len(model['symbols'])} n-grams")
    return model


# Alignment -----------------------------------------------------------------------------------------------------------------------


def align(pairs, iterations=6, log=print):
    """Cut every pair into graphones; the result has None where letters and phones can't be matched (abbreviations)."""
    groups = _group_by_size(pairs)
    scores = None
    for iteration in range(iterations):
        counts, likelihood = np.zeros(LETTER_CHUNKS * PHONE_CHUNKS), 0.0
        for (letters, phones), group in groups.items():
            likelihood += _expect(_lattice(letters, phones, group, scores), letters, phones, counts)
        log(f"alignment {iteration + 1}/{iterations}: log-likelihood {likelihood:.0f}")
        counts[counts < 1e-3] = 0
        with np.errstate(divide="ignore"):
            scores = np.maximum(np.log(counts / counts.sum()), -1e9)
    aligned = [None] * len(pairs)
    for (letters, phones), group in groups.items():
        _cut(_lattice(letters, phones, group, scores), letters, phones, group, pairs, aligned)
    return aligned


def _group_by_size(pairs):
    members = defaultdict(list)
    for index, (word, phones) in enumerate(pairs):
        members[len(word), len(phones)].append(index)
    groups = {}
    for size, indices in members.items():
        letters = np.array([[ord(letter) - ord("a") for letter in pairs[index][0]] for index in indices])
        phones = np.array([[PHONE_IDS[phone] for phone in without_stress(pairs[index][1])] for index in indices])
        groups[size] = (indices, letters, phones.reshape(len(indices), size[1]))
    return groups


def _lattice(n_letters, n_phones, group, scores):
    """Return the moves into each cell (letters read, phones spoken): (from cell, move, chunk-pair ids (B,), log scores (B,))."""
    _, letters, phones = group
    cells = {(0, 0): []}
    for i in range(1, n_letters + 1):
        for j in range(n_phones + 1):
            moves = []
            for move, prior in MOVES.items():
                before = (i - move[0], j - move[1])
                if before in cells:
                    chunk = (
                        letters[:, i - 1]
                        if move[0] == 1
                        else LETTER_COUNT * (1 + letters[:, i - 2]) + letters[:, i - 1]
                    )
                    spoken = (
                        0
                        if move[1] == 0
                        else 1 + phones[:, j - 1]
                        if move[1] == 1
                        else 1 + PHONE_COUNT * (1 + phones[:, j - 2]) + phones[:, j - 1]
                    )
                    ids = chunk * PHONE_CHUNKS + spoken
                    score = np.full(len(letters), math.log(prior)) if scores is None else scores[ids]
                    moves.append((before, move, ids, score))
            if moves:
                cells[i, j] = moves
    return cells


def _expect(cells, n_letters, n_phones, counts):
    """Add the expected counts of every chunk pair (forward-backward); return the log-likelihood."""
    if (n_letters, n_phones) not in cells:
        return 0.0
    forward = {}
    for cell, moves in cells.items():
        forward[cell] = (
            np.logaddexp.reduce([forward[before] + score for before, _, _, score in moves]) if moves else 0.0
        )
    total = forward[n_letters, n_phones]
    possible = total > -1e8
    backward = {(n_letters, n_phones): np.zeros(len(total))}
    for cell in reversed(cells):
        if cell in backward:
            for before, _, ids, score in cells[cell]:
                value = backward[cell] + score
                backward[before] = np.logaddexp(backward[before], value) if before in backward else value
                np.add.at(counts, ids, np.exp(np.minimum(forward[before] + value - total, 0.0)) * possible)
    return float(total[possible].sum())


def _cut(cells, n_letters, n_phones, group, pairs, aligned):
    """Find the best path of each pair of a group and write its graphones into ``aligned``."""
    if (n_letters, n_phones) not in cells:
        return
    best, choice = {(0, 0): np.zeros(len(group[0]))}, {}
    for cell, moves in cells.items():
        if moves:
            values = np.stack([best[before] + score for before, _, _, score in moves])
            choice[cell], best[cell] = values.argmax(0), values.max(0)
    for row, index in enumerate(group[0]):
        if best[n_letters, n_phones][row] > -1e8:
            word, phones = pairs[index]
            (i, j), graphones = (n_letters, n_phones), []
            while i:
                before, _, _, _ = cells[i, j][choice[i, j][row]]
                graphones.append((word[before[0] : i], tuple(phones[before[1] : j])))
                i, j = before
            aligned[index] = graphones[::-1]


# N-grams -------------------------------------------------------------------------------------------------------------------------


def count_ngrams(sequences, size, order):
    """Return per order a dict of arrays: parent (n-gram one shorter at the front), symbol, count, suffix, initial (begins with START)."""
    tokens = np.concatenate([np.array(sequence) for sequence in sequences])
    position = np.concatenate([np.arange(len(sequence)) for sequence in sequences])
    levels, before = [], np.zeros(len(tokens), np.int64)
    for length in range(1, order + 1):
        whole = position >= length - 1
        parent = np.roll(before, 1) if length > 1 else before
        keys, inverse = np.unique(parent[whole] * size + tokens[whole], return_inverse=True)
        here = np.full(len(tokens), -1, np.int64)
        here[whole] = inverse
        level = {
            "parent": keys // size,
            "symbol": keys % size,
            "count": np.bincount(inverse),
            "initial": np.zeros(len(keys), bool),
            "suffix": np.zeros(len(keys), np.int64),
        }
        level["initial"][inverse[position[whole] == length - 1]] = True
        if length > 1:
            level["suffix"][inverse] = before[whole]
        levels.append(level)
        before = here
    return levels


def smooth(levels, size):
    """Add to each order its interpolated Kneser-Ney probability, and ``lower``, what the order below says."""
    for order, level in enumerate(levels):
        counts = level["count"].astype(float)
        if order + 1 < len(levels):
            # Lower orders count the different symbols that precede an n-gram; nothing precedes START.
            continuations = np.bincount(levels[order + 1]["suffix"], minlength=len(counts))
            counts = np.where(level["initial"], counts, continuations)
        if order == 0:
            counts[level["symbol"] == START] = 0
        once, twice, thrice, often = ((counts == times).sum() for times in (1, 2, 3, 4))
        unit = once / (once + 2 * twice)
        discounts = np.clip(
            [0, 1 - 2 * unit * twice / once, 2 - 3 * unit * thrice / twice, 3 - 4 * unit * often / thrice], 0, None
        )
        discount = discounts[np.minimum(counts, 3).astype(int)]
        parents = 1 if order == 0 else len(levels[order - 1]["symbol"])
        total = np.maximum(np.bincount(level["parent"], counts, minlength=parents), 1e-9)
        spared = np.bincount(level["parent"], discount, minlength=parents) / total
        level["lower"] = (
            np.full(len(counts), 1 / size) if order == 0 else levels[order - 1]["probability"][level["suffix"]]
        )
        level["probability"] = (counts - discount) / total[level["parent"]] + spared[level["parent"]] * level["lower"]
    return levels


def prune(levels, gain):
    """Keep n-grams that matter and all that those need: their parents and their suffixes."""
    keep = [None] * len(levels)
    for order in range(len(levels) - 1, -1, -1):
        level = levels[order]
        matters = level["count"] * np.abs(np.log(np.maximum(level["probability"], 1e-30) / level["lower"])) >= gain
        keep[order] = matters if order > 1 else np.ones(len(matters), bool)
        if order + 1 < len(levels):
            longer = levels[order + 1]
            keep[order][longer["parent"][keep[order + 1]]] = True
            keep[order][longer["suffix"][keep[order + 1]]] = True
    kept, renumbered = [], None
    for order, level in enumerate(levels):
        chosen = keep[order]
        kept.append(
            {
                "parent": level["parent"][chosen] if order == 0 else renumbered[level["parent"][chosen]],
                "suffix": level["suffix"][chosen] if order == 0 else renumbered[level["suffix"][chosen]],
                "symbol": level["symbol"][chosen],
                "probability": level["probability"][chosen],
            }
        )
        renumbered = np.cumsum(chosen) - 1
    return kept


def pack(levels):
    """Turn kept n-grams into the arrays of a model file; backing off gets the probability that the kept ones leave."""
    backoffs, children = [np.zeros(1)], [np.array([len(levels[0]["symbol"])])]
    for level, longer in [*pairwise(levels), (levels[-1], None)]:
        size = len(level["symbol"])
        if longer is None:
            backoffs.append(np.zeros(size))
            children.append(np.zeros(size, np.int64))
            continue
        number = np.bincount(longer["parent"], minlength=size)
        seen = np.bincount(longer["parent"], longer["probability"], minlength=size)
        lower = np.bincount(longer["parent"], level["probability"][longer["suffix"]], minlength=size)
        left = np.log(np.clip(1 - seen, 1e-6, 1)) - np.log(np.clip(1 - lower, 1e-6, 1))
        backoffs.append(np.where(number > 0, left, 0.0))
        children.append(number)
    probabilities = np.log(np.maximum(np.concatenate([level["probability"] for level in levels]), 1e-30))
    return {
        "symbols": np.concatenate([level["symbol"] for level in levels]).astype(np.uint16),
        "children": np.concatenate(children).astype(np.uint16),
        "probabilities": np.clip(np.round(-SCALE * probabilities), 0, 255).astype(np.uint8),
        "backoffs": np.clip(np.round(SCALE * np.concatenate(backoffs)), -127, 127).astype(np.int8),
    }
