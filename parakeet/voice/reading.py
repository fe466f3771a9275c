"""A text as sentences to speak: read piece by piece, so that a book begins to sound as soon as a line does."""

import logging
import re
from dataclasses import dataclass
from typing import NamedTuple

from parakeet.errors import TextError
from parakeet.frontend.pronunciation import SENTENCE_FINAL, is_mark
from parakeet.preparation.alignment import SILENCE

logger = logging.getLogger(__name__)

MOST_SYMBOLS = 250
"""Of a sentence, some 20 s: what is longer is cut between two words. A model's memory grows with the square of it."""

PIECE = 300
"""Characters after which a text may be cut, where a sentence ends beyond doubt."""

LONGEST_PIECE = 2000
"""Characters after which it is cut at any white space, or where there is none, anywhere."""

# Beyond doubt: a blank line; an ideographic mark; or a long word ("Prof." and "Blvd." are shorter), a mark and white space, if no small
# letter follows.
_CLEAR_END = re.compile(r"\n[^\S\n]*(?=\n)|[。！？](?![」』”’])|[^\W\d_]{5}[.!?][\"'”’)\]]*\s+(?=\S)")


class SpokenWord(NamedTuple):
    """A word of a sentence: as it is spoken, its first symbol and the one behind its last."""

    word: str
    first: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """What is spoken at a time.

    Attributes:
        symbols (list[str]): a first silence, phones and marks: S of them.
        words (list[SpokenWord]): in order; marks are none.
        first_word (int): how many words of the text come before.
    """

    symbols: list
    words: list
    first_word: int


def read_sentences(frontend, text):
    """Read a text sentence by sentence; not more of it is read than is asked for.

    A piece whose words can't be spoken is left out, and named in a warning at the end.

    Args:
        frontend (object): of :func:`parakeet.frontend.load_frontend`.
        text (str): of any length.

    Yields:
        Sentence

    Raises:
        TextError: if there is nothing in it to speak.
    """
    n_words, refusal, lost = 0, None, []
    for piece in cut_text(text):
        try:
            rows = frontend.words(piece)
        except TextError as error:  # a line of stars between two chapters
            refusal = error if refusal is None else refusal
            if any(map(str.isalnum, piece)):
                lost.append(str(error))
            continue
        for group in _sentences([row for row in rows if row.phones]):
            sentence = _sentence(group, n_words)
            n_words += len(sentence.words)
            yield sentence
    if n_words == 0:
        raise refusal if refusal is not None else TextError("There is nothing to speak: the text is empty.")
    for told in lost:
        logger.warning("A piece of the text was left out. %s", told)


def cut_text(text):
    """Cut a long text where nothing is read otherwise for it.

    Args:
        text (str): any.

    Yields:
        str: pieces, which together are the text.

    Raises:
        TextError: if it is no string.
    """
    if not isinstance(text, str):
        raise TextError(f"A text to speak has to be a string; received {type(text).__name__}, {str(text)[:40]!r}.")
    begin = 0
    while begin < len(text):
        end = _end_of_piece(text, begin)
        yield text[begin:end]
        begin = end


def _end_of_piece(text, begin):
    limit = begin + LONGEST_PIECE
    if len(text) <= begin + PIECE:
        return len(text)
    for found in _CLEAR_END.finditer(text, begin + PIECE, limit):
        if not text[found.end() : found.end() + 1].islower():
            return found.end()
    if len(text) <= limit:
        return len(text)
    blanks = list(re.finditer(r"\s+", text[begin + PIECE : limit]))
    return begin + PIECE + blanks[-1].end() if blanks else limit


def _sentences(rows):
    """Group words and marks: up to each mark that ends a sentence, and to the last word that still finds room."""
    group, size = [], 1
    for row in rows:
        if group and size + len(row.phones) > MOST_SYMBOLS and not is_mark(row.word):
            yield group
            group, size = [], 1
        group.append(row)
        size += len(row.phones)
        if row.source == "punctuation" and row.word in SENTENCE_FINAL:
            yield group
            group, size = [], 1
    if group:
        yield group


def _sentence(rows, first_word):
    # A first silence stands before every utterance in training, so it does in synthesis.
    symbols, words = [SILENCE], []
    for row in rows:
        if row.source != "punctuation":
            words.append(SpokenWord(row.word, len(symbols), len(symbols) + len(row.phones)))
        symbols += row.phones
    return Sentence(symbols, words, first_word)
