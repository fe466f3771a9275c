"""From what was heard to figures: of each sentence, of all of them, and of one condition against another."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from parakeet.errors import TextError
from parakeet.evaluation.bootstrap import Bootstrap
from parakeet.evaluation.conditions import CONDITIONS, COPY, GRIFFIN_LIM, RECORDING, VOICE, WRONG_TEXT
from parakeet.evaluation.intelligibility import edit_distance, misheard, words_of
from parakeet.evaluation.measures import MEASURES

PAIRS = ((VOICE, RECORDING), (VOICE, COPY), (VOICE, GRIFFIN_LIM), (VOICE, WRONG_TEXT), (COPY, GRIFFIN_LIM), (COPY, RECORDING))
"""Which conditions are held against one another, pair by pair."""


class Word(NamedTuple):
    """A word and how often it was not understood.

    Attributes:
        word (str): in lower case.
        said (int): how often the voice said it.
        missed (int): how often another word, or none, was understood.
        heard_as (list[str]): what was understood instead, the most frequent first; the empty string for nothing.
        missed_in_recordings (float | None): the share of the recordings of those sentences where it was missed; None without any.
    """

    word: str
    said: int
    missed: int
    heard_as: list
    missed_in_recordings: float | None


class Scorer:
    """Counts the errors in what recognisers understood.

    Args:
        texts (list[str]): what was to be said, of each sentence.
        wrong (list[int]): for each sentence the number of another one.
        normalize (Callable): text -> text with numbers and abbreviations written out.
    """

    def __init__(self, texts, wrong, normalize):
        self._normalize = normalize
        self._words = [self._words_of(text) for text in texts]
        self._wrong = wrong

    def score(self, heard):
        """Add word and character errors to what was heard; the voice's text is held against another sentence's, too."""
        for recognizer, texts in heard.texts.items():
            for condition, understood in texts.items():
                for text in understood:
                    self._add(heard, condition, recognizer, self._words[heard.number], text)
            for text in texts.get(VOICE, ()):
                self._add(heard, WRONG_TEXT, recognizer, self._words[self._wrong[heard.number]], text)

    def _add(self, heard, condition, recognizer, expected, text):
        received = self._words_of(text)
        heard.add(condition, f"wer_{recognizer}", edit_distance(expected, received), len(expected))
        letters = " ".join(expected)
        heard.add(condition, f"cer_{recognizer}", edit_distance(letters, " ".join(received)), len(letters))

    def worst_words(self, results, recognizer, most=30):
        """list[Word]: those of the voice that were missed most often; of equals first what the recordings' listener understood."""
        said, missed, instead = Counter(), Counter(), {}
        recorded, missed_recorded = Counter(), Counter()
        for heard in results:
            texts, expected = heard.texts.get(recognizer, {}), self._words[heard.number]
            for text in texts.get(VOICE, ()):
                for word, received in misheard(expected, self._words_of(text)):
                    said[word] += 1
                    if received != word:
                        missed[word] += 1
                        instead.setdefault(word, Counter())[received or ""] += 1
            for text in texts.get(RECORDING, ()):
                for word, received in misheard(expected, self._words_of(text)):
                    recorded[word] += 1
                    missed_recorded[word] += received != word
        words = [
            Word(
                word,
                said[word],
                count,
                [text for text, _ in instead[word].most_common(3)],
                missed_recorded[word] / recorded[word] if recorded[word] else None,
            )
            for word, count in missed.items()
        ]
        return sorted(words, key=lambda w: (-w.missed, w.missed_in_recordings or 0.0, w.word))[:most]

    def _words_of(self, text):
        try:
            return words_of(text, self._normalize)
        except TextError:  # a recogniser may write what can't be read; nothing of it was said
            return words_of(text)


class Figures(NamedTuple):
    """What all sentences together say.

    Attributes:
        estimates (dict[str, dict[str, Estimate]]): by measure and condition.
        differences (dict[str, dict[tuple[str, str], Estimate]]): by measure and pair of conditions, the first less the second.
    """

    estimates: dict
    differences: dict


def summarise(results, seed=0):
    """Estimate every figure with its interval.

    Args:
        results (list[Heard]): of every sentence, in order.
        seed (int): of the bootstrap.

    Returns:
        Figures: only what was measured.
    """
    bootstrap = Bootstrap(len(results), seed)
    estimates, differences = {}, {}
    for measure in MEASURES:
        columns = {}
        for condition in CONDITIONS:
            pairs = np.array([heard.values.get(condition, {}).get(measure, (0.0, 0.0)) for heard in results])
            if pairs[:, 1].any():
                columns[condition] = pairs.T
        if not columns:
            continue
        estimates[measure] = {condition: bootstrap.ratio(*column) for condition, column in columns.items()}
        differences[measure] = {
            (one, other): bootstrap.difference(*columns[one], *columns[other])
            for one, other in PAIRS
            if one in columns and other in columns and (columns[one][1] * columns[other][1]).any()
        }
    return Figures(estimates, differences)
