"""One recording, measured: the numbers from which the checks judge."""

from dataclasses import dataclass

import numpy as np

from parakeet.audio.io import SILENCE_PEAK, read_wav
from parakeet.diagnosis import signal
from parakeet.errors import AudioError
from parakeet.requirements import require

CANCELLING = 3.0
"""dB of the channels' difference over the sound from which they cancel: 6 for opposite phase, 3 for what is unrelated."""


SPECTRAL_SECONDS = 120
"""Of a longer recording, far too long to be trained on, the spectra are those of its beginning: an hour's would fill the memory."""


@dataclass(frozen=True)
class Sound:
    """What was measured on one recording.

    Attributes:
        seconds (float): its length.
        sample_rate (int): Hz, as it is stored.
        channels (int): of the file.
        channel_difference (float): how far the channels differ: the level of their difference over that of the sound, dB.
        peak (float): the largest sample, 1 is full scale.
        flat_peaks (int), flat_at (float): how many peaks are cut off flat, and the second of the first one.
        offset (float): the mean of the samples.
        level (float): of the speech, dB of full scale.
        noise (float): of what sounds all the time, dB of full scale.
        speech_seconds (float): how much of it is speech by its level.
        lead, trail (float): seconds before the first and after the last moment of speech.
        pause, pause_at (float): the longest pause inside, and where it begins, seconds.
        start_level, end_level (float): of its first and last moment, dB over the level of the speech.
        bandwidth (int): up to which frequency there is sound, Hz.
        hum (float): the level of the mains' tones, dB over that of the speech.
        mains (int): their frequency, Hz.
        gaps (int), gap_at (float): how often the sound stops dead in the middle of speech, and the second of the first time.
        silent (bool): nothing in it could be speech.
        shape (ndarray), shape_seconds (float): its fingerprint and the length of it.
    """

    seconds: float
    sample_rate: int
    channels: int
    channel_difference: float
    peak: float
    flat_peaks: int
    flat_at: float
    offset: float
    level: float
    noise: float
    speech_seconds: float
    lead: float
    trail: float
    pause: float
    pause_at: float
    start_level: float
    end_level: float
    bandwidth: int
    hum: float
    mains: int
    gaps: int
    gap_at: float
    silent: bool
    shape: np.ndarray
    shape_seconds: float

    @property
    def snr(self):
        """float: dB between speech and noise."""
        return self.level - self.noise


def read_channels(path):
    """Read a recording with all its channels.

    Args:
        path (Path): the file.

    Returns:
        tuple[ndarray, int]: (N, channels) float32 and the sample rate in Hz.

    Raises:
        AudioError: as :func:`parakeet.audio.io.read_wav`; a sample rate below 8000 Hz is one more reason.
    """
    wav, rate = read_wav(path, mix=True)  # refuses what is broken
    if rate < 8000:
        raise AudioError(
            f"{path}: recorded at {rate} Hz; speech needs 8000 Hz at the least. Find the original, or record it again."
        )
    soundfile = require("soundfile", None, "Reading recordings")
    if soundfile.info(path).channels == 1:
        return wav[:, None], rate
    return soundfile.read(path, dtype="float32", always_2d=True)


def one_channel(wav):
    """Mix the channels of a recording; of those that cancel one another the first is taken.

    Args:
        wav (ndarray): (N, channels).

    Returns:
        ndarray: (N,) float32.
    """
    cancel = wav.shape[1] > 1 and channel_difference(wav) > CANCELLING
    return wav[:, 0] if cancel or wav.shape[1] == 1 else wav.mean(axis=1, dtype=np.float32)


def measure(wav, sample_rate):
    """Measure one recording.

    Args:
        wav (ndarray): (N, channels) float32 in [-1, 1].
        sample_rate (int): Hz.

    Returns:
        Sound: what was measured, on what :func:`one_channel` makes of it.
    """
    channels = wav.shape[1]
    difference = channel_difference(wav) if channels > 1 else signal.QUIETEST
    wav = one_channel(wav)
    flat_peaks, flat_at = signal.flat_tops(wav)
    offset, peak = float(wav.mean(dtype=np.float64)), float(np.abs(wav).max())
    gap_source, wav = wav, wav - np.float32(offset)
    levels = signal.moment_levels(wav, sample_rate)
    moment = len(wav) / len(levels) / sample_rate
    loud, quiet = np.percentile(levels, (95, 5))
    excerpt = wav[: round(SPECTRAL_SECONDS * sample_rate)]
    bands = signal.power_bands(excerpt, sample_rate)
    speech = signal.speaking(levels)
    level = float(signal.decibels(np.mean(10 ** (levels[speech] / 10)))) if speech.any() else float(loud)
    starts, ends = signal.runs(speech) if speech.any() else (np.array([0]), np.array([len(levels)]))
    pauses = starts[1:] - ends[:-1]
    longest = int(pauses.argmax()) if len(pauses) else None
    mains, hum = signal.hum(excerpt, sample_rate)
    gaps, gap_at = signal.gaps_in_speech(gap_source, levels, level - 25)
    shape, shape_seconds = signal.fingerprint(excerpt, sample_rate)
    return Sound(
        seconds=len(wav) / sample_rate,
        sample_rate=sample_rate,
        channels=channels,
        channel_difference=difference,
        peak=peak,
        flat_peaks=flat_peaks,
        flat_at=flat_at / sample_rate,
        offset=offset,
        level=level,
        noise=float(signal.decibels(signal.noise_power(bands))),
        speech_seconds=float(speech.sum() * moment),
        lead=float(starts[0] * moment),
        trail=float((len(levels) - ends[-1]) * moment),
        pause=0.0 if longest is None else float(pauses[longest] * moment),
        pause_at=0.0 if longest is None else float(ends[longest] * moment),
        start_level=float(levels[0]) - level,
        end_level=float(levels[-1]) - level,
        bandwidth=signal.bandwidth(bands),
        hum=float(signal.decibels(hum)) - level,
        mains=mains,
        gaps=gaps,
        gap_at=gap_at / sample_rate,
        # Noise and hum alone keep to their level; the quietest speech in noise rises and falls by more than 8 dB.
        silent=peak - abs(offset) < SILENCE_PEAK or bool(loud - quiet < 8),
        shape=shape,
        shape_seconds=shape_seconds,
    )


def channel_difference(wav):
    """Tell how far channels differ.

    Args:
        wav (ndarray): (N, channels), at least two.

    Returns:
        float: the level of what a channel does not share with the first one, over the level of the loudest, dB; of several the worst.
    """
    first = wav[:, :1]
    power = np.mean(np.square(wav, dtype=np.float64), axis=0)
    apart = np.mean(np.square(wav[:, 1:] - first, dtype=np.float64), axis=0).max()
    return float(signal.decibels(apart / max(power.max(), 1e-12)))
