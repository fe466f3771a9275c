"""How far a melody is from another: pitch and voicing, moment by moment."""

from typing import NamedTuple

import numpy as np

from parakeet.errors import DataError

SEMITONE = np.log(2) / 12
"""A semitone as a difference of natural logarithms of Hz."""


class PitchErrors(NamedTuple):
    """What differs between two melodies.

    Attributes:
        rmse (float): root mean square of the difference of log F0, in semitones, over the moments both are voiced; NaN without any.
        unvoiced_share (float): share of the moments where one is voiced and the other is not.
        compared (int): moments where both are voiced.
    """

    rmse: float
    unvoiced_share: float
    compared: int


def pitch_errors(pitch, other, path=None):
    """Compare two melodies: log-F0 RMSE, and the voicing decision error (Nakatani et al. 2008, "A method for fundamental frequency
    estimation and voicing decision", sec. 4.3).

    A warp may rest on a moment of the one while the other goes on; each pair of its path counts once.

    Args:
        pitch (ndarray): (T,) Hz, 0 where unvoiced.
        other (ndarray): (T',) Hz, 0 where unvoiced.
        path (ndarray, optional): (K, 2) frames that belong together, as :func:`parakeet.evaluation.distortion.warp_spectra` finds
            them; without it frame t belongs to frame t, and the two are of one length.

    Returns:
        PitchErrors: all 0 for the same melody; an octave is 12 semitones whichever way.

    Raises:
        DataError: if the two differ in length and no path is given, or are empty.
    """
    pitch, other = np.asarray(pitch, np.float64), np.asarray(other, np.float64)
    if path is not None:
        pitch, other = pitch[path[:, 0]], other[path[:, 1]]
    if pitch.shape != other.shape or pitch.ndim != 1 or not len(pitch):
        raise DataError(f"pitch_errors: expected two melodies of one length, or a path, received shapes {pitch.shape} and {other.shape}")
    both = (pitch > 0) & (other > 0)
    rmse = float(np.sqrt(np.mean((np.log(pitch[both] / other[both]) / SEMITONE) ** 2))) if both.any() else float("nan")
    return PitchErrors(rmse, float(np.mean((pitch > 0) != (other > 0))), int(both.sum()))
