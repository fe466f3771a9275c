"""Which moment of one utterance is which of another."""

import numpy as np


def dtw_path(cost):
    """Find the cheapest way through a matrix of costs from the first cell to the last (Sakoe and Chiba 1978, symmetric form, P = 0).

    A step goes to the next row, the next column, or both; a step to both counts its cell twice, so that the weights of every path
    sum to the same, R + C.

    Args:
        cost (ndarray): (R, C), at least 0.

    Returns:
        tuple[float, ndarray]: the weighted sum of the costs, and the cells (K, 2) from (0, 0) to (R - 1, C - 1).
    """
    cost = np.asarray(cost, dtype=np.float64)
    n_rows, n_columns = cost.shape
    total = np.full((n_rows + 1, n_columns + 1), np.inf)
    total[0, 0] = 0.0
    # One anti-diagonal at a time: its cells need those of the two before it only.
    for diagonal in range(n_rows + n_columns - 1):
        i = np.arange(max(0, diagonal - n_columns + 1), min(diagonal, n_rows - 1) + 1)
        j = diagonal - i
        here = cost[i, j]
        total[i + 1, j + 1] = np.minimum(np.minimum(total[i, j + 1], total[i + 1, j]) + here, total[i, j] + 2 * here)
    return float(total[-1, -1]), _walk_back(cost, total)


def _walk_back(cost, total):
    i, j = cost.shape[0] - 1, cost.shape[1] - 1
    path = [(i, j)]
    while i or j:
        here = cost[i, j]
        ways = ((total[i, j] + 2 * here, i - 1, j - 1), (total[i, j + 1] + here, i - 1, j), (total[i + 1, j] + here, i, j - 1))
        _, i, j = min(way for way in ways if way[1] >= 0 and way[2] >= 0)
        path.append((i, j))
    return np.array(path[::-1])
