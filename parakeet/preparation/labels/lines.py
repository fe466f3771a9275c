"""Labels with one phone on each line: CTM, HTK's lab and mlf, the lab of xwaves and festvox, Audacity's label tracks.

Each function takes the lines as pairs (number, line), empty ones left out, and the path for messages.
"""

import re

from parakeet.errors import DataError
from parakeet.preparation.labels.label import Label

_TICKS = 10_000_000
"""HTK's unit of time in a second: 100 ns."""

_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_CTM = re.compile(rf"(?P<name>\S+)\s+\S+\s+(?P<start>{_NUMBER})\s+(?P<length>{_NUMBER})\s+(?P<symbol>\S+)(?:\s+\S+)*")
_HTK = re.compile(r"(?P<start>\d+)\s+(?P<end>\d+)(?:\s+(?P<symbol>\S+).*)?")
_XWAVES = re.compile(rf"(?P<end>{_NUMBER})\s+\S+(?:\s+(?P<symbol>[^\s;]+).*)?")
_AUDACITY = re.compile(rf"(?P<start>{_NUMBER})\t(?P<end>{_NUMBER})(?:\t(?P<symbol>.*))?")
_MLF_NAME = re.compile(r'"(?:.*[/\\])?(?P<name>[^/\\]*?)\.(?:lab|rec)"')


def kind_of(lines):
    """Name the format of lines: the function that reads it, or None if they are no labels."""
    first = lines[0][1].strip() if lines else ""
    if first == "#!MLF!#":
        return read_mlf
    if any(line.strip() == "#" for _, line in lines):
        return read_xwaves
    data = next((line.strip("\n") for _, line in lines if not line.startswith(";;")), "")
    if _AUDACITY.fullmatch(data) and "." in data.split("\t")[0]:
        return read_audacity
    if _HTK.fullmatch(data.strip()):
        return read_htk
    return read_ctm if _CTM.fullmatch(data.strip()) else None


def read_ctm(lines, path):
    """CTM of NIST and Kaldi: ``utterance channel begin duration phone [confidence]``; ``;;`` begins a comment.

    Returns:
        dict[str, list[tuple[int, Label]]]: by utterance.
    """
    found = {}
    for number, line in lines:
        if line.startswith(";;"):
            continue
        match = _matched(_CTM, line.strip(), number, path, "'utterance channel begin duration phone'")
        start, symbol = float(match["start"]), match["symbol"]
        found.setdefault(match["name"], []).append((number, Label(symbol, start, start + float(match["length"]))))
    return found


def read_htk(lines, path):
    """HTK's lab: ``begin end phone`` in units of 100 ns; what follows the phone (scores, words) is passed over."""
    labels = []
    for number, line in lines:
        match = _matched(_HTK, line.strip(), number, path, "'begin end phone' in whole numbers of 100 ns")
        labels.append((number, Label(_text(match["symbol"]), int(match["start"]) / _TICKS, int(match["end"]) / _TICKS)))
    return {None: labels}


def read_mlf(lines, path):
    """HTK's master label file: the lab of each utterance between its name, ``"*/name.lab"``, and a full stop."""
    found, name = {}, None
    for number, line in lines[1:]:
        if name is None:
            name = _matched(_MLF_NAME, line.strip(), number, path, "an utterance's name, as in '\"*/name.lab\"'")["name"]
            found[name] = []
        elif line.strip() == ".":
            name = None
        else:
            found[name] += read_htk([(number, line)], path)[None]
    return found


def read_xwaves(lines, path):
    """The lab of xwaves, as festvox writes it: a header up to a line ``#``, then ``end colour phone``; a phone begins where one ended."""
    begin = next(place for place, (_, line) in enumerate(lines) if line.strip() == "#")
    labels, start = [], 0.0
    for number, line in lines[begin + 1 :]:
        match = _matched(_XWAVES, line.strip(), number, path, "'end colour phone'")
        labels.append((number, Label(_text(match["symbol"]), start, float(match["end"]))))
        start = float(match["end"])
    return {None: labels}


def read_audacity(lines, path):
    """A label track of Audacity: ``begin<tab>end<tab>phone`` in seconds; lines of frequencies, after a backslash, don't matter."""
    labels = []
    for number, line in lines:
        if line.startswith("\\"):
            continue
        match = _matched(_AUDACITY, line, number, path, "'begin<tab>end<tab>phone' in seconds")
        labels.append((number, Label(_text(match["symbol"]).strip(), float(match["start"]), float(match["end"]))))
    return {None: labels}


def _text(symbol):
    return "" if symbol is None else symbol


def _matched(pattern, line, number, path, expected):
    match = pattern.fullmatch(line)
    if match is None:
        raise DataError(f"{path}, line {number}: expected {expected}, received {line[:60]!r}.")
    return match
