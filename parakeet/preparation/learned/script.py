"""What an utterance says, as the learning aligner walks it: three states for each phone, pauses where there may be one."""

from typing import NamedTuple

import numpy as np

from parakeet.frontend.pronunciation import WordPronunciation, is_mark
from parakeet.preparation.alignment import SILENCE, Segment
from parakeet.preparation.learned.sounds import HOP
from parakeet.preparation.sphinx import AlignmentFailure

STATES = 3
"""States of a phone, and the least number of its frames."""


class Pause(NamedTuple):
    """A place where a pause may be, and the marks that stand there, or "sil" at either end; where none stands, none is expected."""

    symbols: tuple[str, ...]


class Script:
    """The states of one utterance.

    Args:
        words (Iterable): of the frontend, or pairs (word, phones).
        number_of (dict[str, int]): phone -> its number from 1 on; 0 is the pause's.
        min_pause (float): seconds from which on there may be a pause where no mark stands.

    Attributes:
        pieces (list[str | Pause]): phones and pauses in turn.
        states (ndarray): (S,), int64; state j of phone n is number ``n * STATES + j``.
        owner (ndarray): (S,), int64; the piece that each state belongs to.
        optional (ndarray): (S,), bool.
        expected (ndarray): (S,), bool: all but the pauses where no mark stands inside the text.

    Raises:
        AlignmentFailure: if the text holds no word.
    """

    def __init__(self, words, number_of, min_pause):
        self.pieces = _pieces(words)
        states, owner, optional, expected = [], [], [], []
        for at, piece in enumerate(self.pieces):
            is_pause = isinstance(piece, Pause)
            number = 0 if is_pause else number_of[piece]
            count = max(STATES, round(min_pause / HOP)) if is_pause and not piece.symbols else STATES
            middle = [number * STATES + 1] * (count - 2)
            states += [number * STATES, *middle, number * STATES + 2]
            owner += [at] * count
            optional += [is_pause] * count
            expected += [not is_pause or bool(piece.symbols)] * count
        self.states, self.owner = np.array(states), np.array(owner)
        self.optional, self.expected = np.array(optional), np.array(expected)

    @property
    def least_frames(self):
        """int: the frames that the phones need."""
        return int((~self.optional).sum())

    def rough_text(self):
        """Give the pieces that are expected, as a first, rough alignment takes them.

        Returns:
            tuple[ndarray, ndarray]: (P,), int64: 1 for a pause, from 2 on for phones; (P,), bool: whether it is a pause.
        """
        first = self._first_places()
        return self.states[first] // STATES + 1, self.optional[first]

    def path_of(self, frames):
        """Divide the frames of each expected piece evenly among its states.

        Args:
            frames (ndarray): (P,), of the pieces of :meth:`rough_text`.

        Returns:
            ndarray: (T,), int64, the place of each frame's state.
        """
        return np.concatenate([first + np.arange(n) * STATES // max(n, 1) for first, n in zip(self._first_places(), frames, strict=True)])

    def _first_places(self):
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        return starts[self.expected[starts]]

    def segments(self, starts, scores):
        """Name what was found.

        Args:
            starts (ndarray): (P + 1,), seconds: where each piece begins, and the end of the last one; a pause of no length was passed over.
            scores (ndarray): (P,), of each piece.

        Returns:
            list[Segment]
        """
        found = []
        for at, (piece, score) in enumerate(zip(self.pieces, scores, strict=True)):
            start, end = float(starts[at]), float(starts[at + 1])
            symbols = piece.symbols if isinstance(piece, Pause) else (piece,)
            if not symbols and end > start:
                symbols = (SILENCE,)
            for symbol in symbols:  # of several marks the first one takes the pause
                found.append(Segment(symbol, start, end, float(score) if end > start else None))
                start = end
        return found


def phones_of(words):
    """Give the phones of a text, pauses and marks left out, as a list of symbols."""
    return [piece for piece in _pieces(words) if not isinstance(piece, Pause)]


def _pieces(words):
    pieces, marks = [], [SILENCE]
    for given in words:
        phones = given.phones if isinstance(given, WordPronunciation) else given[1]
        if len(phones) == 1 and is_mark(phones[0]):
            marks.append(phones[0])
        elif phones:
            pieces += [Pause(tuple(marks)), *phones]
            marks = []
    if not pieces:
        raise AlignmentFailure("the text holds no word")
    return [*pieces, Pause(tuple(marks) or (SILENCE,))]
