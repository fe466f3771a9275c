"""The same sound under two names, at whatever level and sample rate."""

import functools

import numpy as np

from parakeet.audio.io import resample
from parakeet.diagnosis.work import run

ALIKE = 0.8
"""Cosine of two fingerprints from which the sounds themselves are compared. Copies at another level and sample rate have 0.83 and more
(of 325, of three corpora), and so have 1 in 10 of the repeated takes of a sentence."""
LENGTHS = 0.025
"""How far two copies may differ in the length of their fingerprints: 0.016 at most of the same 325."""
SAME = 0.8
"""The correlation of two sounds, at their best shift, from which they are one. Copies have 0.99; two takes of a sentence 0.5 at most."""
_RATE = 8000
_ROWS = 512


def find_twins(survey, source, workers=None, progress=None):
    """Find the utterances whose recordings are the same sound.

    Args:
        survey (Survey): examined; its ``twins`` are set: pairs of utterances, in the corpus' order.
        source, workers, progress: as for :func:`parakeet.diagnosis.survey.examine`.
    """
    heard = survey.heard
    pairs = [(heard[a], heard[b]) for a, b in _candidates(heard)]
    same = run(functools.partial(_same, source=source), pairs, workers, progress, "comparing recordings that are alike")
    survey.twins = [(a, b) for (a, b), is_same in zip(pairs, same, strict=True) if is_same is True]


def _candidates(heard):
    """Pairs of places whose fingerprints are alike; only neighbours in length are compared, so that large corpora can be."""
    if len(heard) < 2:
        return []
    lengths = np.array([u.sound.shape_seconds for u in heard])
    order = np.argsort(lengths, kind="stable")
    shapes, lengths = np.stack([heard[i].sound.shape for i in order]), lengths[order]
    pairs = []
    for first in range(0, len(order), _ROWS):
        rows = slice(first, min(first + _ROWS, len(order)))
        last = int(np.searchsorted(lengths, lengths[rows.stop - 1] * (1 + LENGTHS), side="right"))
        alike = shapes[rows] @ shapes[first:last].T
        near = lengths[None, first:last] <= lengths[rows, None] * (1 + LENGTHS)
        a, b = np.nonzero((alike >= ALIKE) & near)
        pairs += [
            tuple(sorted((int(order[first + i]), int(order[first + j])))) for i, j in zip(a, b, strict=True) if i < j
        ]
    return sorted(set(pairs))


def _same(pair, source):
    first, second = (_at_common_rate(*source.mono(utterance)) for utterance in pair)
    size = 2 ** int(np.ceil(np.log2(len(first) + len(second))))
    together = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    return bool(together.max() >= SAME * np.linalg.norm(first) * np.linalg.norm(second))


def _at_common_rate(wav, sample_rate):
    wav = resample(wav, sample_rate, _RATE).astype(np.float64)
    return wav - wav.mean()
