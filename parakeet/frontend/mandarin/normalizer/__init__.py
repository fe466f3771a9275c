"""Chinese text as it is written -> characters as they are spoken (numbers, dates, money, units, addresses, English words ...).

The text is read once, from left to right; at each place the first rule of ``RULES`` that applies says how a piece is spoken, as in the
English normalizer, whose scanner this is.
"""

import functools
import re

from parakeet.errors import TextError
from parakeet.frontend.mandarin.normalizer import calendar, contacts, quantities, symbols
from parakeet.frontend.mandarin.normalizer.numbers import spell
from parakeet.frontend.mandarin.normalizer.symbols import HAN
from parakeet.frontend.mandarin.normalizer.units import MEASURE
from parakeet.frontend.normalizer.scanner import Span, clean, rule, scan
from parakeet.frontend.pronunciation import LEFT_OUT
from parakeet.frontend.resource import once, read_resource

RULES = (
    *symbols.EARLY_RULES,
    *symbols.HAN_RULES,
    *calendar.RULES,
    *contacts.RULES,
    *quantities.RULES,
    *quantities.LATE_RULES,
    *symbols.RULES,
)

_MEASURE = re.compile(r"\s?[多余几]?" + MEASURE)
#: Traditional characters that are another simplified one only beside some: 看著 but 著名, 乾淨 but 乾隆, 瞭解 but 瞭望, 藉口 but 狼藉.
_BY_NEIGHBOURS = re.compile(
    "(?<![名显顯土原编編专專论論巨遗遺昭卓译譯合拙])著(?![名作称稱述者书書录錄])|(?<![康转轉])乾(?![坤隆元卦清陵象造道县縣])"
    "|瞭(?=[解然])|(?<=明)瞭|藉(?=[口助由此故著着])|(?<=[憑凭])藉"
)
_SIMPLE = {"著": "着", "乾": "干", "瞭": "了", "藉": "借"}
#: What is spoken, in pieces: Chinese characters, a word in Latin letters, or a mark of punctuation.
TOKEN = re.compile(rf"[{HAN}]+|[A-Za-z][A-Za-z'-]*|[,\-:;.!?]")


def normalize_text(text, english, lexicon=()):
    """Cut a text into spans that say how each piece is spoken.

    Args:
        text (str): any text.
        english (EnglishFrontend): reads the words in Latin letters.
        lexicon (Collection[str]): the user's words; where one that isn't all Chinese characters stands in the text, no rule touches it.

    Returns:
        list[Span]: in order; together they cover the whole (cleaned) text. ``spoken`` holds Chinese characters (simplified), words of
            the English frontend and marks of punctuation.
    """
    return scan(Text(text, english), (*_lexicon_rules(lexicon), *RULES))


class Text:
    """A text with what rules ask about the surroundings of a match.

    Args:
        text (str): as it came from the user.
        english (EnglishFrontend): reads the words in Latin letters.
    """

    def __init__(self, text, english):
        self.text = clean(text)
        self._english = english

    def mentions(self, pattern, position, at_end=False):
        """Say whether a pattern stands in the clause before a position, at its end if so asked."""
        clause = re.split(r"[。!?;\n]", self.text[max(0, position - 14) : position])[-1]
        return re.search(pattern + r"\s*$" if at_end else pattern, clause) is not None

    def measure(self, position):
        """Say whether a measure word follows a position."""
        return _MEASURE.match(self.text, position) is not None

    def part(self, match, length, spoken):
        """Return the span of the first characters of a match."""
        end = match.start() + length
        return Span(match.start(), end, self.text[match.start() : end], tuple(spoken.split()))

    def english(self, words):
        """Return words in Latin letters as the English frontend speaks them, or None where it would leave something out."""
        try:
            rows = self._english.words(words)
        except TextError:
            return None
        if any(row.source == LEFT_OUT for row in rows):
            return None
        return " ".join(row.word for row in rows if row.source != "punctuation")

    def address(self, address, names):
        """Read an address: its words, its digits one by one, its signs by name."""
        pieces = re.findall(r"[A-Za-z]+|\d+|.", address)
        return " ".join(self._piece_of_address(piece, names) for piece in pieces)

    def _piece_of_address(self, piece, names):
        if piece.lower() == "www":
            return "W W W"
        if piece.isascii() and piece.isalpha():
            return self.english(piece) or ""
        return spell(piece) if piece.isdecimal() else names.get(piece, "")

    def simplified(self, characters):
        """Return Chinese characters in their simplified form, 々 as what it repeats."""
        if _BY_NEIGHBOURS.search(characters):
            characters = _BY_NEIGHBOURS.sub(lambda match: _SIMPLE[match[0]], characters)
        return re.sub("(.)々", r"\1\1", characters).translate(simplification()).replace("々", "")


@once
def simplification():
    """Return the table from traditional to simplified characters, for ``str.translate``."""
    lines = read_resource("mandarin_traditional.txt").decode("utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return {ord("〇"): "零", **{ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)}}


@functools.lru_cache(maxsize=8)
def _lexicon_rules(words):
    words = sorted((word for word in words if not re.fullmatch(f"[{HAN}]+", word)), key=len, reverse=True)
    if not words:
        return ()
    rules = []

    @rule(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, words))})(?![A-Za-z])", rules)
    def word_of_user(match, text):
        return Span(match.start(), match.end(), match[0], (match[0],))

    return tuple(rules)


__all__ = ["RULES", "TOKEN", "Text", "normalize_text", "simplification"]
