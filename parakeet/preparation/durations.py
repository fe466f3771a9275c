"""Where the duration of every phone comes from: the corpus itself, label files, or a forced aligner.

A source of durations gives the segments of an utterance, names what they depend on (so that a change is noticed), and says which part
of a recording must not be trimmed away. Sources hold nothing but settings: they may be sent to other processes.
"""

import hashlib
import itertools
import json
from importlib import metadata

from parakeet.errors import DataError
from parakeet.frontend.pronunciation import is_mark
from parakeet.preparation.alignment import SILENCE, ForcedAligner, Segment
from parakeet.preparation.labels import fit_to_words, open_labels, read_phone_map
from parakeet.preparation.sphinx import AlignmentFailure

# Raised whenever the same recording, words and settings give other segments.
_SPHINX_REVISION = 2
_GIVEN_REVISION = 1

_EXACT = 0.02
"""Seconds by which phone_samples may miss the length of their recording: they are exact but for a last, incomplete frame."""
_TOLERANCE = 0.1
"""Seconds by which labels may end behind their recording: those of festvox do so by 14 ms, frames of an aligner by one or two."""
_LEAST_PART = 0.5
"""The least part of a recording that its labels reach over: some leave out the silence at the end, those in a wrong unit end at once."""


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
    """Durations that came with the corpus, or that an aligner elsewhere found.

    Args:
        symbols (Iterable[str]): every symbol of the frontend.
        alignments (str | Path, optional): a folder of label files named after the utterances, or one file for all
            (:func:`~parakeet.preparation.labels.lookup.open_labels`). None for the corpus' own ``phones`` and ``phone_samples``.
        phone_map (str | Path, optional): a file that says which phones the labels' are
            (:func:`~parakeet.preparation.labels.inventory.read_phone_map`), for labels with phones of their own.
        min_pause (float): seconds from which on a labelled pause inside the text, where there is no mark, becomes a symbol of its own.

    Raises:
        DataError: if there are no such labels.
        TextError: if the map can't be used.
    """

    name = "given"

    def __init__(self, symbols, alignments=None, phone_map=None, min_pause=0.05):
        if alignments is None:
            self._labels = _OwnLabels(symbols)
        else:
            self._labels = _LabelsElsewhere(symbols, alignments, phone_map, min_pause)

    def covers(self, example):
        """Tell whether there are durations for an utterance."""
        return self._labels.covers(example)

    def segments(self, example, words, wav, sample_rate, trim_start=0.0):
        """Give the segments of an utterance.

        Args:
            example (dict): of the corpus: utt_id, wav_path and, where they are the corpus' own, phones and phone_samples; all times are of
                the recording as it lies on the disk.
            words (Iterable[WordPronunciation]): what the frontend's ``words(text)`` gives; labels from elsewhere are fitted to it
                (:func:`~parakeet.preparation.labels.fitting.fit_to_words`), the corpus' own are taken as they are.
            wav (ndarray): (N,), the cleaned recording.
            sample_rate (int): Hz.
            trim_start (float): seconds that were cut off at its beginning.

        Returns:
            list[Segment]: in order, without gap or overlap, from 0 to the end of ``wav``; the first one is a ``"sil"``. They have no score.

        Raises:
            AlignmentFailure: if there are no durations, they hold a phone that the frontend doesn't know, or they are those of another
                recording or text.
            DataError: if the labels can't be read.
        """
        return on_cleaned(self._labels.segments(example, words), trim_start, len(wav) / sample_rate)

    def identity(self, example):
        """Name what the segments depend on beside recording, words and rate."""
        content = json.dumps(self._labels.identity(example), sort_keys=True)
        return f"given {_GIVEN_REVISION}, {hashlib.sha256(content.encode()).hexdigest()}"

    def spoken_range(self, example):
        """Say which part of the recording, as it lies on the disk, holds phones.

        Returns:
            tuple[float, float] | None: seconds; None where nothing is known.
        """
        try:
            spoken = self._labels.spoken(example)
        except DataError:  # whoever asks for the segments is told
            return None
        return (spoken[0][0], spoken[-1][1]) if spoken else None


class _OwnLabels:
    """The phones of the corpus itself: in the frontend's terms, marks and pauses included."""

    def __init__(self, symbols):
        self._symbols = frozenset(symbols)

    def covers(self, example):
        return "phone_samples" in example

    def identity(self, example):
        return [example.get("phones"), example.get("phone_samples")]

    def spoken(self, example):
        return [(s.start_seconds, s.end_seconds) for s in self.segments(example) if is_spoken(s.symbol)]

    def segments(self, example, words=None):
        """They begin with a silence; here of no length where they have none of their own."""
        if not self.covers(example):
            raise AlignmentFailure("the corpus has no durations for it: its line in utterances.jsonl holds no phones and phone_samples")
        unknown = sorted(set(example["phones"]) - self._symbols - {SILENCE})
        if unknown:
            raise AlignmentFailure(f"its phones {', '.join(map(repr, unknown))} are none of the frontend's. Correct utterances.jsonl.")
        counts, (rate, seconds) = example["phone_samples"], _rate_and_seconds(example)
        if abs(sum(counts) / rate - seconds) > _EXACT:
            raise AlignmentFailure(
                f"its phone_samples last {sum(counts) / rate:.3f} s, the recording {seconds:.3f} s; are they those of this recording?"
            )
        ends = [end / rate for end in itertools.accumulate(counts)]
        segments = [Segment(*row) for row in zip(example["phones"], [0.0, *ends[:-1]], ends, strict=True)]
        return segments if segments[0].symbol == SILENCE else [Segment(SILENCE, 0.0, 0.0), *segments]


class _LabelsElsewhere:
    """Labels in files, with phones and pauses alone."""

    def __init__(self, symbols, alignments, phone_map, min_pause):
        self._symbols, self._min_pause = tuple(symbols), float(min_pause)
        self._labels = open_labels(alignments)
        self._phone_map = None if phone_map is None else read_phone_map(phone_map, self._symbols)

    def covers(self, example):
        return self._labels.covers(example)

    def identity(self, example):
        return [self._labels.identity(example), self._phone_map, self._min_pause]

    def spoken(self, example):
        return [(label.start, label.end) for label in self._labels.phones(example) if not label.is_pause]

    def segments(self, example, words):
        labels, (_, seconds) = self._labels.phones(example), _rate_and_seconds(example)
        if not seconds * _LEAST_PART <= labels[-1].end <= seconds + _TOLERANCE:
            raise AlignmentFailure(
                f"its labels end at {labels[-1].end:.3f} s, the recording at {seconds:.3f} s; are they those of this recording, and in the "
                "unit that their format asks for?"
            )
        return fit_to_words(labels, words, self._symbols, self._phone_map, self._min_pause)


def _rate_and_seconds(example):
    import soundfile

    try:
        info = soundfile.info(example["wav_path"])
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise DataError(f"{example['wav_path']}: can't be read as audio ({error}). Copy it again, or leave it out.") from error
    return info.samplerate, info.frames / info.samplerate


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
