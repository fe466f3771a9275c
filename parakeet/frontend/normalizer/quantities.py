"""Percentages, fractions, powers, dimensions, and plain numbers."""

import re

from parakeet.frontend.normalizer.numbers import (
    NUMBER,
    SIGN,
    cardinal,
    digits,
    number,
    ordinal,
    pairs,
    plural,
    read_sign,
)
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.resource import word_set

_FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
_RAISED = r"(?:\^(?P<power>-?\d{1,3})|(?P<raised>[⁻⁰¹²³⁴-⁹]+))"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

RULES = []
#: Rules for what looks like a decade or like seconds.
EARLY_RULES = []


@rule(r"10{1,6}s(?=\sof\s)", EARLY_RULES)
def round_numbers(match, text):
    """Read "100s of people" as "hundreds of people"."""
    return plural(cardinal(int(match[0][:-1])).removeprefix("one "))


@rule(r"(?P<digit>\d)s(?!\w)", EARLY_RULES)
def several_digits(match, text):
    """Read "two 5s" without seconds."""
    several = word_set("and two three four five six seven eight nine twos threes fours fives sixes sevens eights")
    return plural(cardinal(int(match["digit"]))) if text.word_before(match.start()).lower() in several else None


@rule(SIGN + r"(?P<amount>" + NUMBER + r")\s?(?P<percent>%|‰)", RULES)
def percentage(match, text):
    return f"{read_sign(match)}{number(match['amount'])} {'percent' if match['percent'] == '%' else 'per mille'}"


@rule(r"(?P<whole>\d+)?\s?(?P<fraction>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])", RULES)
def fraction_sign(match, text):
    return _fraction(match["whole"], *_FRACTIONS[match["fraction"]])


@rule(r"(?:(?P<whole>\d+)[ -])?(?P<above>\d{1,3})/(?P<below>\d{1,4})(?P<suffix>ths?|rds?|nds?)?(?![\w/]|[.,]\d)", RULES)
def fraction(match, text):
    above, below = int(match["above"]), int(match["below"])
    if match["whole"] is None and match["suffix"] is None:
        if (above, below) in ((24, 7), (9, 11)) or above == below:
            return f"{cardinal(above)} {cardinal(below)}"
        if above == 0 or below < 2 or (below > 20 and below not in (32, 64, 100, 1000)) or above > below > 10:
            return f"{cardinal(above)} over {cardinal(below)}"
    if below < 2 or above == 0:
        return None
    return _fraction(match["whole"], above, below)


def _fraction(whole, above, below):
    name = {2: "half", 4: "quarter"}.get(below) or ordinal(below)
    one = f"{'a' if whole and below in (2, 4) else 'one'} {name}"
    words = one if above == 1 else f"{cardinal(above)} {plural(name)}"
    return f"{number(whole)} and {words}" if whole else words


@rule(r"(?P<above>\d{1,3}):(?P<below>\d{1,3})(?!\w|[:.,]\d)", RULES)
def ratio(match, text):
    """Read what is no time: a ratio with "to", a verse after a name without."""
    before = text.word_before(match.start())
    return f"{number(match['above'])} {'' if before.istitle() else 'to '}{number(match['below'])}"


@rule(r"(?P<amount>\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)(?P<many>s?)(?!\w)", RULES)
def ordinal_number(match, text):
    if len(match["amount"]) > 15:
        return None
    words = ordinal(int(match["amount"].replace(",", "")))
    return plural(words) if match["many"] else words


@rule(
    SIGN + r"(?P<mantissa>\d+(?:\.\d+)?)(?:[eE](?P<exponent>[+-]?\d{1,3})|\s?[×x*]\s?10" + _RAISED + r")(?!\w)", RULES
)
def scientific(match, text):
    exponent = match["exponent"] or match["power"] or match["raised"].translate(_SUPERSCRIPTS)
    return f"{read_sign(match)}{number(match['mantissa'])} times ten to the {_power_of(int(exponent))}"


def _power_of(exponent):
    return f"minus {ordinal(-exponent)}" if exponent < 0 else ordinal(exponent)


@rule(r"(?<![A-WYZa-wyz])(?P<first>" + NUMBER + r")(?: [x×] |[x×])(?=\d)", RULES)
def dimension(match, text):
    return f"{_plain(match['first'])} {'times' if ' × ' in match[0] else 'by'}"


@rule(r"(?P<base>" + NUMBER + r")" + _RAISED, RULES)
def power(match, text):
    exponent = int(match["power"] or match["raised"].translate(_SUPERSCRIPTS))
    if exponent in (2, 3):
        return f"{number(match['base'])} {'squared' if exponent == 2 else 'cubed'}"
    return f"{number(match['base'])} to the {_power_of(exponent)}"


@rule(r"(?P<number>\d+(?:\.\d+)?)x(?:(?P<per>/)(?=day|week|month|year|hour|d\b|wk\b)|(?=\s(?:as|the|more|less|[a-z]+er)\b))", RULES)
def times_as(match, text):
    """Read "2x faster", "3x/week"."""
    return f"{number(match['number'])} times" + (" per" if match["per"] else "")


@rule(r"(?P<number>\d{2})ers(?!\w)", RULES)
def members(match, text):
    """Read "49ers", "76ers"."""
    words = cardinal(int(match["number"]))
    return words + ("rs" if words.endswith("e") else "ers")


@rule(r"\d{1,3}(?:_\d{3})+(?!\w)|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})*[ \u00a0\u2009\u202f]000(?![\w,])", RULES)
def grouped_number(match, text):
    """Read digits grouped by underscores, or by spaces where the last group is 000."""
    return cardinal(int(re.sub(r"\D", "", match[0])))


@rule(r"(?P<number>[2-5]0[1-9])\((?P<letter>[a-z])\)(?:\((?P<part>\d)\))?", RULES)
def tax_paragraph(match, text):
    """Read "401(k)"."""
    part = cardinal(int(match["part"])) if match["part"] else ""
    return f"{pairs(match['number'])} {match['letter'].upper()} {part}"


@rule(r"(?<=[A-Za-z)])\^(?P<power>-?\d{1,2}|[a-z])(?!\w)|(?<=[A-Za-z)])(?P<raised>[⁻⁰²³⁴-⁹]+)", RULES)
def power_of_a_letter(match, text):
    power = match["power"] or match["raised"].translate(_SUPERSCRIPTS)
    if power in ("2", "3"):
        return "squared" if power == "2" else "cubed"
    return f"to the {power.upper()}th" if power.isalpha() else f"to the {_power_of(int(power))}"


@rule(r"(?P<score>\d\.\d)/(?P<best>5|10|100)(?!\w|[.,/]\d)", RULES)
def score(match, text):
    return f"{number(match['score'])} out of {number(match['best'])}"


@rule(r"(?P<amount>" + NUMBER + r")M(?!\w)", RULES)
def millions(match, text):
    return f"{number(match['amount'])} million"


@rule(r"(?<=[A-Z]{2} )(?P<code>\d{5})(?:-(?P<rest>\d{4}))?(?!\w|[.,]\d)", RULES)
def postal_code(match, text):
    return digits(match["code"]) + (f" , {digits(match['rest'])}" if match["rest"] else "")


@rule(r"(?P<digits>\d+)(?:(?P<many>s)(?![\w])|(?=[A-Za-z]))", RULES)
def number_in_code(match, text):
    return plural(_code(match["digits"])) if match["many"] else _code(match["digits"])


LATE_RULES = []


@rule(SIGN + r"(?P<amount>" + NUMBER + r")(?P<possessive>'s(?!\w))?", LATE_RULES)
def plain_number(match, text):
    return _plain_number(match, text) + (match["possessive"] or "")


def _plain_number(match, text):
    before, amount = text.before(match), match["amount"]
    if not match["sign"] and before[-1:].isalpha():
        is_plate = re.search(r"[A-Z]{3}$", before) and len(amount) > 2
        return number(amount) if not amount.isdecimal() else digits(amount) if is_plate else _code(amount)
    if re.search(r"[A-Za-z]-$", before) and amount.isdecimal():
        return _code(amount)
    if re.search(r"\d{3,4} [x×] $", before):
        return _plain(amount)
    return f"{read_sign(match)}{number(amount)}"


def _code(text):
    """Read the digits of a name such as MP3, G722 or R2D2."""
    return pairs(text) if len(text) < 5 else digits(text)


def _plain(text):
    return pairs(text) if len(text) == 4 and text.isdecimal() else number(text)
