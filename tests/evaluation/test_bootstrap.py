"""Intervals hold what they promise, and differences are taken pair by pair."""

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.evaluation.bootstrap import Bootstrap


def test_a_ratio_is_the_sum_of_the_totals_over_the_sum_of_the_weights():
    estimate = Bootstrap(3).ratio([1, 0, 2], [3, 4, 5])
    assert (estimate.value, estimate.n) == (3 / 12, 3)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 2 / 5


def test_sentences_of_which_a_figure_says_nothing_do_not_count():
    estimate = Bootstrap(4).ratio([1.0, 2.0, 3.0, 0.0], [1, 1, 1, 0])
    assert (estimate.value, estimate.n) == (2.0, 3)
    assert 1 <= estimate.low <= estimate.high <= 3


def test_the_same_value_everywhere_has_no_interval_to_speak_of_and_one_sentence_has_none():
    assert Bootstrap(5).ratio([0.5] * 5, [1] * 5)[:3] == (0.5, 0.5, 0.5)
    assert Bootstrap(2).ratio([0.5, 0.0], [1, 0]) == (0.5, None, None, 1)


def test_the_interval_narrows_with_more_sentences():
    random = np.random.default_rng(0)
    words = random.integers(3, 15, size=2000)
    errors = random.binomial(words, 0.1)
    widths = []
    for n in (50, 500, 2000):
        estimate = Bootstrap(n).ratio(errors[:n], words[:n])
        assert estimate.low < estimate.value < estimate.high
        widths.append(estimate.high - estimate.low)
    assert widths[0] > 2 * widths[1] > 3 * widths[2]


def test_the_interval_covers_the_true_rate_about_as_often_as_it_says():
    random = np.random.default_rng(1)
    covered = 0
    for _ in range(200):
        words = random.integers(3, 15, size=60)
        estimate = Bootstrap(60, confidence=0.9, resamples=300).ratio(random.binomial(words, 0.2), words)
        covered += estimate.low <= 0.2 <= estimate.high
    assert 165 <= covered <= 192


def test_a_mean_has_the_interval_of_the_normal_distribution_where_that_holds():
    values = np.random.default_rng(2).normal(3.0, 0.5, size=400)
    estimate = Bootstrap(400, resamples=4000).ratio(values, np.ones(400))
    half = 1.96 * values.std() / 20
    assert estimate.value - estimate.low == pytest.approx(half, rel=0.08)
    assert estimate.high - estimate.value == pytest.approx(half, rel=0.08)


def test_a_difference_is_told_pair_by_pair_where_the_two_intervals_overlap():
    random = np.random.default_rng(3)
    hard = random.normal(0, 1, size=80)  # some sentences are harder than others, for both alike
    one, other = 3 + hard + random.normal(0, 0.1, 80), 2.9 + hard + random.normal(0, 0.1, 80)
    bootstrap = Bootstrap(80)
    ones = np.ones(80)
    a, b = bootstrap.ratio(one, ones), bootstrap.ratio(other, ones)
    assert a.low < b.high, "side by side the two could be the same"
    difference = bootstrap.difference(one, ones, other, ones)
    assert difference.value == pytest.approx(a.value - b.value)
    assert 0 < difference.low < difference.value < difference.high < 0.2


def test_a_difference_looks_only_at_what_both_have():
    difference = Bootstrap(4).difference([1, 1, 1, 9], [1, 1, 1, 1], [3, 3, 3, 0], [1, 1, 1, 0])
    assert (difference.value, difference.low, difference.high, difference.n) == (-2, -2, -2, 3)


def test_draws_are_those_of_the_seed():
    totals, weights = np.arange(10), np.ones(10)
    assert Bootstrap(10, seed=1).ratio(totals, weights) == Bootstrap(10, seed=1).ratio(totals, weights)
    assert Bootstrap(10, seed=1).ratio(totals, weights) != Bootstrap(10, seed=2).ratio(totals, weights)


@pytest.mark.parametrize(("totals", "weights"), [([1], [1, 2]), ([0, 0], [0, 0]), ([1, 2, 3], [1, 1, 1])])
def test_an_interval_of_nothing_is_refused(totals, weights):
    with pytest.raises(DataError, match="expected totals and weights of 2 sentences, some weight above 0, received shapes"):
        Bootstrap(2).ratio(totals, weights)
