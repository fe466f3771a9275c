"""Monotonic paths through a matrix of symbols and frames: the best one, the sum over all, and a prior; numpy alone.

A path begins at the first symbol, ends at the last one, and from one frame to the next stays or goes on by one: every symbol has at
least one frame, every frame one symbol. Through N symbols and T frames lead C(T-1, N-1) paths.
"""

import functools

import numpy as np


def monotonic_alignment_search(scores, text_lengths, mel_lengths, optional=None):
    """Find the path of the greatest sum (Glow-TTS, arXiv:2005.11129, algorithm 1), for a whole batch at once.

    Of paths that are equally good it is the one whose last symbol begins earliest; of those, the one whose last but one does; and so on.

    Args:
        scores (ndarray): (B, T, S), log likelihoods for example; what lies on padding does not matter.
        text_lengths (ndarray): (B,), symbols of each utterance.
        mel_lengths (ndarray): (B,), frames of each utterance.
        optional (ndarray, optional): (B, S), bool: symbols that may have no frame, pauses for example. A path passes over a run of them
            as a whole or goes through all of them.

    Returns:
        ndarray: (B, S), int64, frames per symbol; at least 1, but 0 on padding and where a symbol was passed over; they sum to
        ``mel_lengths``.

    Raises:
        ValueError: if shapes and lengths disagree, or an utterance has fewer frames than symbols that need one.
    """
    scores = np.asarray(scores)
    n_symbols, n_frames = _check(scores, text_lengths, mel_lengths, optional)
    batch, steps, width = scores.shape
    rows = np.arange(batch)
    leaps = None if optional is None else _leaps(np.asarray(optional, bool) & (np.arange(width) < n_symbols[:, None]))
    best = np.full((batch, width + 1), -np.inf)  # column s + 1: of paths that end at symbol s; column 0: of none
    best[:, 1] = scores[:, 0, 0]
    if leaps is not None:
        columns = np.maximum(leaps[:, :width] + 1, 0)
        can_leap = leaps[:, :width] >= 0
        begins = leaps[:, :width] == _BEGINNING
        best[:, 1:][begins] = scores[:, 0][begins]
    moves = np.zeros((steps, batch, width), np.uint8)
    symbol = _last_symbols(best, n_symbols, leaps)
    for t in range(1, steps):
        stay, go_on = best[:, 1:], best[:, :-1]
        moves[t] = go_on > stay
        reached = np.maximum(stay, go_on)
        if leaps is not None:
            over = np.where(can_leap, best[rows[:, None], columns], -np.inf)
            moves[t][over > reached] = _LEAP
            reached = np.maximum(reached, over)
        best[:, 1:] = reached + scores[:, t]
        symbol = np.where(t < n_frames, _last_symbols(best, n_symbols, leaps), symbol)

    durations = np.zeros((batch, width), np.int64)
    for t in range(steps - 1, -1, -1):
        inside = t < n_frames
        durations[rows, symbol] += inside
        move = moves[t, rows, symbol]
        before = symbol - move if leaps is None else np.where(move == _LEAP, leaps[rows, symbol], symbol - move)
        symbol = np.where(inside & (t > 0), before, symbol)
    return durations


_LEAP = 2
_BEGINNING = -1
_NO_LEAP = -2


def _leaps(optional):
    """(B, S + 1): from which symbol a path may leap to each one, and to the end, over the optional ones between.

    ``_BEGINNING`` where all before it are optional, ``_NO_LEAP`` where there is nothing to leap over.
    """
    batch, width = optional.shape
    over = np.full((batch, width + 1), _NO_LEAP)
    for s in range(1, width + 1):
        over[:, s] = np.where(optional[:, s - 1], np.where(over[:, s - 1] == _NO_LEAP, s - 2, over[:, s - 1]), _NO_LEAP)
    over[:, :width][optional] = _NO_LEAP  # not into the midst of a run
    return over


def _last_symbols(best, n_symbols, leaps):
    """Where the best path to the end would stand now: at the last symbol, or before the optional ones at the end."""
    if leaps is None:
        return n_symbols - 1
    rows = np.arange(len(best))
    other = leaps[rows, n_symbols]
    return np.where((other >= 0) & (best[rows, np.maximum(other + 1, 0)] > best[rows, n_symbols]), other, n_symbols - 1)


def sum_over_paths(log_probs, text_lengths, mel_lengths):
    """Sum the probabilities of all paths, and say how probable each symbol is at each frame.

    Exact, in log space and double precision. Forward and backward sums are one recursion: the latter is the former on the utterance read
    from its end.

    Args:
        log_probs (ndarray): (B, T, S), natural logarithms; what lies on padding does not matter.
        text_lengths (ndarray): (B,), symbols of each utterance.
        mel_lengths (ndarray): (B,), frames of each utterance.

    Returns:
        tuple[ndarray, ndarray]: (B,) float64, the logarithm of the sum; (B, T, S) float64, the share of the sum that leads through each
        place, which is also the gradient of the former; zeros on padding.

    Raises:
        ValueError: as :func:`monotonic_alignment_search`.
    """
    log_probs = np.asarray(log_probs)
    n_symbols, n_frames = _check(log_probs, text_lengths, mel_lengths)
    x = log_probs.transpose(1, 0, 2).astype(np.float64)
    steps, batch, width = x.shape
    # Where each place of the reversed utterance stands in the original; padding stays at the end.
    frame = np.arange(steps)[:, None]
    from_frame = np.where(frame < n_frames, n_frames - 1 - frame, frame)
    symbol = np.arange(width)
    from_symbol = np.where(symbol < n_symbols[:, None], n_symbols[:, None] - 1 - symbol, symbol)
    place = (from_frame[:, :, None], np.arange(batch)[None, :, None], from_symbol[None])

    sums = np.concatenate([x, x[place]], axis=1)
    sums[0, :, 1:] = -np.inf
    with np.errstate(invalid="ignore", over="ignore"):  # on padding, and where no path leads through a place
        for t in range(1, steps):
            before = sums[t - 1]
            sums[t, :, 0] += before[:, 0]
            sums[t, :, 1:] += np.logaddexp(before[:, 1:], before[:, :-1])
        forward, backward = sums[:, :batch], sums[:, batch:][place]
        total = forward[n_frames - 1, np.arange(batch), n_symbols - 1]
        share = np.exp(forward + backward - x - total[None, :, None])
    outside = (frame >= n_frames)[:, :, None] | (symbol >= n_symbols[:, None])[None]
    share[outside | np.isnan(share)] = 0.0
    return total, share.transpose(1, 0, 2)


@functools.lru_cache(maxsize=256)
def beta_binomial_prior(n_symbols, n_frames, scaling=1.0):
    """The prior of Badlani et al. (arXiv:2108.10447, sec. 3.2): where, near the diagonal, each frame's symbol is to be expected.

    Symbol s = 0 ... N-1 at frame t = 1 ... T has the beta-binomial probability of s among N - 1 trials with alpha = scaling * t and
    beta = scaling * (T + 1 - t).

    Args:
        n_symbols (int): N.
        n_frames (int): T.
        scaling (float): the greater, the narrower.

    Returns:
        ndarray: (T, N), float32, natural logarithms, not to be written to; the probabilities of a frame sum to 1.

    Raises:
        ValueError: if a number is not positive.
    """
    from scipy.special import gammaln

    if n_symbols < 1 or n_frames < 1 or not scaling > 0:
        raise ValueError(
            "beta_binomial_prior: expected at least 1 symbol and 1 frame and a positive scaling, "
            f"received {n_symbols}, {n_frames}, {scaling}."
        )
    trials = n_symbols - 1
    s = np.arange(n_symbols, dtype=np.float64)
    alpha = scaling * np.arange(1.0, n_frames + 1)[:, None]
    beta = alpha[::-1]
    choose = gammaln(trials + 1) - gammaln(s + 1) - gammaln(trials - s + 1)
    chosen = gammaln(s + alpha) + gammaln(trials - s + beta) - gammaln(trials + alpha + beta)
    prior = (choose + chosen - gammaln(alpha) - gammaln(beta) + gammaln(alpha + beta)).astype(np.float32)
    prior.setflags(write=False)
    return prior


def _check(scores, text_lengths, mel_lengths, optional=None):
    """Refuse what can't be aligned; give the lengths as arrays."""
    n_symbols, n_frames = (np.asarray(lengths, np.int64) for lengths in (text_lengths, mel_lengths))
    if scores.ndim != 3 or not n_symbols.shape == n_frames.shape == scores.shape[:1]:
        raise ValueError(
            "expected scores of shape (B, T, S) and B lengths of either kind, "
            f"received {scores.shape}, {n_symbols.shape} and {n_frames.shape}."
        )
    if optional is not None and np.shape(optional) != (scores.shape[0], scores.shape[2]):
        raise ValueError(f"expected optional of shape (B, S) for scores of shape {scores.shape}, received {np.shape(optional)}.")
    for b, (n, t) in enumerate(zip(n_symbols.tolist(), n_frames.tolist(), strict=True)):
        if not (1 <= n <= scores.shape[2] and t <= scores.shape[1]):
            raise ValueError(f"utterance {b} of the batch: {n} symbols and {t} frames don't lie within scores of shape {scores.shape}.")
        needed = n if optional is None else n - int(np.sum(optional[b][:n]))
        if needed < 1:
            raise ValueError(f"utterance {b} of the batch: all its symbols are optional; at least one has to be there.")
        if t < needed:
            raise ValueError(f"utterance {b} of the batch: {t} frames for {needed} symbols; every symbol needs at least one.")
    return n_symbols, n_frames
