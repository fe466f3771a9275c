"""Sounds and pictures as addresses that hold them whole."""

import base64
import io

import numpy as np

from parakeet.audio.io import resample
from parakeet.audio.stft import stft
from parakeet.pictures import shaded_png
from parakeet.requirements import require

WIDTH, HEIGHT = 360, 96
RANGE = 75.0
"""dB from the loudest point of a picture to what is drawn dark."""


def sound_address(wav, sample_rate, most_rate):
    """Write a sound into the page: FLAC, which every browser plays and which loses nothing.

    Args:
        wav (ndarray): (N,) float; louder samples than 1 are clipped.
        sample_rate (int): Hz.
        most_rate (int): Hz; a higher rate is brought down to it, to keep the page small.

    Returns:
        str: a data address.
    """
    soundfile = require("soundfile", None, "Writing sounds")
    file = io.BytesIO()
    wav = resample(wav, sample_rate, most_rate) if sample_rate > most_rate else wav
    soundfile.write(file, np.clip(wav, -1, 1), min(sample_rate, most_rate), format="FLAC", subtype="PCM_16")
    return _address("audio/flac", file.getvalue())


def spectrum_address(wav, sample_rate, width=WIDTH, height=HEIGHT):
    """Draw a sound's spectrum into the page; arguments as for :func:`spectrum_png`.

    Returns:
        str: a data address.
    """
    return _address("image/png", spectrum_png(wav, sample_rate, width, height))


def spectrum_png(wav, sample_rate, width=WIDTH, height=HEIGHT):
    """Draw a sound's spectrum up to half its sample rate: what is missing at the top is seen to be missing.

    Args:
        wav (ndarray): (N,) float.
        sample_rate (int): Hz.
        width, height (int): of the picture, in points.

    Returns:
        bytes: a PNG file.
    """
    size = 1024 if sample_rate > 12000 else 512
    wav = np.pad(wav, (0, max(0, size - len(wav))))
    spectrum = np.abs(stft(wav, size, max(1, len(wav) // width), size))[:width].T
    rows = np.array_split(spectrum[1:], height)
    levels = 20 * np.log10(np.stack([row.mean(axis=0) for row in rows])[::-1] + 1e-9)
    return shaded_png(np.clip((levels - levels.max()) / RANGE + 1, 0, 1))


def _address(kind, content):
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
