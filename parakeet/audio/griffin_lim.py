"""A waveform from a mel spectrum without a trained vocoder: the baseline of every report."""

import numpy as np

from parakeet.audio.mel import apply_filters, mel_filters, spread_filters
from parakeet.audio.stft import istft, stft


def mel_to_magnitude(mel, config, iterations=30):
    """The non-negative magnitude spectrum whose mel spectrum is nearest, by multiplicative updates (Lee and Seung 2001, eq. 4).

    Args:
        mel (numpy.ndarray): (T, n_mels), natural-log amplitude.
        config (MelConfig): how it was made.
        iterations (int): updates; after 30 the mel spectrum is met within some 0.01 on average.

    Returns:
        numpy.ndarray: (T, 1 + n_fft // 2) float32, at least 0.
    """
    wanted = spread_filters(np.exp(mel.astype(np.float32)), config)
    power = (mel_filters(config) ** 2).sum(axis=0)
    magnitude = wanted / np.maximum(power, 1e-12)
    for _ in range(iterations):
        magnitude *= wanted / np.maximum(spread_filters(apply_filters(magnitude, config), config), 1e-12)
    return magnitude


def griffin_lim(mel, config, iterations=60, momentum=0.99, seed=0, length=None):
    """A waveform for a mel spectrum, by the fast Griffin-Lim algorithm (Perraudin, Balazs and Søndergaard 2013, algorithm 2).

    Args:
        mel (numpy.ndarray): (T, n_mels), natural-log amplitude.
        config (MelConfig): how it was made.
        iterations (int): rounds of phase estimation.
        momentum (float): 0 is the original algorithm of Griffin and Lim.
        seed (int): of the first, random phase; equal seeds give equal samples.
        length (int, optional): samples wanted; ``(T - 1) * hop_length`` when None.

    Returns:
        numpy.ndarray: (length,) float32.
    """
    return sound_of_magnitude(mel_to_magnitude(mel, config), config, iterations, momentum, seed, length)


def sound_of_magnitude(magnitude, config, iterations=60, momentum=0.99, seed=0, length=None):
    """A waveform for a magnitude spectrum; see :func:`griffin_lim`.

    Args:
        magnitude (numpy.ndarray): (T, 1 + n_fft // 2), at least 0.
        config (MelConfig): its ``n_fft``, ``hop_length`` and ``win_length``.
        iterations, momentum, seed, length: as there.

    Returns:
        numpy.ndarray: (length,) float32.
    """
    length = (len(magnitude) - 1) * config.hop_length if length is None else length
    # Rounds need more than half a window of signal to reflect; a very short one is finished longer and cut.
    working = max(length, config.n_fft // 2 + 1)
    wanted = np.zeros((config.frames(working), 1 + config.n_fft // 2), np.float32)
    wanted[: len(magnitude)] = magnitude[: len(wanted)]
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, wanted.shape).astype(np.float32)
    estimate = wanted * np.exp(1j * angle)
    previous = np.zeros_like(estimate)
    for _ in range(iterations):
        wav = istft(estimate, config.hop_length, config.win_length, working)
        projected = stft(wav, config.n_fft, config.hop_length, config.win_length)
        accelerated = projected + momentum * (projected - previous)
        previous = projected
        estimate = wanted * (accelerated / np.maximum(np.abs(accelerated), 1e-9))
    return istft(estimate, config.hop_length, config.win_length, working)[:length].astype(np.float32)
