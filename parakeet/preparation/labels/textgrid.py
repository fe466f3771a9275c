"""Praat's TextGrid, in its long and its short text format: both are a row of strings, numbers and flags, the rest is decoration."""

import re

from parakeet.errors import DataError
from parakeet.preparation.labels.label import Label

PHONE_TIERS = ("phones", "phone", "phonemes", "phoneme", "segments", "segment", "phon", "mau")

# Free-standing items count (Praat's manual, "TextGrid file formats"): not the 2 of "item [2]:". A quote inside a string is doubled.
_ITEM = re.compile(r'"(?P<text>(?:[^"]|"")*)"|(?<!\S)(?P<number>[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?!\S)|(?P<flag><\w+>)|![^\n]*')


def is_textgrid(text):
    """Tell a TextGrid by its beginning."""
    return "ooTextFile" in text[:200] or '"TextGrid"' in text[:200]


def read_textgrid(text, path):
    """Read the phones of a TextGrid.

    Args:
        text (str): the file's content.
        path (Path): its name, for messages.

    Returns:
        list[tuple[int, Label]]: line and label.

    Raises:
        DataError: if it is cut off or malformed, or has no tier of phones, or several.
    """
    reader = _Reader(text, path)
    reader.expect("text", "ooTextFile")
    reader.expect("text", "TextGrid")
    reader.take("number", "the begin of the recording")
    reader.take("number", "the end of the recording")
    if reader.take("flag", "<exists>") != "<exists>":
        raise DataError(f"{path}: has no tiers. Align the recording again.")
    tiers = [_tier(reader) for _ in range(reader.count("tiers"))]
    return _phones(tiers, path)


def _tier(reader):
    """One tier: (name, whether it holds intervals, [(line, Label)])."""
    kind = reader.take("text", "a kind of tier")
    if kind not in ("IntervalTier", "TextTier"):
        raise reader.error(f"expected 'IntervalTier' or 'TextTier', received {kind!r}")
    name = reader.take("text", "the tier's name")
    reader.take("number", f"the begin of the tier {name!r}")
    reader.take("number", f"the end of the tier {name!r}")
    labels = []
    for _ in range(reader.count(f"labels of the tier {name!r}")):
        start = float(reader.take("number", f"a time of the tier {name!r}"))
        end = float(reader.take("number", f"a time of the tier {name!r}")) if kind == "IntervalTier" else start
        labels.append((reader.line, Label(reader.take("text", f"a label of the tier {name!r}").strip(), start, end)))
    return name, kind == "IntervalTier", labels


def _phones(tiers, path):
    intervals = [(name, labels) for name, is_interval, labels in tiers if is_interval]
    # Where there are several speakers, the tiers' names begin with theirs: "anna - phones".
    named = [(name, labels) for name, labels in intervals if name.rpartition(" - ")[2].strip().casefold() in PHONE_TIERS]
    found = [(name, labels) for name, labels in named if labels] if len(named) > 1 else named or (intervals if len(intervals) == 1 else [])
    if len(found) == 1:
        return found[0][1]
    names = ", ".join(repr(name) for name, _ in (found or intervals)) or "none"
    if found:
        raise DataError(f"{path}: has {len(found)} tiers of phones ({names}); expected one. Cut the recording into one of each speaker.")
    raise DataError(f"{path}: has no tier of phones; expected an interval tier named 'phones', there are {names}.")


class _Reader:
    """Takes one item after the other, and knows the line it stands on."""

    def __init__(self, text, path):
        self._items = (match for match in _ITEM.finditer(text) if match.lastgroup is not None)
        self._text, self._path = text, path
        self._at = 0

    @property
    def line(self):
        return self._text.count("\n", 0, self._at) + 1

    def error(self, message):
        return DataError(f"{self._path}, line {self.line}: {message}. Align the recording again, or repair the file.")

    def take(self, kind, what):
        match = next(self._items, None)
        if match is None:
            self._at = len(self._text)
            raise self.error(f"cut off: expected {what}, received the end of the file")
        self._at = match.start()
        if match.lastgroup != kind:
            raise self.error(f"expected {what} (a {kind}), received {match[0]!r}")
        return match[kind].replace('""', '"') if kind == "text" else match[kind]

    def expect(self, kind, value):
        found = self.take(kind, repr(value))
        if found != value:
            raise self.error(f"expected {value!r}, received {found!r}")

    def count(self, what):
        found = self.take("number", f"the number of {what}")
        if not found.isdigit():
            raise self.error(f"expected the number of {what}, received {found}")
        return int(found)
