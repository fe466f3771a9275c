"""The two sources of a voice: harmonics of a pitch, and noise; what the mouth makes of them is for filters to say.

Source and filter are as old as the vocoder (H. Dudley, 1939); as spectra, multiplied frame by frame by what a network predicts, they are
those of the neural homomorphic vocoder (Z. Liu et al., Interspeech 2020) and of DDSP (J. Engel et al., arXiv:2001.04643).
"""

import numpy as np

from parakeet.audio.stft import InverseTransform, hann
from parakeet.audio.symbols import interpolated

UNVOICED_PITCH = 150.0
"""Hz: what stands for the pitch of a recording without any."""


def continuous_pitch(pitch):
    """Fill the gaps of a pitch: between two voiced frames it moves evenly on a logarithmic scale, at the edges it stays.

    Args:
        pitch (numpy.ndarray): (T,) Hz; 0 where unvoiced.

    Returns:
        numpy.ndarray: (T,) float32 Hz, above 0 everywhere; :data:`UNVOICED_PITCH` where no frame is voiced.
    """
    voiced = pitch > 0
    if not voiced.any():
        return np.full(len(pitch), UNVOICED_PITCH, np.float32)
    return np.exp(interpolated(np.where(voiced, np.log(np.where(voiced, pitch, 1.0)), np.nan)))


def harmonics(pitch, sample_rate, hop_length, before, after, phase=0.0):
    """All harmonics of a pitch below half the sample rate, each a cosine of amplitude 1: a train of pulses without aliases.

    Their sum has a closed form, ``sin((K + 1/2) p) / (2 sin(p / 2)) - 1/2`` for K cosines of multiples of the phase p. The highest one
    fades in while the pitch falls, and out while it rises: none begins or ends with a click.

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
    return pulses(periods, frequency, sample_rate)


def pulses(periods, frequency, sample_rate):
    """All harmonics below half the sample rate, summed; arguments (N,) float64: place in periods, Hz. Gives (N,) float32."""
    place, room = periods - np.round(periods), 0.5 * sample_rate / frequency
    count = np.floor(room)
    half = _sine(place / 2)
    near = np.abs(half) < 1e-4  # where the fraction's limit is the number of harmonics
    sums = _sine((count + 0.5) * place) / np.where(near, 1, 2 * half) - 0.5
    missing = (1 - (room - count)) * _sine(count * place + 0.25)
    return (np.where(near, count, sums) - missing).astype(np.float32)


def _sine(turns):
    # Sines of single precision take a twentieth of the time; within half a turn of 0 they lose nothing.
    return np.sin((2 * np.pi * (turns - np.round(turns))).astype(np.float32))


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
    train = harmonics(pitch, sample_rate, hop_length, half, half, phase=rng.random())
    noise = rng.standard_normal(len(train), np.float32)
    return tuple(spectra(sound, n_fft, hop_length, scale) for sound, scale in zip((train, noise), scales(n_fft), strict=True))


def scales(n_fft):
    """What the spectra of harmonics and of noise are divided by to be about 1: half the window's sum, and the root of its energy."""
    window = hann(n_fft, n_fft)
    return window.sum() / 2, np.sqrt((window**2).sum())


def spectra(sound, n_fft, hop_length, scale):
    """Windowed transforms from the first sample on, over ``scale``: (1 + (N - n_fft) // hop_length, 1 + n_fft // 2) complex64."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, n_fft)[::hop_length]
    window = (hann(n_fft, n_fft) * (n_fft / scale)).astype(np.float32)
    # Divided by n_fft ("forward"), numpy transforms single precision as such, in an eighth of the time.
    return np.fft.rfft(frames * window, axis=-1, norm="forward").astype(np.complex64, copy=False)


class SourceFilter:
    """Sound from filters that come piece by piece: both sources go on from piece to piece, so that pieces make the same samples as all at
    once.

    The pulses begin with one, half a window before the first frame's centre; noise is drawn sample by sample.

    Args:
        sample_rate (int): Hz.
        n_fft (int): samples, even.
        hop_length (int): samples, at most n_fft / 2.
        seed (int): of the noise.

    Attributes:
        lag (int): frames that have to follow a frame before its samples are final: half a window of pulses has to be known, and then the
            frames whose windows reach it.
    """

    def __init__(self, sample_rate, n_fft, hop_length, seed=0):
        self.sample_rate, self.n_fft, self.hop_length = sample_rate, n_fft, hop_length
        self._rng = np.random.default_rng(seed)
        self._inverse = InverseTransform(n_fft, hop_length)
        self.lag = 2 * self._inverse.lag
        self._pitch, self._periods = None, 0.0  # of the last frame; of the last sample
        self._sounds = np.zeros((2, 0), np.float32)  # pulses and noise, from where the first waiting frame's window begins
        self._filters = np.zeros((2, 0, 1 + n_fft // 2), np.complex64)  # of the pulses and of the noise, of the waiting frames

    def push(self, pitch, filters, noise):
        """Add frames.

        Args:
            pitch (numpy.ndarray): (n,) Hz above 0; n may be 0.
            filters (numpy.ndarray): (n, 1 + n_fft // 2) complex: what the harmonics are multiplied by.
            noise (numpy.ndarray): (n, 1 + n_fft // 2): the gain of the noise.

        Returns:
            numpy.ndarray: (m * hop_length,) float32, the samples that are final now.
        """
        if not len(pitch):
            return np.zeros(0, np.float32)
        pitch = np.asarray(pitch, np.float64)
        if self._pitch is None:
            self._periods = -pitch[0] / self.sample_rate
            self._extend(np.concatenate([np.full(self.n_fft // 2, pitch[0]), self._between(pitch)]))
        else:
            self._extend(self._between(np.concatenate([[self._pitch], pitch])))
        self._pitch = pitch[-1]
        self._filters = np.concatenate([self._filters, np.stack([filters, noise]).astype(np.complex64, copy=False)], axis=1)
        return self._inverse.push(self._filtered())

    def finish(self):
        """The rest: (m * hop_length,) float32; with it there are hop_length samples for each frame."""
        if self._pitch is None:
            return np.zeros(0, np.float32)
        self._extend(np.full(self.n_fft // 2, self._pitch))
        return np.concatenate([self._inverse.push(self._filtered()), self._inverse.finish()])

    def _between(self, pitch):
        """The pitch of each sample from the first frame's centre to the last one's, ((n - 1) * hop_length,)."""
        steps = np.arange(self.hop_length) / self.hop_length
        return (pitch[:-1, None] + np.diff(pitch)[:, None] * steps).reshape(-1)

    def _extend(self, frequency):
        if not len(frequency):
            return
        periods = self._periods + np.cumsum(frequency / self.sample_rate)
        self._periods = periods[-1] % 1
        sounds = np.stack([pulses(periods, frequency, self.sample_rate), self._rng.standard_normal(len(frequency), np.float32)])
        self._sounds = np.concatenate([self._sounds, sounds], axis=1)

    def _filtered(self):
        """The spectra of the frames whose sources are known; they wait no longer."""
        count = max(0, (self._sounds.shape[1] - self.n_fft) // self.hop_length + 1)
        if not count:
            return self._filters[0, :0]
        scaled = zip(self._sounds, scales(self.n_fft), strict=True)
        sources = np.stack([spectra(sound, self.n_fft, self.hop_length, scale) for sound, scale in scaled])
        filtered = (sources * self._filters[:, :count]).sum(0)
        self._sounds, self._filters = self._sounds[:, count * self.hop_length :], self._filters[:, count:]
        return filtered
