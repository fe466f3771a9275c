"""The two sources of a voice: harmonics of a pitch, and noise; what the mouth makes of them is for filters to say.

Source and filter are as old as the vocoder (H. Dudley, 1939); as spectra, multiplied frame by frame by what a network predicts, they are
those of the neural homomorphic vocoder (Z. Liu et al., Interspeech 2020) and of DDSP (J. Engel et al., arXiv:2001.04643).
"""

import numpy as np

from parakeet.audio.stft import hann

UNVOICED_PITCH = 150.0
"""Hz: what stands for the pitch of a recording without any."""


def continuous_pitch(pitch):
    """Fill the gaps of a pitch: between two voiced frames it moves evenly on a logarithmic scale, at the edges it stays.

    Args:
        pitch (numpy.ndarray): (T,) Hz; 0 where unvoiced.

    Returns:
        numpy.ndarray: (T,) float32 Hz, above 0 everywhere; :data:`UNVOICED_PITCH` where no frame is voiced.
    """
    voiced = np.flatnonzero(pitch > 0)
    if not len(voiced):
        return np.full(len(pitch), UNVOICED_PITCH, np.float32)
    return np.exp(np.interp(np.arange(len(pitch)), voiced, np.log(pitch[voiced]))).astype(np.float32)


def harmonics(pitch, sample_rate, hop_length, before, after, phase=0.0):
    """All harmonics of a pitch below half the sample rate, each a cosine of amplitude 1: a train of pulses without aliases.

    Their sum has a closed form, ``sin((K + 1/2) p) / (2 sin(p / 2)) - 1/2`` for K cosines of multiples of the phase p.

    Args:
        pitch (numpy.ndarray): (T,) Hz above 0, of frames centred at ``t * hop_length``; between them it moves evenly.
        sample_rate (int): Hz.
        hop_length (int): samples.
        before (int): samples wanted before the first frame's centre, where the pitch is the first frame's.
        after (int): samples wanted from the last frame's centre on, where it is the last one's.
        phase (float): where the first sample stands in its period, in periods.

    Returns:
        numpy.ndarray: (before + (T - 1) * hop_length + after,) float32.
    """
    places = np.arange(-before, (len(pitch) - 1) * hop_length + after) / hop_length
    frequency = np.interp(places, np.arange(len(pitch)), np.asarray(pitch, np.float64))
    # In periods and float64, the whole ones taken away: after minutes a sum in radians would have lost the place in the period.
    periods = np.cumsum(frequency / sample_rate) - frequency[0] / sample_rate + phase
    angle = 2 * np.pi * (periods % 1)
    count = np.floor(0.5 * sample_rate / frequency)
    half = np.sin(angle / 2)
    near = np.abs(half) < 1e-4  # where the fraction's limit is the number of harmonics
    sums = np.sin((count + 0.5) * angle) / np.where(near, 1.0, 2 * half) - 0.5
    return np.where(near, count, sums).astype(np.float32)


def source_spectra(pitch, sample_rate, n_fft, hop_length, rng):
    """The spectra of both sources for a piece of speech.

    Args:
        pitch (numpy.ndarray): (T,) Hz above 0.
        sample_rate (int): Hz.
        n_fft (int): samples, even.
        hop_length (int): samples.
        rng (numpy.random.Generator): draws the noise, and where in a period the piece begins.

    Returns:
        tuple[numpy.ndarray, numpy.ndarray]: harmonics, whose peaks are about 1, and white noise, whose bins are about 1; both
        (T, 1 + n_fft // 2) complex64.
    """
    half = n_fft // 2
    pulses = harmonics(pitch, sample_rate, hop_length, half, half, phase=rng.random())
    noise = rng.standard_normal(len(pulses), np.float32)
    return tuple(spectra(sound, n_fft, hop_length, scale) for sound, scale in zip((pulses, noise), scales(n_fft), strict=True))


def scales(n_fft):
    """What the spectra of harmonics and of noise are divided by to be about 1: half the window's sum, and the root of its energy."""
    window = hann(n_fft, n_fft)
    return window.sum() / 2, np.sqrt((window**2).sum())


def spectra(sound, n_fft, hop_length, scale):
    """Windowed transforms from the first sample on, over ``scale``: (1 + (N - n_fft) // hop_length, 1 + n_fft // 2) complex64."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, n_fft)[::hop_length]
    return np.fft.rfft(frames * (hann(n_fft, n_fft) / scale).astype(np.float32), axis=-1).astype(np.complex64, copy=False)
