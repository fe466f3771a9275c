"""One utterance prepared: the recording cleaned, its features, and how many frames each symbol takes.

This is what runs in worker processes, here or on other machines: a function of its arguments and of the recording alone.
"""

import functools
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from parakeet.audio.io import read_wav, refuse_silence
from parakeet.audio.loudness import integrated_loudness
from parakeet.audio.mel import log_mel_of
from parakeet.audio.pitch import extract_pitch
from parakeet.audio.stft import frame_energy, magnitudes
from parakeet.audio.trim import trim_silence
from parakeet.errors import AudioError, MissingDependencyError, ParakeetError
from parakeet.frontend.pronunciation import unspoken_words
from parakeet.preparation.alignment import durations_in_frames
from parakeet.preparation.durations import is_spoken
from parakeet.preparation.settings import PrepareConfig

REVISION = 1
"""To be raised whenever the same recording, words and settings give other features: records of another revision are made again."""
LOUDEST_PEAK = 0.97  # of full scale; where the wanted loudness would pass it, the recording stays quieter


@dataclass(frozen=True)
class Task:
    """What a record is made of.

    Args:
        example (dict): of the corpus.
        words (list): what the frontend's ``words(text)`` gives; None where durations come later.
        config (PrepareConfig): the settings.
        durations (object): the source of durations; None where they come later.
        key (str | None): a checksum of all this and of the recording; None if that can't be read.
    """

    example: dict
    words: list | None
    config: PrepareConfig
    durations: Any
    key: str | None


@dataclass(frozen=True)
class Record:
    """One utterance prepared.

    Args:
        line (dict): its part of the manifest: ``gain_db, trim, n_frames, n_samples`` and, unless durations come later, ``phones,
            durations, score``.
        arrays (dict[str, ndarray]): ``mel`` (T, n_mels), ``pitch`` (T,), ``energy`` (T,) float32, and ``wav`` (N,) int16.
    """

    line: dict
    arrays: dict


@dataclass(frozen=True)
class Rejection:
    """One utterance that can't be used.

    Args:
        reason (str): why.
        lasting (bool): whether trying again can't change it.
    """

    reason: str
    lasting: bool = True


def make_record(task):
    """Prepare one utterance.

    Args:
        task (Task): what of.

    Returns:
        Record | Rejection: whatever is wrong with one recording is a rejection.

    Raises:
        MissingDependencyError: if a package has to be installed first.
    """
    try:
        return _make_record(task)
    except MissingDependencyError:
        raise
    except ParakeetError as error:
        # What can't be read here and now may be readable tomorrow, or on another machine.
        return Rejection(str(error), lasting=task.key is not None and os.access(task.example["wav_path"], os.R_OK))
    except Exception as error:  # hours of work on a corpus must not end with one recording that nobody thought of
        return _fault(error, "recording")


def _fault(error, what):
    return Rejection(f"{type(error).__name__}: {error} (a fault of parakeet's: please report it with this {what})", lasting=False)


def _make_record(task):
    config, rate, example = task.config, task.config.mel.sample_rate, task.example
    spoken = None if task.durations is None else functools.partial(task.durations.spoken_range, example)
    wav, line = clean(example["wav_path"], config, spoken)
    magnitude = magnitudes(wav, config.mel.n_fft, config.mel.hop_length, config.mel.win_length)
    arrays = {
        "mel": log_mel_of(magnitude, config.mel),
        "pitch": extract_pitch(wav, rate, config.mel.hop_length, *config.pitch_range),
        "energy": frame_energy(magnitude),
        "wav": (wav * 32768).astype("<i2"),
    }
    line |= {"n_frames": len(magnitude), "n_samples": len(wav)}
    if task.durations is not None:
        segments = task.durations.segments(example, task.words, wav, rate, trim_start=line["trim"][0])
        line |= timing(segments, len(magnitude), config.mel)
    return Record(line, arrays)


def timing(segments, n_frames, mel):
    """Give the manifest's ``phones``, ``durations`` and ``score`` for segments.

    Args:
        segments (list[Segment]): of the cleaned recording.
        n_frames (int): of the utterance.
        mel (MelConfig): of its frames.

    Returns:
        dict
    """
    return {
        "phones": [segment.symbol for segment in segments],
        "durations": durations_in_frames(segments, n_frames, mel.hop_length, mel.sample_rate).tolist(),
        "score": _score(segments),
    }


def _score(segments):
    """The mean score of the phones by their lengths, or None where there are no scores."""
    scored = [(s.score, s.end_seconds - s.start_seconds) for s in segments if s.score is not None and is_spoken(s.symbol)]
    seconds = sum(length for _, length in scored)
    return round(sum(score * length for score, length in scored) / seconds, 4) if seconds else None


def clean(path, config, spoken=None):
    """Read a recording and bring it to the wanted rate, loudness and edges, in steps of 16 bits.

    Args:
        path (Path): the recording.
        config (PrepareConfig): the settings.
        spoken (Callable, optional): gives the seconds that must not be cut off, a pair or None; called once the recording is read.

    Returns:
        tuple[ndarray, dict]: wav (N,) float32 whose samples are whole numbers over 32768; and what was done: ``gain_db`` and ``trim``
        (start and length of what was kept, seconds).

    Raises:
        AudioError: if it can't be read, is silent, or is too short or too long.
    """
    wav, rate = read_wav(path, config.mel.sample_rate, mix=config.mix_channels)
    refuse_silence(wav, path)
    _refuse_length(len(wav) / rate, config.min_seconds, np.inf, config)
    gain_db = 0.0 if config.loudness is None else _gain(wav, rate, config.loudness, path)
    start, end = (0, len(wav)) if config.trim is None else trim_silence(wav, rate, config.trim, spoken and spoken())
    seconds = (end - start) / rate
    _refuse_length(seconds, config.min_seconds, config.max_seconds, config)
    pcm = np.clip(np.round(wav[start:end].astype(np.float64) * (10 ** (gain_db / 20) * 32768)), -32768, 32767)
    return (pcm / 32768).astype(np.float32), {"gain_db": gain_db, "trim": [round(start / rate, 6), round(seconds, 6)]}


def _refuse_length(seconds, least, most, config):
    if not least <= seconds <= most:
        raise AudioError(
            f"lasts {seconds:.2f} s, expected {config.min_seconds:g} to {config.max_seconds:g} s (min_seconds, max_seconds)"
        )


def _gain(wav, rate, loudness, path):
    """Decibels, in steps of a thousandth, that bring a recording to a loudness without passing the loudest peak."""
    found = integrated_loudness(wav, rate)
    if not np.isfinite(found):
        raise AudioError(f"{path}: silent: no moment of it is louder than -70 LUFS. Record it again or leave it out.")
    headroom = 20 * np.log10(LOUDEST_PEAK / float(np.abs(wav).max()))
    return float(np.floor(min(loudness - found, headroom) * 1000) / 1000)


def words_of(frontend, text):
    """What the frontend makes of a text that is spoken in a recording.

    Args:
        frontend (object): of the corpus.
        text (str): the transcript.

    Returns:
        list[WordPronunciation] | Rejection: the latter if it can't be spoken, or a word of it would be left out: then the text would
        not be that of the recording.

    Raises:
        MissingDependencyError: if a package has to be installed first.
    """
    try:
        words = list(frontend.words(text))
    except MissingDependencyError:
        raise
    except ParakeetError as error:
        return Rejection(str(error))
    except Exception as error:  # as for recordings
        return _fault(error, "text")
    if lost := unspoken_words(words):
        names = ", ".join(map(repr, lost))
        return Rejection(f"its text holds {names}, which the frontend can't pronounce. Add it to a lexicon, or mend the text.")
    return words
