"""Abbreviations with a dot, titles, initials."""

import re

from parakeet.frontend.normalizer.scanner import SENTENCE_STARTERS, follows, rule
from parakeet.frontend.normalizer.word_lists import (
    ABBREVIATIONS,
    CAPITAL_ABBREVIATIONS,
    DOTTED,
    LABELS,
    NUMBERED,
    TITLES,
)

RULES = []


def _final_dot(match, text):
    return " ." if text.ends_sentence(match.end()) else ""


_PLAIN = {"aka": "also known as", "no.": "number", "feat.": "featuring", "ea.": "each"}


@rule(r"v\.(?=\s[A-Z])|ed\.|fl\.|ea\.|feat\.(?=\s[A-Z])|[Nn]o\.(?=\sof\s|\s[A-Z]+-?\d)|aka(?!\w)", RULES)
def little_abbreviation(match, text):
    """Read "Roe v. Wade", "2nd ed.", "aka"."""
    before = text.before(match)
    if match[0].lower() in _PLAIN:
        return _PLAIN[match[0].lower()] + (_final_dot(match, text) if match[0] == "ea." else "")
    if match[0] in ("ed.", "fl."):
        word = "edition" if match[0] == "ed." else "floor"
        return word + _final_dot(match, text) if re.search(r"\d(?:st|nd|rd|th)\s$|rev\.\s$", before) else None
    return "versus" if re.search(r"[A-Z][\w.]*\s$", before) else None


@rule(r"(?P<word>[A-Za-z]+)\.(?!\w)", RULES)
def abbreviation(match, text):
    word = match["word"]
    lower = word.lower()
    if lower in NUMBERED and follows(r"\s*(?:\d|[IVXLC]{2,}\b|[ivx]{2,}\b)", match, text):
        return NUMBERED[lower]
    if word in ("St", "Dr") and _ends_address(match, text):
        return ("street" if word == "St" else "drive") + _final_dot(match, text)
    if (
        word in TITLES
        and follows(r"\s+[\"']?[A-Z\d]", match, text)
        and not (word in ("Jr", "Sr") and text.ends_sentence(match.end()))
    ):
        return TITLES[word]
    if word.isupper() and len(word) > 1 and not text.shouting:
        return None  # "CA.", "MS."
    words = CAPITAL_ABBREVIATIONS.get(word) or ABBREVIATIONS.get(lower)
    if text.word_before(match.start()) == "dot":
        return None  # the end of an address: "dot gov."
    return None if words is None else words + _final_dot(match, text)


def _ends_address(match, text):
    """Say whether "St." or "Dr." is a street: after a name, and not before one."""
    before = text.word_before(match.start())
    named = before[:1].isupper() or before[:1].isdecimal()
    after = text.word_after(match.end())
    return named and (
        not after[:1].isupper() or not follows(r"\s+[A-Z]", match, text) or after.lower() in SENTENCE_STARTERS
    )


@rule(
    r"(?P<word>Mr|Mrs|Ms|Dr|St|Prof|Sgt|Capt|Lt|Gov|Sen|Jr|Sr|vs|etc|Mt|Ft|vol|Vol|fig|Fig|nos|Nos|pp|approx|dept|Dept|Attn|attn)(?![\w.'])",
    RULES,
)
def abbreviation_without_dot(match, text):
    word = match["word"]
    if word in ("Jr", "Sr") or word not in TITLES:
        number = follows(r"\s*\d", match, text)
        if word.lower() in NUMBERED:
            return NUMBERED[word.lower()] if number else None
        return ABBREVIATIONS[word.lower()]
    return TITLES[word] if follows(r"\s+[A-Z]", match, text) else None


@rule(
    r"(?:[A-Za-z]\.){2,}(?P<plural>'?s\b)?|(?:e\.g|i\.e)(?![\w.])|[Pp]h\.?D(?:s(?!\w)|\.?(?!\w))|ph\.d\.|(?:et al|a\.k\.a)\.", RULES
)
def dotted(match, text):
    plural = match["plural"] or ("s" if match[0].endswith("Ds") else "")
    letters = match[0][: len(match[0]) - len(plural)].replace(".", "").replace(" ", "")
    words = DOTTED.get(letters.lower()) or " ".join(letters.upper())
    if plural:
        return words + "'s"
    return words + (_final_dot(match, text) if match[0].endswith(".") else "")


@rule(r"(?P<letter>[A-Z])\.(?=\s+(?:[A-Z]|[a-z]{3}))", RULES)
def initial(match, text):
    """Read "J. Smith", "J. R. Smith" and "E. coli" without a stop; in "plan B. Then" the dot is one."""
    if follows(r"\s+[A-Z]\.", match, text):
        return match["letter"]
    if match["letter"] == "I" or text.word_before(match.start()).lower() in LABELS:
        return None
    after = text.word_after(match.end())
    return None if after.lower() in SENTENCE_STARTERS and after.istitle() else match["letter"]
