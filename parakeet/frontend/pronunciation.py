"""What every frontend hands back for a word, and the punctuation that every frontend keeps."""

from dataclasses import dataclass

#: The punctuation a phone sequence may hold, strongest last: a run of marks becomes its strongest one.
PUNCTUATION = (",", "-", ":", ";", ".", "!", "?")

#: A short pause inside a clause, where the text has no mark of punctuation; some frontends tell of them.
PAUSE = "_"

#: The marks that end a sentence; every phone sequence ends in one of them.
SENTENCE_FINAL = (".", "!", "?")


@dataclass(frozen=True)
class WordPronunciation:
    """One spoken word, or one mark of punctuation, with its phones and where they come from.

    Attributes:
        word (str): the word as spoken: lower case, one capital for a letter that is named, or a mark.
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
