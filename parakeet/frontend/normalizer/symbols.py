"""Punctuation, signs and white space: what is a pause, what is spoken, what is silent."""

import re

from parakeet.frontend.normalizer.calendar import MONTH_NAMES
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.normalizer.units import PER

_SIGNS = {
    "%": "percent",
    "‰": "per mille",
    "@": "at",
    "+": "plus",
    "=": "equals",
    "<": "less than",
    ">": "greater than",
    "~": "about",
    "^": "to the power of",
    "\\": "backslash",
    "$": "dollars",
    "€": "euros",
    "£": "pounds",
    "¥": "yen",
    "¢": "cents",
    "°": "degrees",
    "×": "times",
    "÷": "divided by",
    "±": "plus or minus",
    "≈": "approximately",
    "≤": "less than or equal to",
    "≥": "greater than or equal to",
    "≠": "not equal to",
    "√": "square root of",
    "∞": "infinity",
    "§": "section",
    "¶": "paragraph",
    "©": "copyright",
    "®": "registered",
    "™": "trademark",
    "→": "to",
    "←": "from",
    "↔": "to and from",
    "∑": "sum",
    "∂": "partial",
    "∆": "delta",
    "Ω": "ohms",
    "µ": "micro",
    "²": "squared",
    "³": "cubed",
    "№": "number",
    "℃": "degrees celsius",
    "℉": "degrees fahrenheit",
    "½": "one half",
    "′": "minutes",
    "₿": "bitcoin",
    "₹": "rupees",
    "₽": "rubles",
    "₩": "won",
    "∈": "in",
    "∪": "union",
    "∩": "intersection",
    "†": "dagger",
    "‡": "double dagger",
}
_GREEK_NAMES = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
    sigma tau upsilon phi chi psi omega"""
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψω", _GREEK_NAMES.split(), strict=True))
_PAUSES = {
    ",": ",",
    ";": ";",
    ":": ":",
    ".": ".",
    "!": "!",
    "?": "?",
    "…": ".",
    "(": ",",
    ")": ",",
    "[": ",",
    "]": ",",
    "{": ",",
    "}": ",",
    "•": ",",
    "·": ",",
    "¡": "",
    "¿": "",
    "‽": "?",
    "。": ".",
    "、": ",",
    "▪": ",",
    "●": ",",
    "◦": ",",
    "‣": ",",
}

RULES = []
#: Rules for signs that words would break.
EARLY_RULES = []


@rule(r"\n[ \t]*(?:\n\s*)+", RULES, space=True)
def paragraph(match, text):
    return "."


@rule(r"\s+", RULES, space=True)
def white_space(match, text):
    return ""


@rule(r"\.{2,}|…|(?:\. ){2,}\.", RULES)
def ellipsis(match, text):
    """Read an ellipsis as the end of a sentence before a capital or the end, else as a pause."""
    rest = text.after(match).lstrip(" \t\"')]")
    begins = rest[:1].isupper() and not re.match(r"I\b", rest)
    return "." if not rest or begins or rest[0] == "\n" else ","


@rule(r"--+|[–—―]+|(?<=\s)-(?=\s)", RULES)
def dash(match, text):
    """Read a dash as a pause, between numbers as "to"."""
    before, after = text.before(match).rstrip(), text.after(match).lstrip()
    if match[0] in "-–" and re.search(rf"{MONTH_NAMES}\s\d\d?(?:st|nd|rd|th)?$", before) and re.match(MONTH_NAMES, after):
        return "to"
    if match[0] == "–" and re.search(r"[A-Z]\w*$", text.before(match)) and re.match(r"[A-Z]", text.after(match)):
        return ""
    if match[0] in "-–" and re.search(r"\d[\w.%°]*$", before) and re.match(r"[$€£]?\d", after):
        return "minus" if match[0] == "-" else "to"
    return "-"


@rule(r"-", RULES)
def hyphen(match, text):
    """Read a hyphen within a word as nothing, between numbers as "to", before a number at the start as "minus"."""
    before, after = text.before(match), text.after(match)
    if re.search(r"\d-\d+$", before) or (before[-1:].isdecimal() and re.match(r"\d+-\d", after)):
        return ""  # a list or a code of three parts
    if re.search(r"(?<![A-Za-z\d-])\d[\w.,%°]*(?:\s[ap]\.m\.)?$", before) and re.match(r"[$€£]?\.?\d", after):
        return "to"
    if before[-1:].isalnum() and after[:1].isalnum():
        return ""
    return "minus" if re.match(r"\.?\d", after) and not before[-1:].isalnum() else ""


@rule(r"/", RULES)
def slash(match, text):
    """Read a slash as "slash", but "and/or", "he/she", and "TCP/IP" as people say them."""
    before, after = text.word_before(match.start()), text.word_after(match.end())
    if (before.lower(), after.lower()) in (("and", "or"), ("w", "o")):
        return ""
    if (before.lower(), after.lower()) in (
        ("he", "she"),
        ("his", "her"),
        ("him", "her"),
        ("yes", "no"),
        ("true", "false"),
    ):
        return "or"
    if after in PER and len(before) > 2 and len(after) > 2:
        return "per"
    if before.isdecimal() and after.isdecimal() and text.text[match.start() - 1].isspace():
        return "divided by"
    if before.isupper() and len(before) > 2 and after.isdecimal():
        return ""  # "HTTP/2"
    return "" if before.isupper() and after.isupper() and len(before + after) > 2 else "slash"


@rule(r"\(c\)(?=\s[12]\d{3})", EARLY_RULES)
def copyright_sign(match, text):
    return "" if text.word_before(match.start()).lower() == "copyright" else "copyright"


@rule(r"(?<![\w])(?P<grade>[A-DFO])-(?=\s|[.,;:!?)\"']|\Z)(?!\s(?:and|or|to)\s)", EARLY_RULES)
def grade(match, text):
    return f"{match['grade']} minus"


@rule(r"A[-–]Z(?!\w)|K[-–](?=12(?!\w)|8(?!\w)|6(?!\w)|5(?!\w))", EARLY_RULES)
def whole_range(match, text):
    return "A to Z" if match[0][0] == "A" else "K through"


@rule(r"(?m:^)[ \t]*[-*•][ \t]+", EARLY_RULES, space=True)
def bullet(match, text):
    return ","


@rule(r"[x×](?=\s\d)", EARLY_RULES)
def by(match, text):
    """Read "5 cm x 3 cm"."""
    return "by" if re.search(r"\d\s?[a-zA-Z\"']{1,3}\s$", text.before(match)) else None


@rule(r"w/o?(?![A-Za-z])", EARLY_RULES)
def with_sign(match, text):
    return "with" if match[0] == "w/" else "without"


@rule(r"#(?=\s?\d|[A-Z]{1,3}\d)", RULES)
def number_sign(match, text):
    return "number"


_BEFORE_KEY = ("press", "or", "and", "the", "hit", "dial", "then")


@rule(r"(?<=[^\S\n])[*#](?=\s|[.,;:!?]|\Z)", RULES)
def key_of_telephone(match, text):
    """Read a sign that stands alone, as in "press * or #"; at the start of a line it is a bullet or a heading."""
    if re.search(r"\d\s$", text.before(match)) and re.match(r"\s\d", text.after(match)):
        return "times" if match[0] == "*" else None
    if not text.before(match).rstrip(" \t") or text.before(match).rstrip(" \t").endswith("\n"):
        return None
    if match[0] == "#" and re.match(r"\s\w", text.after(match)) and text.word_before(match.start()).lower() not in _BEFORE_KEY:
        return ""  # a comment
    return "star" if match[0] == "*" else "pound"


@rule(r"\*(?=\s?\d)", RULES)
def star(match, text):
    return "times" if re.search(r"\d\s?$", text.before(match)) else "star"


@rule(r"_", RULES)
def underscore(match, text):
    inside = text.before(match)[-1:].isalnum() and text.after(match)[:1].isalnum()
    return "underscore" if inside else ""


@rule(r"~(?=\s?[\d$€£.])|[~^|#*](?!\s?\d)", RULES)
def decoration(match, text):
    if match[0] == "~" and re.match(r"\s?[\d$€£.]", text.after(match)):
        return "about"
    return None if match[0] == "^" and re.match(r"[\w(]", text.after(match)) and text.after(match)[0] != "_" else ""


@rule(r"[\"'`]+", RULES)
def quote(match, text):
    return ""


@rule("(?P<mark>[" + re.escape("".join(_PAUSES)) + r"])(?P=mark)*", RULES)
def pause(match, text):
    return _PAUSES[match["mark"]]


@rule("(?<![α-ωΑ-Ωά-ώ])[α-ωΑ-Ω](?![α-ωΑ-Ωά-ώ])", EARLY_RULES)
def greek_letter(match, text):
    return _GREEK.get(match[0].lower())


@rule("[" + re.escape("".join(_SIGNS)) + "]", RULES)
def sign(match, text):
    return _SIGNS[match[0]]
