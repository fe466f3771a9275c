"""Pocketsphinx as a forced aligner: which frames of a recording belong to which phone.

The acoustic model comes with it (BSD licence; US English, 16 kHz, the phones of the CMU dictionary).
"""

import functools
import math
import threading
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import resample
from parakeet.errors import DataError
from parakeet.requirements import require

MODEL_RATE = 16000
EDGE = 0.1
"""Seconds of faint noise put before and behind each recording, to give its silences something to begin and end with."""
NO_ROOM = 10 ** (-95 / 20)
"""No room and no 16-bit recorder is so quiet: such silence was made."""
STEP = 0.01
"""Seconds from one frame of the acoustic model to the next."""
FIRST_BORDER = (410 / 2 - 160 / 2) / MODEL_RATE
"""Where frame 0 begins, in seconds: frames are 410 samples long and 160 apart, and the border between two lies midway of their centres."""
STATES = 3
"""States of one phone's model; each takes at least one frame, so no phone is shorter than 30 ms."""
_NATS = 1024 * math.log(1.0001)
"""One unit of the decoder's scores: logarithms to the base 1.0001, shifted by ten bits."""
_BEAM = 1e-100
"""Far wider than the 1e-48 meant for recognition, and the same for phones and words: there is one text only, it is cheap to keep."""

_lock = threading.Lock()


class AlignmentFailure(DataError):
    """A recording that can't be aligned to its text; the message is the reason, to be listed beside the utterance's name."""


class Run(NamedTuple):
    """A symbol, how many of the model's frames it takes, and the sum of their scores in nats."""

    symbol: str
    frames: int
    score: float


def decoder_pcm(wav, sample_rate):
    """Bring a recording into the form that pocketsphinx takes.

    Args:
        wav (ndarray): (N,), float, mono; its level does not matter.
        sample_rate (int): Hz.

    Returns:
        bytes: 16 kHz, 16 bit, its peak a little under full scale, a tenth of a second of faint noise before and behind it, and within it
        where it holds perfect silence.

    Raises:
        DataError: if wav is not one channel of finite samples.
    """
    wav = np.asarray(wav)
    if wav.ndim != 1 or wav.dtype.kind != "f" or not len(wav):
        raise DataError(f"wav must be one channel of floats of shape (N,), received {wav.dtype} of shape {wav.shape}")
    if not np.isfinite(wav).all():
        raise DataError("wav holds samples that are not numbers (NaN or infinite)")
    wav = _with_edges(_with_room(resample(wav, sample_rate, MODEL_RATE)))
    return np.round(wav * (0.9 * 32767 / max(np.abs(wav).max(), 1e-5))).astype("<i2").tobytes()


def find_phones(pcm, words):
    """Find the frames of every phone.

    In two passes: the first walks the words, with a silence between any two of them where there is one; the second finds the phones
    inside the words. The result depends on the recording and the words alone, not on what was aligned before. Each process has one
    decoder (made in 0.2 s).

    Args:
        pcm (bytes): of :func:`decoder_pcm`.
        words (list[tuple[str, tuple[str]]]): each word's name, for messages, and its phones, ARPAbet without stress.

    Returns:
        tuple[list[list[Run]], list[Run]]: for each word its phones; and the pauses before each word and behind the last, with 0 frames
        where there is none.

    Raises:
        AlignmentFailure: if no path leads through the whole text.
        MissingDependencyError: if pocketsphinx is not installed.
    """
    with _lock:
        decoder = _decoder()
        try:
            _walk_words(decoder, pcm, words)
            decoder.set_alignment()
            _run_pass(decoder, pcm)
            return _read(decoder.get_alignment(), words)
        except RuntimeError as error:
            _decoder.cache_clear()  # it may stand in the middle of the recording
            raise AlignmentFailure(f"no path leads through the phones ({error}): does the recording say this text?") from error


def _walk_words(decoder, pcm, words):
    entries = [_entry(phones) for _, phones in words]
    for entry, (_, phones) in zip(entries, words, strict=True):
        if decoder.lookup_word(entry) is None:
            decoder.add_word(entry, " ".join(phones), False)
    decoder.set_align_text(" ".join(entries))
    _run_pass(decoder, pcm)
    found = [segment.word for segment in decoder.seg() or () if not _is_pause(segment.word)]
    if found != entries:
        reached = f"the sound ends at {words[len(found) - 1][0]!r}" if 0 < len(found) < len(words) else "no word was found"
        raise AlignmentFailure(f"no path leads through the whole text ({reached}): does the recording say it?")


def _read(alignment, words):
    """From the decoder's entries to runs."""
    phones, pauses = [], [Run("", 0, 0.0)]
    at = 0
    for word in alignment:
        runs = [Run(part.name, part.duration, part.score * _NATS) for part in word]
        starts = np.cumsum([at] + [run.frames for run in runs])
        if any(part.start != start or part.duration < 1 for part, start in zip(word, starts, strict=False)):
            raise AlignmentFailure(f"no path leads through the phones of {words[len(phones)][0]!r}: does the recording say it?")
        at = int(starts[-1])
        if _is_pause(word.name):
            so_far = [pauses[-1], *runs]
            pauses[-1] = Run("", sum(run.frames for run in so_far), sum(run.score for run in so_far))
        else:
            phones.append(runs)
            pauses.append(Run("", 0, 0.0))
    return phones, pauses


def _with_edges(wav):
    """Put noise as faint as the recording's quietest moments around it.

    Without it, silences of less than some 50 ms at the edges go to the first and the last phone. Against the exact times of espeak-ng's
    speech with 40 ms of silence behind it, the last phone then ends 40 ms late, with it 24; with 100 ms 50 and 24.
    """
    level = np.percentile(_moment_levels(wav), 3)
    before, behind = np.random.default_rng(0).normal(scale=level, size=(2, round(EDGE * MODEL_RATE)))
    return np.concatenate([before, wav, behind])


def _with_room(wav):
    """Put a faint room behind a recording that holds perfect silence.

    The acoustic model has never heard any: of 400 of a synthesizer's recordings it finds no path through 9, and with the room through
    every one.
    """
    if _moment_levels(wav).min() > NO_ROOM:
        return wav
    return wav + np.random.default_rng(0).normal(scale=1e-3 * np.abs(wav).max(), size=len(wav))


def _moment_levels(wav):
    """The root mean square of every 10 ms."""
    n = min(160, len(wav))
    moments = wav[: len(wav) // n * n].reshape(-1, n).astype(np.float64)
    return np.sqrt((moments**2).mean(axis=1))


def _run_pass(decoder, pcm):
    decoder.reinit_feat()  # forgets the noise it heard in other recordings
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _entry(phones):
    """The name of a pronunciation in the decoder's dictionary, the same for all words that sound so: the dictionary stays small."""
    return "-".join(phones)


def _is_pause(name):
    return name.startswith(("<", "["))


@functools.lru_cache(maxsize=1)
def _decoder():
    """This process's decoder, with an empty dictionary."""
    pocketsphinx = require("pocketsphinx", "align", "Forced alignment")
    # The lattice search (bestpath) may give a phone fewer frames than it has states. That cepstra are taken from their mean over the
    # whole utterance, and noise out of the spectra, the acoustic model says itself (feat.params).
    return pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path("en-us/en-us"),
        lm=None,
        bestpath=False,
        beam=_BEAM,
        pbeam=_BEAM,
        wbeam=_BEAM,
        fillprob=1e-30,
        loglevel="FATAL",
    )
