"""Short-time Fourier transform and its inverse, with centred frames."""

import numpy as np

from parakeet.errors import AudioError


def hann(win_length, n_fft):
    """The periodic Hann window, zero-padded on both sides to the transform's size.

    Args:
        win_length (int): samples.
        n_fft (int): samples, at least ``win_length``.

    Returns:
        numpy.ndarray: (n_fft,) float64. Of 1024 samples it sums to 512, its square to 384.
    """
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(win_length) / win_length)
    left = (n_fft - win_length) // 2
    return np.pad(window, (left, n_fft - win_length - left))


def stft(wav, n_fft, hop_length, win_length):
    """Short-time Fourier transform; frame t is centred at sample ``t * hop_length``, edges are reflected.

    Args:
        wav (numpy.ndarray): (N,), float32 or float64; N > n_fft / 2.
        n_fft (int): samples.
        hop_length (int): samples.
        win_length (int): samples.

    Returns:
        numpy.ndarray: (1 + N // hop_length, 1 + n_fft // 2) complex of wav's precision.

    Raises:
        AudioError: if wav isn't one channel of floats or is too short to be reflected.
    """
    if wav.dtype.kind != "f":
        raise AudioError(
            f"a spectrum needs floats in [-1, 1], received {wav.dtype}. Integer samples become floats by dividing by their full scale, "
            "32768 for 16 bits."
        )
    if wav.ndim != 1 or len(wav) <= n_fft // 2:
        raise AudioError(
            f"a spectrum needs one channel of more than n_fft / 2 = {n_fft // 2} samples, received shape {wav.shape}."
        )
    padded = np.pad(wav, n_fft // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop_length]
    return np.fft.rfft(frames * hann(win_length, n_fft).astype(wav.dtype), axis=-1)


def magnitudes(wav, n_fft, hop_length, win_length):
    """The magnitudes of :func:`stft`, which takes and raises the same: (1 + N // hop_length, 1 + n_fft // 2)."""
    return np.abs(stft(wav, n_fft, hop_length, win_length))


def frame_energy(magnitude):
    """How strong each frame is: the L2 norm of its magnitudes (FastSpeech 2, arXiv:2006.04558, sec. 2.3).

    Args:
        magnitude (numpy.ndarray): (T, 1 + n_fft // 2), of :func:`magnitudes`.

    Returns:
        numpy.ndarray: (T,) float32.
    """
    return np.sqrt(np.einsum("tf,tf->t", magnitude, magnitude)).astype(np.float32)


def istft(spectrum, hop_length, win_length, length):
    """Inverse of :func:`stft`: the signal whose transform is nearest in the least-squares sense (Griffin and Lim 1984, eq. 6).

    Args:
        spectrum (numpy.ndarray): (T, 1 + n_fft // 2) complex.
        hop_length (int): samples.
        win_length (int): samples.
        length (int): samples wanted; those past the last frame's reach are zero.

    Returns:
        numpy.ndarray: (length,) of the spectrum's precision.
    """
    n_frames, n_fft = len(spectrum), 2 * (spectrum.shape[1] - 1)
    real = spectrum.real.dtype
    window = hann(win_length, n_fft).astype(real)
    wav = overlap_add(np.fft.irfft(spectrum, n=n_fft, axis=-1).astype(real, copy=False) * window, hop_length)
    weight = overlap_add(np.broadcast_to(window**2, (n_frames, n_fft)), hop_length)
    wav = (wav / np.maximum(weight, 1e-8))[n_fft // 2 :][:length]
    return np.pad(wav, (0, length - len(wav)))


class InverseTransform:
    """:func:`istft` of frames that come piece by piece: the samples are the same, each as soon as no further frame reaches it.

    Args:
        n_fft (int): samples, even.
        hop_length (int): samples, at most half of the window.
        win_length (int, optional): samples of the window; n_fft when None.

    Attributes:
        lag (int): frames that have to follow a frame before its samples are final.
    """

    def __init__(self, n_fft, hop_length, win_length=None):
        self.n_fft, self.hop_length = n_fft, hop_length
        self.lag = -(-n_fft // (2 * hop_length))
        self._window = hann(win_length or n_fft, n_fft).astype(np.float32)
        self._frames, self._first = 0, -(n_fft // 2)
        self._sums = np.zeros((2, 0), np.float32)  # of windowed frames and of squared windows, from sample _first on

    def push(self, spectrum):
        """Add frames.

        Args:
            spectrum (numpy.ndarray): (n, 1 + n_fft // 2) complex64, n may be 0.

        Returns:
            numpy.ndarray: (m * hop_length,) float32, the samples that are final now.
        """
        if len(spectrum):
            frames = np.fft.irfft(spectrum, n=self.n_fft, axis=-1).astype(np.float32, copy=False) * self._window
            squares = np.broadcast_to(self._window**2, frames.shape)
            added = np.stack([overlap_add(frames, self.hop_length), overlap_add(squares, self.hop_length)])
            place = self._frames * self.hop_length - self.n_fft // 2 - self._first
            former, self._sums = self._sums, np.pad(added, ((0, 0), (place, 0)))
            self._sums[:, : former.shape[1]] += former
            self._frames += len(spectrum)
        return self._take(self._frames - self.lag)

    def finish(self):
        """The rest: (m * hop_length,) float32; with it there are hop_length samples for each frame."""
        return self._take(self._frames)

    def _take(self, frames):
        if frames <= 0:
            return np.zeros(0, np.float32)
        end = frames * self.hop_length
        sound, weight = self._sums[:, max(0, -self._first) : end - self._first]
        self._sums, self._first = self._sums[:, end - self._first :], end
        return sound / np.maximum(weight, 1e-8)


def overlap_add(frames, hop_length):
    """Sum frames, each ``hop_length`` samples after the one before.

    Args:
        frames (numpy.ndarray): (T, size).
        hop_length (int): samples.

    Returns:
        numpy.ndarray: ((T - 1) * hop_length + size,).
    """
    n_frames, size = frames.shape
    pieces = -(-size // hop_length)
    padded = np.pad(frames, ((0, 0), (0, pieces * hop_length - size))).reshape(n_frames, pieces, hop_length)
    out = np.zeros((n_frames + pieces - 1, hop_length), frames.dtype)
    for piece in range(pieces):
        out[piece : piece + n_frames] += padded[:, piece]
    return out.reshape(-1)[: (n_frames - 1) * hop_length + size]
