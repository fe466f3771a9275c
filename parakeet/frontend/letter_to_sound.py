"""Pronunciations for English words that no dictionary holds.

A joint-sequence model (Bisani and Ney, "Joint-sequence models for grapheme-to-phoneme conversion", Speech Communication 50, 2008): a
word and its pronunciation are one sequence of *graphones*, pairs of one or two letters and no, one or two phones. An n-gram over
graphones, smoothed after Kneser and Ney, says which sequence is likely; a beam search finds the best one that spells the word. It is
trained on the CMU Pronouncing Dictionary by ``scripts/build_english_resources.py``, whose ``--evaluate`` measured the error below
on 5 % of the dictionary's words, held out (5,873 words; one counts as right if it equals one of its pronunciations in the dictionary):

======================================  ===============  ==================
word error rate                         stress counted   stress left aside
======================================  ===============  ==================
these models alone                      32.7 %           27.3 %
after the rules of ``morphology.py``    31.9 %           26.8 %
======================================  ===============  ==================

It reads about 600 unknown words a second on one core.
"""

import io

import numpy as np

from parakeet.errors import TextError
from parakeet.frontend.resource import once, read_resource

#: Log-probabilities are stored in steps of 1 / SCALE.
SCALE = 10.0
UNSEEN = -20.0
NO_PRIMARY_STRESS = -6.0
START, END = 0, 1


class LetterToSound:
    """Find the likeliest pronunciation of a word from its letters.

    Args:
        model (dict[str, ndarray]): the arrays of a model file: ``letters`` and ``phones`` (one text each per graphone), ``symbols``
            and ``children`` (an n-gram tree in breadth-first order), ``probabilities`` and ``backoffs``.
        beam (int): how many partial pronunciations are followed at each letter.
        width (float): how much worse than the best (natural log) one of them may be.
    """

    def __init__(self, model, beam=20, width=8.0):
        self.beam, self.width = beam, width
        self._graphones = {}
        for symbol, (letters, phones) in enumerate(
            zip(model["letters"].tolist(), model["phones"].tolist(), strict=True), start=2
        ):
            phones = tuple(phones.split())
            primary = sum(phone.endswith("1") for phone in phones)
            self._graphones.setdefault(letters, []).append((symbol, phones, primary))
        self._build_automaton(model)

    @classmethod
    def from_bytes(cls, data):
        """Make one from the bytes of a model file (npz without pickled objects)."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(dict(arrays))

    def pronounce(self, word):
        """Return the phones of a word, vowels with stress, exactly one of them primary where there is a vowel.

        Args:
            word (str): letters a to z, lower case.

        Raises:
            TextError: if the word is empty or holds anything else.
        """
        if not word or any(letters not in self._graphones for letters in word):
            raise TextError(f"Letter-to-sound needs a word of the letters a to z in lower case; received {word!r}.")
        size = len(word)
        layers = [
            {} for _ in range(size + 1)
        ]  # per letters read: (context, primary stresses) -> (score, hypothesis before, phones)
        layers[0][self._first, 0] = (0.0, None, ())
        for position in range(size):
            for (context, stresses), hypothesis in self._promising(layers[position]):
                for length in (1, 2):
                    if position + length <= size:
                        choices = self._graphones.get(word[position : position + length], ())
                        self._extend(layers[position + length], context, stresses, hypothesis, choices)
        finals = [
            (hypothesis[0] + self._step(context, END)[1] + (0.0 if stresses else NO_PRIMARY_STRESS), number, hypothesis)
            for number, ((context, stresses), hypothesis) in enumerate(layers[size].items())
        ]
        return _trace(max(finals)[2])

    def _promising(self, layer):
        ranked = sorted(layer.items(), key=lambda item: -item[1][0])[: self.beam]
        return [item for item in ranked if item[1][0] >= ranked[0][1][0] - self.width]

    def _extend(self, layer, context, stresses, hypothesis, choices):
        score = hypothesis[0]
        for symbol, phones, primary in choices:
            if stresses + primary > 1:
                continue
            following, gain = self._step(context, symbol)
            key, total = (following, stresses + primary), score + gain
            rival = layer.get(key)
            if rival is None or rival[0] < total:
                layer[key] = (total, hypothesis, phones)

    def _step(self, context, symbol):
        """Read one graphone after a context; return the new context and the log-probability."""
        gain, nodes = 0.0, self._nodes
        node = nodes.get(context * self._size + symbol)
        while node is None:
            if context == 0:
                return 0, UNSEEN
            gain += self._backoffs[context]
            context = self._suffixes[context]
            node = nodes.get(context * self._size + symbol)
        return self._contexts[node], gain + self._probabilities[node]

    def _build_automaton(self, model):
        """Number the n-grams 0 (empty), 1, 2, ... breadth first, and link each to the longest shorter one it ends in."""
        children = model["children"].astype(np.int64)
        parents = np.concatenate([[0], np.repeat(np.arange(len(children)), children)])
        symbols = np.concatenate([[0], model["symbols"].astype(np.int64)])
        self._size = len(model["letters"]) + 2
        keys = (parents * self._size + symbols)[1:]  # ascending, since nodes are sorted by parent, then symbol
        suffixes = np.zeros(len(symbols), np.int64)
        begin = 1 + int(children[0])  # the suffix of the first order is the empty n-gram
        while begin < len(symbols):
            end = begin + int(np.searchsorted(parents[begin:], begin))
            wanted = suffixes[parents[begin:end]] * self._size + symbols[begin:end]
            suffixes[begin:end] = np.searchsorted(keys, wanted) + 1
            begin = end
        contexts = np.arange(len(symbols))  # where an n-gram has no continuation, its suffix serves
        leaf = children == 0
        while leaf[contexts].any():
            contexts = np.where(leaf[contexts] & (contexts > 0), suffixes[contexts], contexts)
        self._nodes = dict(zip(keys.tolist(), range(1, len(symbols)), strict=True))
        self._suffixes = suffixes.tolist()
        self._contexts = contexts.tolist()
        self._probabilities = [0.0, *(model["probabilities"].astype(np.float64) / -SCALE).tolist()]
        self._backoffs = (model["backoffs"].astype(np.float64) / SCALE).tolist()
        self._first = self._nodes[START]


def _trace(hypothesis):
    parts = []
    while hypothesis[1] is not None:
        parts.append(hypothesis[2])
        hypothesis = hypothesis[1]
    return [phone for part in reversed(parts) for phone in part]


@once
def english_letter_to_sound():
    """Return the English model that comes with parakeet, loaded at the first call (about 0.3 s)."""
    return LetterToSound.from_bytes(read_resource("english_letter_to_sound.npz"))
