"""Files of labels, whatever their format: it is told by their content, as the same ending is used for several."""

from parakeet.errors import DataError, what_is
from parakeet.files import read_text
from parakeet.preparation.labels.label import without_gaps
from parakeet.preparation.labels.lines import kind_of
from parakeet.preparation.labels.objects import read_json_labels
from parakeet.preparation.labels.textgrid import is_textgrid, read_textgrid

_KNOWN = "TextGrid, CTM, HTK's lab or mlf, the lab of festvox, Audacity's labels, or json"


def read_labels(path):
    """Read the phones of a file of labels.

    Args:
        path (Path): a TextGrid of Praat (long or short), a CTM, a lab of HTK (also mlf) or festvox, a label track of Audacity, or json; in
            UTF-8 or UTF-16.

    Returns:
        dict[str | None, list[Label]]: by the names of the utterances; None is the name where the format knows none. The labels lie end to
        end from 0 on, pauses included.

    Raises:
        DataError: if it can't be read, is none of these formats, or is malformed: file, line, what was expected and received.
    """
    text = read_text(path, "Check the path and its rights.")
    if is_textgrid(text):
        found = {None: read_textgrid(text, path)}
    elif text.lstrip()[:1] in ("{", "["):
        found = read_json_labels(text, path)
    else:
        lines = [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        read = kind_of(lines)
        if read is None:
            received = f"line {lines[0][0]} is {lines[0][1][:60]!r}" if lines else "it is empty"
            raise DataError(f"{path}: no labels of phones; expected {_KNOWN}, but {received}.{what_is(path)}")
        found = read(lines, path)
    return {name: without_gaps(path, labels) for name, labels in found.items()}


def holds_labels(path):
    """Tell whether a file that should be a text is one of labels: a person may keep both under the same name.

    Args:
        path (Path): the file.

    Returns:
        bool: whether it can be read as labels, three at least.
    """
    try:
        return any(len(labels) >= 3 for labels in read_labels(path).values())
    except DataError:
        return False
