"""Statistics in pieces are those of the whole."""

import numpy as np

from parakeet.preparation.statistics import Moments


def test_moments_in_pieces_are_those_of_the_whole_even_far_from_zero():
    rows = np.random.default_rng(0).standard_normal((1000, 3)) + 1e6
    moments = Moments(3)
    for piece in np.split(rows, [1, 1, 10, 400]):
        moments.add(piece)
    mean, std = moments.mean_and_std()
    np.testing.assert_allclose(mean, rows.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(std, rows.std(axis=0), rtol=1e-6)
