"""Which sounds a corpus holds how often, which are missing, and what to record for them."""

import functools
import itertools
from collections import Counter
from typing import NamedTuple

from parakeet.datasets.sentences import english_sentences
from parakeet.diagnosis.reading import cached_frontend, quiet
from parakeet.frontend.arpabet import without_stress
from parakeet.frontend.pronunciation import is_mark

RARE = 20
"""How often a sound has to occur to be learnt for sure. Kathleen's rarest (ZH, in 77 minutes) occurs 61 times, the next one 180."""
SUGGESTIONS = 12


class Coverage(NamedTuple):
    """How often each sound occurs in what is trained on.

    Attributes:
        counts (dict[str, int]): sound to number, the most frequent first; of English the sounds without stress, missing ones with 0.
        complete (bool): whether the language's sounds are known, so that missing ones are told.
        pairs (int): how many different pairs of neighbouring sounds occur.
        sentences (list[str]): what to record for the missing and rare ones.
        examples (dict[str, list[str]]): for each of them some words that have it.
    """

    counts: dict
    complete: bool
    pairs: int
    sentences: list
    examples: dict

    @property
    def missing(self):
        """list[str]: sounds that never occur."""
        return [sound for sound, n in self.counts.items() if n == 0]

    @property
    def rare(self):
        """list[str]: sounds that occur, but fewer than :data:`RARE` times, the rarest first."""
        return sorted(
            (sound for sound, n in self.counts.items() if 0 < n < RARE), key=lambda sound: (self.counts[sound], sound)
        )


def cover(survey):
    """Count the sounds of what is trained on.

    Args:
        survey (Survey): examined.

    Returns:
        Coverage | None: None where no text could be read.
    """
    texts = [
        u.reading.phones for u in survey.utterances if u.split == "train" and u.reading is not None and u.reading.phones
    ]
    if not texts:
        return None
    if survey.frontend == "english":
        texts = [without_stress(phones) for phones in texts]
    counts, pairs = Counter(), set()
    for phones in texts:
        counts.update(phones)
        pairs.update(itertools.pairwise(phones))
    # eSpeak NG knows sounds of a hundred languages; which of them a language has, it does not tell.
    complete = survey.frontend != "espeak"
    if complete:
        known = [symbol for symbol in survey.inventory if not is_mark(symbol)]
        for sound in dict.fromkeys(without_stress(known) if survey.frontend == "english" else known):
            counts.setdefault(sound, 0)
    ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    coverage = Coverage(ordered, complete, len(pairs), [], {})
    if survey.frontend == "english" and (coverage.missing or coverage.rare):
        sentences, examples = _suggest({*coverage.missing, *coverage.rare})
        coverage = coverage._replace(sentences=sentences, examples=examples)
    return coverage


@functools.lru_cache(maxsize=1)
def _own_sentences():
    """parakeet's own sentences, each with its words and their sounds; read once, which takes a second or two."""
    frontend = cached_frontend("english")
    with quiet():
        return {s: [(w.word, without_stress(w.phones)) for w in frontend.words(s)] for s in english_sentences()}


def _suggest(wanted):
    """Sentences of parakeet's own list, each with the most of what the ones before it still lack; and words that hold the sounds."""
    frontend = cached_frontend("english")
    holds, examples = {}, {sound: [] for sound in sorted(wanted)}
    for sentence, words in _own_sentences().items():
        holds[sentence] = Counter(sound for _, sounds in words for sound in sounds if sound in wanted)
        for word, sounds in words:
            for sound in wanted.intersection(sounds):
                # Alone, too: some words sound otherwise beside others.
                if (
                    len(examples[sound]) < 4
                    and word not in examples[sound]
                    and sound in without_stress(frontend.phones(word))
                ):
                    examples[sound].append(word)
    sentences, had = [], Counter()
    for _ in range(SUGGESTIONS):
        # The more often a sound is held already, the less another one is worth.
        worth = {
            s: sum(n / (1 + had[sound]) for sound, n in found.items())
            for s, found in holds.items()
            if s not in sentences
        }
        best = max(worth, key=lambda s: (worth[s], s))
        if worth[best] == 0:
            break
        sentences.append(best)
        had.update(holds[best])
    return sentences, examples
