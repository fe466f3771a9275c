"""One loudness for everything that is listened to."""

import numpy as np

from parakeet.audio.loudness import integrated_loudness

LEVEL = -23.0
"""LUFS: the loudness of EBU R 128, and of prepared data unless it was asked for otherwise."""


def at_level(wav, sample_rate, level=LEVEL):
    """Bring a sound to a loudness, so that nothing is heard better only for being louder.

    Args:
        wav (ndarray): (N,) float.
        sample_rate (int): Hz.
        level (float): LUFS.

    Returns:
        ndarray: (N,) float32 in [-1, 1]; a sound whose peaks would leave that range stays that much quieter, silence stays silence.
    """
    wav = np.asarray(wav, np.float32)
    loudness = integrated_loudness(wav, sample_rate) if len(wav) else -np.inf
    if not np.isfinite(loudness):
        return wav
    wav = wav * np.float32(10 ** ((level - loudness) / 20))
    return wav / max(1.0, float(np.abs(wav).max()))
