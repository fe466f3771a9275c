"""Labels made elsewhere, fitted to the frontend's words: which phone belongs to which word, and which pause to which mark.

The labels say what was spoken, and when; the frontend says where words end and what stands between them.
"""

from typing import NamedTuple

from parakeet.frontend.pronunciation import is_mark
from parakeet.preparation.alignment import SILENCE, Segment
from parakeet.preparation.labels.inventory import Inventory
from parakeet.preparation.labels.label import UNKNOWN
from parakeet.preparation.labels.pairing import paired
from parakeet.preparation.sphinx import AlignmentFailure

_MIN_AGREEMENT = 0.5
"""The least share of the frontend's phones on which the labels have to agree to be of the same text."""


class _Phone(NamedTuple):
    """A spoken phone and, where it is known, the number of its word; ``pause_end`` is the end of the pause behind it."""

    symbol: str
    start: float
    end: float
    pause_end: float
    word: int = 0


def fit_to_words(labels, words, symbols, phone_map=None, min_pause=0.05):
    """Lay labels out as :meth:`~parakeet.preparation.alignment.ForcedAligner.align` does: a first ``"sil"``, marks take the pauses.

    The labels' phones stand where they are the frontend's, stress restored from its pronunciation where they are written without. With a
    map, which is never exact, the frontend's own phones stand, at the times of the labels'.

    Args:
        labels (list[Label]): of one utterance, end to end.
        words (Iterable[WordPronunciation]): what the frontend's ``words(text)`` gives.
        symbols (Iterable[str]): every symbol of the frontend.
        phone_map (dict, optional): of :func:`~parakeet.preparation.labels.inventory.read_phone_map`.
        min_pause (float): a pause inside the text where there is no mark becomes a ``"sil"`` if it is at least so many seconds long; a
            shorter one belongs to the phone before it.

    Returns:
        list[Segment]: in order, without gap or overlap, from 0 to the end of the labels; without scores.

    Raises:
        AlignmentFailure: if the labels hold an unknown word or phone, or are not those of these words.
    """
    inventory = Inventory(symbols, phone_map)
    phones = _spoken(labels, inventory)
    marks, expected = _expected(words)
    pairs = paired([phone.symbol for phone in phones], [phone for phone, _ in expected], inventory)
    _refuse_other_text(pairs, phones, expected, inventory)
    placed = (_frontends_phones if phone_map else _labelled_phones)(pairs, phones, expected, inventory)
    return _with_pauses(placed, marks, labels[-1].end, min_pause)


def _spoken(labels, inventory):
    """The phones of the labels, in the frontend's terms."""
    unknown = sorted({label.symbol for label in labels if not inventory.is_pause(label) and inventory.of_label(label.symbol) is None})
    word = next((label for label in labels if label.symbol in unknown and label.symbol.casefold() in UNKNOWN), None)
    if word is not None:
        raise AlignmentFailure(
            f"its labels hold {word.symbol!r} at {word.start:.2f} s: a word that the aligner's dictionary did not know. Add it there and "
            "align again"
        )
    if unknown:
        raise AlignmentFailure(
            f"its labels hold phones that are none of the frontend's: {', '.join(map(repr, unknown))}. Say which they are, in a file with "
            "lines of 'label phone ...' (key 'phone_map')"
        )
    phones = []
    for label in labels:
        if not inventory.is_pause(label):
            parts = inventory.of_label(label.symbol)
            phones += [_Phone(part, start, end, end) for part, start, end in _shared(parts, label.start, label.end)]
        elif phones:
            phones[-1] = phones[-1]._replace(pause_end=label.end)
    if not phones:
        raise AlignmentFailure("its labels hold no phone, only pauses")
    return phones


def _shared(symbols, start, end):
    """Give each of some symbols the same part of a time: [(symbol, start, end)]."""
    borders = [start + (end - start) * n / len(symbols) for n in range(len(symbols))] + [end]
    return list(zip(symbols, borders[:-1], borders[1:], strict=True))


def _expected(words):
    """The marks before each word and behind the last, and the frontend's phones, each with its word's number."""
    marks, expected = [[]], []
    for word in words:
        if len(word.phones) == 1 and is_mark(word.phones[0]):
            marks[-1].append(word.phones[0])
        elif word.phones:
            expected += [(phone, len(marks) - 1) for phone in word.phones]
            marks.append([])
    if not expected:
        raise AlignmentFailure("the text holds no word")
    return marks, expected


def _refuse_other_text(pairs, phones, expected, inventory):
    both = [(phones[i].symbol, expected[j][0]) for i, j in pairs if i is not None and j is not None]
    agreeing = sum(inventory.base(one) == inventory.base(other) for one, other in both)
    if agreeing < _MIN_AGREEMENT * len(expected):
        raise AlignmentFailure(
            f"its labels are not those of its text: of the {len(expected)} phones that the frontend gives they agree on {agreeing}"
        )


def _labelled_phones(pairs, phones, expected, inventory):
    """The labels' phones, each in its word. One that the frontend doesn't expect goes with what it isn't parted from by a pause."""
    placed, word = [], None
    marked = inventory.marks_stress(phone.symbol for phone in phones)
    for place, (i, j) in enumerate(pairs):
        if j is not None:
            word = expected[j][1]
        if i is None:
            continue
        parted = not placed or placed[-1].pause_end > placed[-1].end
        if j is None and parted:
            word = next((expected[k][1] for _, k in pairs[place:] if k is not None), word)
        symbol = phones[i].symbol
        if not marked or not inventory.knows(symbol):
            symbol = inventory.with_stress(symbol, None if j is None else expected[j][0])
        placed.append(phones[i]._replace(symbol=symbol, word=word))
    return placed


def _frontends_phones(pairs, phones, expected, inventory):
    """The frontend's phones: those that are not labelled share the time of the one before (the first ones, of the one behind)."""
    anchors, anchor = {}, next(i for i, j in pairs if i is not None and j is not None)
    for i, j in pairs:
        if i is not None and j is not None:
            anchor = i
        if j is not None:
            anchors.setdefault(anchor, []).append(j)
    placed, start = [], phones[0].start
    for at, following in zip(anchors, [*list(anchors)[1:], len(phones)], strict=True):
        # Labels that the frontend doesn't expect lengthen the phone before them, those behind a pause the one after them.
        last = following - 1 if following == len(phones) else _before_pause(phones, at, following)
        parts = _shared(anchors[at], start, phones[last].end)
        placed += [_Phone(expected[j][0], begin, end, end, expected[j][1]) for j, begin, end in parts]
        placed[-1] = placed[-1]._replace(pause_end=phones[last].pause_end)
        start = phones[min(last + 1, len(phones) - 1)].start
    return placed


def _before_pause(phones, first, behind):
    """The last of some phones that has a pause behind it, or the last one of all."""
    return next((i for i in range(behind - 1, first - 1, -1) if phones[i].pause_end > phones[i].end), behind - 1)


def _with_pauses(phones, marks, end, min_pause):
    """Put marks and pauses between the words, and everything end to end."""
    segments = [Segment(SILENCE, 0.0, phones[0].start)]

    def put(symbols, until):
        """The first symbol takes the time, the others none."""
        for symbol in symbols:
            segments.append(Segment(symbol, segments[-1].end_seconds, until))

    put((mark for here in marks[: phones[0].word + 1] for mark in here), phones[0].start)
    for phone, following in zip(phones, [*phones[1:], None], strict=True):
        until, last = (end, len(marks)) if following is None else (following.start, following.word + 1)
        between = [mark for here in marks[phone.word + 1 : last] for mark in here]
        if not between and (following is None or until - phone.end > min_pause - 1e-9):
            between = [SILENCE]
        put([phone.symbol], phone.end if between else until)
        put(between, until)
    return segments
