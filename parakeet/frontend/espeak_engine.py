"""The library eSpeak NG: text in, samples and events out."""

import ctypes
import shutil
import tempfile
import threading
from typing import NamedTuple

import numpy as np

from parakeet.errors import MissingDependencyError, TextError
from parakeet.requirements import install_command

# speak_lib.h
_SYNCHRONOUS = 2
_PHONEME_EVENTS = 0x0001
_DONT_EXIT = 0x8000
_UTF8 = 1
_PHONEMES_IN_BRACKETS = 0x100
_RATE = 1
_END_OF_LIST = 0
WORD, END_OF_CLAUSE, PHONE = 1, 5, 7


class Event(NamedTuple):
    """What the library says while it speaks.

    Attributes:
        kind (int): WORD, END_OF_CLAUSE or PHONE.
        sample (int): where in the speech.
        position (int): where in the text, from 0; of a clause, behind its end.
        length (int): of the word, in characters.
        name (str): of the phone.
    """

    kind: int
    sample: int
    position: int
    length: int
    name: str


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


class Engine:
    """A private copy of the library: its state is global, so two voices, or two threads, can't share one.

    Args:
        library (str | Path): the shared library.
        data (Path): its data folder.
        voice (str): the path of the voice's file below ``lang/``, with or without a variant.
        rate (int): words a minute.

    Raises:
        MissingDependencyError: if the library or its data can't be loaded.
        TextError: if there is no such voice.
    """

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

    def speak(self, text, phonemes_in_brackets=False):
        """Speak a text.

        Args:
            text (str): in the voice's language.
            phonemes_in_brackets (bool): whether what stands in double square brackets is no text but names of phones.

        Returns:
            tuple[numpy.ndarray, list[Event]]: wav (N,) int16, and what is spoken when.
        """
        content = text.encode("utf-8", "replace") + b"\0"
        flags = _UTF8 | (_PHONEMES_IN_BRACKETS if phonemes_in_brackets else 0)
        with self._lock:
            self._chunks.clear()
            self._events.clear()
            self._library.espeak_Synth(content, ctypes.c_size_t(len(content)), 0, 1, 0, flags, None, None)
            self._library.espeak_Synchronize()
            return np.frombuffer(b"".join(self._chunks), np.int16), list(self._events)

    def _receive(self, samples, count, events):
        if samples and count:
            self._chunks.append(ctypes.string_at(samples, 2 * count))
        i = 0
        while events[i].type != _END_OF_LIST:
            event = events[i]
            if event.type in (WORD, END_OF_CLAUSE, PHONE):
                name = event.id.string.decode("utf-8", "replace") if event.type == PHONE else ""
                # The library counts words from 1, and clauses to the character behind them.
                position = event.text_position - 1 if event.type == WORD else event.text_position
                self._events.append(Event(event.type, event.sample, position, event.length, name))
            i += 1
        return 0


def _load_copy(library):
    """Load a shared library under a name of its own, so that its global state belongs to nobody else."""
    with tempfile.TemporaryDirectory(prefix="parakeet-espeak-", ignore_cleanup_errors=True) as folder:
        try:
            return ctypes.CDLL(shutil.copy(library, folder))
        except OSError as error:
            raise MissingDependencyError(f"eSpeak NG can't be loaded ({error}). Install it again: {install_command('espeak')}") from error
