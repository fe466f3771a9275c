"""English text as it is written -> words as they are spoken (numbers, dates, money, abbreviations, acronyms ...).

``normalize_text`` reads the text once, from left to right; at each place the first rule of ``RULES`` that applies says how a piece is
spoken. So no rule sees what another one has written, and every spoken word knows the piece of text it came from.
"""

import re

from parakeet.frontend.normalizer import (
    abbreviations,
    calendar,
    contacts,
    money,
    places,
    quantities,
    roman,
    scripture,
    symbols,
    technical,
    units,
    unspoken,
    words,
)
from parakeet.frontend.normalizer.cleaning import clean
from parakeet.frontend.normalizer.scanner import Rule, Span, Text, rule, scan

RULES = (
    *unspoken.EARLY_RULES,
    *places.RULES,
    *scripture.RULES,
    *quantities.EARLY_RULES,
    *calendar.RULES,
    *contacts.RULES,
    *money.RULES,
    *units.RULES,
    *quantities.RULES,
    *calendar.LATE_RULES,
    *quantities.LATE_RULES,
    *technical.RULES,
    *symbols.EARLY_RULES,
    *abbreviations.RULES,
    *roman.RULES,
    *words.RULES,
    *symbols.RULES,
    *unspoken.RULES,
)
#: Half of all places are white space, and few rules begin there.
_SPACE_RULES = tuple(candidate for candidate in RULES if candidate.space)


def normalize_text(text, find, lexicon=None):
    """Cut a text into spans that say how each piece is spoken.

    Args:
        text (str): any English text.
        find (Callable[[str], tuple | None]): the dictionary pronunciation of a word in lower case.
        lexicon (Lexicon or None): words of the user; where the text has one as it stands, no rule touches it.

    Returns:
        list[Span]: in order; together they cover the whole (cleaned) text. What can't be spoken in English has its reason.
    """
    own = [] if not lexicon else [_lexicon_rule(lexicon)]
    return scan(Text(text, find), (*own, *RULES), _SPACE_RULES)


def _lexicon_rule(lexicon):
    rules, within_word = [], re.compile(r"(?<=\w)(?:\w|'\w)")

    @rule(r"(?<!\w)[^\s\"(\[{]+", rules)
    def word_of_user(match, text):
        piece = match[0]
        while piece:
            end = match.start() + len(piece)
            if lexicon.find(piece) is not None and not within_word.match(text.text, end):
                return Span(match.start(), end, piece, (piece if piece in lexicon else piece.lower(),))
            piece = piece[:-1]
        return None

    return rules[0]


__all__ = ["RULES", "Rule", "Span", "Text", "clean", "normalize_text", "rule", "scan"]
