"""A voice: frontend, acoustic model and vocoder in one object that speaks."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parakeet.audio.io import write_wav
from parakeet.checkpoint import SnapshotStore
from parakeet.errors import DataError, SnapshotError
from parakeet.frontend import load_frontend
from parakeet.frontend.vocab import Vocab
from parakeet.preparation.alignment import SILENCE
from parakeet.voice.description import LEXICON, VoiceDescription
from parakeet.voice.engines import load_engine

SENTENCE_ENDS = frozenset(".?!")


@dataclass(frozen=True)
class Speech:
    """What a voice said.

    Attributes:
        wav (numpy.ndarray): (N,) float32 in [-1, 1].
        sample_rate (int): Hz.
        mel (numpy.ndarray): (T, n_mels), natural-log amplitude.
        phones (list[str]): S symbols, punctuation and pauses included.
        durations (numpy.ndarray): (S,) int64 frames; they sum to T.
    """

    wav: np.ndarray
    sample_rate: int
    mel: np.ndarray
    phones: list
    durations: np.ndarray

    @property
    def seconds(self):
        """How long it is."""
        return len(self.wav) / self.sample_rate

    def save(self, file):
        """Write it as a 16-bit wav file: a path or an open binary file."""
        write_wav(file, self.wav, self.sample_rate)


class Voice:
    """Speaks text with a trained model; safe to share between threads.

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
    def load(cls, directory, lexicon=None):
        """Load the voice of a run: its description and the weights of its newest valid snapshot.

        Args:
            directory (str | Path): the run's folder.
            lexicon (str | Path, optional): pronunciations that win over every other, the voice's own lexicon included.

        Returns:
            Voice: ready to speak.

        Raises:
            DataError: if the folder is no voice, or its weights are not those of its model.
            SnapshotError: if there is no valid snapshot.
        """
        directory = Path(directory)
        description = VoiceDescription.load(directory)
        snapshot = SnapshotStore(directory / "snapshots").newest()
        if snapshot is None:
            raise SnapshotError(
                f"{directory / 'snapshots'}: no valid snapshot yet, so the voice has no weights. "
                f"Train it (on) first: parakeet resume {directory}"
            )
        engine = load_engine("dynamic", snapshot.path, description, lambda part: snapshot.load_part("models")["main"])
        if lexicon is None and description.has_lexicon:
            lexicon = directory / LEXICON
        return cls(description, engine, lexicon)

    def phones(self, text):
        """The symbols of a text, sentence by sentence.

        Args:
            text (str): to speak.

        Returns:
            list[list[str]]: for each sentence a first silence, phones and punctuation.

        Raises:
            TextError: if there is nothing in it to speak.
        """
        sentences = [[]]
        for symbol in self.frontend.phones(text):
            sentences[-1].append(symbol)
            if symbol in SENTENCE_ENDS:
                sentences.append([])
        # A first silence stands before every utterance in training, so it does in synthesis.
        return [[SILENCE, *sentence] for sentence in sentences if sentence]

    def speak(self, text, rate=1.0, pitch_shift=0.0, seed=0):
        """Speak a text.

        Args:
            text (str): of any length; each sentence is spoken by itself.
            rate (float): speaking rate, 2 is twice as fast; 0.1 to 10.
            pitch_shift (float): in standard deviations of the speaker's log pitch; -10 to 10.
            seed (int): of the vocoder's first phases, 0 at least; equal seeds give equal samples.

        Returns:
            Speech: what was said.

        Raises:
            TextError: if there is nothing in it to speak.
            DataError: if rate, pitch_shift or seed is out of its range.
        """
        for name, value, low, high in (("rate", rate, 0.1, 10), ("pitch_shift", pitch_shift, -10, 10)):
            if not low <= value <= high:
                raise DataError(f"{name}: expected a number from {low} to {high}, received {value}.")
        if seed < 0:
            raise DataError(f"seed: expected 0 or a greater whole number, received {seed}.")
        parts = [self._speak_sentence(symbols, rate, pitch_shift, seed) for symbols in self.phones(text)]
        return Speech(
            wav=np.concatenate([part.wav for part in parts]),
            sample_rate=self.description.mel.sample_rate,
            mel=np.concatenate([part.mel for part in parts]),
            phones=[symbol for part in parts for symbol in part.phones],
            durations=np.concatenate([part.durations for part in parts]),
        )

    def _speak_sentence(self, symbols, rate, pitch_shift, seed):
        mel, durations = self.engine.acoustic(np.array(self.vocab.encode(symbols), np.int64), rate, pitch_shift)
        return Speech(self.engine.vocode(mel, seed), self.description.mel.sample_rate, mel, symbols, durations)
