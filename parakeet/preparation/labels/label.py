"""What every format of labels comes down to: phones, one after the other, from the beginning of the recording on."""

from typing import NamedTuple

from parakeet.errors import DataError

#: What silence and pauses are called in labels; upper and lower case are the same.
PAUSES = frozenset(("", "sil", "sp", "pau", "pause", "silence", "<eps>", "<sil>", "<p>", "h#", "#", "_", "ssil"))

#: What an aligner writes for speech that it can't say the phones of.
UNKNOWN = frozenset(("spn", "<unk>", "oov", "<spn>", "nsn"))

_OVERLAP = 0.011
"""Seconds by which a label may begin before the one ahead of it ends: begins and durations that were rounded to 10 ms each."""


class Label(NamedTuple):
    """A phone or a pause.

    Attributes:
        symbol (str): as the labels write it.
        start (float): seconds from the beginning of the recording.
        end (float): seconds.
    """

    symbol: str
    start: float
    end: float

    @property
    def is_pause(self):
        """bool: whether nothing is spoken there."""
        return self.symbol.casefold() in PAUSES


def without_gaps(path, numbered):
    """Put labels end to end, the first one at 0: what lies between two of them is a pause.

    Args:
        path (Path): where they come from.
        numbered (Iterable[tuple[int, Label]]): each with its line, or its place.

    Returns:
        list[Label]

    Raises:
        DataError: if there is none, or one ends before it begins or begins before the one ahead of it ends; it names the line.
    """
    labels, end = [], 0.0
    for line, label in numbered:
        if not (0 <= label.start <= label.end < float("inf")):
            raise DataError(
                f"{path}, line {line}: {label.symbol!r} lasts from {label.start:g} to {label.end:g} s; expected a begin of 0 or later and "
                "an end that isn't before it."
            )
        if label.start < end - _OVERLAP or (labels and label.end < end - 1e-9):
            raise DataError(
                f"{path}, line {line}: {label.symbol!r} lasts from {label.start:g} to {label.end:g} s, but what is before it ends at "
                f"{end:g} s; expected one label after the other."
            )
        if label.start > end + 1e-9:
            labels.append(Label("", end, label.start))
            end = label.start
        labels.append(label._replace(start=end))
        end = label.end
    if not labels:
        raise DataError(f"{path}: holds no label. Align the recording again, or leave it out.")
    return labels
