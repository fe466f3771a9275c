"""How far one spectrum is from another: mel-cepstral distortion."""

from typing import NamedTuple

import numpy as np

from parakeet.errors import DataError
from parakeet.evaluation.warping import dtw_path


def mel_cepstrum(mel, n_coefficients=13):
    """Turn log-mel spectra into cepstra: the c of ``mel[k] = c[0] / 2 + sum over m of c[m] cos(pi m (k + 1/2) / n_mels)``.

    Args:
        mel (ndarray): (T, n_mels), natural-log amplitude.
        n_coefficients (int): how many to keep, after the zeroth, which is the loudness.

    Returns:
        ndarray: (T, n_coefficients), float64, coefficients 1 ... n_coefficients.
    """
    mel = np.asarray(mel, dtype=np.float64)
    n_mels = mel.shape[1]
    order = np.arange(1, n_coefficients + 1)[:, None]
    basis = 2 / n_mels * np.cos(np.pi * order * (np.arange(n_mels) + 0.5) / n_mels)
    return mel @ basis.T


class Warp(NamedTuple):
    """Two utterances laid over one another.

    Attributes:
        distortion (float): decibels, averaged over the path.
        path (ndarray): (K, 2) frames of the one and of the other that belong together, from the first to the last.
    """

    distortion: float
    path: np.ndarray


def warp_spectra(mel, other, n_coefficients=13):
    """Lay two utterances of one text over one another, and measure how different they sound, their timing and loudness left aside.

    ``10 / ln 10 * sqrt(2 * sum of squared differences)`` of the cepstra (Kubichek 1993), averaged over the frames of the cheapest time
    warp: the root mean square, over the mel bands, of the difference in decibels between the two smoothed spectra. The cepstra are of
    log-mel spectra, whose resolution is that of the mel bands; other tools take them from other envelopes (WORLD, SPTK) and get other
    figures: compare only figures of this function, of the same MelConfig.

    Args:
        mel (ndarray): (T, n_mels), natural-log amplitude.
        other (ndarray): (T', n_mels), made with the same MelConfig.
        n_coefficients (int): cepstral coefficients compared, from the first on.

    Returns:
        Warp: the distortion is 0 for the same spectrum, and the same whichever comes first.

    Raises:
        DataError: if they differ in n_mels, hold no frames or numbers that are not finite, or if there are not that many coefficients.
    """
    mel, other = np.asarray(mel), np.asarray(other)
    for spectrum in (mel, other):
        if spectrum.ndim != 2 or len(spectrum) == 0 or spectrum.shape[1] != mel.shape[1]:
            raise DataError(
                f"mel-cepstral distortion: expected two arrays of shape (T, n_mels) with the same n_mels, "
                f"received {mel.shape} and {other.shape}"
            )
        if not np.isfinite(spectrum).all():
            raise DataError("mel-cepstral distortion: a spectrum holds values that are not numbers (NaN or infinite)")
    if not 1 <= n_coefficients < mel.shape[1]:
        raise DataError(f"mel-cepstral distortion: n_coefficients must be from 1 to {mel.shape[1] - 1}, received {n_coefficients}")
    a, b = mel_cepstrum(mel, n_coefficients), mel_cepstrum(other, n_coefficients)
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None, :] - 2 * a @ b.T
    cost = 10 / np.log(10) * np.sqrt(2 * np.maximum(squares, 0.0))
    total, path = dtw_path(cost)
    return Warp(total / (len(a) + len(b)), path)


def mel_cepstral_distortion(mel, other, n_coefficients=13):
    """float: the distortion of :func:`warp_spectra` alone, in decibels."""
    return warp_spectra(mel, other, n_coefficients).distortion
