"""Monotonic paths: the best one, the sum over all, and the prior."""

import itertools
import math

import numpy as np
import pytest

from parakeet.functions.monotonic import beta_binomial_prior, monotonic_alignment_search, sum_over_paths


def all_paths(n, t):
    """The durations of every path of n symbols through t frames."""
    for cuts in itertools.combinations(range(1, t), n - 1):
        yield np.diff([0, *cuts, t])


def score_of(matrix, durations):
    return matrix[np.arange(len(matrix)), np.repeat(np.arange(len(durations)), durations)].sum()


def best_by_brute_force(matrix):
    """Of equally good paths the one whose symbols begin earliest, compared from the last one back."""
    t, n = matrix.shape
    starts = lambda durations: np.cumsum(durations)[:-1][::-1].tolist()  # noqa: E731
    return min(all_paths(n, t), key=lambda durations: (-score_of(matrix, durations), starts(durations)))


def random_batch(rng, ties):
    """Up to four matrices of several sizes, with rubbish on their padding."""
    sizes = [(n, int(rng.integers(n, 9))) for n in rng.integers(1, 6, size=rng.integers(1, 5)).tolist()]
    n, t = (max(column) for column in zip(*sizes, strict=True))
    shape = (len(sizes), t + int(rng.integers(3)), n + int(rng.integers(3)))
    # Small whole numbers: sums are exact, so what ties truly ties.
    scores = rng.integers(-1, 2, size=shape).astype(np.float32) if ties else rng.standard_normal(shape)
    for b, (symbols, frames) in enumerate(sizes):
        scores[b, frames:] = rng.choice([np.nan, 99.0])
        scores[b, :, symbols:] = rng.choice([np.nan, 99.0])
    return scores, np.array(sizes)


def test_the_search_equals_brute_force_on_a_thousand_matrices_ties_and_padding_included():
    rng = np.random.default_rng(0)
    seen = 0
    while seen < 1000:
        scores, sizes = random_batch(rng, ties=seen % 2 == 0)
        found = monotonic_alignment_search(scores, sizes[:, 0], sizes[:, 1])
        for b, (n, t) in enumerate(sizes):
            assert found[b, :n].tolist() == best_by_brute_force(scores[b, :t, :n]).tolist()
            assert not found[b, n:].any()
        seen += len(sizes)


def paths_around(n, t, optional):
    """The durations of every path, with each run of optional symbols passed over or not."""
    runs = [list(run) for is_optional, run in itertools.groupby(range(n), lambda s: bool(optional[s])) if is_optional]
    for chosen in itertools.product([False, True], repeat=len(runs)):
        left_out = {s for run, out in zip(runs, chosen, strict=True) if out for s in run}
        kept = [s for s in range(n) if s not in left_out]
        if 1 <= len(kept) <= t:
            for durations in all_paths(len(kept), t):
                full = np.zeros(n, int)
                full[kept] = durations
                yield full


def test_optional_symbols_are_passed_over_where_that_is_better_as_brute_force_finds():
    rng = np.random.default_rng(4)
    seen = passed = 0
    while seen < 500:
        scores, sizes = random_batch(rng, ties=False)
        optional = rng.random((len(scores), scores.shape[2])) < 0.4
        optional[np.arange(len(scores)), [rng.integers(n) for n, _ in sizes]] = False
        found = monotonic_alignment_search(scores, sizes[:, 0], sizes[:, 1], optional)
        for b, (n, t) in enumerate(sizes):
            matrix = scores[b, :t, :n]
            expected = max(paths_around(n, t, optional[b]), key=lambda durations: score_of(matrix, durations))
            assert found[b, :n].tolist() == expected.tolist()
            assert not found[b, n:].any()
            passed += (expected == 0).any()
        seen += len(sizes)
    assert passed > 100


def test_every_symbol_has_a_frame_and_the_frames_add_up_at_real_size():
    rng = np.random.default_rng(1)
    text_lengths, mel_lengths = np.array([80, 3, 120, 1]), np.array([900, 3, 500, 40])
    scores = rng.standard_normal((4, 900, 120)).astype(np.float32)
    durations = monotonic_alignment_search(scores, text_lengths, mel_lengths)
    assert durations.sum(axis=1).tolist() == mel_lengths.tolist()
    for b, n in enumerate(text_lengths):
        assert durations[b, :n].min() >= 1
        assert not durations[b, n:].any()


def test_a_path_that_is_marked_clearly_is_found():
    truth = np.array([3, 1, 5, 2])
    scores = np.full((1, 11, 4), -5.0)
    scores[0, np.arange(11), np.repeat(np.arange(4), truth)] = 0.0
    assert monotonic_alignment_search(scores, [4], [11])[0].tolist() == truth.tolist()


def test_impossible_scores_are_passed_by():
    scores = np.zeros((1, 5, 3))
    scores[0, 2, :2] = -np.inf
    assert monotonic_alignment_search(scores, [3], [5])[0].tolist() == [1, 1, 3]


@pytest.mark.parametrize("function", [monotonic_alignment_search, sum_over_paths])
def test_what_can_not_be_aligned_is_refused(function):
    with pytest.raises(ValueError, match="utterance 1 of the batch: 3 frames for 4 symbols; every symbol needs at least one"):
        function(np.zeros((2, 5, 4)), [4, 4], [5, 3])
    with pytest.raises(ValueError, match=r"utterance 0 of the batch: 5 symbols and 5 frames don't lie within scores of shape \(1, 5, 4\)"):
        function(np.zeros((1, 5, 4)), [5], [5])
    with pytest.raises(ValueError, match="utterance 0 of the batch: 0 symbols"):
        function(np.zeros((1, 5, 4)), [0], [5])
    with pytest.raises(ValueError, match=r"shape \(B, T, S\) and B lengths of either kind, received \(5, 4\), \(1,\) and \(1,\)"):
        function(np.zeros((5, 4)), [4], [5])


def test_optional_symbols_that_can_not_be_are_refused():
    with pytest.raises(ValueError, match="utterance 0 of the batch: all its symbols are optional"):
        monotonic_alignment_search(np.zeros((1, 5, 2)), [2], [5], np.ones((1, 2), bool))
    with pytest.raises(ValueError, match="2 frames for 3 symbols"):
        monotonic_alignment_search(np.zeros((1, 2, 4)), [4], [2], np.array([[0, 1, 0, 0]], bool))
    with pytest.raises(ValueError, match=r"expected optional of shape \(B, S\) for scores of shape \(1, 5, 2\), received \(2,\)"):
        monotonic_alignment_search(np.zeros((1, 5, 2)), [2], [5], np.ones(2, bool))


def test_the_sum_equals_brute_force_and_so_do_the_shares_of_every_place():
    rng = np.random.default_rng(2)
    for _ in range(60):
        x, sizes = random_batch(rng, ties=False)
        total, share = sum_over_paths(x, sizes[:, 0], sizes[:, 1])
        for b, (n, t) in enumerate(sizes):
            expected = np.zeros((t, n))
            for durations in all_paths(n, t):
                expected[np.arange(t), np.repeat(np.arange(n), durations)] += np.exp(score_of(x[b, :t, :n], durations))
            whole = expected[0].sum()
            assert total[b] == pytest.approx(np.log(whole), abs=1e-12)
            np.testing.assert_allclose(share[b, :t, :n], expected / whole, atol=1e-12)
            assert not share[b, t:].any()
            assert not share[b, :, n:].any()


def test_the_sum_of_uniform_probabilities_is_known_in_closed_form():
    for n, t in ((1, 1), (1, 30), (30, 30), (7, 40), (150, 1200)):
        total, _ = sum_over_paths(np.full((1, t, n), -math.log(n)), [n], [t])
        assert -total[0] == pytest.approx(t * math.log(n) - math.log(math.comb(t - 1, n - 1)), rel=1e-12)


def test_improbable_paths_do_not_underflow():
    total, share = sum_over_paths(np.full((1, 2000, 50), -1000.0), [50], [2000])
    assert total[0] == pytest.approx(-2e6 + math.log(math.comb(1999, 49)), rel=1e-12)
    np.testing.assert_allclose(share.sum(axis=2), 1.0, atol=1e-6)


@pytest.mark.parametrize(("n", "t", "scaling"), [(1, 5, 1.0), (2, 2, 1.0), (13, 40, 1.0), (60, 700, 1.0), (20, 90, 0.25), (7, 31, 3.0)])
def test_the_prior_is_scipys_beta_binomial(n, t, scaling):
    from scipy.stats import betabinom

    frame = np.arange(1, t + 1)[:, None]
    expected = betabinom(n - 1, scaling * frame, scaling * (t + 1 - frame)).logpmf(np.arange(n))
    prior = beta_binomial_prior(n, t, scaling)
    np.testing.assert_allclose(prior, expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(np.exp(prior.astype(np.float64)).sum(axis=1), 1.0, rtol=1e-5)


def test_the_prior_is_made_once_and_can_not_be_written_to():
    assert beta_binomial_prior(9, 33) is beta_binomial_prior(9, 33)
    with pytest.raises(ValueError, match="read-only"):
        beta_binomial_prior(9, 33)[0, 0] = 0
    with pytest.raises(ValueError, match="at least 1 symbol and 1 frame and a positive scaling, received 0, 3, 1"):
        beta_binomial_prior(0, 3)
