"""Words: acronyms, capitals, names with capitals inside, contractions, single letters."""

import re
import unicodedata

from parakeet.frontend.arpabet import LETTER_NAMES, without_stress
from parakeet.frontend.normalizer.calendar import MONTHS
from parakeet.frontend.normalizer.numbers import TENS
from parakeet.frontend.normalizer.scanner import LETTER, follows, rule
from parakeet.frontend.normalizer.word_lists import (
    AMBIGUOUS_CAPITALS,
    READ_AS_WORD,
    SHORT_FORMS,
    SHORT_WORDS,
    SPELLED,
    SPELLED_IN_ANY_CASE,
)
from parakeet.frontend.resource import word_set

RULES = []


@rule(r"(?P<first>[A-Z]{1,4})&(?:amp;)?(?P<second>[A-Z]{1,4})(?P<tail>'?s)?(?![A-Za-z])", RULES)
def letters_and_letters(match, text):
    return f"{' '.join(match['first'])} and {' '.join(match['second'])}" + ("'s" if match["tail"] else "")


@rule(r"'[nN]'|'[nN](?=\s)|&(?:amp;)?&?", RULES)
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


_SHOUTED_IS = word_set("it's that's let's here's what's he's she's there's who's")


@rule(r"[A-Z]+'[A-Z]+(?!\w)", RULES)
def shouted_contraction(match, text):
    lower = match[0].lower()
    is_contraction = lower in _SHOUTED_IS or (text.find(lower) and not lower.endswith("'s"))
    return lower if is_contraction else None


@rule(f"(?:{'|'.join(SHORT_FORMS)})" + r"(?!\w)", RULES)
def short_form(match, text):
    return SHORT_FORMS[match[0]]


@rule(rf"(?P<base>[A-Z]{{2,}})(?P<tail>'s|s|'S)?(?!{LETTER})", RULES)
def capitals(match, text):
    """Read a word in capitals: emphasised, an acronym read as a word, or one that is spelled."""
    if re.search(r"[A-Z]\d+$", text.before(match)) and text.after(match)[:1].isdecimal():
        return " ".join(match[0])  # a formula: "H2SO4"
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
    if letter == "I" and (re.match(r"-\d", text.after(match)) or beside[0].lower() in ("the", "letter", "capital", "an")):
        return letter
    if letter == "I" and text.before(match)[-1:] not in ("/", "."):
        return "i"
    return "a" if letter == "A" and _is_article(match, text) else letter


#: White space, opening marks, and what a word or a sum of money begins with.
_BEFORE_WORD = r"\s+[\"'(*_]*[\w$€£¥#.]"


_AFTER_LETTER = word_set("is and or was to through plus minus equals")


def _is_article(match, text):
    if not follows(_BEFORE_WORD, match, text) or text.word_after(match.end()) in _AFTER_LETTER:
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
    if re.fullmatch("[b-hj-z]'s", raw) or (len(raw) == 2 and text.after(match)[:1] in ("²", "³", "^")) or _is_spelled(lower, text):
        return raw[0].upper() + "'s" if "'" in raw else " ".join(raw.upper())
    if len(raw) == 1:
        is_word = (raw == "i" and not text.after(match)[:1].isdecimal()) or (
            raw == "a" and (follows(_BEFORE_WORD, match, text) or (follows("-[a-z]{2}", match, text) and text.before(match)[-1:] == "-"))
        )
        return lower if is_word else raw.upper()
    if raw[1:].islower() or raw[1:].replace("'", "").islower() or text.find(lower):
        return lower
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|'[a-z]+", raw)
    if len(parts) == 2 and parts[0].isupper() and text.find(parts[1].lower()) is None and text.find(parts[1][1:]):
        parts = [parts[0] + parts[1][0], parts[1][1:]]  # "FF-mpeg", but "G-Streamer"
    return " ".join(_part(part, text) for part in parts).replace(
        " '", "'"
    )


def _is_spelled(lower, text):
    """Say whether a word in lower case is one of those that are spelled in capitals, and nothing else."""
    return lower in SPELLED_IN_ANY_CASE or (len(lower) > 2 and lower.upper() in SPELLED and text.find(lower) is None)


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
