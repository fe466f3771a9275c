"""Phones of many languages by eSpeak NG, and speech with the exact duration of every phone.

The synthesizer is no part of parakeet: it comes with the optional package espeakng-loader and is licensed under the GPL, version 3.
"""

import itertools
import logging
import re
from pathlib import Path

import numpy as np

from parakeet.errors import TextError
from parakeet.frontend.espeak_data import inventory, silent_names, voice_file
from parakeet.frontend.espeak_engine import Engine
from parakeet.frontend.espeak_reading import Row, read_events
from parakeet.frontend.espeak_text import EspeakText
from parakeet.frontend.lexicon import Lexicon
from parakeet.frontend.pronunciation import (
    LEFT_OUT,
    PAUSE,
    PUNCTUATION,
    SENTENCE_FINAL,
    WordPronunciation,
    describe_left_out,
)
from parakeet.requirements import require

logger = logging.getLogger(__name__)

_TOKEN = re.compile(r"[^\W_]+(?:['.,:/-][^\W_]+)*")


class EspeakFrontend:
    """Text to phones, and to speech, by eSpeak NG; threads may share one.

    Phones are eSpeak NG's own names, a vowel's stress before it: ``h @ l 'oU``. A pause at the end of a clause is named by the clause's
    mark of punctuation, any other pause is ``"_"``. ``phones`` gives exactly the symbols that ``synthesize`` gives durations for.
    Foreign words in Latin letters are spoken with the language's own phones; words in a script that the language isn't written in, and
    emoji, are left out.

    Args:
        language (str): a code of eSpeak NG, with or without a variant of the voice: "en-us", "de", "en-us+f3".
        rate (int): words a minute, 80 to 450.
        lexicon (str, Path, Lexicon, dict or None): the user's pronunciations, in ``symbols``' phones: a file as
            :class:`~parakeet.frontend.lexicon.Lexicon` reads it, or a dict of words to phones.

    Raises:
        MissingDependencyError: if espeakng-loader isn't installed, or its library can't be loaded.
        TextError: if there is no such language or variant, the rate is out of range, or the lexicon can't be used.
    """

    name = "espeak"

    def __init__(self, language="en-us", rate=160, lexicon=None):
        if not isinstance(rate, int) or not 80 <= rate <= 450:
            raise TextError(f"the espeak frontend's rate should be 80 to 450 words a minute, received {rate!r}.")
        loader = require("espeakng_loader", "espeak", "The espeak frontend")
        data = Path(loader.get_data_path())
        self.language, self.rate = language, rate
        definition = voice_file(data, language)
        self._phones = inventory(data, definition)
        self._known, self._silent = frozenset(self._phones), silent_names(data, definition) - set(self._phones)
        self.lexicon = Lexicon.of(lexicon, self._phones)
        # By its path below lang/: eSpeak NG doesn't find every language by its code.
        identifier = definition.relative_to(data / "lang").as_posix() + "".join(language.partition("+")[1:])
        self._engine = Engine(loader.get_library_path(), data, identifier, rate)

    @property
    def symbols(self):
        """list[str]: the full inventory: punctuation, the pause, then every phone of the language."""
        return [*PUNCTUATION, PAUSE, *self._phones]

    @property
    def sample_rate(self):
        """int: of what ``synthesize`` gives, Hz."""
        return self._engine.sample_rate

    def normalize(self, text):
        """Return what of a text is spoken, in one line; eSpeak NG reads numbers and abbreviations itself.

        Raises:
            TextError: if it isn't a string.
        """
        return self._text(text).normalized()

    def phones(self, text):
        """Turn a text into its phones.

        Args:
            text (str): any text in the language.

        Returns:
            list[str]: symbols of the inventory, the last one a mark of punctuation.

        Raises:
            TextError: if there is nothing to speak in it.
        """
        return [symbol for row in self._speak(text)[0] for symbol, _ in row.phones]

    def words(self, text):
        """Turn a text into words with their phones; marks of punctuation and pauses stand as words of their own.

        Args:
            text (str): any text in the language.

        Returns:
            list[WordPronunciation]: ``source`` is "espeak", "user lexicon", "punctuation" or "left out"; where eSpeak NG speaks several
            words as one, they are one. Of what is left out, a warning is logged.

        Raises:
            TextError: as ``phones``.
        """
        return [WordPronunciation(row.word, tuple(symbol for symbol, _ in row.phones), row.source) for row in self._speak(text)[0]]

    def explain(self, text):
        """Return how each piece of a text is read, as data for a table.

        Returns:
            list[dict]: with the keys raw (the piece of text), start and end (its place in the text, accents composed, invisible characters
            removed and blanks joined), normalised (the same as raw: eSpeak NG doesn't tell how it reads a number), word, phones and source.

        Raises:
            TextError: as ``phones``.
        """
        rows, _, written = self._speak(text)
        explained = []
        for row in rows:
            start, end = _piece(written.clean, row)
            raw = written.clean[start:end]
            explained.append({"raw": raw, "start": start, "end": end, "normalised": "" if row.source == LEFT_OUT else raw or row.word})
            explained[-1] |= {"word": row.word, "phones": [symbol for symbol, _ in row.phones], "source": row.source}
        return explained

    def sentences(self, text):
        """Cut a text into its sentences, where eSpeak NG ends them.

        Returns:
            list[str]: pieces of the text, without the white space around them.

        Raises:
            TextError: as ``phones``.
        """
        rows, _, written = self._speak(text)
        ends = [row.end for row in rows[:-1] if row.source == "punctuation" and row.word in SENTENCE_FINAL]
        pieces = [written.clean[start:end].strip() for start, end in itertools.pairwise([0, *ends, len(written.clean)])]
        return [piece for piece in pieces if piece]

    def synthesize(self, text):
        """Speak a text.

        The same calls on a new frontend give the same samples; the same text again on the same one differs by some milliseconds, as
        eSpeak NG goes on where its glottal cycle stood.

        Args:
            text (str): any text in the language.

        Returns:
            tuple[numpy.ndarray, int, list[tuple[str, int]]]: wav (N,) float32 in [-1, 1]; its sample rate, Hz; and each phone with the
            number of its samples, which sum to N; the phones of a foreign word or of one in the lexicon share its time alike.

        Raises:
            TextError: as ``phones``.
        """
        rows, wav, _ = self._speak(text)
        segments = [phone for row in rows for phone in row.phones]
        ends = [start for _, start in segments[1:]] + [len(wav)]
        starts = [0, *ends[:-1]]
        timed = [(symbol, end - start) for (symbol, _), start, end in zip(segments, starts, ends, strict=True)]
        return np.clip(wav / np.float32(32767), -1, 1).astype(np.float32), self.sample_rate, timed

    def _text(self, text):
        if not isinstance(text, str):
            raise TextError(f"A text to speak has to be a string; received {type(text).__name__}, {str(text)[:40]!r}.")
        return EspeakText(text, self.language, self.lexicon)

    def _speak(self, text):
        """Speak a text: its rows, wav (N,) int16, and the EspeakText; what turns out to be unspeakable is left out."""
        written = self._text(text)
        rows, foreign, wav, before = [], [None], (), None
        # A foreign sign that eSpeak NG names without saying where it stands can't be left out: its name is spoken then.
        while foreign and written.spoken != before and any(map(str.isalnum, written.spoken)):
            before = written.spoken
            wav, events = self._engine.speak(written.spoken, written.has_phonemes)
            rows, foreign = read_events(events, written, self._known, self._silent, len(wav))
            for (start, end), phone in foreign.items():
                written.leave_out(start, end, f"a foreign word with the phone {phone}")
        if written.left_out:
            logger.warning("Left out of the speech: %s.", describe_left_out(_pieces(written)))
        if not any(row.phones and row.source != "punctuation" for row in rows):
            raise TextError(_nothing(written, text))
        left_out = [Row(written.clean[start:end], start, end, LEFT_OUT) for start, end, _ in written.left_out]
        return _merged(rows, left_out), wav, written


def _nothing(written, text):
    because = ""
    if written.left_out:
        because = f" ({describe_left_out(_pieces(written))} can't be spoken)"
    return f"there is nothing to speak in the text {text[:60]!r}{because}."


def _pieces(written):
    return [(written.clean[start:end], reason, start) for start, end, reason in written.left_out]


def _merged(rows, others):
    """Put what is left out among the rows, at its place in the text."""
    merged, waiting = [], list(others)
    for row in rows:
        while waiting and waiting[0].start < row.start:
            merged.append(waiting.pop(0))
        merged.append(row)
    return merged + waiting


def _piece(text, row):
    """Where what a row was read from begins and ends in a text: a number is one piece, though several words are spoken."""
    if row.source != "espeak":
        return row.start, row.end
    begin = text.rfind(" ", 0, row.start + 1) + 1
    token = next((match.span() for match in _TOKEN.finditer(text, begin) if match.end() > row.start), (row.end, row.end))
    return token if token[0] <= row.start else (row.start, row.end)
