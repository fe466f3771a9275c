"""Mel feedback: a sound is measured as the vocoder's listener would, and each frequency is brought nearer to what was asked for.

A network says what a sound shall be before the sound exists; where frames overlap, and pulses meet noise, its spectrum comes out a little
different. One measurement and one correction of the magnitudes, as in a round of Griffin and Lim's algorithm (IEEE Trans. ASSP 1984) but
with the phases there are, closes most of that gap: docs/design/vocoder.md.
"""

import functools

import numpy as np

from parakeet.audio.mel import log_mel_of, mel_filters, spread_filters
from parakeet.audio.stft import InverseTransform, hann

MOST = 2.0
"""Natural logarithm: a band that is further off than that counts as this far."""


@functools.lru_cache(maxsize=8)
def coverage(config):
    """What all bands together weigh in each bin, (1 + n_fft // 2,) float32; 0 where none hears it."""
    found = mel_filters(config).sum(axis=0)
    found.setflags(write=False)
    return found


def bin_gains(wanted, magnitude, config, strength):
    """What each bin is multiplied by, so that the bands that hear it move towards the wanted ones.

    Args:
        wanted (numpy.ndarray): (T, n_mels), natural-log amplitude.
        magnitude (numpy.ndarray): (T, 1 + n_fft // 2), of what there is.
        config (MelConfig): of the bands.
        strength (float): how much of the way, of logarithms; 1 is all of it.

    Returns:
        numpy.ndarray: (T, 1 + n_fft // 2) float32; 1 where no band hears.
    """
    missing = strength * np.clip(wanted - log_mel_of(magnitude, config), -MOST, MOST)
    heard = coverage(config)
    return np.exp(spread_filters(missing, config) / np.where(heard > 0, heard, 1)).astype(np.float32)


class MelFeedback:
    """Corrects a sound that comes piece by piece; pieces make the same samples as all at once.

    Frames whose windows reach beyond the sound are left as they are.

    Args:
        config (MelConfig): of the bands; ``hop_length`` at most half of ``n_fft``.
        strength (float): see :func:`bin_gains`.

    Attributes:
        lag (int): frames that have to follow a frame before its samples are final: half a window to measure it, half a one to add it up.
    """

    def __init__(self, config, strength):
        self.config, self.strength = config, strength
        self._half = config.n_fft // 2
        self._inverse = InverseTransform(config.n_fft, config.hop_length, config.win_length)
        self.lag = 2 * self._inverse.lag - 1
        self._window = hann(config.win_length, config.n_fft).astype(np.float32)
        self._sound = np.zeros(self._half, np.float32)  # from where the first waiting frame's window begins
        self._wanted = np.zeros((0, config.n_mels), np.float32)  # of the waiting frames
        self._frame = 0  # number of the first waiting one

    def want(self, mel):
        """Say what is asked for: (n, n_mels), natural-log amplitude, of the next n frames."""
        self._wanted = np.concatenate([self._wanted, mel])

    def push(self, wav):
        """Add samples, after what is wanted of their frames: (n,) float32. Gives the samples that are final now."""
        self._sound = np.concatenate([self._sound, wav])
        count = (len(self._sound) - self.config.n_fft) // self.config.hop_length + 1
        return self._inverse.push(self._corrected(max(0, count), 0))

    def finish(self):
        """The rest; with it there are as many samples as were pushed, hop_length for each frame."""
        reach, hop_length = self._inverse.lag, self.config.hop_length  # so many frames behind the sound still reach into it
        self._sound = np.concatenate([self._sound, np.zeros(self._half + reach * hop_length, np.float32)])
        spectrum = self._corrected(len(self._wanted) + reach, 2 * reach - 1)
        return np.concatenate([self._inverse.push(spectrum), self._inverse.finish()])[: -reach * hop_length]

    def _corrected(self, count, beyond):
        """The spectra of the next frames, of which the last ones reach beyond the sound; they wait no longer."""
        hop_length, n_fft = self.config.hop_length, self.config.n_fft
        if not count:
            return np.zeros((0, 1 + self._half), np.complex64)
        frames = np.lib.stride_tricks.sliding_window_view(self._sound, n_fft)[::hop_length][:count]
        # Divided by n_fft ("forward"), numpy transforms single precision as such, in an eighth of the time.
        spectrum = (np.fft.rfft(frames * self._window, axis=-1, norm="forward") * n_fft).astype(np.complex64, copy=False)
        first = max(0, self._inverse.lag - self._frame)
        inside = slice(first, max(first, count - beyond))
        if spectrum[inside].size:
            spectrum[inside] *= bin_gains(self._wanted[inside], np.abs(spectrum[inside]), self.config, self.strength)
        self._sound, self._wanted = self._sound[count * hop_length :], self._wanted[count:]
        self._frame += count
        return spectrum
