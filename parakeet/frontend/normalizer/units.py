"""Units of measure behind numbers."""

import re

from parakeet.frontend.normalizer.numbers import NUMBER, SIGN, cardinal, number, plural, read_sign
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.resource import word_set

_NAMES = """
    km kilometer, m meter, cm centimeter, mm millimeter, µm micrometer, μm micrometer, nm nanometer, mi mile, yd
    yard, kg kilogram, g gram, mg milligram, µg microgram, μg microgram, lb pound, lbs pound, oz ounce, L liter,
    l liter, ml milliliter, mL milliliter, gal gallon, tbsp tablespoon, tsp teaspoon, s second, sec second, secs
    second, ms millisecond, µs microsecond, μs microsecond, ns nanosecond, min minute, mins minute, h hour, hr
    hour, hrs hour, yr year, yrs year, KB kilobyte, kB kilobyte, MB megabyte, GB gigabyte, TB terabyte, PB
    petabyte, KiB kibibyte, MiB mebibyte, GiB gibibyte, kbit kilobit, Mbit megabit, Gbit gigabit, W watt, kW
    kilowatt, MW megawatt, GW gigawatt, V volt, mV millivolt, kV kilovolt, mA milliamp, Ω ohm, kΩ kilohm, kJ
    kilojoule, kcal kilocalorie, cal calorie, Pa pascal, kPa kilopascal, hPa hectopascal, dB decibel, px pixel,
    in inch, pt point, yds yard, ha hectare, qt quart, qts quart, mcg microgram, kn knot, Mb
    megabit, MP megapixel,
    mAh milliamp hour, nF nanofarad, µF microfarad, μF microfarad,
    mol mole, dL deciliter, Tbsp tablespoon, Tbsps tablespoon, tbsps tablespoon, tsps teaspoon, atm atmosphere, J
    joule, mT millitesla, lm
    lumen, bbl barrel, in. inch, pt. pint, c. cup
"""


def _table(text):
    return dict(entry.strip().split(maxsplit=1) for entry in text.replace("\n", " ").split(","))


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
        "bps": ("basis point", "basis points"),
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
        "mpg": ("mile per gallon", "miles per gallon"),
        "hp": ("horsepower", "horsepower"),
        "cc": ("C C", "C C"),
        "K": ("kelvin", "kelvin"),
        "fl oz": ("fluid ounce", "fluid ounces"),
        "fl. oz": ("fluid ounce", "fluid ounces"),
        "cu ft": ("cubic foot", "cubic feet"),
        "cu. ft": ("cubic foot", "cubic feet"),
        "sq ft": ("square foot", "square feet"),
        "sq. ft": ("square foot", "square feet"),
        "sq mi": ("square mile", "square miles"),
    }
)
#: Symbols that are words as well count as units only right behind the number; others only with a space.
_TIGHT = frozenset(("in", "pt"))
_APART = frozenset(("K", "J", "c.", "Mb"))
#: Things that are named by a quantity before them, in the singular: "a twelve volt battery".
_MEASURED = word_set("""
    battery batteries bottle bottles oven font camera cameras engine cable drive screen display bag bags can charger adapter supply
    bulb relay dash sprint race run walk hike radius zone limit tank motor board pipe dose tablet bill bills coin
    coins note notes steps increments intervals
""")
#: Words after a quantity that it doesn't describe.
_NOT_MEASURED = word_set("""
    and for per from but with each more less than the was were is are had has have in on to of a an that this he she it they
    we you i or at by as when if so left away ago later total went did does do would will can could may might must off out
    down up back over under into after before because while who which not only just now then
""")
#: Words after an inch that say which way it is measured.
_HOW_FAR = word_set("long tall high wide deep thick by apart across of square")
#: Words before a quantity that describes a noun.
_DETERMINERS = word_set("the his her my your our their its this that every another each")
#: What may stand behind "/".
PER = _table("""
    h hour, hr hour, s² second squared, s second, sec second, min minute, m meter, kg kilogram, day day, week week, wk week, month month, mo
    month, year year, yr year, L liter, l liter, km kilometer, GB gigabyte, person person, hour hour, night
    night, unit unit, lb pound, mi mile, gal gallon, minute minute, second second, user user, share share, m²
    square meter, ml milliliter, dL deciliter, L liter, mL milliliter, kWh kilowatt hour, cm² square centimeter, in² square inch,
    sq ft square foot, bbl barrel, serving serving
""")
_UNIT = "(?P<unit>" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")"
PER_UNIT = "(?:/(?P<per>" + "|".join(sorted(PER, key=len, reverse=True)) + r")(?!\w)(?:\.(?=[,;:]|\s+[a-z(\d+&]))?)?"
_POWER = {"²": "square ", "2": "square ", "³": "cubic ", "3": "cubic ", "": "", None: ""}

RULES = []


def read_per(match):
    """Return the words of the group ``per`` of ``PER_UNIT``."""
    return f" per {PER[match['per']]}" if match["per"] else ""


def is_adjective(match, text):
    """Say whether a quantity describes the noun behind it, as in "a $5 bill", "her 2 L bottle", "12V battery"."""
    after = text.word_after(match.end())
    if re.match(r"[ -][a-z]{3,}", text.after(match)) is None or after in _NOT_MEASURED:
        return False
    before = text.word_before(match.start()).lower()
    return before in ("a", "an") or after in _MEASURED or (before in _DETERMINERS and not after.endswith(("ed", "s")))


@rule(r"[ -]?" + _UNIT + PER_UNIT + r"(?!\w)(?:\.(?=[,;:]|\s+[a-z(\d]))?", RULES, space=True)
def unit_of_fraction(match, text):
    """Read the unit behind "1/2" or "1½", which other rules have read."""
    amount = re.search(r"(?P<whole>\d[ -]?)?(?:\d/\d+|[¼-¾⅐-⅞]|(?P<power>10(?:\^-?\d+|[⁻⁰¹²³⁴-⁹]+)))$", text.before(match))
    if amount is None or match["unit"] in _TIGHT:
        return None
    return UNITS[match["unit"]][1 if amount["whole"] or amount["power"] else 0] + read_per(match)


@rule(r"(?<=[a-z]{2})/(?P<per>yr|hr|mo|wk|min|sec|lb|gal|kg)\b\.?", RULES)
def per_unit(match, text):
    """Read "days/yr"."""
    return f"per {PER[match['per']]}" + (" ." if match[0].endswith(".") and text.ends_sentence(match.end()) else "")


@rule(r"(?P<hours>\d+)h(?P<minutes>[0-5]\d)(?!\w)", RULES)
def hours_and_minutes(match, text):
    return f"{_count(match['hours'], 'hour')} {cardinal(int(match['minutes']))}"


@rule(r"(?=\d+[dhm])(?:(?P<d>\d+)d\s?)?(?:(?P<h>\d+)h\s?)?(?:(?P<m>\d+)m(?:in)?\s?)?(?:(?P<s>\d+(?:\.\d+)?)s)?(?<!\s)(?!\w)", RULES)
def duration(match, text):
    """Read "1h 30m" and "3m20s"; one part alone is a measure."""
    parts = [(match[unit], name) for unit, name in zip("dhms", ("day", "hour", "minute", "second"), strict=True) if match[unit]]
    return " ".join(_count(*part) for part in parts) if len(parts) > 1 else None


def _count(amount, name):
    return f"{number(amount)} {name}{'s' * (amount != '1')}"


@rule(
    r"(?:(?<![A-Za-z])|(?<=\dx))"
    + SIGN
    + r"(?P<amount>"
    + NUMBER
    + r")(?P<gap>[ \u00a0-]?)"
    + _UNIT
    + r"(?P<power>[²³]|[23](?!\w))?"
    + PER_UNIT
    + r"(?![\w²³])(?:\.(?=[,;:)]|\s+[a-z(\d]))?",
    RULES,
)
def measure(match, text):
    unit, gap = match["unit"], match["gap"]
    if (unit in _TIGHT and gap) or (unit in _APART and gap != " "):
        return None
    if unit == "K" and re.match(r"\s(?:run|race)", text.after(match)):
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


@rule(r"(?P<amount>" + NUMBER + r")(?P<mark>\"|'(?=\s*(?:tall|high|long|wide|deep|x\b|by\b))|(?<='\sx\s\d\d)'|(?<='\sx\s\d)')", RULES)
def feet_or_inches(match, text):
    if match["mark"] == "'":
        return f"{number(match['amount'])} {'foot' if match['amount'] == '1' else 'feet'}"
    if len(re.findall(r'(?<!\d)"', text.before(match, width=500))) % 2:
        return None  # the mark closes a quotation
    noun = re.match(r"\s[A-Za-z]{2,}", text.after(match)) and text.word_after(match.end()) not in _NOT_MEASURED | _HOW_FAR
    return f"{number(match['amount'])} {'inch' if match['amount'] == '1' or noun else 'inches'}"
