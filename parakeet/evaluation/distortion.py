"""How far one spectrum is from another: mel-cepstral distortion."""

import numpy as np

from parakeet.errors import DataError


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


def dtw_path(cost):
    """Find the cheapest way through a matrix of costs from the first cell to the last (Sakoe and Chiba 1978, symmetric form, P = 0).

    A step goes to the next row, the next column, or both; a step to both counts its cell twice, so that the weights of every path
    sum to the same, R + C.

    Args:
        cost (ndarray): (R, C), at least 0.

    Returns:
        tuple[float, ndarray]: the weighted sum of the costs, and the cells (K, 2) from (0, 0) to (R - 1, C - 1).
    """
    cost = np.asarray(cost, dtype=np.float64)
    n_rows, n_columns = cost.shape
    total = np.full((n_rows + 1, n_columns + 1), np.inf)
    total[0, 0] = 0.0
    # One anti-diagonal at a time: its cells need those of the two before it only.
    for diagonal in range(n_rows + n_columns - 1):
        i = np.arange(max(0, diagonal - n_columns + 1), min(diagonal, n_rows - 1) + 1)
        j = diagonal - i
        here = cost[i, j]
        total[i + 1, j + 1] = np.minimum(np.minimum(total[i, j + 1], total[i + 1, j]) + here, total[i, j] + 2 * here)
    return float(total[-1, -1]), _walk_back(cost, total)


def _walk_back(cost, total):
    i, j = cost.shape[0] - 1, cost.shape[1] - 1
    path = [(i, j)]
    while i or j:
        here = cost[i, j]
        ways = ((total[i, j] + 2 * here, i - 1, j - 1), (total[i, j + 1] + here, i - 1, j), (total[i + 1, j] + here, i, j - 1))
        _, i, j = min(way for way in ways if way[1] >= 0 and way[2] >= 0)
        path.append((i, j))
    return np.array(path[::-1])


def mel_cepstral_distortion(mel, other, n_coefficients=13):
    """Measure how different two utterances of one text sound, their timing and loudness left aside.

    ``10 / ln 10 * sqrt(2 * sum of squared differences)`` of the cepstra (Kubichek 1993), averaged over the frames of the cheapest time
    warp: the root mean square, over the mel bands, of the difference in decibels between the two smoothed spectra. The cepstra are of
    log-mel spectra, whose resolution is that of the mel bands; other tools take them from other envelopes (WORLD, SPTK) and get other
    figures: compare only figures of this function, of the same MelConfig.

    Args:
        mel (ndarray): (T, n_mels), natural-log amplitude.
        other (ndarray): (T', n_mels), made with the same MelConfig.
        n_coefficients (int): cepstral coefficients compared, from the first on.

    Returns:
        float: decibels; 0 for the same spectrum, the same whichever comes first.

    Raises:
        DataError: if they differ in n_mels, hold no frames or numbers that are not finite, or if there are not that many coefficients.
    """
    mel, other = np.asarray(mel), np.asarray(other)
    for spectrum in (mel, other):
        if spectrum.ndim != 2 or len(spectrum) == 0 or spectrum.shape[1] != mel.shape[1]:
            raise DataError(
                f"mel_cepstral_distortion: expected two arrays of shape (T, n_mels) with the same n_mels, "
                f"received {mel.shape} and {other.shape}"
            )
        if not np.isfinite(spectrum).all():
            raise DataError("mel_cepstral_distortion: a spectrum holds values that are not numbers (NaN or infinite)")
    if not 1 <= n_coefficients < mel.shape[1]:
        raise DataError(f"mel_cepstral_distortion: n_coefficients must be from 1 to {mel.shape[1] - 1}, received {n_coefficients}")
    a, b = mel_cepstrum(mel, n_coefficients), mel_cepstrum(other, n_coefficients)
    squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)[None, :] - 2 * a @ b.T
    cost = 10 / np.log(10) * np.sqrt(2 * np.maximum(squares, 0.0))
    total, _ = dtw_path(cost)
    return total / (len(a) + len(b))
