"""Money, percentages, units, fractions, dimensions, and plain numbers."""

import re

from parakeet.frontend.normalizer.numbers import cardinal, digits, number, ordinal, pairs, plural
from parakeet.frontend.normalizer.scanner import rule

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_SIGN = r"(?P<sign>(?<![\w)\]])[+-])?"
_SCALE = r"(?:[ -]?(?P<scale>thousand|million|billion|trillion|hundred|[kK]|[mM]illion|mn|[mM]|bn|[bB]|tn|T)\b)?"
_SCALES = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "b": "billion",
    "bn": "billion",
    "t": "trillion",
    "tn": "trillion",
}

#: sign: (one, many, one hundredth, many hundredths).
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₩": ("won", "won", "", ""),
    "₿": ("bitcoin", "bitcoins", "", ""),
}
_PREFIXES = {
    "US": "U S ",
    "C": "canadian ",
    "CA": "canadian ",
    "A": "australian ",
    "AU": "australian ",
    "NZ": "new zealand ",
    "HK": "hong kong ",
    "": "",
}

#: symbol: name in the singular.
_UNITS = {
    "km": "kilometer",
    "m": "meter",
    "cm": "centimeter",
    "mm": "millimeter",
    "µm": "micrometer",
    "μm": "micrometer",
    "nm": "nanometer",
    "mi": "mile",
    "yd": "yard",
    "kg": "kilogram",
    "g": "gram",
    "mg": "milligram",
    "µg": "microgram",
    "μg": "microgram",
    "lb": "pound",
    "lbs": "pound",
    "oz": "ounce",
    "L": "liter",
    "l": "liter",
    "ml": "milliliter",
    "mL": "milliliter",
    "gal": "gallon",
    "tbsp": "tablespoon",
    "tsp": "teaspoon",
    "s": "second",
    "sec": "second",
    "secs": "second",
    "ms": "millisecond",
    "µs": "microsecond",
    "μs": "microsecond",
    "ns": "nanosecond",
    "min": "minute",
    "mins": "minute",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "yr": "year",
    "yrs": "year",
    "KB": "kilobyte",
    "kB": "kilobyte",
    "MB": "megabyte",
    "GB": "gigabyte",
    "TB": "terabyte",
    "PB": "petabyte",
    "KiB": "kibibyte",
    "MiB": "mebibyte",
    "GiB": "gibibyte",
    "kbit": "kilobit",
    "Mbit": "megabit",
    "Gbit": "gigabit",
    "W": "watt",
    "kW": "kilowatt",
    "MW": "megawatt",
    "GW": "gigawatt",
    "V": "volt",
    "mV": "millivolt",
    "kV": "kilovolt",
    "mA": "milliamp",
    "Ω": "ohm",
    "kΩ": "kilohm",
    "kJ": "kilojoule",
    "kcal": "kilocalorie",
    "cal": "calorie",
    "Pa": "pascal",
    "kPa": "kilopascal",
    "hPa": "hectopascal",
    "dB": "decibel",
    "px": "pixel",
    "in": "inch",
    "pt": "point",
}
UNITS = {symbol: (name, plural(name)) for symbol, name in _UNITS.items()}
UNITS.update(
    {
        "ft": ("foot", "feet"),
        "Hz": ("hertz", "hertz"),
        "kHz": ("kilohertz", "kilohertz"),
        "MHz": ("megahertz", "megahertz"),
        "GHz": ("gigahertz", "gigahertz"),
        "mph": ("mile per hour", "miles per hour"),
        "kph": ("kilometer per hour", "kilometers per hour"),
        "fps": ("frame per second", "frames per second"),
        "rpm": ("R P M", "R P M"),
        "bpm": ("beat per minute", "beats per minute"),
        "ppm": ("part per million", "parts per million"),
        "psi": ("P S I", "P S I"),
        "dpi": ("D P I", "D P I"),
        "kbps": ("kilobit per second", "kilobits per second"),
        "Mbps": ("megabit per second", "megabits per second"),
        "Gbps": ("gigabit per second", "gigabits per second"),
        "kWh": ("kilowatt hour", "kilowatt hours"),
        "°C": ("degree celsius", "degrees celsius"),
        "°F": ("degree fahrenheit", "degrees fahrenheit"),
        "°": ("degree", "degrees"),
        "sq ft": ("square foot", "square feet"),
        "sq. ft": ("square foot", "square feet"),
        "sq mi": ("square mile", "square miles"),
    }
)
#: Symbols that are words as well count as units only right behind the number.
_TIGHT = frozenset(("in", "pt"))
_PER = {
    "h": "hour",
    "hr": "hour",
    "s": "second",
    "sec": "second",
    "min": "minute",
    "m": "meter",
    "kg": "kilogram",
    "day": "day",
    "week": "week",
    "month": "month",
    "mo": "month",
    "year": "year",
    "yr": "year",
    "L": "liter",
    "l": "liter",
    "km": "kilometer",
    "GB": "gigabyte",
    "person": "person",
    "hour": "hour",
    "night": "night",
    "unit": "unit",
    "lb": "pound",
    "mi": "mile",
    "gal": "gallon",
    "minute": "minute",
    "second": "second",
    "user": "user",
    "share": "share",
    "m²": "square meter",
    "ml": "milliliter",
}
_UNIT = "(?P<unit>" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")"
_PER_UNIT = "(?:/(?P<per>" + "|".join(sorted(_PER, key=len, reverse=True)) + r")(?!\w))?"
_POWER = {"²": "square ", "2": "square ", "³": "cubic ", "3": "cubic ", "": "", None: ""}

_FRACTIONS = {
    "½": (1, 2),
    "⅓": (1, 3),
    "⅔": (2, 3),
    "¼": (1, 4),
    "¾": (3, 4),
    "⅕": (1, 5),
    "⅖": (2, 5),
    "⅗": (3, 5),
    "⅘": (4, 5),
    "⅙": (1, 6),
    "⅚": (5, 6),
    "⅛": (1, 8),
    "⅜": (3, 8),
    "⅝": (5, 8),
    "⅞": (7, 8),
}
_RAISED = r"(?:\^(?P<power>-?\d{1,3})|(?P<raised>[⁻⁰¹²³⁴-⁹]+))"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

RULES = []


def _sign(match):
    if match["sign"] == "-" or match.groupdict().get("minus"):
        return "minus "
    return "plus " if match["sign"] else ""


def _is_adjective(match, text):
    """Say whether a quantity stands between "a" and a noun, as in "a $5 bill"."""
    return (
        text.word_before(match.start()).lower() in ("a", "an")
        and re.match(r"[ -][a-z]{3,}", text.text[match.end() :]) is not None
        and text.word_after(match.end())
        not in ("and", "for", "per", "from", "but", "with", "each", "more", "less", "than", "the")
    )


@rule(
    _SIGN
    + r"(?P<area>US|CA|AU|NZ|HK|C|A)?(?P<currency>[$€£¥₹₽₩₿])(?P<minus>-)?\s?(?P<amount>"
    + NUMBER
    + r")"
    + _SCALE
    + r"(?:\s?[-–—]\s?(?P<until>"
    + NUMBER
    + r")(?:\s?(?P<scale2>million|billion|trillion|[kKmMbB]|bn|tn)\b)?)?"
    + _PER_UNIT,
    RULES,
)
def money(match, text):
    return _money(match, text, match["currency"], _PREFIXES[match["area"] or ""])


@rule(_SIGN + r"(?P<amount>" + NUMBER + r")" + _SCALE + r"\s?(?P<currency>[€£¥₹₽₩]|\$(?!\d))" + _PER_UNIT, RULES)
def money_behind(match, text):
    return _money(match, text, match["currency"], "")


@rule(r"(?P<amount>" + NUMBER + r")\s?¢", RULES)
def cents(match, text):
    return f"{number(match['amount'])} cent{'s' * (match['amount'] != '1')}"


def _money(match, text, sign, prefix):
    one, many, small, smalls = _CURRENCIES[sign]
    amount, scale = match["amount"].replace(",", ""), match["scale"]
    if match.groupdict().get("until"):
        return f"{_sign(match)}{_scaled(amount, scale)} to {_scaled(match['until'], match['scale2'])} {prefix}{many}{_per(match)}"
    single = _is_adjective(match, text)
    whole, _, hundredths = amount.partition(".")
    if scale:
        words = f"{_scaled(amount, scale)} {prefix}{one if single else many}"
    elif len(hundredths) == 2 and small:
        parts = []
        if int(whole or 0):
            parts.append(f"{cardinal(int(whole))} {prefix}{one if int(whole) == 1 or single else many}")
        if int(hundredths):
            parts.append(f"{cardinal(int(hundredths))} {small if int(hundredths) == 1 or single else smalls}")
        words = " and ".join(parts) if parts else f"zero {prefix}{many}"
    else:
        words = f"{number(amount)} {prefix}{one if amount == '1' or single else many}"
    return _sign(match) + words + _per(match)


def _scaled(amount, scale):
    return number(amount) + (f" {_SCALES.get(scale.lower(), scale.lower())}" if scale else "")


def _per(match):
    return f" per {_PER[match['per']]}" if match["per"] else ""


@rule(_SIGN + r"(?P<amount>" + NUMBER + r")\s?(?P<percent>%|‰)", RULES)
def percentage(match, text):
    return f"{_sign(match)}{number(match['amount'])} {'percent' if match['percent'] == '%' else 'per mille'}"


@rule(r"(?P<feet>\d{1,2})\s?'\s?(?P<inches>\d{1,2})\s?(?:\"|''|(?!\w))", RULES)
def feet_and_inches(match, text):
    feet, inches = int(match["feet"]), int(match["inches"])
    return f"{cardinal(feet)} {'foot' if feet == 1 else 'feet'} {cardinal(inches)}" if inches < 12 else None


@rule(r"(?P<amount>" + NUMBER + r")(?P<mark>\"|'(?=\s*(?:tall|high|long|wide|deep|x\b|by\b)))", RULES)
def feet_or_inches(match, text):
    if match["mark"] == "'":
        return f"{number(match['amount'])} {'foot' if match['amount'] == '1' else 'feet'}"
    if text.text.count('"', 0, match.start()) % 2:
        return None  # the mark closes a quotation
    return f"{number(match['amount'])} {'inch' if match['amount'] == '1' else 'inches'}"


@rule(r"(?P<whole>\d+)?\s?(?P<fraction>[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])", RULES)
def fraction_sign(match, text):
    return _fraction(match["whole"], *_FRACTIONS[match["fraction"]])


@rule(r"(?:(?P<whole>\d+)[ -])?(?P<above>\d{1,3})/(?P<below>\d{1,4})(?P<suffix>ths?|rds?|nds?)?(?![\w/]|[.,]\d)", RULES)
def fraction(match, text):
    above, below = int(match["above"]), int(match["below"])
    if match["whole"] is None and match["suffix"] is None:
        if (above, below) in ((24, 7), (9, 11)):
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


@rule(
    _SIGN
    + r"(?P<amount>"
    + NUMBER
    + r")(?P<gap>[ \u00a0-]?)"
    + _UNIT
    + r"(?P<power>[²³]|[23](?!\w))?"
    + _PER_UNIT
    + r"(?![\w²³])(?:\.(?=[,;:]|\s+[a-z(\d]))?",
    RULES,
)
def measure(match, text):
    unit, gap = match["unit"], match["gap"]
    if unit in _TIGHT and gap:
        return None
    if unit == "s" and not gap and match["amount"].isdigit() and int(match["amount"]) > 60:
        return None  # "747s"
    one, many = UNITS[unit]
    single = match["amount"] == "1" or gap == "-" or _is_adjective(match, text)
    return f"{_sign(match)}{number(match['amount'])} {_POWER[match['power']]}{one if single else many}{_per(match)}"


@rule(r"(?P<amount>\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)(?P<many>s?)(?!\w)", RULES)
def ordinal_number(match, text):
    if len(match["amount"]) > 15:
        return None
    words = ordinal(int(match["amount"].replace(",", "")))
    return plural(words) if match["many"] else words


@rule(
    _SIGN + r"(?P<mantissa>\d+(?:\.\d+)?)(?:[eE](?P<exponent>[+-]?\d{1,3})|\s?[×x*]\s?10" + _RAISED + r")(?!\w)", RULES
)
def scientific(match, text):
    exponent = match["exponent"] or match["power"] or match["raised"].translate(_SUPERSCRIPTS)
    return f"{_sign(match)}{number(match['mantissa'])} times ten to the {_power_of(int(exponent))}"


def _power_of(exponent):
    return f"minus {ordinal(-exponent)}" if exponent < 0 else ordinal(exponent)


@rule(r"(?<![A-Za-z])(?P<first>" + NUMBER + r")(?: [x×] |[x×])(?=\d)", RULES)
def dimension(match, text):
    return f"{_plain(match['first'])} by"


@rule(r"(?P<base>" + NUMBER + r")" + _RAISED, RULES)
def power(match, text):
    exponent = int(match["power"] or match["raised"].translate(_SUPERSCRIPTS))
    if exponent in (2, 3):
        return f"{number(match['base'])} {'squared' if exponent == 2 else 'cubed'}"
    return f"{number(match['base'])} to the {_power_of(exponent)}"


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


@rule(_SIGN + r"(?P<amount>" + NUMBER + r")(?P<possessive>'s(?!\w))?", LATE_RULES)
def plain_number(match, text):
    return _plain_number(match, text) + (match["possessive"] or "")


def _plain_number(match, text):
    begin, amount = match.start(), match["amount"]
    if not match["sign"] and begin and text.text[begin - 1].isalpha():
        return _code(amount) if amount.isdigit() else number(amount)
    if text.text[begin - 1 : begin] == "-" and re.search(r"[A-Za-z]-$", text.text[:begin]) and amount.isdigit():
        return _code(amount)
    return f"{_sign(match)}{number(amount)}"


def _code(text):
    """Read the digits of a name such as MP3, G722 or R2D2."""
    return pairs(text) if len(text) < 5 else digits(text)


def _plain(text):
    return pairs(text) if len(text) == 4 and text.isdigit() else number(text)
