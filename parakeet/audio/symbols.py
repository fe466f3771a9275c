"""One value for each symbol from one value for each frame."""

import numpy as np

from parakeet.errors import AudioError

ENERGY_FLOOR = 1e-2
"""Of a frame's energy before its logarithm is taken: about what the noise of 16 bits has, so that digital silence counts like it."""


def mean_by_symbol(values, durations, counted=None):
    """The mean over the frames of each symbol.

    Args:
        values (numpy.ndarray): (T,).
        durations (numpy.ndarray): (S,) int frames; they sum to T.
        counted (numpy.ndarray, optional): (T,) bool, the frames that count; all when None.

    Returns:
        numpy.ndarray: (S,) float32; NaN for a symbol without a frame that counts.

    Raises:
        AudioError: if the durations do not sum to T.
    """
    if durations.sum() != len(values):
        raise AudioError(
            f"the durations sum to {durations.sum()} frames, but there are {len(values)} of values: prepare the corpus again."
        )
    counted = np.ones(len(values), bool) if counted is None else counted
    bounds = np.concatenate([[0], np.cumsum(durations)])
    sums = np.diff(np.concatenate([[0.0], np.cumsum(np.where(counted, values, 0.0), dtype=np.float64)])[bounds])
    counts = np.diff(np.concatenate([[0], np.cumsum(counted)])[bounds])
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32)


def pitch_by_symbol(pitch, durations):
    """The mean log pitch over the voiced frames of each symbol (FastPitch, arXiv:2006.06873, sec. 2.1).

    Args:
        pitch (numpy.ndarray): (T,) Hz, 0 where unvoiced.
        durations (numpy.ndarray): (S,) int frames; they sum to T.

    Returns:
        numpy.ndarray: (S,) float32 natural logarithm of Hz; NaN for a symbol without a voiced frame.

    Raises:
        AudioError: if the durations do not sum to T.
    """
    voiced = pitch > 0
    return mean_by_symbol(np.log(np.where(voiced, pitch, 1.0)), durations, voiced)


def energy_by_symbol(energy, durations):
    """The mean log energy over the frames of each symbol; the logarithm, so that what is added to it makes all louder by one factor.

    Args:
        energy (numpy.ndarray): (T,), of :func:`parakeet.audio.stft.frame_energy`.
        durations (numpy.ndarray): (S,) int frames; they sum to T.

    Returns:
        numpy.ndarray: (S,) float32 natural logarithm; NaN for a symbol that lasts no frame.

    Raises:
        AudioError: if the durations do not sum to T.
    """
    return mean_by_symbol(np.log(np.maximum(energy, ENERGY_FLOOR)), durations)


def interpolated(values):
    """Fill what is unknown by straight lines between its known neighbours (as FastSpeech 2 does, arXiv:2006.04558, sec. 2.3).

    Args:
        values (numpy.ndarray): (S,), NaN where unknown.

    Returns:
        numpy.ndarray: (S,) float32; before the first and behind the last known value theirs; all 0 where none is known.
    """
    known = np.flatnonzero(~np.isnan(values))
    if len(known) == 0:
        return np.zeros(len(values), np.float32)
    return np.interp(np.arange(len(values)), known, values[known]).astype(np.float32)
