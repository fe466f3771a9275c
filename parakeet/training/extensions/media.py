"""Sounds and pictures as reported values: whoever can show them does, summaries ignore them."""

from dataclasses import dataclass

import numpy as np

from parakeet.pictures import shade


@dataclass(frozen=True, eq=False)
class Audio:
    """A sound.

    Attributes:
        wav (ndarray): (N,), float32 in [-1, 1]; what is no number is silence, what is louder is clipped.
        sample_rate (int): in Hz.
    """

    wav: np.ndarray
    sample_rate: int

    def __post_init__(self):
        wav = np.asarray(self.wav, np.float32).reshape(-1)
        object.__setattr__(self, "wav", np.clip(np.nan_to_num(wav, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0))


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture.

    Attributes:
        pixels (ndarray): (height, width, 3), uint8.
    """

    pixels: np.ndarray


_NO_NUMBER = np.array([200, 0, 0], np.uint8)


def heat_picture(matrix, scale=2):
    """Draw a matrix, such as a mel spectrogram or an alignment, as a picture: dark is low, light is high, red is no number.

    Args:
        matrix (array): (T, C); T goes to the right, C upwards.
        scale (int): pixels per value in each direction.

    Returns:
        Picture: (C * scale, T * scale, 3).
    """
    values = np.asarray(matrix, np.float32).T[::-1]
    finite = np.isfinite(values)
    low, high = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    pixels = shade(np.where(finite, (values - low) / (high - low) if high > low else 0.0, 0.0))
    pixels[~finite] = _NO_NUMBER
    return Picture(pixels.repeat(scale, axis=0).repeat(scale, axis=1))
