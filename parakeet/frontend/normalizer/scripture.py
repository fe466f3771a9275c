"""Books, chapters and verses of the Bible."""

from parakeet.frontend.normalizer.numbers import cardinal, ordinal
from parakeet.frontend.normalizer.scanner import rule

_SHORT = """
    Gen genesis, Ex exodus, Lev leviticus, Num numbers, Deut deuteronomy, Josh joshua, Judg judges, Sam samuel, Chron chronicles, Neh
    nehemiah, Ps psalm, Prov proverbs, Eccl ecclesiastes, Isa isaiah, Jer jeremiah, Ezek ezekiel, Dan daniel, Hos hosea, Matt matthew,
    Mk mark, Lk luke, Jn john, Rom romans, Cor corinthians, Gal galatians, Eph ephesians, Phil philippians, Col colossians, Thess
    thessalonians, Tim timothy, Heb hebrews, Jas james, Pet peter, Rev revelation
"""
_SHORT = dict(entry.split() for entry in _SHORT.split(","))
_COUNTED = "Samuel|Sam|Kings|Chronicles|Chron|Corinthians|Cor|Thessalonians|Thess|Timothy|Tim|Peter|Pet|John|Jn"

RULES = []


@rule(rf"(?P<book>{'|'.join(_SHORT)})\.?(?=\s\d{{1,3}}:\d)|Ps\.(?=\s\d)", RULES)
def short_book(match, text):
    return _SHORT[match["book"] or "Ps"]


@rule(rf"(?P<number>[123])\s(?=(?:{_COUNTED})\b)", RULES)
def numbered_book(match, text):
    return ordinal(int(match["number"]))


@rule(r"(?P<chapter>\d{1,3}):(?P<verse>\d{1,3})(?:[-–](?P<until>\d{1,3}))?(?!\w|[:.,]\d|\s?[aApP]\.?[mM])", RULES)
def verse(match, text):
    """Read chapter and verse behind a book that is known to be one; behind other names a ratio's rule does."""
    before = text.before(match).rstrip(" .").rpartition(" ")[2]
    if before not in _SHORT and before.lower() not in _SHORT.values():
        return None
    words = f"{cardinal(int(match['chapter']))} {cardinal(int(match['verse']))}"
    return words + (f" to {cardinal(int(match['until']))}" if match["until"] else "")
