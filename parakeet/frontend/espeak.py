"""Phones of many languages by eSpeak NG, and speech with the exact duration of every phone.

The synthesizer is no part of parakeet: it comes with the optional package espeakng-loader and is licensed under the GPL, version 3.
"""

import ctypes
import shutil
import tempfile
import threading
from pathlib import Path

import numpy as np

from parakeet.errors import MissingDependencyError, TextError
from parakeet.frontend.espeak_data import inventory, phone_name, voice_file
from parakeet.frontend.pronunciation import PAUSE, PUNCTUATION, WordPronunciation
from parakeet.requirements import install_command, require

# speak_lib.h
_SYNCHRONOUS = 2
_PHONEME_EVENTS = 0x0001
_DONT_EXIT = 0x8000
_UTF8 = 1
_RATE = 1
_EVENT_END_OF_LIST, _EVENT_WORD, _EVENT_END_OF_CLAUSE, _EVENT_PHONE = 0, 1, 5, 7

_MARK_OF = {**{mark: mark for mark in PUNCTUATION}, "-": ",", "–": ",", "—": ",", "…": ".", "。": ".", "，": ",", "、": ","}
_MARK_OF |= {"？": "?", "！": "!", "；": ";", "：": ":", "¿": ",", "¡": ","}
_CLOSING = " \t\"'`”’»›)]}」』"


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class EspeakFrontend:
    """Text to phones, and to speech, by eSpeak NG; threads may share one.

    Phones are eSpeak NG's own names, a vowel's stress before it: ``h @ l 'oU``. A pause at the end of a clause is named by the clause's
    mark of punctuation, any other pause is ``"_"``. ``phones`` gives exactly the symbols that ``synthesize`` gives durations for.

    Args:
        language (str): a code of eSpeak NG, with or without a variant of the voice: "en-us", "de", "en-us+f3".
        rate (int): words a minute, 80 to 450.
        lexicon: None; pronunciations come from eSpeak NG alone.

    Raises:
        MissingDependencyError: if espeakng-loader isn't installed, or its library can't be loaded.
        TextError: if there is no such language or variant, the rate is out of range, or a lexicon is given.
    """

    name = "espeak"

    def __init__(self, language="en-us", rate=160, lexicon=None):
        if lexicon is not None:
            raise TextError(f"the espeak frontend takes no lexicon, received {lexicon}. Leave it out, or use the frontend 'english'.")
        if not isinstance(rate, int) or not 80 <= rate <= 450:
            raise TextError(f"the espeak frontend's rate should be 80 to 450 words a minute, received {rate!r}.")
        loader = require("espeakng_loader", "espeak", "The espeak frontend")
        data = Path(loader.get_data_path())
        self.language, self.rate = language, rate
        definition = voice_file(data, language)
        self._phones = inventory(data, definition)
        self._known = frozenset(self._phones)
        # By its path below lang/: eSpeak NG doesn't find every language by its code.
        identifier = definition.relative_to(data / "lang").as_posix() + "".join(language.partition("+")[1:])
        self._engine = _Engine(loader.get_library_path(), data, identifier, rate)

    @property
    def symbols(self):
        """list[str]: the full inventory: punctuation, the pause, then every phone of the language."""
        return [*PUNCTUATION, PAUSE, *self._phones]

    @property
    def sample_rate(self):
        """int: of what ``synthesize`` gives, Hz."""
        return self._engine.sample_rate

    def normalize(self, text):
        """Join the lines of a text and its runs of blanks; eSpeak NG reads numbers and abbreviations itself."""
        return " ".join(text.replace("\0", " ").split())

    def phones(self, text):
        """Turn a text into its phones.

        Args:
            text (str): any text in the language.

        Returns:
            list[str]: symbols of the inventory, the last one a mark of punctuation.

        Raises:
            TextError: if there is nothing to speak in it, or another language's phones come out.
        """
        return [symbol for word in self.words(text) for symbol in word.phones]

    def words(self, text):
        """Turn a text into words with their phones; marks of punctuation and pauses stand as words of their own.

        Args:
            text (str): any text in the language.

        Returns:
            list[WordPronunciation]: ``source`` is "espeak" or "punctuation"; where eSpeak NG speaks several words as one, they are one.

        Raises:
            TextError: as ``phones``.
        """
        spoken = []
        for symbol, _, word in self._segments(text)[0]:
            if word is None:
                spoken.append([symbol, [symbol], "punctuation"])
            elif spoken and spoken[-1][0] is word:
                spoken[-1][1].append(symbol)
            else:
                spoken.append([word, [symbol], "espeak"])
        return [WordPronunciation(str(word), tuple(phones), source) for word, phones, source in spoken]

    def synthesize(self, text):
        """Speak a text.

        The same calls on a new frontend give the same samples; the same text again on the same one differs by some milliseconds, as
        eSpeak NG goes on where its glottal cycle stood.

        Args:
            text (str): any text in the language.

        Returns:
            tuple[numpy.ndarray, int, list[tuple[str, int]]]: wav (N,) float32 in [-1, 1]; its sample rate, Hz; and each phone with the
            number of its samples, which sum to N.

        Raises:
            TextError: as ``phones``.
        """
        segments, wav = self._segments(text)
        ends = [start for _, start, _ in segments[1:]] + [len(wav)]
        starts = [0, *ends[:-1]]
        timed = [(symbol, end - start) for (symbol, _, _), start, end in zip(segments, starts, ends, strict=True)]
        return np.clip(wav / np.float32(32767), -1, 1).astype(np.float32), self.sample_rate, timed

    def _segments(self, text):
        """Speak a text: [(symbol, its first sample, its word or None)], wav (N,) int16."""
        clean = self.normalize(text)
        wav, events = self._engine.speak(clean)
        segments, word = [], _Word("")
        for kind, sample, position, length, name in events:
            if kind == _EVENT_WORD:
                word = _Word(clean[position - 1 : position - 1 + length].strip())
            elif kind == _EVENT_END_OF_CLAUSE:
                _name_pause(segments, _mark_before(clean, position), len(wav) if not segments else sample)
            elif name.startswith("_"):
                if segments and segments[-1][2] is not None:
                    segments.append((PAUSE, sample, None))
            elif not _is_switch(name):
                segments.append((self._known_phone(text, name), sample, word))
        if not segments:
            raise TextError(f"there is nothing to speak in the text {text!r}.")
        return segments, wav

    def _known_phone(self, text, mnemonic):
        name = phone_name(mnemonic)
        if name not in self._known:
            raise TextError(
                f"eSpeak NG speaks '{self.language}' with a phone of another language, {name!r}, in the text {text!r}. "
                "Write the foreign words in the language's own letters."
            )
        return name


def _is_switch(name):
    """Whether an event marks a change of language, "(en)", and no phone."""
    return name.startswith("(") and name.endswith(")")


class _Word(str):
    """A word at its place: compared by identity, as the same word may follow itself."""


def _mark_before(text, position):
    """The mark of punctuation with which a clause of the text ends at a position."""
    tail = text[:position].rstrip(_CLOSING)[-1:]
    return _MARK_OF.get(tail, "." if position >= len(text) else ",")


def _name_pause(segments, mark, sample):
    """Name the pause that ends a clause, or put one of no length where the voice made none."""
    if not segments:
        return
    if segments[-1][2] is not None:
        segments.append((mark, sample, None))
    elif segments[-1][0] == PAUSE:
        segments[-1] = (mark, segments[-1][1], None)


class _Engine:
    """A private copy of the library: its state is global, so two voices, or two threads, can't share one."""

    def __init__(self, library, data, voice, rate):
        self._lock = threading.Lock()
        self._chunks, self._events = [], []
        # Kept, because the library calls it as long as it lives.
        self._callback = _CALLBACK(self._receive)
        self._library = _load_copy(library)
        # Without the flag a missing data folder ends the process.
        self.sample_rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, str(data).encode(), _PHONEME_EVENTS | _DONT_EXIT)
        if self.sample_rate <= 0:
            raise MissingDependencyError(f"eSpeak NG can't read its data in {data}. Install it again: {install_command('espeak')}")
        self._library.espeak_SetSynthCallback(self._callback)
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise TextError(f"eSpeak NG can't speak with the voice '{voice}'.")
        self._library.espeak_SetParameter(_RATE, rate, 0)

    def speak(self, text):
        """Give the samples, int16, and the events (type, sample, text position, length, phone) of a text."""
        content = text.encode("utf-8", "replace") + b"\0"
        with self._lock:
            self._chunks.clear()
            self._events.clear()
            self._library.espeak_Synth(content, ctypes.c_size_t(len(content)), 0, 1, 0, _UTF8, None, None)
            self._library.espeak_Synchronize()
            return np.frombuffer(b"".join(self._chunks), np.int16), list(self._events)

    def _receive(self, samples, count, events):
        if samples and count:
            self._chunks.append(ctypes.string_at(samples, 2 * count))
        i = 0
        while events[i].type != _EVENT_END_OF_LIST:
            event = events[i]
            if event.type in (_EVENT_WORD, _EVENT_END_OF_CLAUSE, _EVENT_PHONE):
                name = event.id.string.decode("utf-8", "replace") if event.type == _EVENT_PHONE else ""
                self._events.append((event.type, event.sample, event.text_position, event.length, name))
            i += 1
        return 0


def _load_copy(library):
    """Load a shared library under a name of its own, so that its global state belongs to nobody else."""
    with tempfile.TemporaryDirectory(prefix="parakeet-espeak-", ignore_cleanup_errors=True) as folder:
        try:
            return ctypes.CDLL(shutil.copy(library, folder))
        except OSError as error:
            raise MissingDependencyError(f"eSpeak NG can't be loaded ({error}). Install it again: {install_command('espeak')}") from error
