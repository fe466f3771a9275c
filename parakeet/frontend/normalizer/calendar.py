"""Dates, years and times of day."""

import re

from parakeet.frontend.normalizer.numbers import cardinal, ordinal, pairs, plural, year
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.resource import word_set

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
#: Abbreviations that are no other word; "Mar", "May", "Dec" ... need their dot or a day after them.
_SHORT_MONTHS = {name[:3]: name for name in MONTHS} | {"sept": "september"}
_DAYS = {
    "mon": "monday",
    "tue": "tuesday",
    "tues": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "thur": "thursday",
    "thurs": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}
MONTH_NAMES = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_MONTH = rf"(?P<month>{MONTH_NAMES})"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_SUFFIX = r"(?:st|nd|rd|th)?"
_END = r"(?![\w]|[.,:/-]\d)"
_SHORT_DAYS = "Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun"
_HALF = r"(?P<half>[AaPp])(?:\.[Mm]\.|[Mm]\b(?!\.[A-Za-z]))"

RULES = []
#: Rules that apply where a number has no unit or other meaning.
LATE_RULES = []


def _month(text):
    return _SHORT_MONTHS[text.lower().rstrip(".")[:3]]


def _full_year(text):
    """Read the year of a date; two digits are of 1969 to 2068."""
    value = int(text)
    return year(value if len(text) > 2 else value + (2000 if value < 69 else 1900))


def _date(month, day, year_text):
    return f"{MONTHS[month - 1]} {ordinal(day)}, {_full_year(year_text)}".replace(",", " ,")


@rule(rf"(?P<year>[12]\d{{3}})([-/.])(?P<month>\d\d)\2(?P<day>\d\d)(?:T(?=\d\d:)|{_END})", RULES)
def iso_date(match, text):
    month, day = int(match["month"]), int(match["day"])
    return _date(month, day, match["year"]) if 1 <= month <= 12 and 1 <= day <= 31 else None


@rule(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d\d){_END}", RULES)
def numeric_date(match, text):
    first, second = int(match[1]), int(match[3])
    if match[2] != "/" and len(match[4]) == 2:
        return None  # 1.2.34 is a version, 10-20-30 a list
    if match[2] == ".":
        first, second = second, first  # the dotted form is the European one, day first
    if first > 12 >= second:
        first, second = second, first
    return _date(first, second, match[4]) if 1 <= first <= 12 and 1 <= second <= 31 else None


_SHORT_DATE = r"(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])"
_BEFORE_SHORT_DATE = word_set("on due since until till from through dated ending starting")


@rule(rf"{_SHORT_DATE}\s?[-–]\s?{_SHORT_DATE}(?![\w/])", RULES)
def short_dates(match, text):
    """Read "12/23 - 1/2"."""
    first, last = (f"{MONTHS[int(match[at]) - 1]} {ordinal(int(match[at + 1]))}" for at in (1, 3))
    return f"{first} to {last}"


@rule(r"(?P<month>0[1-9]|1[0-2])/(?P<year>20\d\d)(?![\w/])", RULES)
def month_of_card(match, text):
    """Read "exp. 09/2027"."""
    return f"{MONTHS[int(match['month']) - 1]} {year(int(match['year']))}"


@rule(r"S(?P<season>\d\d)E(?P<episode>\d\d)(?!\w)", RULES)
def episode(match, text):
    return f"season {cardinal(int(match['season']))} episode {cardinal(int(match['episode']))}"


@rule(rf"{_SHORT_DATE}(?![\w/]|\s(?:of|cup|tsp|tbsp|inch))", RULES)
def short_date(match, text):
    """Read "on 12/23"."""
    if text.word_before(match.start()).lower() not in _BEFORE_SHORT_DATE:
        return None
    return f"{MONTHS[int(match[1]) - 1]} {ordinal(int(match[2]))}"


@rule(r"(?P<event>[bd])\.(?=\s?[12]\d{3}(?!\d))", RULES)
def born_or_died(match, text):
    return "born" if match["event"] == "b" else "died"


@rule(
    rf"{_MONTH}\s+{_DAY}{_SUFFIX}(?:\s?[-–]\s?(?P<until>3[01]|[12]\d|0?[1-9]){_SUFFIX})?(?P<comma>,?)(?:\s+(?P<year>[12]\d{{3}}))?{_END}",
    RULES,
)
def month_day(match, text):
    words = f"{_month(match['month'])} {ordinal(int(match['day']))}"
    if match["until"]:
        words += f" to {ordinal(int(match['until']))}"
    if match["year"]:
        return f"{words} , {year(int(match['year']))}"
    return words + (" ," if match["comma"] else "")


@rule(rf"{_DAY}{_SUFFIX}\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>[12]\d{{3}}))?{_END}", RULES)
def day_month(match, text):
    article = "" if text.word_before(match.start()).lower() == "the" or re.search(r"\d[a-z]", match[0]) else "the "
    words = f"{article}{ordinal(int(match['day']))} of {_month(match['month'])}"
    return f"{words} , {year(int(match['year']))}" if match["year"] else words


@rule(rf"{_MONTH}(?P<comma>,?)\s+(?P<year>[12]\d{{3}})(?P<possessive>'s)?{_END}", RULES)
def month_year(match, text):
    return f"{_month(match['month'])} {year(int(match['year']))}{match['possessive'] or ''}"


_BEFORE_MONTH = word_set("in of since until till by from to last next this early late mid through on every each and")


@rule(r"(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.", RULES)
def short_month(match, text):
    if text.word_before(match.start()).lower() not in _BEFORE_MONTH:
        return None  # "Hi, Jan."
    return _month(match[1]) + (" ." if text.ends_sentence(match.end()) else "")


@rule(
    rf"(?P<first>{_SHORT_DAYS}|{MONTH_NAMES})\.?\s?(?P<to>[-–]|(?<=\s)(?:and|&|or|to|through)(?=\s))\s?(?P<last>{_SHORT_DAYS}|{MONTH_NAMES})\b\.?(?![\w-])",
    RULES,
)
def days_or_months(match, text):
    """Read "Mon-Fri", "Sat. and Sun.", "Jan-Mar"."""
    names = {**_DAYS, **_SHORT_MONTHS}
    first, last = (match[side].lower().rstrip(".") for side in ("first", "last"))
    dot = " ." if match[0].endswith(".") and text.ends_sentence(match.end()) else ""
    words_too = first in ("sun", "sat", "mar") and "." not in match[0] and match["to"] not in "-–"
    has_day = last in _SHORT_MONTHS and re.match(r"\s\d{1,2}(?!\d)", text.after(match))
    if words_too or has_day or first in MONTHS or last in MONTHS:
        return None
    joined = {"-": "to", "–": "to", "&": "and"}.get(match["to"], match["to"])
    return f"{names[first]} {joined} {names[last]}{dot}"


@rule(r"(?P<day>Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri)\.", RULES)
def day_with_dot(match, text):
    return _DAYS[match["day"].lower()] + (" ." if text.ends_sentence(match.end()) else "")


@rule(
    rf"({_SHORT_DAYS})(?:\.(?=,|\s+(?:\d|{MONTH_NAMES}))|(?=,?\s+(?:\d|{MONTH_NAMES})))",
    RULES,
)
def short_weekday(match, text):
    return _DAYS[match[1].lower()]


@rule(
    r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?:\s?" + _HALF + r"|(?P<zulu>Z))?(?![\w]|:\d|\.\d)",
    RULES,
)
def time_of_day(match, text):
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        clock = cardinal(hour) + (f" {_minutes(minute)}" if minute or second else "")
    elif minute == 0 and not second:
        on_a_watch = 1 <= hour <= 12 and not match["hour"].startswith("0")
        clock = f"{cardinal(hour)} o'clock" if on_a_watch else f"{cardinal(hour)} hundred"
    else:
        clock = f"{cardinal(hour)} {_minutes(minute)}"
    if second:
        clock += f" and {cardinal(second)} second{'s' * (second != 1)}"
    return clock + (" Z" if match["zulu"] else _half(match, text))


@rule(r"(?P<hour>1[0-2]|0?[1-9])\s?" + _HALF, RULES)
def hour_of_day(match, text):
    return cardinal(int(match["hour"])) + _half(match, text)


def _minutes(minute):
    return f"oh {cardinal(minute)}" if minute < 10 else cardinal(minute)


def _half(match, text):
    if not match["half"]:
        return ""
    dot = match[0].endswith(".") and text.ends_sentence(match.end())
    return f" {match['half'].upper()} M" + (" ." if dot else "")


@rule(r"(?<![A-Za-z])(?P<from>[12]\d{3})\s?[-–/]\s?(?P<until>[12]\d{3}|\d\d)(?![\w]|[.,:/-]\d)", RULES)
def years(match, text):
    begin, until = int(match["from"]), match["until"]
    if not 1000 <= begin < 2100 or (len(until) == 2 and begin % 100 >= int(until)):
        return None
    last = year(int(until)) if len(until) > 2 else _minutes(int(until))
    return f"{year(begin)} to {last}"


@rule(r"(?P<decade>[12]\d\d0)'?s(?!\w)", RULES)
def decade(match, text):
    return plural(year(int(match["decade"])))


_BEFORE_DECADE = word_set("the early late mid his her their our my your in upper lower high low")


@rule(r"'?(?P<decade>[2-9]0)'?s(?!\w)", RULES)
def short_decade(match, text):
    if "'" not in match[0] and text.word_before(match.start()).lower() not in _BEFORE_DECADE:
        return None  # "wait 30s"
    return plural(cardinal(int(match["decade"])))


@rule(r"'(?P<year>\d\d)(?!\w)", RULES)
def short_year(match, text):
    value = int(match["year"])
    if text.before(match)[-1:].isalnum() or text.after(match)[:1] == "'":
        return None
    return f"oh {cardinal(value)}" if value < 10 else cardinal(value)


#: Words before a number of four digits that make it a year even from 1000 to 1099.
_BEFORE_YEAR = word_set("""
    in since by until till before after during circa year early late mid summer winter spring autumn fall around
    of from to
""") | frozenset(MONTHS)
_ERAS = ("AD", "BC", "CE", "BCE", "A.D", "B.C")


@rule(r"(?P<year>\d{3})(?=\s?(?:AD|BCE?|CE|A\.D\.|B\.C\.(?:E\.)?)(?!\w))", RULES)
def ancient_year(match, text):
    return pairs(match["year"])


@rule(r"(?:c|ca|C|Ca)\.\s?(?=\d{3,4}(?!\w|[.,]\d))", RULES)
def circa(match, text):
    return "circa"
_NO_PLURAL = word_set("is was has his this its as us plus versus perhaps yes always series news less across towards")


@rule(r"(?P<year>1\d{3}|2[01]\d\d)(?P<possessive>'s)?(?!\w|[.,:/]\d|\s?[%°×^=*/+]|-\d)", LATE_RULES)
def bare_year(match, text):
    value = int(match["year"])
    before, after = text.word_before(match.start()), text.word_after(match.end())
    counted = after.islower() and after.endswith("s") and not after.endswith(("ss", "'s")) and after not in _NO_PLURAL
    if counted or text.before(match).endswith(("+", "=", "*", "/", "-")):
        return None
    if (value < 1100 or value >= 2100) and before.lower() not in _BEFORE_YEAR and after not in _ERAS:
        return None
    return year(value) + (match["possessive"] or "")
