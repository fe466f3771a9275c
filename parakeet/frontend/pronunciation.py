"""What every frontend hands back for a word, and the punctuation that every frontend keeps."""

from dataclasses import dataclass

#: The punctuation a phone sequence may hold, strongest last: a run of marks becomes its strongest one.
PUNCTUATION = (",", "-", ":", ";", ".", "!", "?")

#: A short pause inside a clause, where the text has no mark of punctuation; some frontends tell of them.
PAUSE = "_"

#: The marks that end a sentence; every phone sequence ends in one of them.
SENTENCE_FINAL = (".", "!", "?")

#: The source of a piece of text that isn't spoken.
LEFT_OUT = "left out"


@dataclass(frozen=True)
class WordPronunciation:
    """One spoken word, or one mark of punctuation, with its phones and where they come from.

    Attributes:
        word (str): the word as spoken: lower case, one capital for a letter that is named, or a mark; as written where it is left out.
        phones (tuple[str]): the tokens it gives; empty only where ``source`` is "left out".
        source (str): "user lexicon", "parakeet", "cmudict", "homograph", "letter name", "morphology", "letter-to-sound",
            "punctuation" or "left out".
    """

    word: str
    phones: tuple
    source: str


def is_mark(symbol):
    """Tell a mark of punctuation, or a pause, from a phone: some phones are written without a letter, such as "@"."""
    return symbol in PUNCTUATION or symbol == PAUSE


def unspoken_words(words):
    """Return the words of a text that a frontend left out: what holds a letter or a digit, not emoji and signs.

    A recording says them and the phones don't, so that the two don't fit.

    Args:
        words (Iterable[WordPronunciation]): as ``frontend.words`` gives them.

    Returns:
        list[str]: as they are written, in order.
    """
    return [word.word for word in words if word.source == LEFT_OUT and any(map(str.isalnum, word.word))]


def describe_left_out(pieces, most=5):
    """Name pieces of a text that aren't spoken, for a warning or an error.

    Args:
        pieces (Sequence[tuple[str, str, int]]): each piece, why it isn't spoken, and the index of its first character.
        most (int): how many are named; of others only the number is said.

    Returns:
        str: "'👍' (THUMBS UP SIGN) at character 7, 'да' (...) at character 9 and 12 more".
    """
    named = [
        f"{raw if len(raw) <= 24 else raw[:20] + '...'!r} ({reason}) at character {start + 1}"
        for raw, reason, start in pieces[:most]
    ]
    more = f" and {len(pieces) - most} more" if len(pieces) > most else ""
    return ", ".join(named) + more
