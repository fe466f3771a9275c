"""Units of measure behind numbers."""

import re

from parakeet.frontend.normalizer.numbers import NUMBER, SIGN, cardinal, number, plural, read_sign
from parakeet.frontend.normalizer.scanner import rule

_NAMES = """
    km kilometer, m meter, cm centimeter, mm millimeter, µm micrometer, μm micrometer, nm nanometer, mi mile, yd
    yard, kg kilogram, g gram, mg milligram, µg microgram, μg microgram, lb pound, lbs pound, oz ounce, L liter,
    l liter, ml milliliter, mL milliliter, gal gallon, tbsp tablespoon, tsp teaspoon, s second, sec second, secs
    second, ms millisecond, µs microsecond, μs microsecond, ns nanosecond, min minute, mins minute, h hour, hr
    hour, hrs hour, yr year, yrs year, KB kilobyte, kB kilobyte, MB megabyte, GB gigabyte, TB terabyte, PB
    petabyte, KiB kibibyte, MiB mebibyte, GiB gibibyte, kbit kilobit, Mbit megabit, Gbit gigabit, W watt, kW
    kilowatt, MW megawatt, GW gigawatt, V volt, mV millivolt, kV kilovolt, mA milliamp, Ω ohm, kΩ kilohm, kJ
    kilojoule, kcal kilocalorie, cal calorie, Pa pascal, kPa kilopascal, hPa hectopascal, dB decibel, px pixel,
    in inch, pt point
"""


def _table(text):
    return dict(entry.split(maxsplit=1) for entry in text.replace("\n", " ").split(","))


#: symbol: (one, many).
UNITS = {symbol: (name, plural(name)) for symbol, name in _table(_NAMES).items()}
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
        "° C": ("degree celsius", "degrees celsius"),
        "° F": ("degree fahrenheit", "degrees fahrenheit"),
        "°": ("degree", "degrees"),
        "sq ft": ("square foot", "square feet"),
        "sq. ft": ("square foot", "square feet"),
        "sq mi": ("square mile", "square miles"),
    }
)
#: Symbols that are words as well count as units only right behind the number.
_TIGHT = frozenset(("in", "pt"))
#: What may stand behind "/".
PER = _table("""
    h hour, hr hour, s second, sec second, min minute, m meter, kg kilogram, day day, week week, month month, mo
    month, year year, yr year, L liter, l liter, km kilometer, GB gigabyte, person person, hour hour, night
    night, unit unit, lb pound, mi mile, gal gallon, minute minute, second second, user user, share share, m²
    square meter, ml milliliter
""")
_UNIT = "(?P<unit>" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")"
PER_UNIT = "(?:/(?P<per>" + "|".join(sorted(PER, key=len, reverse=True)) + r")(?!\w))?"
_POWER = {"²": "square ", "2": "square ", "³": "cubic ", "3": "cubic ", "": "", None: ""}

RULES = []


def read_per(match):
    """Return the words of the group ``per`` of ``PER_UNIT``."""
    return f" per {PER[match['per']]}" if match["per"] else ""


def is_adjective(match, text):
    """Say whether a quantity stands between "a" and a noun, as in "a $5 bill"."""
    return (
        text.word_before(match.start()).lower() in ("a", "an")
        and re.match(r"[ -][a-z]{3,}", text.after(match)) is not None
        and text.word_after(match.end())
        not in ("and", "for", "per", "from", "but", "with", "each", "more", "less", "than", "the")
    )


@rule(
    r"(?<![A-Za-z])"
    + SIGN
    + r"(?P<amount>"
    + NUMBER
    + r")(?P<gap>[ \u00a0-]?)"
    + _UNIT
    + r"(?P<power>[²³]|[23](?!\w))?"
    + PER_UNIT
    + r"(?![\w²³])(?:\.(?=[,;:]|\s+[a-z(\d]))?",
    RULES,
)
def measure(match, text):
    unit, gap = match["unit"], match["gap"]
    if unit in _TIGHT and gap:
        return None
    if unit == "s" and not gap and match["amount"].isdecimal() and int(match["amount"]) > 60:
        return None  # "747s"
    one, many = UNITS[unit]
    single = match["amount"] == "1" or gap == "-" or is_adjective(match, text)
    return f"{read_sign(match)}{number(match['amount'])} {_POWER[match['power']]}{one if single else many}{read_per(match)}"


@rule(r"(?P<feet>\d{1,2})\s?'\s?(?P<inches>\d{1,2})\s?(?:\"|''|(?!\w))", RULES)
def feet_and_inches(match, text):
    feet, inches = int(match["feet"]), int(match["inches"])
    return f"{cardinal(feet)} {'foot' if feet == 1 else 'feet'} {cardinal(inches)}" if inches < 12 else None


@rule(r"(?P<amount>" + NUMBER + r")(?P<mark>\"|'(?=\s*(?:tall|high|long|wide|deep|x\b|by\b)))", RULES)
def feet_or_inches(match, text):
    if match["mark"] == "'":
        return f"{number(match['amount'])} {'foot' if match['amount'] == '1' else 'feet'}"
    if text.before(match, width=500).count('"') % 2:
        return None  # the mark closes a quotation
    return f"{number(match['amount'])} {'inch' if match['amount'] == '1' else 'inches'}"
