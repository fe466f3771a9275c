"""Where speech begins and ends in a recording."""

from dataclasses import dataclass

import numpy as np

STEP = 0.01  # seconds from one level to the next
WINDOW = 0.02  # seconds each level is taken over
RUN = 3  # steps in a row that have to be loud: a click is no speech
NOISE_RISE = 8.0  # dB that noise stays under, above its floor
NOISE_LEAST = 0.3  # seconds that must lie near the floor for it to be one: a recording without a pause has none
NOISE_SPREAD = 4.0  # dB around it
HEADROOM = 12.0  # dB under the speech that nothing is cut above, whatever the noise
LOUD = 0.1  # seconds in all that the loud moments last: more than a click, less than a word


@dataclass(frozen=True)
class TrimConfig:
    """How silence is cut off at the edges of a recording.

    Args:
        level (float): dB under the level of its speech that silence lies below.
        margin (float): seconds that are kept of it: the first and the last sounds are often faint.

    Raises:
        ValueError: if there is no such level or margin.
    """

    __pydantic_config__ = {"extra": "forbid"}

    level: float = 40.0
    margin: float = 0.1

    def __post_init__(self):
        if not 10 <= self.level <= 100:
            raise ValueError(f"level: expected 10 to 100 dB under the speech, received {self.level:g}.")
        if not 0 <= self.margin <= 10:
            raise ValueError(f"margin: expected 0 to 10 seconds, received {self.margin:g}.")


def speech_range(wav, sample_rate, level=40.0):
    """Find the first and the last sound that is louder than silence and noise.

    Speech is what is at most ``level`` dB quieter than the loud moments of the recording. Where there is steady noise, it also has to
    rise 8 dB above that. What is loud for less than 30 ms, as a click is, does not count.

    Args:
        wav (numpy.ndarray): (N,) float.
        sample_rate (int): Hz.
        level (float): dB.

    Returns:
        tuple[int, int]: samples, from the first to behind the last; the whole recording where nothing stands out.
    """
    levels = _levels(wav, sample_rate)
    loud = levels > _threshold(levels, level)
    runs = np.flatnonzero(np.convolve(loud, np.ones(RUN), "valid") == RUN) if len(loud) >= RUN else []
    if not len(runs):
        return 0, len(wav)
    # A level stands for WINDOW seconds around its time.
    start = runs[0] * STEP - WINDOW / 2
    end = (runs[-1] + RUN - 1) * STEP + WINDOW / 2
    return max(0, round(start * sample_rate)), min(len(wav), round(end * sample_rate))


def trim_silence(wav, sample_rate, config, spoken=None):
    """Find the part of a recording to keep.

    Args:
        wav (numpy.ndarray): (N,) float.
        sample_rate (int): Hz.
        config (TrimConfig): how.
        spoken (tuple[float, float], optional): seconds that are kept in any case.

    Returns:
        tuple[int, int]: samples, from the first to behind the last.
    """
    start, end = speech_range(wav, sample_rate, config.level)
    margin = round(config.margin * sample_rate)
    start, end = start - margin, end + margin
    if spoken is not None:
        start, end = min(start, int(spoken[0] * sample_rate)), max(end, int(np.ceil(spoken[1] * sample_rate)))
    return max(0, start), min(len(wav), end)


def _levels(wav, sample_rate):
    """The level in dB at every step; only of whole windows, but one at the edges."""
    power = np.concatenate([[0.0], np.cumsum(np.asarray(wav, np.float64) ** 2)])
    centres = np.arange(1 + int(len(wav) / sample_rate / STEP)) * STEP * sample_rate
    starts = np.clip(np.round(centres - WINDOW / 2 * sample_rate), 0, len(wav)).astype(np.int64)
    ends = np.clip(np.round(centres + WINDOW / 2 * sample_rate), 0, len(wav)).astype(np.int64)
    return 10 * np.log10(np.maximum((power[ends] - power[starts]) / np.maximum(ends - starts, 1), 1e-12))


def _threshold(levels, level):
    speech = np.sort(levels)[-min(round(LOUD / STEP), len(levels))]
    silence = speech - level
    floor = np.percentile(levels, 5)
    near = np.count_nonzero(np.abs(levels - floor) < NOISE_SPREAD) * STEP
    noise = floor + NOISE_RISE if near >= NOISE_LEAST else -np.inf
    return max(silence, min(noise, speech - HEADROOM))
