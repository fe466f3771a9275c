"""Forced alignment: when each phone of a known text is spoken in a recording.

The pronunciation is ours: each word is aligned as exactly the phones the frontend gave it, so what a model learns to say is what was
aligned. The sounds are known by the acoustic model of pocketsphinx.
"""

import math
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import SILENCE_PEAK
from parakeet.errors import DataError
from parakeet.frontend.arpabet import PHONES, without_stress
from parakeet.frontend.pronunciation import WordPronunciation
from parakeet.preparation.sphinx import (
    EDGE,
    FIRST_BORDER,
    STATES,
    STEP,
    AlignmentFailure,
    Run,
    decoder_pcm,
    find_phones,
)

SILENCE = "sil"
"""The symbol of a pause that no punctuation mark stands for, and of the silence before the first word."""

MODEL_PHONES = frozenset(without_stress(PHONES))


class Segment(NamedTuple):
    """One symbol of the text and where it is spoken.

    Attributes:
        symbol (str): a phone as the frontend gave it (``AH0``), a punctuation mark, or ``"sil"``.
        start_seconds (float): its beginning.
        end_seconds (float): its end; equal to its beginning where the symbol takes no time.
        score (float | None): mean over the frames of the log likelihood, in nats, relative to the sound that would fit that frame best:
            0 is perfect, near -1 usual. None for what takes no time.
    """

    symbol: str
    start_seconds: float
    end_seconds: float
    score: float | None = None


class ForcedAligner:
    """Finds where each phone of a text is spoken.

    Holds nothing but its settings: it may be sent to another process; each process makes the decoder once (0.2 s) and keeps it.
    The result depends on the recording and the words alone, not on what was aligned before.

    Args:
        sample_rate (int): of the recordings, Hz.
        min_pause (float): a pause inside the text, where there is no punctuation, becomes a symbol of its own if it is at least so many
            seconds long; a shorter one belongs to the phone before it.
        min_score (float): the least :func:`mean_score` with which a recording passes for saying its text. Of 329 recordings of 2 s and
            more (two speakers) the true texts score -2.5 to -0.6, other texts of like length -3.6 and less, if a path is found at all.
            Shorter ones are told apart less well: of those of 1 to 2 s 1 in 100 true texts and 9 in 10 others score below -3.

    Raises:
        MissingDependencyError: at the first alignment, if pocketsphinx is not installed.
    """

    def __init__(self, sample_rate, min_pause=0.05, min_score=-3.0):
        if int(sample_rate) != sample_rate or sample_rate < 8000:
            raise DataError(f"ForcedAligner: sample_rate must be a whole number of at least 8000 Hz, received {sample_rate!r}")
        self.sample_rate = int(sample_rate)
        self.min_pause = float(min_pause)
        self.min_score = float(min_score)

    def align(self, wav, words):
        """Find the segments of one recording.

        The utterance begins with a ``"sil"`` (the silence before the first word, of no length if there is none). A punctuation mark
        takes the pause at its place, of no length if there is none; of several marks in a row the first one takes it. The marks after
        the last word take the silence at the end; if there are none, a ``"sil"`` does. See :func:`symbols_of`.

        Args:
            wav (ndarray): (N,), float, mono, at ``sample_rate``; its level does not matter.
            words (Iterable): what the English frontend's ``words(text)`` gives, or pairs (word, phones): phones are ARPAbet symbols
                with or without stress; a punctuation mark is a word whose only phone is the mark itself; a word without phones is
                not spoken.

        Returns:
            list[Segment]: in order, without gap or overlap, from 0 to the end of the recording.

        Raises:
            AlignmentFailure: if the text holds no word or a symbol that is not ARPAbet; if the recording is silent, too short for
                the text, or does not say it (no path leads through it, or with a score below ``min_score``).
            DataError: if wav is not one channel of finite samples.
        """
        tokens = _tokens(words)
        spoken = [token for token in tokens if not token.is_mark]
        pcm = decoder_pcm(wav, self.sample_rate)
        _refuse_hopeless(wav, self.sample_rate, sum(len(token.symbols) for token in spoken))
        phones, pauses = find_phones(pcm, [(token.word, without_stress(token.symbols)) for token in spoken])
        phones = [
            [run._replace(symbol=symbol) for symbol, run in zip(token.symbols, runs, strict=True)]
            for token, runs in zip(spoken, phones, strict=True)
        ]
        runs = _lay_out(tokens, phones, pauses, self.min_pause)
        segments = _in_seconds(runs, len(wav) / self.sample_rate)
        if mean_score(segments) < self.min_score:
            raise AlignmentFailure(
                f"the recording does not seem to say this text: its phones score {mean_score(segments):.2f} a frame, "
                f"{self.min_score:.2f} is the least for a match"
            )
        return segments


def _refuse_hopeless(wav, sample_rate, n_phones):
    """What no decoder is needed for to see."""
    least = n_phones * STATES * STEP
    seconds = len(wav) / sample_rate
    if seconds < least:
        raise AlignmentFailure(f"too short: {seconds:.2f} s of sound for {n_phones} phones, which take {least:.2f} s at the very least")
    peak = float(np.abs(wav).max())
    if peak < SILENCE_PEAK:
        raise AlignmentFailure(f"silent: no sample is louder than {peak:.1e}")


def symbols_of(words):
    """Say which symbols an utterance has when no pause stands where there is no punctuation: what to speak, in synthesis.

    Args:
        words (Iterable): as in :meth:`ForcedAligner.align`.

    Returns:
        list[str]: ``"sil"``, the phones and punctuation marks, and a ``"sil"`` if no mark ends the text. :meth:`ForcedAligner.align`
        gives the same with a further ``"sil"`` at each such pause.

    Raises:
        AlignmentFailure: as :meth:`ForcedAligner.align` does for the text.
    """
    tokens = _tokens(words)
    symbols = [SILENCE] + [symbol for token in tokens for symbol in token.symbols]
    return symbols if tokens[-1].is_mark else [*symbols, SILENCE]


def mean_score(segments):
    """Tell how well a recording fits its text: the mean score of the frames of its phones, pauses and marks left aside.

    Args:
        segments (list[Segment]): of one utterance.

    Returns:
        float: nats per frame, 0 at best; see :class:`Segment`.

    Raises:
        DataError: if there is no phone among them.
    """
    phones = [s for s in segments if _is_phone(s.symbol)]
    seconds = sum(s.end_seconds - s.start_seconds for s in phones)
    if seconds == 0:
        raise DataError("mean_score: the segments hold no phone of the CMU dictionary")
    return sum(s.score * (s.end_seconds - s.start_seconds) for s in phones) / seconds


def durations_in_frames(segments, n_frames, hop_length, sample_rate):
    """Count the frames of each segment, so that they sum to ``n_frames`` exactly.

    Frame t, centred at sample t * hop_length, belongs to the segment that holds its centre (a segment holds its beginning, not its end;
    the last one holds the rest). So a segment of at least one hop has at least one frame, and no error adds up.

    Args:
        segments (list[Segment]): without gap or overlap, from 0 on.
        n_frames (int): of the utterance; 1 + n_samples // hop_length with centred frames.
        hop_length (int): samples.
        sample_rate (int): Hz.

    Returns:
        ndarray: (S,), int64, frames per segment.

    Raises:
        DataError: if there are no segments, if they leave a gap, or if n_frames is not the length of the segments within a frame.
    """
    if not segments:
        raise DataError("durations_in_frames: there are no segments")
    starts = np.array([s.start_seconds for s in segments], dtype=np.float64)
    ends = np.array([s.end_seconds for s in segments], dtype=np.float64)
    before = np.concatenate([[0.0], ends[:-1]])
    wrong = np.flatnonzero((starts != before) | (ends < starts))
    if len(wrong):
        at = int(wrong[0])
        raise DataError(
            f"durations_in_frames: segment {at} ({segments[at].symbol!r}) lasts from {starts[at]} to {ends[at]} s; "
            f"expected it to begin where the one before ends, at {before[at]} s, and not to end before it begins"
        )
    expected = 1 + math.floor(ends[-1] * sample_rate / hop_length + 1e-6)
    if abs(n_frames - expected) > 1:
        raise DataError(
            f"durations_in_frames: the segments last {ends[-1]:.4f} s, which is {expected} frames of {hop_length} samples "
            f"at {sample_rate} Hz, but n_frames is {n_frames}; was the mel made from the recording that was aligned?"
        )
    # The first frame centred at or after the boundary; what misses a centre by less than a millionth of a hop is on it.
    borders = np.ceil(ends * sample_rate / hop_length - 1e-6).astype(np.int64)
    borders = np.minimum(borders, n_frames)
    borders[-1] = n_frames
    return np.diff(borders, prepend=0)


class _Token(NamedTuple):
    """A word or a punctuation mark of the text."""

    word: str
    symbols: list
    is_mark: bool


def _tokens(words):
    """Check the text and tell words from marks."""
    tokens = []
    for given in words:
        word, phones = (given.word, given.phones) if isinstance(given, WordPronunciation) else given
        phones = list(phones)
        if not phones:
            continue
        is_mark = len(phones) == 1 and not any(c.isalnum() for c in phones[0])
        tokens.append(_Token(word, phones, is_mark))
        unknown = [] if is_mark else [p for p in phones if not _is_phone(p)]
        if unknown:
            raise AlignmentFailure(
                f"the word {word!r} holds {unknown[0]!r}, which is not a phone of the CMU dictionary (as AH0 or AH are); "
                "only English, pronounced by the frontend 'english', can be aligned"
            )
    if all(token.is_mark for token in tokens):
        raise AlignmentFailure("the text holds no word")
    return tokens


def _is_phone(symbol):
    return symbol.rstrip("012") in MODEL_PHONES


def _lay_out(tokens, phones, pauses, min_pause):
    """Give each pause to the symbol it belongs to.

    phones: for each word, its phones' runs. pauses: frames and score before each word, and behind the last; 0 frames where there is none.
    """
    marks = [[]]  # before each word and behind the last
    for token in tokens:
        if token.is_mark:
            marks[-1].append(token.symbols[0])
        else:
            marks.append([])
    marks[0].insert(0, SILENCE)
    if not marks[-1]:
        marks[-1].append(SILENCE)

    runs = []
    for here, pause, word in zip(marks, pauses, [*phones, []], strict=True):
        if not here and pause.frames * STEP > min_pause - 1e-9:
            here = [SILENCE]
        if here:
            runs.append(pause._replace(symbol=here[0]))
            runs.extend(Run(mark, 0, 0.0) for mark in here[1:])
        else:
            runs[-1] = runs[-1]._replace(frames=runs[-1].frames + pause.frames)
        runs.extend(word)
    return runs


def _in_seconds(runs, seconds):
    """From counts of the model's frames to segments that fill the recording: what lies in the edges put around it is cut off."""
    borders = np.cumsum([0] + [run.frames for run in runs])
    times = np.clip(borders * STEP + FIRST_BORDER - EDGE, 0.0, seconds)
    times[0] = 0.0
    times[borders == borders[-1]] = seconds
    cut = [run.symbol for run, start, end in zip(runs, times[:-1], times[1:], strict=True) if _is_phone(run.symbol) and end <= start]
    if cut:
        raise AlignmentFailure(f"the recording does not hold the whole text: nothing is left for {cut[0]!r} at its edge")
    return [
        Segment(run.symbol, float(start), float(end), run.score / run.frames if end > start else None)
        for run, start, end in zip(runs, times[:-1], times[1:], strict=True)
    ]
