import itertools

import numpy as np
import pytest

from parakeet.evaluation.warping import dtw_path


def all_paths(n_rows, n_columns):
    """Every path, as lists of (row, column, weight)."""
    if (n_rows, n_columns) == (1, 1):
        yield [(0, 0, 2)]
        return
    for di, dj in ((1, 0), (0, 1), (1, 1)):
        if n_rows - di >= 1 and n_columns - dj >= 1:
            for path in all_paths(n_rows - di, n_columns - dj):
                yield [*path, (n_rows - 1, n_columns - 1, di + dj)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (4, 4), (3, 6)])
def test_the_time_warp_is_the_cheapest_of_all(shape):
    for seed in range(20):
        cost = np.random.default_rng(seed).random(shape)
        total, path = dtw_path(cost)
        assert total == pytest.approx(min(sum(w * cost[i, j] for i, j, w in way) for way in all_paths(*shape)))
        assert path[0].tolist() == [0, 0]
        assert path[-1].tolist() == [shape[0] - 1, shape[1] - 1]
        assert all(tuple(b - a) in {(1, 0), (0, 1), (1, 1)} for a, b in itertools.pairwise(path))
        weights = [2, *(int((b - a).sum()) for a, b in itertools.pairwise(path))]
        assert sum(w * cost[i, j] for w, (i, j) in zip(weights, path, strict=True)) == pytest.approx(total)
