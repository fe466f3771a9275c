"""House numbers, streets, directions and states of addresses; numbers of rooms, flights and roads."""

import re

from parakeet.frontend.normalizer.numbers import digits, pairs
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.resource import word_set

#: Abbreviated kinds of streets, with or without a dot, behind a name.
_STREETS = {
    "St": "street", "Ave": "avenue", "Av": "avenue", "Blvd": "boulevard", "Rd": "road", "Dr": "drive", "Ln": "lane", "Ct": "court",
    "Pl": "place", "Pkwy": "parkway", "Hwy": "highway", "Ter": "terrace", "Cir": "circle", "Sq": "square", "Trl": "trail",
}  # fmt: skip
_KIND = "|".join([*_STREETS, *map(str.capitalize, _STREETS.values()), "Way", "Loop"])
_DIRECTIONS = {
    "N": "north", "S": "south", "E": "east", "W": "west", "NE": "northeast", "NW": "northwest", "SE": "southeast", "SW": "southwest",
}  # fmt: skip
_DIRECTION = r"(?:(?:N|S|E|W|NE|NW|SE|SW)\.?|North|South|East|West)"
_NAME = r"(?:(?:[A-Z][\w']*\.?|\d+(?:st|nd|rd|th))\s){1,3}"
_STATES = """
    Ala alabama, Ariz arizona, Ark arkansas, Calif california, Colo colorado, Conn connecticut, Del delaware, Fla florida, Ga georgia,
    Ill illinois, Ind indiana, Kan kansas, Ky kentucky, La louisiana, Md maryland, Mass massachusetts, Mich michigan, Minn minnesota,
    Miss mississippi, Mo missouri, Mont montana, Neb nebraska, Nev nevada, Okla oklahoma, Ore oregon, Pa pennsylvania, Tenn tennessee,
    Tex texas, Vt vermont, Va virginia, Wash washington, Wis wisconsin, Wyo wyoming
"""
_STATES = dict(entry.split() for entry in _STATES.split(","))
#: Words before a number that is read in pairs: "room two thirty seven".
_NUMBERED_THINGS = word_set("""
    room suite flight route highway interstate error box boeing airbus ste rm apt apartment gate bus train status http locker building
    rte hwy unit
""")

RULES = []


@rule(rf"(?P<number>\d{{1,5}})(?P<letter>[A-Z]?)(?=\s(?:{_DIRECTION}\s)?{_NAME}(?:{_KIND})(?!\w))", RULES)
def house_number(match, text):
    number = digits(match["number"]) if len(match["number"]) > 4 else pairs(match["number"])
    return f"{number} {match['letter']}".strip()


@rule(rf"(?P<direction>NE|NW|SE|SW|[NSEW])\.?(?=\s{_NAME}(?:{_KIND})(?!\w))", RULES)
def direction(match, text):
    return _DIRECTIONS[match["direction"]]


@rule(rf"(?P<kind>{'|'.join(_STREETS)})(?![\w.'])", RULES)
def street(match, text):
    """Read "123 Main St" without its dot."""
    named = re.search(rf"\d[A-Z]?\s(?:{_DIRECTION}\s)?{_NAME}$", text.before(match, width=60))
    return _STREETS[match["kind"]] if named or re.search(r"\d(?:st|nd|rd|th)\s$", text.before(match)) else None


@rule(r"(?P<letters>[A-Z]{2})(?=\s\d{5}(?:-\d{4})?(?!\w))", RULES)
def state_before_zip_code(match, text):
    return " ".join(match["letters"])


@rule(r"W\.\s?Va\.", RULES)
def west_virginia(match, text):
    return "west virginia" + (" ." if text.ends_sentence(match.end()) else "")


@rule(rf"(?<=, )(?P<state>{'|'.join(_STATES)})\.", RULES)
def state(match, text):
    return _STATES[match["state"]] + (" ." if text.ends_sentence(match.end()) else "")


@rule(r"(?P<number>\d{3,4})(?![\w%]|[.,:/-]\d)", RULES)
def numbered_thing(match, text):
    before = re.sub(r"\.(?=\s?$)", "", text.before(match))
    word = re.search(r"([^\W\d_]+)\s(?:[A-Z]{2}\s)?$", before)
    named = word and word[1].lower() in _NUMBERED_THINGS
    return pairs(match["number"]) if named or text.word_after(match.end()) == "error" else None


@rule(r"(?:7[0-8]7|404)(?![\w%]|[.,:/-]\d)", RULES)
def famous_number(match, text):
    """Read "a 747", "a 404"."""
    return pairs(match[0]) if text.word_before(match.start()).lower() in ("a", "an", "the") else None
