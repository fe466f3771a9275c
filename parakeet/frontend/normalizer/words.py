"""Words: abbreviations, initials, acronyms, Roman numerals, names with capitals inside, contractions."""

import re
import unicodedata

from parakeet.frontend.arpabet import LETTER_NAMES, without_stress
from parakeet.frontend.normalizer.calendar import MONTHS
from parakeet.frontend.normalizer.numbers import TENS, cardinal, ordinal
from parakeet.frontend.normalizer.scanner import LETTER, SENTENCE_STARTERS, rule
from parakeet.frontend.normalizer.word_lists import (
    ABBREVIATIONS,
    AMBIGUOUS_CAPITALS,
    CAPITAL_ABBREVIATIONS,
    DIVISIONS,
    DOTTED,
    LABELS,
    NUMBERED,
    READ_AS_WORD,
    REGNAL_NAMES,
    SHORT_WORDS,
    SPELLED,
    TITLES,
    WHOLE_WORDS,
)
from parakeet.frontend.resource import word_set

RULES = []


def _final_dot(match, text):
    return " ." if text.ends_sentence(match.end()) else ""


def _follows(pattern, match, text):
    return re.compile(pattern).match(text.text, match.end()) is not None


@rule(r"(?P<word>[A-Za-z]+)\.(?!\w)", RULES)
def abbreviation(match, text):
    word = match["word"]
    lower = word.lower()
    if lower in NUMBERED and _follows(r"\s*(?:\d|[IVXLC]{2,}\b)", match, text):
        return NUMBERED[lower]
    if word in ("St", "Dr") and _ends_address(match, text):
        return ("street" if word == "St" else "drive") + _final_dot(match, text)
    if (
        word in TITLES
        and _follows(r"\s+[\"']?[A-Z\d]", match, text)
        and not (word in ("Jr", "Sr") and text.ends_sentence(match.end()))
    ):
        return TITLES[word]
    if word.isupper() and len(word) > 1 and not text.shouting:
        return None  # "CA.", "MS."
    words = CAPITAL_ABBREVIATIONS.get(word) or ABBREVIATIONS.get(lower)
    return None if words is None else words + _final_dot(match, text)


def _ends_address(match, text):
    """Say whether "St." or "Dr." is a street: after a name, and not before one."""
    before = text.word_before(match.start())
    named = before[:1].isupper() or before[:1].isdecimal()
    after = text.word_after(match.end())
    return named and (
        not after[:1].isupper() or not _follows(r"\s+[A-Z]", match, text) or after.lower() in SENTENCE_STARTERS
    )


@rule(
    r"(?P<word>Mr|Mrs|Ms|Dr|St|Prof|Sgt|Capt|Lt|Gov|Sen|Jr|Sr|vs|etc|Mt|Ft|vol|Vol|fig|Fig|nos|Nos|pp|approx|dept|Dept)(?![\w.'])",
    RULES,
)
def abbreviation_without_dot(match, text):
    word = match["word"]
    if word in ("Jr", "Sr") or word not in TITLES:
        number = _follows(r"\s*\d", match, text)
        if word.lower() in NUMBERED:
            return NUMBERED[word.lower()] if number else None
        return ABBREVIATIONS[word.lower()]
    return TITLES[word] if _follows(r"\s+[A-Z]", match, text) else None


@rule(
    r"(?:[A-Za-z]\.){2,}(?P<plural>'?s\b)?|(?:e\.g|i\.e)(?![\w.])|[Pp]h\.?D\.?(?!\w)|ph\.d\.|(?:et al|a\.k\.a)\.", RULES
)
def dotted(match, text):
    plural = match["plural"] or ""
    letters = match[0][: len(match[0]) - len(plural)].replace(".", "").replace(" ", "")
    words = DOTTED.get(letters.lower()) or " ".join(letters.upper())
    if plural:
        return words + "'s"
    return words + (_final_dot(match, text) if match[0].endswith(".") else "")


@rule(r"(?P<letter>[A-Z])\.(?=\s+[A-Z])", RULES)
def initial(match, text):
    """Read "J. Smith" without a stop; in "plan B. Then" the dot is one."""
    if _follows(r"\s+[A-Z]\.", match, text):
        return match["letter"]
    if match["letter"] == "I" or text.word_before(match.start()).lower() in LABELS:
        return None
    return None if text.word_after(match.end()).lower() in SENTENCE_STARTERS else match["letter"]


_ROMAN = r"(?=[IVXLC])(?P<roman>(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))"
#: Numerals that can hardly be anything else.
_PLAINLY_ROMAN = word_set("II III VII VIII XII XIII XIV XVI XVII XVIII XIX XXI")


@rule(_ROMAN + r"(?P<possessive>'s)?(?![\w'])", RULES)
def roman_numeral(match, text):
    """Read Roman numerals after a ruler's name, after "chapter" and the like, else only those that can be nothing else."""
    roman, before = match["roman"], text.word_before(match.start())
    if not roman or not before:
        return None
    tail, after = match["possessive"] or "", text.word_after(match.end())
    alone = not _follows(r"[ \t]+[a-zA-Z]", match, text) or after in ("of", "was", "is", "had", "died", "became", "and")
    if before in REGNAL_NAMES and (len(roman) > 1 or alone):
        return f"the {ordinal(from_roman(roman))}{tail}"
    if before.lower() in WHOLE_WORDS and _numbers(roman, before, alone):
        return cardinal(from_roman(roman)) + tail
    if roman in _PLAINLY_ROMAN and before[:1].isupper() and not text.shouting:
        return cardinal(from_roman(roman)) + tail
    return None


def _numbers(roman, before, alone):
    """Say whether a numeral after "part" and the like is one: not the pronoun in "the part I like", nor the letter in "Type C"."""
    if len(roman) > 1 or roman == "V":
        return True
    if roman == "I":
        return alone or before[:1].isupper() or before == "war"
    return roman == "X" and before.lower() in DIVISIONS


def from_roman(roman):
    """Return the value of a Roman numeral in capitals: "XIV" -> 14."""
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[letter] for letter in roman]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


@rule(r"WW(?P<war>III|II|I|1|2|3)(?!\w)", RULES)
def world_war(match, text):
    return f"world war {cardinal(int(match['war']) if match['war'].isdecimal() else len(match['war']))}"


@rule(r"(?P<first>[A-Z]{1,4})&(?:amp;)?(?P<second>[A-Z]{1,4})(?![A-Za-z])", RULES)
def letters_and_letters(match, text):
    return f"{' '.join(match['first'])} and {' '.join(match['second'])}"


@rule(r"'[nN]'|&(?:amp;)?", RULES)
def and_sign(match, text):
    return "and"


@rule(rf"'(?P<word>{LETTER}+)(?![\w'])", RULES)
def clipped_word(match, text):
    """Read "'em" and "'tis" as the words they are; elsewhere the mark is a quote."""
    word = "'" + match["word"].lower()
    begins = not text.before(match)[-1:].isalnum()
    return word if begins and text.find(word) else None


@rule(rf"{LETTER}+(?:-{LETTER}+)+(?!\w|'\w)", RULES)
def hyphenated(match, text):
    """Read a word with hyphens as one where the dictionary has it so; numbers like "twenty-one" stay two, as digits give them."""
    lower = match[0].lower()
    return lower if text.find(lower) and not lower.startswith(TENS) else None


@rule(rf"(?P<base>[A-Z]{{2,}})(?P<tail>'s|s|'S)?(?!{LETTER})", RULES)
def capitals(match, text):
    """Read a word in capitals: emphasised, an acronym read as a word, or one that is spelled."""
    return _capitals(match["base"], (match["tail"] or "").lower(), text)


def _capitals(base, tail, text):
    if reads_as_word(base, text):
        return base.lower() + tail
    return (SPELLED.get(base) or " ".join(base)) + ("'s" if tail else "")


def reads_as_word(base, text):
    """Say whether a word in capitals is read as a word, not letter by letter."""
    word = base.lower()
    phones = text.find(word)
    spelling = phones is not None and _is_spelling(word, phones)
    if text.shouting and phones and (base not in SPELLED or base in AMBIGUOUS_CAPITALS):
        return not spelling or base in AMBIGUOUS_CAPITALS
    if base in SPELLED:
        return False
    if base in READ_AS_WORD or word in MONTHS:
        return True
    if len(word) < 4:
        return word in SHORT_WORDS
    if phones:
        return not spelling
    return bool(_PRONOUNCEABLE.fullmatch(word)) and (len(word) > 4 or word[0] not in "aeiou")


def _is_spelling(word, phones):
    return without_stress(phones) == without_stress(phone for letter in word for phone in LETTER_NAMES[letter])


_ONSET = "(?:[bcdfghjklmnpqrstvwyz]|[bcfgkp][lr]|[dt]r|s[cklmnptw]|[cgpstw]h|qu|str|spr|scr|thr|shr|chr|tw)"
_CODA = "(?:[bcdfgklmnprstxz]|[lnr][cdgkpstz]|[cfkpst]s|[cfps]t|ck|ng|ll|ss|sh|ch|th|mp|nts|rs|sk)"
_VOWEL = "(?:[aeiouy]|ai|ea|ee|ei|ie|io|oa|oo|ou|ia|au|oi|ue)"
_PRONOUNCEABLE = re.compile(f"{_ONSET}?{_VOWEL}(?:{_CODA}?{_ONSET}{_VOWEL})*{_CODA}?")


@rule(rf"(?P<letter>[A-Z])(?P<tail>'s|s)?(?!{LETTER}|'{LETTER})", RULES)
def single_capital(match, text):
    """Read one capital: the words "I" and "A", else the name of the letter."""
    letter = match["letter"]
    if match["tail"]:
        return None if match[0] in ("As", "Is", "Us") else f"{letter}'s"
    beside = (text.word_before(match.start()), text.word_after(match.end()))
    if any(len(word) == 1 and word.isupper() for word in beside):
        return letter  # spelled, as in "F B I"
    if letter == "I" and text.before(match)[-1:] not in ("/", "."):
        return "i"
    return "a" if letter == "A" and _is_article(match, text) else letter


#: White space, opening marks, and what a word or a sum of money begins with.
_BEFORE_WORD = r"\s+[\"'(*_]*[\w$€£¥#.]"


def _is_article(match, text):
    if not _follows(_BEFORE_WORD, match, text):
        return False
    if text.shouting or text.begins_sentence(match.start()):
        return True
    return text.word_before(match.start())[:1].isupper() and text.word_after(match.end()).istitle()


@rule(rf"{LETTER}+(?:'{LETTER}+)*", RULES)
def word(match, text):
    """Read any other word, accents aside; one with capitals inside falls into its parts where the dictionary hasn't got it."""
    raw = match[0] if not match[0].isascii() and text.find(match[0].lower()) else fold(match[0])
    if raw is None:
        return None
    lower = raw.lower()
    if len(raw) == 1:
        is_word = raw == "i" or (raw == "a" and _follows(_BEFORE_WORD, match, text))
        return lower if is_word else raw.upper()
    if raw[1:].islower() or raw[1:].replace("'", "").islower() or text.find(lower):
        return lower
    return " ".join(_part(part, text) for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|'[a-z]+", raw)).replace(
        " '", "'"
    )


def _part(part, text):
    if part.isupper() and len(part) > 1:
        return _capitals(part, "", text)
    return part.upper() if len(part) == 1 else part.lower()


_FOLDED = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "th",
        "þ": "th",
        "ı": "i",
        "Æ": "Ae",
        "Œ": "Oe",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "Th",
        "Þ": "Th",
        "ﬁ": "fi",
        "ﬂ": "fl",
    }
)


def fold(word):
    """Return a word of Latin letters without accents and ligatures ("naïve" -> "naive"), or None for one of another script."""
    plain = unicodedata.normalize("NFD", word.translate(_FOLDED))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return plain if plain.isascii() and plain else None
