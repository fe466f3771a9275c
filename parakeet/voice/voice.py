"""A voice: frontend, acoustic model and vocoder in one object that speaks."""

import itertools
from pathlib import Path
from typing import NamedTuple

import numpy as np

from parakeet.audio.mel import AMPLITUDE_FLOOR
from parakeet.errors import DataError
from parakeet.frontend import load_frontend
from parakeet.frontend.vocab import Vocab
from parakeet.preparation.alignment import SILENCE
from parakeet.voice.description import LEXICON, VoiceDescription
from parakeet.voice.engines import load_engine
from parakeet.voice.folder import bundled_voice, weights_of
from parakeet.voice.manner import Manner
from parakeet.voice.reading import Sentence, read_sentences
from parakeet.voice.speech import Speech, Spoken
from parakeet.voice.streaming import ChunkSizes


class Voice:
    """Speaks text with trained models; safe to share between threads, which get the same bytes as one after the other.

    Args:
        description (VoiceDescription): what it is made of.
        engine (Engine): what computes.
        lexicon (str | Path, optional): pronunciations that win over every other.
    """

    def __init__(self, description, engine, lexicon=None):
        self.description = description
        self.engine = engine
        self.frontend = load_frontend(description.frontend, lexicon=lexicon, **description.frontend_options)
        self.vocab = Vocab(description.symbols)

    @classmethod
    def load(cls, directory=None, engine="auto", lexicon=None):
        """Load a voice.

        Args:
            directory (str | Path, optional): a packed voice, or a run, of which the newest valid snapshot speaks; the voice that
                parakeet brings along when None.
            engine (str): a key of ``parakeet.voice.engines.ENGINES``, or ``auto``, the fastest that is there.
            lexicon (str | Path, optional): pronunciations that win over every other, the voice's own lexicon included.

        Returns:
            Voice: ready to speak.

        Raises:
            DataError: if the folder is no voice, a file of it is missing or is not as it was packed, weights are not those of its
                models, or there is no such engine.
            SnapshotError: if a run has no valid snapshot.
        """
        directory = bundled_voice() if directory is None else Path(directory)
        description = VoiceDescription.load(directory)
        loaded = load_engine(engine, directory, description, weights_of(directory))
        if lexicon is None and description.has_lexicon:
            lexicon = directory / LEXICON
        return cls(description, loaded, lexicon)

    def phones(self, text):
        """The symbols of a text, sentence by sentence.

        Args:
            text (str): to speak.

        Returns:
            list[list[str]]: for each sentence a first silence, phones and punctuation.

        Raises:
            TextError: if there is nothing in it to speak.
        """
        return [sentence.symbols for sentence in read_sentences(self.frontend, text)]

    def speak(self, text, **manner):
        """Speak a text.

        Args:
            text (str): of any length; each sentence is spoken by itself.
            **manner: how: ``rate, pitch_shift, energy_shift, words, pause, seed``, see :class:`~parakeet.voice.manner.Manner`.

        Returns:
            Speech: what was said.

        Raises:
            TextError: if there is nothing in it to speak.
            DataError: if a part of the manner is out of its range, or ``words`` has one that is not spoken.
        """
        return Speech.join(list(self.sentences(text, **manner)))

    def sentences(self, text, **manner):
        """Speak a text sentence by sentence; arguments and errors as for :meth:`speak`, raised at the call.

        Returns:
            Iterator[Speech]: each sentence with the pause before it; together they are what :meth:`speak` gives.
        """
        manner = Manner(**manner)
        return (
            self._speech(spectrum, self.engine.vocode(spectrum.mel, seed=manner.seed)) for spectrum in self._spectra(text, manner)
        )

    def stream(self, text, **manner):
        """Speak a text as it is made; arguments and errors as for :meth:`speak`, raised at the call.

        Returns:
            Iterator[numpy.ndarray]: (n,) float32 each, small at first in each sentence, that together equal ``speak(text).wav`` to 1e-5.
            A voice without a trained vocoder gives a sentence at a time.
        """
        manner = Manner(**manner)
        return itertools.chain.from_iterable(self._chunks(spectrum, manner.seed) for spectrum in self._spectra(text, manner))

    def _spectra(self, text, manner):
        """The sentences as spectra, one at a time; the first is read at once, so that what can't be spoken is refused at the call."""
        sentences = read_sentences(self.frontend, text)
        if manner.words:
            sentences = list(sentences)
            manner.refuse_strangers(sentences)
        sentences = iter(sentences)
        first = next(sentences)
        pause = round(manner.pause * self.description.mel.sample_rate / self.description.mel.hop_length)
        return (
            self._spectrum(sentence, manner, pause if number else 0)
            for number, sentence in enumerate(itertools.chain([first], sentences))
        )

    def _spectrum(self, sentence, manner, pause):
        ids = np.array(self.vocab.encode(sentence.symbols), np.int64)
        mel, durations = self.engine.acoustic(ids, **manner.controls(sentence))
        if not np.isfinite(mel).all():
            raise DataError("The acoustic model gives a spectrum that is no numbers: its training has failed. Pack or train it again.")
        return _Spectrum(sentence, mel, durations, pause)

    def _chunks(self, spectrum, seed):
        if spectrum.pause:
            yield self._silence(spectrum)
        yield from self.engine.vocode_in_chunks(spectrum.mel, ChunkSizes(), seed)

    def _silence(self, spectrum):
        return np.zeros(spectrum.pause * self.description.mel.hop_length, np.float32)

    def _speech(self, spectrum, wav):
        symbols, durations, mel = spectrum.sentence.symbols, spectrum.durations, spectrum.mel
        if spectrum.pause:
            symbols, durations = [SILENCE, *symbols], np.concatenate([[spectrum.pause], durations])
            mel = np.concatenate([np.full((spectrum.pause, mel.shape[1]), np.log(AMPLITUDE_FLOOR), mel.dtype), mel])
            wav = np.concatenate([self._silence(spectrum), wav])
        borders = np.cumsum([spectrum.pause, *spectrum.durations]) * self.description.mel.hop_length
        words = [Spoken(word.word, int(borders[word.first]), int(borders[word.end])) for word in spectrum.sentence.words]
        return Speech(wav, self.description.mel.sample_rate, mel, symbols, durations, words)


class _Spectrum(NamedTuple):
    """A sentence as a spectrum: mel (T, n_mels), durations (S,) that sum to T; ``pause`` frames of silence come before it."""

    sentence: Sentence
    mel: np.ndarray
    durations: np.ndarray
    pause: int
