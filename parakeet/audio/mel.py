"""Log-mel spectra, and the one description of them that data, snapshots and voices share."""

import functools
from dataclasses import asdict, dataclass

import numpy as np

from parakeet.audio.stft import magnitudes

# The floor of the amplitude before its logarithm: about -100 dB, the custom of HiFi-GAN and Tacotron 2.
AMPLITUDE_FLOOR = 1e-5


@dataclass(frozen=True)
class MelConfig:
    """How mel spectra are made; written once and compared wherever two of them meet.

    Args:
        sample_rate (int): Hz.
        n_fft (int): samples.
        hop_length (int): samples between frames.
        win_length (int): samples, at most ``n_fft``.
        n_mels (int): bands.
        fmin (float): Hz.
        fmax (float): Hz, at most half of ``sample_rate``.

    Raises:
        ValueError: if the values contradict one another.
    """

    __pydantic_config__ = {"extra": "forbid"}

    sample_rate: int = 16000
    n_fft: int = 1024
    hop_length: int = 256
    win_length: int = 1024
    n_mels: int = 80
    fmin: float = 0.0
    fmax: float = 8000.0

    def __post_init__(self):
        for name in ("sample_rate", "n_fft", "hop_length", "win_length", "n_mels"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: expected a positive number, received {getattr(self, name)}.")
        if self.win_length > self.n_fft:
            raise ValueError(f"win_length: expected at most n_fft = {self.n_fft}, received {self.win_length}.")
        if self.hop_length > self.win_length // 2:
            raise ValueError(
                f"mel.hop_length: expected at most half of win_length = {self.win_length}, received {self.hop_length}."
            )
        if not 0 <= self.fmin < self.fmax <= self.sample_rate / 2:
            raise ValueError(
                f"fmin, fmax: expected 0 <= fmin < fmax <= sample_rate / 2 = {self.sample_rate / 2:g}, "
                f"received {self.fmin:g} and {self.fmax:g}."
            )
        empty = np.flatnonzero(mel_filters(self).sum(axis=1) == 0)
        if len(empty):
            raise ValueError(
                f"n_mels: {len(empty)} of {self.n_mels} bands hold no bin of the spectrum, the first is band {empty[0]}. "
                f"Take fewer bands, or a larger n_fft than {self.n_fft}."
            )

    def frames(self, n_samples):
        """The number of frames of a recording of ``n_samples`` samples: ``1 + n_samples // hop_length``."""
        return 1 + n_samples // self.hop_length

    def differences(self, other):
        """Where another description differs, as lines ``key: mine != other's``; empty where they are equal."""
        mine, others = asdict(self), asdict(other)
        return [f"{key}: {mine[key]} != {others[key]}" for key in mine if mine[key] != others[key]]


def hz_to_mel(hz):
    """Slaney's mel scale (Auditory Toolbox, 1998): linear under 1000 Hz, logarithmic above; 1000 Hz is 15 mel."""
    hz = np.asarray(hz, np.float64)
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def mel_to_hz(mel):
    """The inverse of :func:`hz_to_mel`."""
    mel = np.asarray(mel, np.float64)
    return np.where(mel < 15, mel * 200 / 3, 1000 * 6.4 ** ((np.maximum(mel, 15) - 15) / 27))


@functools.lru_cache(maxsize=8)
def mel_filters(config):
    """Triangular filters of equal area on Slaney's scale, equal to librosa's default within 1e-6.

    Args:
        config (MelConfig): what to make.

    Returns:
        numpy.ndarray: (n_mels, 1 + n_fft // 2) float32, not to be written to.
    """
    edges = mel_to_hz(np.linspace(hz_to_mel(config.fmin), hz_to_mel(config.fmax), config.n_mels + 2))
    bins = np.linspace(0, config.sample_rate / 2, 1 + config.n_fft // 2)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    filters = filters.astype(np.float32)
    filters.setflags(write=False)
    return filters


@functools.lru_cache(maxsize=8)
def _sparse_filters(config, transposed=False):
    """The filters' non-zero values end to end, row by row: their columns, the values, where each row begins, and which rows have any."""
    filters = mel_filters(config).T if transposed else mel_filters(config)
    rows, columns = np.nonzero(filters)
    held, starts = np.unique(rows, return_index=True)
    return columns, filters[rows, columns], starts, held


def _sparse_product(x, config, transposed, width):
    # Not a matrix product: that of a BLAS library differs in its last bits with the number of threads, and most of the matrix is zero.
    columns, values, starts, held = _sparse_filters(config, transposed)
    product = np.zeros((len(x), width), x.dtype)
    product[:, held] = np.add.reduceat(x[:, columns] * values.astype(x.dtype), starts, axis=1)
    return product


def apply_filters(magnitude, config):
    """Sum a spectrum into mel bands; the same bits for any number of threads.

    Args:
        magnitude (numpy.ndarray): (T, 1 + n_fft // 2).
        config (MelConfig): which bands.

    Returns:
        numpy.ndarray: (T, n_mels) of magnitude's precision, equal to ``magnitude @ mel_filters(config).T`` but for rounding.
    """
    return _sparse_product(magnitude, config, False, config.n_mels)


def spread_filters(mel, config):
    """Spread mel bands over the spectrum, the transpose of :func:`apply_filters`; the same bits for any number of threads.

    Args:
        mel (numpy.ndarray): (T, n_mels).
        config (MelConfig): which bands.

    Returns:
        numpy.ndarray: (T, 1 + n_fft // 2) of mel's precision, equal to ``mel @ mel_filters(config)`` but for rounding.
    """
    return _sparse_product(mel, config, True, 1 + config.n_fft // 2)


def log_mel(wav, config):
    """Natural logarithm of the mel amplitude spectrum.

    Args:
        wav (numpy.ndarray): (N,) float32 in [-1, 1]; N > n_fft / 2.
        config (MelConfig): what to make.

    Returns:
        numpy.ndarray: (1 + N // hop_length, n_mels) float32, at least ln(1e-5).

    Raises:
        AudioError: if wav is too short or not one channel.
    """
    return log_mel_of(magnitudes(wav, config.n_fft, config.hop_length, config.win_length), config)


def log_mel_of(magnitude, config):
    """The same from a spectrum that is there already: see :func:`parakeet.audio.stft.magnitudes`.

    Args:
        magnitude (numpy.ndarray): (T, 1 + n_fft // 2).
        config (MelConfig): what to make.

    Returns:
        numpy.ndarray: (T, n_mels) float32, at least ln(1e-5).
    """
    return np.log(np.maximum(apply_filters(magnitude, config), AMPLITUDE_FLOOR)).astype(np.float32)
