"""What the learning aligner hears: cepstra every 5 ms to tell sounds apart, and fine spectra every 2.5 ms to see where they change."""

import numpy as np

from parakeet.audio.mel import MelConfig, log_mel

HOP = 0.005
"""Seconds from one frame to the next."""
CONTEXT = 4
"""Frames on either side that a frame is seen with."""
N_CEPSTRA = 13
FINE_HOP = 0.0025

_WINDOW = 0.02
_N_MELS = 40
_FINE_WINDOW = 0.01
_FINE_MELS = 24
_HIGHEST = 8000.0
_ROOM = 1e-4
"""Amplitude of the noise added to every recording, -80 dB: digital silence has no spectrum to compare."""


def cepstra(wav, sample_rate):
    """Describe the sound of each frame; frame t is centred at ``t * frame_seconds(sample_rate)``.

    Args:
        wav (ndarray): (N,), float, in [-1, 1].
        sample_rate (int): Hz.

    Returns:
        ndarray: (T, N_CEPSTRA), float32: the first coefficients of the cosine transform of the log-mel spectrum.
    """
    mel = log_mel(_in_a_room(wav), _mel_config(sample_rate, HOP, _WINDOW, _N_MELS))
    angle = np.pi / _N_MELS * (np.arange(_N_MELS)[:, None] + 0.5) * np.arange(N_CEPSTRA)
    return mel @ (np.cos(angle) * np.sqrt(2 / _N_MELS)).astype(np.float32)


def frame_seconds(sample_rate, hop=HOP):
    """The time from one frame to the next: ``hop`` in whole samples."""
    return round(hop * sample_rate) / sample_rate


def fine_spectrum(wav, sample_rate):
    """The log-mel spectrum of very short windows; frame t is centred at ``t * frame_seconds(sample_rate, FINE_HOP)``.

    Args:
        wav (ndarray): (N,), float, in [-1, 1].
        sample_rate (int): Hz.

    Returns:
        ndarray: (T, bands), float32.
    """
    return log_mel(_in_a_room(wav), _mel_config(sample_rate, FINE_HOP, _FINE_WINDOW, _FINE_MELS))


def in_context(frames):
    """Put each frame beside its neighbours: (T, C) -> (T, (2 * CONTEXT + 1) * C); at the edges the last frame stands for those missing."""
    padded = np.pad(frames, ((CONTEXT, CONTEXT), (0, 0)), mode="edge")
    return np.concatenate([padded[i : i + len(frames)] for i in range(2 * CONTEXT + 1)], axis=1)


def first_view():
    """The view of a frame in its context to begin with: itself and its first two differences over time.

    Returns:
        ndarray: ((2 * CONTEXT + 1) * N_CEPSTRA, 3 * N_CEPSTRA), float32, to be multiplied with.
    """
    slope = np.array([-2, -1, 0, 1, 2]) / 10
    filters = np.zeros((3, 2 * CONTEXT + 1))
    filters[0, CONTEXT] = 1
    filters[1, CONTEXT - 2 : CONTEXT + 3] = slope
    filters[2] = np.convolve(slope, slope)
    return np.einsum("dk,ij->kidj", filters, np.eye(N_CEPSTRA)).reshape(-1, 3 * N_CEPSTRA).astype(np.float32)


def _in_a_room(wav):
    noise = np.random.default_rng(0).standard_normal(len(wav), dtype=np.float32)
    return np.asarray(wav, np.float32) + np.float32(_ROOM) * noise


def _mel_config(sample_rate, hop, window, n_mels):
    win_length = round(window * sample_rate)
    # At least 32 Hz from bin to bin, so that no band is empty.
    n_fft = 1 << (max(win_length, sample_rate // 32) - 1).bit_length()
    return MelConfig(sample_rate, n_fft, round(hop * sample_rate), win_length, n_mels, 0.0, min(_HIGHEST, sample_rate / 2))
