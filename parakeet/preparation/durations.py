"""Where the duration of every phone comes from: the corpus itself, or a forced aligner.

A source of durations gives the segments of an utterance, names what they depend on (so that a change is noticed), and says which part
of a recording must not be trimmed away. Sources hold nothing but settings: they may be sent to other processes.
"""

import hashlib
import itertools
import json
from importlib import metadata

from parakeet.frontend.pronunciation import is_mark
from parakeet.preparation.alignment import SILENCE, ForcedAligner, Segment
from parakeet.preparation.sphinx import AlignmentFailure

# Raised whenever the same recording, words and settings give other segments.
_SPHINX_REVISION = 1
_GIVEN_REVISION = 1

_TOLERANCE = 0.02
"""Seconds by which phone_samples may miss the length of their recording: they are exact but for a last, incomplete frame."""


class SphinxDurations:
    """Durations by pocketsphinx, for English: see :class:`~parakeet.preparation.alignment.ForcedAligner`.

    Args:
        min_pause (float): seconds, of ForcedAligner.
        min_score (float): nats per frame, of ForcedAligner.
    """

    name = "sphinx"

    def __init__(self, min_pause=0.05, min_score=-3.0):
        self.min_pause, self.min_score = float(min_pause), float(min_score)

    def segments(self, example, words, wav, sample_rate, trim_start=0.0):
        """Find the segments of an utterance; arguments and result are those of :meth:`GivenDurations.segments`, but scored.

        Raises:
            AlignmentFailure: with the reason.
            MissingDependencyError: if pocketsphinx is not installed.
        """
        return ForcedAligner(sample_rate, self.min_pause, self.min_score).align(wav, words)

    def identity(self, example):
        """Name what the segments depend on beside recording, words and rate."""
        return f"sphinx {_SPHINX_REVISION}, pocketsphinx {_version('pocketsphinx')}, {self.min_pause}, {self.min_score}"

    def spoken_range(self, example):
        """None: nothing is known of a recording before it is aligned."""
        return None


class GivenDurations:
    """Durations that came with the corpus: its own ``phones`` and ``phone_samples``, taken as they are.

    Args:
        symbols (Iterable[str]): every symbol of the frontend.
    """

    name = "given"

    def __init__(self, symbols):
        self.symbols = frozenset(symbols)

    def covers(self, example):
        """Tell whether an utterance has such durations."""
        return "phone_samples" in example

    def segments(self, example, words, wav, sample_rate, trim_start=0.0):
        """Give the segments of an utterance.

        Args:
            example (dict): of the corpus: utt_id, wav_path, phones, phone_samples (of the recording as it lies on the disk).
            words (Iterable[WordPronunciation]): what the frontend's ``words(text)`` gives.
            wav (ndarray): (N,), the cleaned recording.
            sample_rate (int): Hz.
            trim_start (float): seconds that were cut off at its beginning.

        Returns:
            list[Segment]: in order, without gap or overlap, from 0 to the end of ``wav``; the first one is a ``"sil"``. They have no score.

        Raises:
            AlignmentFailure: if there are no durations, they hold a phone that the frontend doesn't know, or they are another recording's.
        """
        return on_cleaned(self._labelled(example), trim_start, len(wav) / sample_rate)

    def identity(self, example):
        """Name what the segments depend on beside recording, words and rate."""
        content = json.dumps([example.get("phones"), example.get("phone_samples")])
        return f"given {_GIVEN_REVISION}, {hashlib.sha256(content.encode()).hexdigest()}"

    def spoken_range(self, example):
        """Say which part of the recording, as it lies on the disk, holds phones.

        Returns:
            tuple[float, float] | None: seconds; None where nothing is known.
        """
        if not self.covers(example):
            return None
        spoken = [s for s in self._labelled(example) if is_spoken(s.symbol)]
        return (spoken[0].start_seconds, spoken[-1].end_seconds) if spoken else None

    def _labelled(self, example):
        """The corpus' own durations as segments of the recording; they begin with a silence, here of no length if they have none."""
        if not self.covers(example):
            raise AlignmentFailure("the corpus has no durations for it: its line in utterances.jsonl holds no phones and phone_samples")
        unknown = sorted(set(example["phones"]) - self.symbols - {SILENCE})
        if unknown:
            raise AlignmentFailure(f"its phones {', '.join(map(repr, unknown))} are none of the frontend's. Correct utterances.jsonl.")
        import soundfile

        rate, counts = soundfile.info(example["wav_path"]).samplerate, example["phone_samples"]
        seconds = soundfile.info(example["wav_path"]).frames / rate
        if abs(sum(counts) / rate - seconds) > _TOLERANCE:
            raise AlignmentFailure(
                f"its phone_samples last {sum(counts) / rate:.3f} s, the recording {seconds:.3f} s; are they those of this recording?"
            )
        ends = [end / rate for end in itertools.accumulate(counts)]
        segments = [Segment(*row) for row in zip(example["phones"], [0.0, *ends[:-1]], ends, strict=True)]
        return segments if segments[0].symbol == SILENCE else [Segment(SILENCE, 0.0, 0.0), *segments]


def is_spoken(symbol):
    """Tell a phone from silence, pauses and marks of punctuation."""
    return symbol != SILENCE and not is_mark(symbol)


def on_cleaned(segments, trim_start, seconds):
    """Move segments from a recording as it lies on the disk to the cleaned one.

    Args:
        segments (list[Segment]): in order, without gap or overlap.
        trim_start (float): seconds that were cut off at the beginning.
        seconds (float): the length of the cleaned recording.

    Returns:
        list[Segment]: from 0 to ``seconds``; silence that was cut off is gone from the first and the last ones.

    Raises:
        AlignmentFailure: if nothing is left of a phone.
    """
    borders = [min(max(segment.end_seconds - trim_start, 0.0), seconds) for segment in segments]
    borders[-1] = seconds
    moved = [
        segment._replace(start_seconds=start, end_seconds=end)
        for segment, start, end in zip(segments, [0.0, *borders[:-1]], borders, strict=True)
    ]
    for before, after in zip(segments, moved, strict=True):
        if is_spoken(before.symbol) and before.end_seconds > before.start_seconds and after.end_seconds <= after.start_seconds:
            raise AlignmentFailure(
                f"its durations put {before.symbol!r} at {before.start_seconds:.2f} to {before.end_seconds:.2f} s, which is not in the "
                f"recording: of it {trim_start:.2f} to {trim_start + seconds:.2f} s are used"
            )
    return moved


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
