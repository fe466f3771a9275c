"""Does a recording say its text? Judged by forced alignment: how well its sounds fit the phones of the text."""

from dataclasses import dataclass

import numpy as np

from parakeet.diagnosis.signal import MOMENT, moment_levels, speaking
from parakeet.errors import MissingDependencyError, ParakeetError
from parakeet.preparation.alignment import ForcedAligner, mean_score

STRETCH = 0.4
"""Seconds of the stretch whose worst fit is told: a word or two."""


@dataclass(frozen=True)
class Match:
    """How a recording fits a text.

    Attributes:
        score (float | None): mean over the frames of its phones, nats, 0 at best; None where no alignment was found.
        worst (float), worst_at (float): the score of the stretch that fits worst, and where it begins, seconds.
        drawn (float), drawn_at (float): the longest phone, and where it begins, seconds.
        extra (float), extra_at (float): seconds of the longest stretch that is as loud as speech, and has no phone; where it begins.
        failure (str | None): why there is no alignment.
    """

    score: float | None
    worst: float = 0.0
    worst_at: float = 0.0
    drawn: float = 0.0
    drawn_at: float = 0.0
    extra: float = 0.0
    extra_at: float = 0.0
    failure: str | None = None


def match(wav, sample_rate, words):
    """Align one recording with one text.

    Args:
        wav (ndarray): (N,) float32.
        sample_rate (int): Hz.
        words (Sequence[WordPronunciation]): of the English frontend.

    Returns:
        Match: how they fit.

    Raises:
        MissingDependencyError: if pocketsphinx is not installed.
    """
    aligner = ForcedAligner(sample_rate, min_score=-np.inf)  # judged here, beside all the others of the corpus
    try:
        segments = aligner.align(wav, words)
    except MissingDependencyError:
        raise
    except ParakeetError as error:
        return Match(None, failure=str(error))
    phones = [s for s in segments if _is_phone(s)]
    lengths = np.array([s.end_seconds - s.start_seconds for s in phones])
    longest = int(lengths.argmax())
    worst, worst_at = _worst_stretch(phones, lengths)
    extra, extra_at = _extra_speech(wav, sample_rate, segments)
    return Match(
        mean_score(segments), worst, worst_at, float(lengths[longest]), phones[longest].start_seconds, extra, extra_at
    )


def _is_phone(segment):
    return segment.score is not None and segment.symbol[0].isalpha() and segment.symbol.isupper()


def _extra_speech(wav, sample_rate, segments):
    """The aligner takes words that the text lacks for a noisy pause: how much of a pause is as loud as speech?"""
    loud = speaking(moment_levels(wav - wav.mean(), sample_rate))
    most, at = 0.0, 0.0
    for segment in segments:
        if not _is_phone(segment):
            # A twentieth of a second on both sides belongs to the sounds around it.
            start, end = segment.start_seconds + 0.05, segment.end_seconds - 0.05
            seconds = MOMENT * int(loud[round(start / MOMENT) : max(0, round(end / MOMENT))].sum())
            if seconds > most:
                most, at = seconds, start
    return most, at


def _worst_stretch(phones, lengths):
    """The lowest mean score of any phones in a row that last :data:`STRETCH` together."""
    scores = np.array([phone.score for phone in phones]) * lengths
    passed, fitted = np.concatenate([[0], np.cumsum(lengths)]), np.concatenate([[0], np.cumsum(scores)])
    ends = np.searchsorted(passed, passed[:-1] + STRETCH)
    whole = ends < len(passed)
    if not whole.any():
        return float(fitted[-1] / passed[-1]), phones[0].start_seconds
    firsts = np.flatnonzero(whole)
    means = (fitted[ends[firsts]] - fitted[firsts]) / (passed[ends[firsts]] - passed[firsts])
    return float(means.min()), phones[firsts[int(means.argmin())]].start_seconds
