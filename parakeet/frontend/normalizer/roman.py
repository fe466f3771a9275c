"""Roman numerals: of rulers, wars, chapters, pages and years."""

import re

from parakeet.frontend.normalizer.numbers import cardinal, from_roman, ordinal, year
from parakeet.frontend.normalizer.scanner import follows, rule
from parakeet.frontend.normalizer.word_lists import DIVISIONS, NUMBERED, REGNAL_NAMES, WHOLE_WORDS
from parakeet.frontend.resource import word_set

RULES = []

_ROMAN = r"(?=[IVXLC])(?P<roman>(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))"
#: Numerals that can hardly be anything else.
_PLAINLY_ROMAN = word_set("II III VII VIII XII XIII XIV XVI XVII XVIII XIX XXI")
#: "IV" before these is a drip.
_AFTER_DRIP = word_set("drip drips fluid fluids line lines bag bags therapy needle pole medication antibiotics")


@rule(_ROMAN + r"(?P<possessive>'s)?(?![\w'])", RULES)
def roman_numeral(match, text):
    """Read Roman numerals after a ruler's name, after "chapter" and the like, else only those that can be nothing else."""
    roman = match["roman"]
    before = text.word_before(match.start()) or NUMBERED.get(_abbreviation_before(match, text), "")
    if not roman or not before:
        return None
    tail, after = match["possessive"] or "", text.word_after(match.end())
    alone = not follows(r"[ \t]+[a-zA-Z]", match, text) or after in ("of", "was", "is", "had", "died", "became", "and")
    if before in REGNAL_NAMES and (len(roman) > 1 or alone):
        return f"the {ordinal(from_roman(roman))}{tail}"
    if before.lower() in WHOLE_WORDS and _numbers(roman, before, alone):
        return cardinal(from_roman(roman)) + tail
    plain = roman in _PLAINLY_ROMAN or len(roman) > 3 or (roman == "IV" and after not in _AFTER_DRIP and before != "The")
    if plain and before[:1].isupper() and not text.shouting:
        return cardinal(from_roman(roman)) + tail
    return None


def _abbreviation_before(match, text):
    abbreviation = re.search(r"([A-Za-z]+)\.\s?$", text.before(match))
    return abbreviation[1].lower() if abbreviation else ""


@rule(r"(?P<roman>(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3}))(?!\w)", RULES)
def small_roman_numeral(match, text):
    """Read "scene iii", "p. xii"."""
    before = (text.word_before(match.start()) or _abbreviation_before(match, text)).lower()
    before = NUMBERED.get(before, before)
    divides = before in DIVISIONS or before in ("page", "pages", "p", "pp")
    return cardinal(from_roman(match["roman"].upper())) if divides and len(match[0]) > 1 else None


def _numbers(roman, before, alone):
    """Say whether a numeral after "part" and the like is one: not the pronoun in "the part I like", nor the letter in "Type C"."""
    if len(roman) > 1 or roman == "V":
        return True
    if roman == "I":
        return alone or before[:1].isupper() or before == "war"
    return roman == "X" and before.lower() in DIVISIONS


@rule(r"WW\s?(?P<war>III|II|I|1|2|3)(?!\w)", RULES)
def world_war(match, text):
    return f"world war {cardinal(int(match['war']) if match['war'].isdecimal() else len(match['war']))}"


@rule(r"M{1,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)", RULES)
def roman_year(match, text):
    """Read "MCMXCIX", the year on an old film or a building."""
    return year(from_roman(match[0])) if len(match[0]) > 3 else None
