"""What is measured on the sound of one recording: numbers only, no judgement."""

import math

import numpy as np

from parakeet.audio.stft import hann

MOMENT = 0.01
"""Seconds of one moment, the step in which levels are measured."""
BAND = 250
"""Hz: the width of the bands in which spectra are measured."""
QUIETEST = -120.0
"""dB of full scale: the level given to digital silence; 24 bits reach down to -144, hearing does not."""


def decibels(power):
    """Give a power, 1 at full scale, in dB; digital silence is :data:`QUIETEST`."""
    return 10 * np.log10(np.maximum(power, 10 ** (QUIETEST / 10)))


def moment_levels(wav, sample_rate):
    """Measure the level from moment to moment.

    Args:
        wav (ndarray): (N,) in [-1, 1].
        sample_rate (int): Hz.

    Returns:
        ndarray: (max(1, N // size),) dB of full scale, of moments of 10 ms.
    """
    size = max(1, round(MOMENT * sample_rate))
    if len(wav) < size:
        return decibels(np.array([np.mean(np.square(wav, dtype=np.float64))]))
    moments = wav[: len(wav) // size * size].reshape(-1, size)
    return decibels(np.mean(np.square(moments, dtype=np.float64), axis=1))


def speaking(levels):
    """Tell speech from pauses by level alone.

    A moment counts as speech if it is less than 35 dB quieter than the loud ones, and louder than two thirds of the way up from the
    quietest: so noise is no speech, and a soft consonant is.

    Args:
        levels (ndarray): (T,) dB.

    Returns:
        ndarray: (T,) bool.
    """
    low, high = np.percentile(levels, (5, 95))
    return levels > max(high - 35, low + (high - low) / 3)


def flat_tops(wav):
    """Count the peaks that are cut off flat, at whatever level the cut lies now.

    A peak of speech is round: it comes near the extreme of its recording once or twice, and passes it. Where the sound was clipped, many
    peaks stay at the very same extreme for three samples and more; turned down afterwards they still do.

    Args:
        wav (ndarray): (N,).

    Returns:
        tuple[int, int]: the number of flat peaks, and the place of the first one, in samples.
    """
    count, first = 0, len(wav)
    for side in (wav, -wav):
        extreme = side.max(initial=0.0)
        if extreme <= 0:
            continue
        # Rounding to 16 bits, and a later change of level, move the samples of one flat peak by a step at most.
        flat = side >= extreme - max(1.5 / 32768, 2e-4 * extreme)
        starts, ends = runs(flat)
        long = ends - starts >= 3
        count += int(long.sum())
        first = min(first, int(starts[long][0])) if long.any() else first
    return count, (first if count else 0)


def runs(mask):
    """Find where a mask is true without a break.

    Args:
        mask (ndarray): (N,) bool.

    Returns:
        tuple[ndarray, ndarray]: first index, and index behind the last, of each run.
    """
    steps = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def power_bands(wav, sample_rate):
    """Measure the power in bands of 250 Hz, in windows of some 32 ms that overlap by half.

    Args:
        wav (ndarray): (N,).
        sample_rate (int): Hz.

    Returns:
        ndarray: (T, sample_rate / 2 // 250) float64, power with 1 at full scale; T >= 1.
    """
    size = 2 ** round(math.log2(0.032 * sample_rate))
    wav = np.pad(wav, (0, max(0, size - len(wav))))
    window = hann(size, size).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(wav, size)[:: size // 2]
    power = np.square(np.abs(np.fft.rfft(frames * window, axis=-1)), dtype=np.float64)
    power[:, 1:-1] *= 2  # the other half of the spectrum
    power /= size * np.sum(np.square(window, dtype=np.float64))
    edges = np.arange(0, sample_rate / 2, BAND)
    starts = np.minimum(np.round(edges * size / sample_rate).astype(int), power.shape[1] - 1)
    bands = np.add.reduceat(power, starts, axis=1)
    return bands[:, : int(sample_rate / 2 // BAND)]


def noise_power(bands):
    """Estimate the power of what sounds all the time, from each band's quietest tenth of the windows.

    Speech leaves every band alone now and then, even in a recording without a pause: so each band shows its noise. The quietest tenth of
    a steady noise lies some 2 dB under its mean in bands of this width; twice the power makes up for that and errs towards noise.

    Args:
        bands (ndarray): (T, B) of :func:`power_bands`.

    Returns:
        float: power with 1 at full scale. The lowest band is left out: it holds hum, steps and wind, which are judged by themselves.
    """
    return float(2 * np.percentile(bands, 10, axis=0)[1:].sum())


def bandwidth(bands):
    """Find up to which frequency a recording holds sound.

    Args:
        bands (ndarray): (T, B) of :func:`power_bands`.

    Returns:
        int: Hz, the upper edge of the highest band whose loud windows (the 95th percentile) are less than 65 dB under the loudest band's.
        The hiss of any room and the s of any voice reach that; what a converter invents above the former limit does not.
    """
    loud = decibels(np.percentile(bands, 95, axis=0))
    return int(np.flatnonzero(loud >= loud.max() - 65)[-1] + 1) * BAND


def hum(wav, sample_rate):
    """Look for the hum of the mains: steady tones at 50 or 60 Hz and their multiples.

    Args:
        wav (ndarray): (N,).
        sample_rate (int): Hz.

    Returns:
        tuple[int, float]: the mains' frequency that fits better, and the power of its tones (1 at full scale) as far as they stand out; 0
        where it doesn't itself, or the recording is shorter than half a second.
    """
    step = max(1, sample_rate // 2000)
    rate = sample_rate / step
    if len(wav) < 0.5 * sample_rate:
        return 0, 0.0
    # Windows of up to 0.4 s, of which there are some: in so long a time a voice's pitch moves on.
    size = round(min(0.4 * rate, len(wav) / step / 2.5))
    # Sums of neighbours are a low pass good enough for tones under 250 Hz; what folds down onto them is far weaker and never steady.
    slow = wav[: len(wav) // step * step].reshape(-1, step).mean(axis=1, dtype=np.float64)
    window = hann(size, size)
    frames = np.lib.stride_tricks.sliding_window_view(slow, size)[:: size // 4]
    spectrum = np.square(np.abs(np.fft.rfft(frames * window, axis=-1))) * 2 / (size * np.sum(window**2))
    steady = np.percentile(spectrum, 20, axis=0)
    found = [(_tones(steady, rate / size, mains), mains) for mains in (50, 60)]
    power, mains = max(found)
    return mains, power


def _tones(steady, resolution, mains):
    """The power of the first four multiples that stand 12 dB above what lies around them; 0 if the first doesn't: no voice is so low."""
    power = 0.0
    for multiple in range(1, 5):
        center = round(multiple * mains / resolution)
        tone = steady[center - 1 : center + 2].sum()
        around = 3 * np.median(np.concatenate([steady[center - 6 : center - 2], steady[center + 3 : center + 7]]))
        if tone > 16 * around:
            power += tone - around
        elif multiple == 1:
            return 0.0
    return float(power)


def gaps_in_speech(wav, levels, loud):
    """Count the places where the sound stops dead in the middle of speech and comes back: lost blocks of a transfer or a recorder.

    Args:
        wav (ndarray): (N,).
        levels (ndarray): (T,) of :func:`moment_levels`.
        loud (float): dB; what is this loud just before and just behind a gap is cut, not pausing.

    Returns:
        tuple[int, int]: the number of gaps of exact zeros of 4 to 500 ms, and the first one's place in samples.
    """
    size = len(wav) // len(levels)
    starts, ends = runs(wav == 0)
    keep = (ends - starts >= 0.4 * size) & (ends - starts <= 50 * size) & (starts >= size) & (ends <= len(wav) - size)
    cut = [
        int(start)
        for start, end in zip(starts[keep], ends[keep], strict=True)
        if min(_level(wav[start - size // 2 : start]), _level(wav[end : end + size // 2])) > loud
    ]
    return len(cut), (cut[0] if cut else 0)


def _level(piece):
    return float(decibels(np.mean(np.square(piece, dtype=np.float64))))


SLICES, COLOURS = 32, 12
_COLOUR_EDGES = np.geomspace(120, 3800, COLOURS + 1)


def fingerprint(wav, sample_rate):
    """Describe how a sound develops, whatever its level, its sample rate and the silence around it.

    Args:
        wav (ndarray): (N,).
        sample_rate (int): Hz, at least 8000.

    Returns:
        tuple[ndarray, float]: (384,) float32 of length 1, and the seconds it stands for: levels of 12 bands from 120 to 3800 Hz in 32
        slices of equal length, around their mean.
    """
    size, hop = 2 ** round(math.log2(0.032 * sample_rate)), round(MOMENT * sample_rate)
    padded = np.pad(wav, size)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    power = np.square(np.abs(np.fft.rfft(frames * hann(size, size).astype(np.float32), axis=-1)), dtype=np.float64)
    places = np.round(_COLOUR_EDGES * size / sample_rate).astype(int)
    colours = np.add.reduceat(power[:, : places[-1]], places[:-1], axis=1)
    # The stretch is laid around where the energy lies: silence before and behind does not move it.
    energy, times = colours.sum(axis=1) + 1e-30, np.arange(len(colours)) + 0.5
    center = np.average(times, weights=energy)
    reach = max(2 * math.sqrt(np.average((times - center) ** 2, weights=energy)), 2)
    edges = center + reach * np.linspace(-1, 1, SLICES + 1)
    passed = np.concatenate([np.zeros((1, COLOURS)), np.cumsum(colours, axis=0)])
    until = np.stack([np.interp(edges, np.arange(len(passed)), band) for band in passed.T], axis=1)
    shape = decibels(np.diff(until, axis=0))
    shape = np.maximum(shape, shape.max() - 40)  # the noise under speech is nothing to know it by
    shape = (shape - shape.mean()).ravel()
    return (shape / max(np.linalg.norm(shape), 1e-6)).astype(np.float32), 2 * reach * hop / sample_rate
