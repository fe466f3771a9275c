"""One sentence listened to in every way it was made audible; this is the work of the other processes, and needs no Paddle."""

import functools
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import resample
from parakeet.audio.mel import MelConfig, log_mel
from parakeet.audio.pitch import extract_pitch
from parakeet.evaluation.conditions import COPY, GRIFFIN_LIM, RECORDING, VOICE, WRONG_TEXT
from parakeet.evaluation.distortion import warp_spectra
from parakeet.evaluation.level import at_level
from parakeet.evaluation.moonshine import MoonshineRecognizer
from parakeet.evaluation.prosody import pitch_errors
from parakeet.evaluation.quality import dnsmos, pesq
from parakeet.evaluation.timing import duration_error, length_error
from parakeet.preparation.durations import is_spoken

ANALYSIS = MelConfig(sample_rate=16000, n_fft=1024, hop_length=160, win_length=1024, n_mels=80, fmin=0.0, fmax=8000.0)
"""Everything is looked at in this way, whatever the voice's own spectra: figures of two voices can be compared."""

LEAST = 1600
"""Samples: anything shorter is followed by silence."""


class Sound(NamedTuple):
    """What can be heard, and what is said in it.

    Attributes:
        wav (ndarray): (N,) float32, at the voice's rate.
        phones (list[str] | None): what is said; None where that isn't known.
        seconds (ndarray | None): (S,) how long each phone lasts.
    """

    wav: np.ndarray
    phones: list | None = None
    seconds: np.ndarray | None = None


@dataclass(frozen=True)
class Task:
    """A sentence in every way it was made audible.

    Attributes:
        number (int): of the sentence.
        sample_rate (int): Hz.
        sounds (dict[str, list[Sound]]): for each condition, a sound for each take; of the voice always one.
        other (Sound | None): a recording of another sentence.
    """

    number: int
    sample_rate: int
    sounds: dict
    other: Sound | None = None


@dataclass
class Heard:
    """What was found about a sentence.

    Attributes:
        number (int): of the sentence.
        values (dict[str, dict[str, tuple[float, float]]]): for each condition and measure a total and its weight, over all takes.
        texts (dict[str, dict[str, list[str]]]): for each recogniser and condition what it understood, a text for each sound.
    """

    number: int
    values: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)

    def add(self, condition, measure, total, weight=1.0):
        """Add to a figure; what isn't a number says nothing, and is passed over."""
        if np.isfinite(total) and weight > 0:
            values = self.values.setdefault(condition, {})
            before = values.get(measure, (0.0, 0.0))
            values[measure] = (before[0] + float(total), before[1] + float(weight))


@dataclass(frozen=True)
class Listener:
    """Listens to sentences with chosen measures; may be sent to another process.

    Attributes:
        groups (tuple[str]): keys of :data:`parakeet.evaluation.measures.GROUPS`.
        recognizers (dict[str, object]): by name, each with ``transcribe(wav, sample_rate) -> str``.
    """

    groups: tuple
    recognizers: dict

    def __call__(self, task):
        """Heard: everything there is to be found about a sentence."""
        heard = Heard(task.number)
        wavs = {
            condition: [_as_listened(sound.wav, task.sample_rate) for sound in sounds] for condition, sounds in task.sounds.items()
        }
        for condition, sounds in wavs.items():
            self._hear(heard, condition, sounds)
        for place, recording in enumerate(wavs.get(RECORDING, ())):
            for condition in (COPY, GRIFFIN_LIM, VOICE):
                if condition in wavs:
                    # The voice says a sentence once, whatever the number of its recordings.
                    sound = wavs[condition][0 if condition == VOICE else place]
                    self._compare(heard, condition, recording, sound)
            self._time(heard, VOICE, task.sounds[RECORDING][place], task.sounds[VOICE][0], task.sample_rate)
        if task.other is not None:
            self._compare(heard, WRONG_TEXT, _as_listened(task.other.wav, task.sample_rate), wavs[VOICE][0])
            self._time(heard, WRONG_TEXT, task.other, task.sounds[VOICE][0], task.sample_rate)
        return heard

    def _hear(self, heard, condition, wavs):
        for name, recognizer in self.recognizers.items():
            texts = [recognizer.transcribe(wav, ANALYSIS.sample_rate) for wav in wavs]
            heard.texts.setdefault(name, {})[condition] = texts
        if "dnsmos" in self.groups:
            for wav in wavs:
                for name, value in dnsmos(wav, ANALYSIS.sample_rate)._asdict().items():
                    heard.add(condition, f"dnsmos_{name}", value)

    def _compare(self, heard, condition, recording, wav):
        if "pesq" in self.groups and condition in (COPY, GRIFFIN_LIM):
            heard.add(condition, "pesq", pesq(recording, wav, ANALYSIS.sample_rate))
        if not {"spectrum", "pitch"} & set(self.groups):
            return
        warp = warp_spectra(log_mel(recording, ANALYSIS), log_mel(wav, ANALYSIS))
        if "spectrum" in self.groups:
            heard.add(condition, "mcd", warp.distortion)
        if "pitch" in self.groups:
            errors = pitch_errors(_pitch(recording.tobytes()), _pitch(wav.tobytes()), warp.path)
            heard.add(condition, "log_f0_rmse", errors.rmse)
            heard.add(condition, "voicing_error", errors.unvoiced_share)

    def _time(self, heard, condition, recording, sound, sample_rate):
        if "timing" not in self.groups:
            return
        heard.add(condition, "length_error", length_error(len(sound.wav) / sample_rate, len(recording.wav) / sample_rate))
        if recording.phones is not None:
            heard.add(condition, "phone_duration_error", *duration_error(*_sounding(sound), *_sounding(recording)))


def make_recognizers(groups, vocabulary=(), pronounce=None):
    """Make the recognisers of some groups.

    Args:
        groups (Iterable[str]): keys of :data:`parakeet.evaluation.measures.GROUPS`.
        vocabulary (Iterable[str]): the texts whose words and order the one with an in-domain model knows.
        pronounce (Callable): text -> list of WordPronunciation.

    Returns:
        dict[str, object]: by group.
    """
    from parakeet.evaluation.recognizer import BigramRecognizer

    made = {}
    if "moonshine" in groups:
        made["moonshine"] = MoonshineRecognizer()
    if "sphinx" in groups:
        made["sphinx"] = BigramRecognizer(vocabulary, pronounce)
    return made


def _as_listened(wav, sample_rate):
    wav = at_level(resample(wav, sample_rate, ANALYSIS.sample_rate), ANALYSIS.sample_rate)
    # A voice that says nothing at all is a silent one, and no reason to stop.
    return np.pad(wav, (0, max(0, LEAST - len(wav))))


@functools.lru_cache(maxsize=16)
def _pitch(samples):
    """Of a recording it is needed several times: beside each copy, and the voice."""
    return extract_pitch(np.frombuffer(samples, np.float32), ANALYSIS.sample_rate, ANALYSIS.hop_length)


def _sounding(sound):
    """The phones that sound, with their lengths: pauses are a matter of how a text is read, not of how a phone is spoken."""
    kept = [(phone, seconds) for phone, seconds in zip(sound.phones, sound.seconds, strict=True) if is_spoken(phone)]
    return [phone for phone, _ in kept], np.array([seconds for _, seconds in kept])
