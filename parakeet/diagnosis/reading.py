"""One text, read: what the frontend makes of it, and what in it a reader may have spoken otherwise."""

import contextlib
import functools
import logging
import re
from dataclasses import dataclass

from parakeet.errors import MissingDependencyError, ParakeetError
from parakeet.frontend import load_frontend
from parakeet.frontend.pronunciation import LEFT_OUT, unspoken_words


@dataclass(frozen=True)
class Reading:
    """What was found out about one text.

    Attributes:
        words (tuple): the frontend's WordPronunciation, marks among them; empty where the text can't be read.
        phones (tuple[str]): the sounds, without marks.
        guessed (tuple[str]): words whose pronunciation was guessed from their letters.
        left_out (tuple[str]): words that can't be spoken.
        problem (str | None): why the text can't be read.
        odd (tuple[str]): parts of the text that may have been spoken otherwise than they are read: digits, symbols, abbreviations.
        markup (tuple[str]): parts that are no speech: tags, remarks in brackets, addresses of characters.
    """

    words: tuple = ()
    phones: tuple = ()
    guessed: tuple = ()
    left_out: tuple = ()
    problem: str | None = None
    odd: tuple = ()
    markup: tuple = ()


_MARKUP = re.compile(
    r"<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}"  # tags, remarks
    r"|\(\s*(?:laugh|cough|noise|music|inaudible|unclear)[^()]*\)"
    r"|&(?:#\d+|[a-z]+);|\\[a-z]\b"  # characters written for a browser or a program
    r"|(?<!\w)(?:xxx|\?{2,}|_{2,}|\*{2,})(?!\w)"  # what nobody understood
    r"|\ufffd|Ã[\x80-\xbf]|â€",  # UTF-8 that was read as something else
    re.IGNORECASE,
)
_ODD = re.compile(
    r"(?:[$£€¥]\s*)?\d(?:[\d.,:/%-]*[\d%])?\w*"  # digits with what belongs to them
    r"|[&@#%+=~^|/\\*<>$£€]"  # symbols that are read as words, or not at all
    r"|\b(?:Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr|vs|etc|approx|dept|Inc|Ltd|Co|Fig|Vol|Ave|Blvd|Rd|Mt|Gen|Col|Sgt|Capt|Rev)\."
    r"|\bNo\.(?=\s*\d)"
    r"|\b(?:[A-Za-z]\.){2,}"  # e.g., U.S.
    r"|\b[A-Z]{2,}\b"  # spelled or spoken?
)


def suspicious(text):
    """Find what in a text may not be what was spoken.

    Args:
        text (str): a transcript.

    Returns:
        tuple[tuple[str], tuple[str]]: the odd parts (digits, symbols, abbreviations, capitals), and what is no speech at all.
    """
    markup = tuple(match.group() for match in _MARKUP.finditer(text))
    rest = _MARKUP.sub(" ", text)
    letters = [c for c in rest if c.isalpha()]
    shouted = len(letters) > 12 and all(c.isupper() for c in letters if c.upper() != c.lower())
    odd = tuple(m.group() for m in _ODD.finditer(rest) if not (shouted and m.group().isalpha()))
    return odd, markup


@functools.lru_cache(maxsize=4)
def cached_frontend(name, options=()):
    """Give this process's frontend of a name; options are pairs, as a dict can't be a key."""
    return load_frontend(name, **dict(options))


@contextlib.contextmanager
def quiet(name="parakeet.frontend"):
    """What a frontend warns of is counted here, and told once for all texts."""
    logger = logging.getLogger(name)
    former = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(former)


def read(text, frontend):
    """Read one text.

    Args:
        text (str): a transcript.
        frontend: as :func:`cached_frontend` gives it.

    Returns:
        Reading: what was found out.

    Raises:
        MissingDependencyError: if the frontend needs a package that is not installed.
    """
    odd, markup = suspicious(text)
    try:
        with quiet():
            words = frontend.words(text)
    except MissingDependencyError:
        raise
    except ParakeetError as error:
        return Reading(problem=str(error), odd=odd, markup=markup)
    spoken = [word for word in words if word.source not in ("punctuation", LEFT_OUT)]
    return Reading(
        words=tuple(words),
        phones=tuple(phone for word in spoken for phone in word.phones),
        guessed=tuple(word.word for word in spoken if word.source == "letter-to-sound"),
        left_out=tuple(unspoken_words(words)),
        odd=odd,
        markup=markup,
    )
