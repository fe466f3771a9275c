"""What eSpeak NG said, read from its events: words and marks with their phones."""

from dataclasses import dataclass, field

from parakeet.frontend.espeak_adoption import adopted
from parakeet.frontend.espeak_data import phone_name
from parakeet.frontend.espeak_engine import END_OF_CLAUSE, WORD
from parakeet.frontend.pronunciation import PAUSE, PUNCTUATION, SENTENCE_FINAL

_MARK_OF = {**{mark: mark for mark in PUNCTUATION}, **dict.fromkeys("-–—¿¡，、،", ","), **dict.fromkeys("…。।॥։۔።", ".")}
_MARK_OF |= {"？": "?", "؟": "?", "！": "!", "；": ";", "؛": ";", "：": ":"}
_WINDOW = 200
"""How many characters before the end of a clause its mark is looked for."""
_CLOSING = " \t\"'`”’»›)]}」』"


@dataclass(eq=False)
class Row:
    """A word, a mark or a pause.

    Attributes:
        word (str): as it is written.
        start, end (int): its place in the clean text; of a mark, the end of its clause.
        source (str): as of WordPronunciation.
        phones (list[tuple[str, int]]): each with its first sample.
        given (tuple[str] | None): the phones that the lexicon gives it.
    """

    word: str
    start: int
    end: int
    source: str
    phones: list = field(default_factory=list)
    given: tuple = None


def read_events(events, written, known, silent, samples):
    """Make rows of the events of one text.

    Args:
        events (list[Event]): of the engine.
        written (EspeakText): what was spoken.
        known (Container[str]): the phones of the language.
        silent (Container[str]): what isn't spoken, though it is named.
        samples (int): the length of the speech.

    Returns:
        tuple[list[Row], dict[tuple[int, int], str]]: the rows, and the places of foreign words with a phone of theirs that the language has
        no like of.
    """
    reader = _Reader(written, known, silent)
    for event in events:
        if event.kind == WORD:
            reader.begin_word(event)
        elif event.kind == END_OF_CLAUSE:
            reader.end_clause(event)
        elif event.name.startswith("_"):
            reader.pause(event)
        elif not (event.name.startswith("(") and event.name.endswith(")")):  # "(en)": here another language begins
            reader.phone(event)
    reader.end_text()
    _share(reader.rows, samples)
    return reader.rows, reader.foreign


class _Reader:
    """Takes the events one by one; a row's phones are tuples of symbols at first, which share a time."""

    def __init__(self, written, known, silent):
        self._written, self._known, self._silent = written, known, silent
        self.rows, self.foreign = [], {}
        self._end = len(written.kept.rstrip())
        self._word, self._place = Row("", 0, 0, "espeak"), None  # the current word, and which row it is

    def begin_word(self, event):
        at, given = self._written.place(event.position)
        if given is None:
            end = at + event.length
            self._word, self._place = Row(self._written.clean[at:end].strip(), at, end, "espeak"), None
            return
        start, end, phones = given
        if self._word.given is None or self._word.start != start:
            self._word, self._place = Row(self._written.clean[start:end], start, end, "user lexicon", given=phones), None

    def phone(self, event):
        name = phone_name(event.name)
        symbols = (name,) if name in self._known else adopted(name, self._known)
        if symbols is None and name in self._silent:
            return
        if symbols is None and self._word.given is None:
            self._refuse_word(name)
            return
        if self._place is not None and self._place < len(self.rows) - 1:  # there was a pause inside the word
            if self._word.given is not None:
                del self.rows[self._place + 1 :]
            else:
                self._word, self._place = Row(self._word.word, self._word.start, self._word.end, self._word.source), None
        if self._place is None:
            self._place = len(self.rows)
            self.rows.append(self._word)
        self._word.phones.append((symbols, event.sample))

    def _refuse_word(self, name):
        """Note the whole word: eSpeak NG sometimes marks a part of it."""
        text, start, end = self._written.clean, self._word.start, self._word.end
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        if start < end:
            self.foreign.setdefault((start, end), name)

    def pause(self, event):
        if self.rows and self.rows[-1].source != "punctuation":
            self._mark(PAUSE, self._word.end, event.sample)

    def end_clause(self, event):
        """Name the pause that ends a clause by its mark, or put one of no length where the voice made none."""
        if not self.rows:
            return
        at, _ = self._written.place(event.position)
        tail = self._written.kept[max(0, at - _WINDOW) : at].rstrip(_CLOSING)[-1:]
        mark = _MARK_OF.get(tail, "." if at >= self._end else ",")
        last = self.rows[-1]
        if last.source != "punctuation":
            self._mark(mark, at, event.sample)
        elif last.word == PAUSE:
            self.rows[-1] = Row(mark, at, at, "punctuation", [((mark,), last.phones[0][1])])

    def end_text(self):
        """End with the mark that the text ends with, where all between that and the last word was left out."""
        tail = _MARK_OF.get(self._written.kept.rstrip(_CLOSING)[-1:])
        if tail in SENTENCE_FINAL and self.rows and self.rows[-1].source == "punctuation":
            last = self.rows[-1]
            self.rows[-1] = Row(tail, last.start, last.end, last.source, [((tail,), last.phones[0][1])])

    def _mark(self, mark, at, sample):
        self.rows.append(Row(mark, at, at, "punctuation", [((mark,), sample)]))


def _share(rows, samples):
    """Give each symbol its first sample: several that were spoken as one share its time alike."""
    for row in rows:
        if row.given is not None and len(row.phones) == len(row.given):
            row.phones = [((symbol,), start) for symbol, (_, start) in zip(row.given, row.phones, strict=True)]
        elif row.given is not None:
            row.phones = [(row.given, row.phones[0][1])]
    starts = [start for row in rows for _, start in row.phones] + [samples]
    following = iter(starts[1:])
    for row in rows:
        ends = [next(following) for _ in row.phones]
        row.phones = [
            (symbol, start + (end - start) * n // len(symbols))
            for (symbols, start), end in zip(row.phones, ends, strict=True)
            for n, symbol in enumerate(symbols)
        ]
