"""Fundamental frequency by autocorrelation and dynamic programming (Boersma 1993, IFA Proceedings 17, sections 3 and 4)."""

import numpy as np

CANDIDATES = 8
SMOOTHING_HZ = 2000.0  # where the low-pass before the autocorrelation is down to 1/e in power
VOICING_THRESHOLD = 0.45  # the strength of the unvoiced candidate
SILENCE_THRESHOLD = 0.03  # of the recording's peak; quieter frames lean to unvoiced
OCTAVE_COST = 0.03  # favours the higher of two equally good candidates, per octave
OCTAVE_JUMP_COST = 0.35  # for a jump of one octave in 10 ms
VOICING_CHANGE_COST = 0.14  # for a change between voiced and unvoiced in 10 ms


def extract_pitch(wav, sample_rate, hop_length, fmin=60.0, fmax=500.0):
    """The fundamental frequency at every frame.

    Args:
        wav (numpy.ndarray): (N,) float.
        sample_rate (int): Hz.
        hop_length (int): samples; frame t is centred at sample ``t * hop_length``.
        fmin (float): the lowest pitch looked for, Hz.
        fmax (float): the highest pitch looked for, Hz.

    Returns:
        numpy.ndarray: (1 + N // hop_length,) float32, Hz; 0 where unvoiced.
    """
    correlation, loudness = _normalised_autocorrelation(wav, sample_rate, hop_length, fmin)
    lags, strengths = _candidates(correlation, sample_rate, fmin, fmax)
    with np.errstate(divide="ignore"):
        pitch = np.where(strengths > -np.inf, sample_rate / lags, 0.0)
    # The octave cost chooses between candidates. Whether the frame is voiced is for its periodicity alone to say: or noise that rings
    # in a resonance for a few periods, as at the creaky end of a phrase, would be voiced for being high.
    favour = -OCTAVE_COST * np.log2(np.maximum(fmin * lags / sample_rate, 1e-9))
    best = (strengths + favour).argmax(axis=1)[:, None]
    strengths = strengths + favour - np.take_along_axis(favour, best, axis=1)
    unvoiced = VOICING_THRESHOLD + np.maximum(0, 2 - (loudness / SILENCE_THRESHOLD) / (1 + VOICING_THRESHOLD))
    pitch = np.concatenate([np.zeros((len(pitch), 1)), pitch], axis=1)
    strengths = np.concatenate([unvoiced[:, None], strengths], axis=1)
    return _best_path(pitch, strengths, hop_length / sample_rate).astype(np.float32)


def _normalised_autocorrelation(wav, sample_rate, hop_length, fmin):
    """Autocorrelation of each windowed frame over that of the window (eq. 9), and each frame's peak over the recording's."""
    from scipy.fft import irfft, rfft  # of many short rows they take half the time of numpy's

    size = int(np.ceil(3 * sample_rate / fmin))  # three periods of the lowest pitch
    wav = np.asarray(wav, np.float32)  # twice as fast; the pitch differs by less than 1e-6
    n_frames = 1 + len(wav) // hop_length
    padded = np.pad(wav, (0, max(0, size - len(wav))))
    # Near the edges the nearest whole frame stands in: half a frame of zeros would bend its pitch.
    starts = np.clip(np.arange(n_frames) * hop_length - size // 2, 0, len(padded) - size)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[starts]
    centred = frames - frames.mean(axis=1, keepdims=True)
    peak = np.abs(wav - np.mean(wav)).max(initial=0.0)
    loudness = np.abs(centred).max(axis=1) / max(peak, 1e-12)
    window = np.hanning(size + 2)[1:-1].astype(np.float32)
    n_fft = 1 << int(np.ceil(np.log2(1.5 * size)))
    max_lag = int(sample_rate / fmin) + 2
    # A Gaussian low-pass rounds the peaks, so that a parabola through three lags meets their tops.
    weight = np.exp(-((np.fft.rfftfreq(n_fft, 1 / sample_rate) / SMOOTHING_HZ) ** 2)).astype(np.float32)
    spectrum = rfft(centred * window, n_fft)
    correlation = irfft((spectrum.real**2 + spectrum.imag**2) * weight, n_fft)[:, :max_lag].astype(np.float64)
    reference = np.fft.irfft(np.abs(np.fft.rfft(window.astype(np.float64), n_fft)) ** 2)[:max_lag]
    return correlation / np.maximum(correlation[:, :1], 1e-12) / (reference / reference[0]), loudness


def _candidates(correlation, sample_rate, fmin, fmax):
    """The strongest peaks of each frame: refined lags (T, CANDIDATES) in samples and strengths, -inf where there are fewer."""
    low, high = max(2, int(sample_rate / fmax)), int(sample_rate / fmin)
    before, here, after = (correlation[:, low + d : high + d] for d in (-1, 0, 1))
    is_peak = (here > before) & (here >= after) & (here > 0.5 * VOICING_THRESHOLD)
    score = np.where(is_peak, here - OCTAVE_COST * np.log2(np.arange(low, high)), -np.inf)
    best = np.argsort(-score, axis=1, kind="stable")[:, :CANDIDATES]
    left, middle, right = (np.take_along_axis(part, best, axis=1) for part in (before, here, after))
    curvature = np.maximum(2 * middle - left - right, 1e-12)
    shift = np.clip(0.5 * (right - left) / curvature, -0.5, 0.5)
    strength = np.minimum(middle + 0.25 * (right - left) * shift, 1.0)
    found = np.take_along_axis(is_peak, best, axis=1)
    return best + low + shift, np.where(found, strength, -np.inf)


def _best_path(pitch, strengths, step_seconds):
    """The path of least cost through the candidates (section 4); candidate 0 is unvoiced."""
    scale = 0.01 / step_seconds  # costs are stated for steps of 10 ms
    voiced = pitch > 0
    octave = np.log2(np.where(voiced, pitch, 1.0))
    # The costs of all steps at once, (T - 1, before, after): the loop over time is left with little.
    both = voiced[:-1, :, None] & voiced[1:, None, :]
    jump = OCTAVE_JUMP_COST * np.abs(octave[:-1, :, None] - octave[1:, None, :])
    cost = scale * np.where(both, jump, VOICING_CHANGE_COST * (voiced[:-1, :, None] != voiced[1:, None, :]))
    total = strengths[0]
    back = np.zeros(pitch.shape, np.int64)
    for t in range(1, len(pitch)):
        score = total[:, None] - cost[t - 1]
        back[t] = score.argmax(axis=0)
        total = score.max(axis=0) + strengths[t]
    path = np.empty(len(pitch), np.int64)
    path[-1] = total.argmax()
    for t in range(len(pitch) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return pitch[np.arange(len(pitch)), path]
