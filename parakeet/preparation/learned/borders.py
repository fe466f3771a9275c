"""Where exactly one sound ends and the next begins.

The models of states know which sounds follow one another; but the frames in which one passes into the next look like neither, and it
is chance which of the two states learns them: on made sounds that change at once, borders came out 10 ms late. So each border is moved
to where the spectrum changes.
"""

import numpy as np

REACH = 0.03
"""Seconds by which a border may be moved."""
_LEAST = 4
"""Frames of the fine spectrum that are left to a sound; one that has no more stays as it is."""


def move_to_changes(starts, spectrum, step):
    """Move each border, within its reach, to where two constant spectra, one before it and one behind, fit the frames best.

    Args:
        starts (ndarray): (P + 1,), seconds: where each piece begins, ascending, and the end of the last one. Equal ones are moved together.
        spectrum (ndarray): (T, C), frame t centred at ``t * step``.
        step (float): seconds.

    Returns:
        ndarray: (P + 1,), seconds, ascending; the first and the last one are those given.
    """
    sums = np.concatenate([np.zeros((1, spectrum.shape[1])), np.cumsum(spectrum - spectrum.mean(axis=0), axis=0, dtype=np.float64)])
    # A border before frame n lies midway between the centres of frames n - 1 and n.
    edges, back = np.unique(np.clip(np.round(starts / step + 0.5), 0, len(spectrum)).astype(int), return_inverse=True)
    reach = round(REACH / step)
    moved = edges.copy()
    for i in range(1, len(edges) - 1):
        before, behind = moved[i - 1], edges[i + 1]
        low, high = max(before, edges[i] - reach), min(behind, edges[i] + reach)
        places = np.arange(max(low + 1, before + _LEAST), min(high - 1, behind - _LEAST) + 1)
        if not len(places):
            continue
        left, right = sums[places] - sums[low], sums[high] - sums[places]
        fit = (left**2 / (places - low)[:, None] + right**2 / (high - places)[:, None]).sum(axis=1)
        moved[i] = places[np.argmax(fit)]
    found = (moved - 0.5)[back] * step
    found[starts <= starts[0]] = starts[0]
    found[starts >= starts[-1]] = starts[-1]
    return found
