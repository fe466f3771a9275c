"""Forced alignment: when each phone of a known text is spoken in a recording.

The acoustic model is the one that comes with pocketsphinx (BSD licence; US English, 16 kHz, the phones of the CMU dictionary). The
pronunciation is ours: each word is aligned as exactly the phones the frontend gave it, so what a model learns to say is what was aligned.

Two passes over the recording (Huggins-Daines, "New force-alignment API and two-pass alignment", pocketsphinx 5): the first walks the
words with an optional silence between any two of them, the second finds the phones inside the words.
"""

import functools
import math
import threading
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import SILENCE_PEAK, resample
from parakeet.errors import DataError
from parakeet.frontend.arpabet import PHONES, without_stress
from parakeet.frontend.pronunciation import WordPronunciation
from parakeet.requirements import require

SILENCE = "sil"
"""The symbol of a pause that no punctuation mark stands for, and of the silence before the first word."""

MODEL_RATE = 16000
MODEL_PHONES = frozenset(without_stress(PHONES))
_EDGE = 0.1
"""Seconds of faint noise put before and behind each recording, to give its silences something to begin and end with."""
_STEP = 0.01
"""Seconds from one frame of the acoustic model to the next."""
_FIRST_BOUNDARY = (410 / 2 - 160 / 2) / MODEL_RATE
"""Where frame 0 begins, in seconds: frames are 410 samples long and 160 apart, and the border between two lies midway of their centres."""
_STATES = 3
"""States of one phone's model; each takes at least one frame, so no phone is shorter than 30 ms."""
_NATS = 1024 * math.log(1.0001)
"""One unit of the decoder's scores: logarithms to the base 1.0001, shifted by ten bits."""
_BEAM = 1e-100
"""Far wider than the 1e-48 meant for recognition, and the same for phones and words: there is one text only, it is cheap to keep."""

_lock = threading.Lock()


class AlignmentFailure(DataError):
    """A recording that can't be aligned to its text; the message is the reason, to be listed beside the utterance's name."""


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
        with _lock:
            phones, pauses = _decode(_decoder(), pcm, spoken)
        runs = _lay_out(tokens, phones, pauses, self.min_pause)
        segments = _in_seconds(runs, len(wav) / self.sample_rate)
        if mean_score(segments) < self.min_score:
            raise AlignmentFailure(
                f"the recording does not seem to say this text: its phones score {mean_score(segments):.2f} a frame, "
                f"{self.min_score:.2f} is the least for a match"
            )
        return segments


def decoder_pcm(wav, sample_rate):
    """Bring a recording into the form that pocketsphinx takes.

    Args:
        wav (ndarray): (N,), float, mono; its level does not matter.
        sample_rate (int): Hz.

    Returns:
        bytes: 16 kHz, 16 bit, its peak a little under full scale, a tenth of a second of faint noise before and behind it.

    Raises:
        DataError: if wav is not one channel of finite samples.
    """
    wav = np.asarray(wav)
    if wav.ndim != 1 or wav.dtype.kind != "f" or not len(wav):
        raise DataError(f"wav must be one channel of floats of shape (N,), received {wav.dtype} of shape {wav.shape}")
    if not np.isfinite(wav).all():
        raise DataError("wav holds samples that are not numbers (NaN or infinite)")
    wav = _with_edges(resample(wav, sample_rate, MODEL_RATE))
    return np.round(wav * (0.9 * 32767 / max(np.abs(wav).max(), 1e-5))).astype("<i2").tobytes()


def _refuse_hopeless(wav, sample_rate, n_phones):
    """What no decoder is needed for to see."""
    least = n_phones * _STATES * _STEP
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
    """
    phones = [s for s in segments if s.symbol.rstrip("012") in MODEL_PHONES]
    seconds = sum(s.end_seconds - s.start_seconds for s in phones)
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

    @property
    def phones(self):
        """What the model knows: no stress."""
        return tuple(symbol.rstrip("012") for symbol in self.symbols)


class _Run(NamedTuple):
    """A symbol in the model's frames; the score is the sum over those that were scored."""

    symbol: str
    frames: int
    score: float

    @property
    def is_phone(self):
        return self.symbol.rstrip("012") in MODEL_PHONES


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
        unknown = [] if is_mark else [p for p in phones if p.rstrip("012") not in MODEL_PHONES]
        if unknown:
            raise AlignmentFailure(f"the word {word!r} holds {unknown[0]!r}, which is not a phone of the CMU dictionary (as AH0 or AH are)")
    if all(token.is_mark for token in tokens):
        raise AlignmentFailure("the text holds no word")
    return tokens


def _with_edges(wav):
    """Put noise as faint as the recording's quietest moments around it.

    Without it, silences of less than some 50 ms at the edges go to the first and the last phone. Against the exact times of espeak-ng's
    speech with 40 ms of silence behind it, the last phone then ends 40 ms late, with it 24; with 100 ms 50 and 24.
    """
    n = min(160, len(wav))
    moments = wav[: len(wav) // n * n].reshape(-1, n).astype(np.float64)
    level = np.percentile(np.sqrt((moments**2).mean(axis=1)), 3)
    before, behind = np.random.default_rng(0).normal(scale=level, size=(2, round(_EDGE * MODEL_RATE)))
    return np.concatenate([before, wav, behind])


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
        if not here and pause.frames * _STEP > min_pause - 1e-9:
            here = [SILENCE]
        if here:
            runs.append(pause._replace(symbol=here[0]))
            runs.extend(_Run(mark, 0, 0.0) for mark in here[1:])
        else:
            runs[-1] = runs[-1]._replace(frames=runs[-1].frames + pause.frames)
        runs.extend(word)
    return runs


def _in_seconds(runs, seconds):
    """From counts of the model's frames to segments that fill the recording: what lies in the edges put around it is cut off."""
    borders = np.cumsum([0] + [run.frames for run in runs])
    times = np.clip(borders * _STEP + _FIRST_BOUNDARY - _EDGE, 0.0, seconds)
    times[0] = 0.0
    times[borders == borders[-1]] = seconds
    cut = [run.symbol for run, start, end in zip(runs, times[:-1], times[1:], strict=True) if run.is_phone and end <= start]
    if cut:
        raise AlignmentFailure(f"the recording does not hold the whole text: nothing is left for {cut[0]!r} at its edge")
    return [
        Segment(run.symbol, float(start), float(end), run.score / run.frames if end > start else None)
        for run, start, end in zip(runs, times[:-1], times[1:], strict=True)
    ]


def _decode(decoder, pcm, spoken):
    """Find words, then phones: (runs of each word's phones, a run for each pause before, between and behind the words)."""
    for token in spoken:
        if decoder.lookup_word(_entry(token)) is None:
            decoder.add_word(_entry(token), " ".join(token.phones), False)
    decoder.set_align_text(" ".join(_entry(token) for token in spoken))
    _run_pass(decoder, pcm)
    found = [segment.word for segment in decoder.seg() or () if not _is_pause(segment.word)]
    if found != [_entry(token) for token in spoken]:
        reached = f"the sound ends at {spoken[len(found) - 1].word!r}" if 0 < len(found) < len(spoken) else "no word was found"
        raise AlignmentFailure(f"no path leads through the whole text ({reached}): does the recording say it?")
    try:
        decoder.set_alignment()
        _run_pass(decoder, pcm)
    except RuntimeError as error:
        raise AlignmentFailure(f"no path leads through the phones ({error}): does the recording say this text?") from error

    phones, pauses = [], [_Run(SILENCE, 0, 0.0)]
    at = 0
    for word in decoder.get_alignment():
        parts = list(word)
        for part in parts:
            if part.start != at or part.duration < 1:
                raise AlignmentFailure(f"no path leads through the phones of {spoken[len(phones)].word!r}: does the recording say it?")
            at = part.start + part.duration
        if _is_pause(word.name):
            before = pauses[-1]
            score = before.score + sum(part.score for part in parts) * _NATS
            pauses[-1] = before._replace(frames=before.frames + sum(part.duration for part in parts), score=score)
        else:
            symbols = spoken[len(phones)].symbols
            phones.append([_Run(s, p.duration, p.score * _NATS) for s, p in zip(symbols, parts, strict=True)])
            pauses.append(_Run(SILENCE, 0, 0.0))
    return phones, pauses


def _run_pass(decoder, pcm):
    decoder.reinit_feat()  # forgets the noise it heard in other recordings
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _entry(token):
    """The name of a pronunciation in the decoder's dictionary, the same for all words that sound so: the dictionary stays small."""
    return "-".join(token.phones)


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
