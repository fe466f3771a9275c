"""What a voice said, and when it said what."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import write_wav


class Spoken(NamedTuple):
    """A word or a phone in a sound: its first sample, and the one behind its last."""

    name: str
    first_sample: int
    end_sample: int


@dataclass(frozen=True)
class Speech:
    """What a voice said.

    Attributes:
        wav (numpy.ndarray): (N,) float32 in [-1, 1].
        sample_rate (int): Hz.
        mel (numpy.ndarray): (T, n_mels), natural-log amplitude.
        phones (list[str]): S symbols, punctuation and pauses included.
        durations (numpy.ndarray): (S,) int64 frames; they sum to T, and N is a whole number of samples for each frame.
        words (list[Spoken]): in order, as they were spoken ("five dollars" of "$5"); marks and pauses are between them.
    """

    wav: np.ndarray
    sample_rate: int
    mel: np.ndarray
    phones: list
    durations: np.ndarray
    words: list = ()

    @property
    def seconds(self):
        """How long it is."""
        return len(self.wav) / self.sample_rate

    @property
    def phone_spans(self):
        """list[Spoken]: when each of ``phones`` is heard; they follow one another without a gap and end where the sound ends."""
        ends = np.cumsum(self.durations) * (len(self.wav) // max(len(self.mel), 1))
        return [Spoken(*item) for item in zip(self.phones, [0, *ends[:-1].tolist()], ends.tolist(), strict=True)]

    def timestamps(self):
        """When words and phones are heard, ready for json.

        Returns:
            dict: ``words`` and ``phones``, each a list of ``{"name", "start", "end"}`` in seconds.
        """
        return {"words": self._in_seconds(self.words), "phones": self._in_seconds(self.phone_spans)}

    def save(self, file):
        """Write it as a 16-bit wav file: a path or an open binary file."""
        write_wav(file, self.wav, self.sample_rate)

    def _in_seconds(self, spans):
        rate = self.sample_rate
        return [{"name": span.name, "start": span.first_sample / rate, "end": span.end_sample / rate} for span in spans]

    @classmethod
    def join(cls, parts):
        """One speech of several, one after another.

        Args:
            parts (Sequence[Speech]): one at least, of the same voice.
        """
        words, begin = [], 0
        for part in parts:
            words += [Spoken(name, begin + first, begin + end) for name, first, end in part.words]
            begin += len(part.wav)
        return cls(
            wav=np.concatenate([part.wav for part in parts]),
            sample_rate=parts[0].sample_rate,
            mel=np.concatenate([part.mel for part in parts]),
            phones=[symbol for part in parts for symbol in part.phones],
            durations=np.concatenate([part.durations for part in parts]),
            words=words,
        )
