"""Samplers: orders that are functions of (seed, epoch)."""

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parakeet.data.sampler import (
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SimilarLengthSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from parakeet.errors import DataError

LENGTHS = np.random.default_rng(0).gamma(6.0, 70.0, 1000).clip(60, 860).astype(int)

SHUFFLING = {
    "random": lambda seed: RandomSampler(50, seed=seed),
    "replacement": lambda seed: RandomSampler(50, replacement=True, seed=seed),
    "subset": lambda seed: SubsetRandomSampler(range(3, 53), seed=seed),
    "weighted": lambda seed: WeightedRandomSampler(np.arange(50) + 1, seed=seed),
    "weighted once": lambda seed: WeightedRandomSampler(np.arange(50) + 1, replacement=False, seed=seed),
    "similar length": lambda seed: SimilarLengthSampler(LENGTHS[:50], batch_size=4, seed=seed),
    "distributed": lambda seed: DistributedSampler(200, 4, 1, seed=seed),
}


def _flat(lists):
    return list(chain.from_iterable(lists))


@pytest.mark.parametrize("kind", sorted(SHUFFLING))
def test_an_order_depends_on_seed_and_epoch_and_on_nothing_else(kind):
    sampler = SHUFFLING[kind](7)
    orders = [sampler.order(epoch) for epoch in range(3)]
    again = SHUFFLING[kind](7)
    assert [again.order(epoch) for epoch in (2, 1, 0)] == orders[::-1]
    assert len({tuple(order) for order in (*orders, SHUFFLING[kind](8).order(0))}) == 4
    assert list(sampler) == list(sampler) == orders[0]
    assert len(sampler) == len(orders[0]) == 50
    assert all(type(index) is int for index in orders[0])
    np.random.seed(5)
    sampler.order(9)
    assert np.array_equal(np.random.get_state()[1], np.random.RandomState(5).get_state()[1])


def test_the_order_of_a_seed_is_the_same_for_ever():
    """A run of today must be resumable in years, so these numbers are written down."""
    assert RandomSampler(10, seed=3).order(0) == [9, 5, 4, 3, 8, 2, 0, 1, 7, 6]
    assert RandomSampler(10, seed=3).order(1) == [2, 5, 0, 3, 8, 9, 7, 4, 6, 1]
    assert RandomSampler(10, replacement=True, seed=3).order(0) == [5, 7, 4, 3, 1, 1, 7, 7, 4, 0]


def test_a_sampler_that_is_not_finished_says_what_to_write():
    class Unfinished(Sampler):
        pass

    with pytest.raises(NotImplementedError, match=r"Unfinished must define order\(self, epoch\)"):
        list(Unfinished())
    with pytest.raises(NotImplementedError, match=r"Unfinished must define __len__\(self\)"):
        len(Unfinished())


def test_a_sequential_sampler_gives_each_in_turn_in_every_epoch():
    assert list(SequentialSampler(4)) == SequentialSampler(["a"] * 4).order(8) == [0, 1, 2, 3]
    assert SequentialSampler(0).order(0) == []


def test_a_random_sampler_draws_with_and_without_replacement():
    assert sorted(RandomSampler(9).order(4)) == list(range(9))
    part = RandomSampler(9, num_samples=4)
    assert len(part) == len(set(part.order(0))) == 4
    drawn = RandomSampler(3, replacement=True, num_samples=30000).order(0)
    assert all(abs(count / 10000 - 1) < 0.05 for count in Counter(drawn).values())
    assert sorted(set(drawn)) == [0, 1, 2]


def test_a_permutation_is_fair():
    first = Counter(RandomSampler(4).order(epoch)[0] for epoch in range(4000))
    assert all(abs(count - 1000) < 120 for count in first.values())


def test_drawing_more_than_there_is_is_refused():
    with pytest.raises(DataError, match="can't draw num_samples=10 of 9 examples without replacement"):
        RandomSampler(9, num_samples=10)
    with pytest.raises(DataError, match="there is no example to draw from"):
        RandomSampler(0, replacement=True, num_samples=1)
    with pytest.raises(DataError, match="num_samples=3 without replacement: only 2 weights are positive"):
        WeightedRandomSampler([1, 0, 2], replacement=False)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_is_an_int_from_0_on(seed):
    with pytest.raises(DataError, match="expected seed to be an int, 0 at least; received"):
        RandomSampler(9, seed=seed)


def test_an_epoch_is_an_int_from_0_on():
    with pytest.raises(DataError, match="expected epoch to be an int, 0 at least; received -1"):
        RandomSampler(9).order(-1)


@given(st.integers(0, 60), st.integers(0, 2**40), st.integers(0, 1000))
def test_a_random_order_is_a_permutation(size, seed, epoch):
    assert sorted(RandomSampler(size, seed=seed).order(epoch)) == list(range(size))


@given(st.lists(st.integers(0, 60), max_size=20), st.integers(0, 2**40), st.integers(0, 1000))
def test_the_order_of_a_choice_is_the_choice_in_another_order(indices, seed, epoch):
    sampler = SubsetRandomSampler(indices, seed)
    assert Counter(sampler.order(epoch)) == Counter(indices)
    assert len(sampler) == len(indices)


def test_a_choice_of_what_is_no_index_is_refused():
    for index in (-1, 0.5, "3", True):
        with pytest.raises(DataError, match="expected an index to be an int, 0 at least; received"):
            SubsetRandomSampler([0, index])


@pytest.mark.parametrize("size", [-1, 2.5, None, True])
def test_a_size_is_an_int_from_0_on_or_a_dataset(size):
    for sampler in (SequentialSampler, RandomSampler, lambda n: DistributedSampler(n, 2, 0)):
        with pytest.raises(DataError, match="expected the number of examples to be an int, 0 at least; received"):
            sampler(size)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(any), st.data())
def test_a_weighted_draw_takes_nothing_of_weight_0_and_nothing_twice_without_replacement(weights, data):
    positive = [i for i, weight in enumerate(weights) if weight > 0]
    count = data.draw(st.integers(0, len(positive)))
    once = WeightedRandomSampler(weights, count, replacement=False).order(data.draw(st.integers(0, 9)))
    assert len(once) == len(set(once)) == count
    assert set(once) <= set(positive)
    assert set(WeightedRandomSampler(weights, 50).order(1)) <= set(positive)


def test_weights_need_not_sum_to_1():
    """Parakeet 0.1 passed them on as probabilities, and numpy refused them."""
    drawn = Counter(WeightedRandomSampler([2, 0, 6, 12], 20000).order(0))
    assert drawn[1] == 0
    assert [round(drawn[k] / 20000, 1) for k in (0, 2, 3)] == [0.1, 0.3, 0.6]
    first = Counter(WeightedRandomSampler([2, 0, 6, 12], 3, replacement=False).order(epoch)[0] for epoch in range(5000))
    assert [round(first[k] / 5000, 1) for k in (0, 1, 2, 3)] == [0.1, 0, 0.3, 0.6]
    assert sorted(WeightedRandomSampler([2, 0, 6, 1e-300], 3, replacement=False).order(0)) == [0, 2, 3]
    assert set(WeightedRandomSampler([1e308, 0, 1e308], 100).order(0)) == {0, 2}


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1, np.nan], [1, np.inf], [[1, 2]]])
def test_weights_that_can_not_be_drawn_by_are_refused(weights):
    with pytest.raises(DataError, match="expected a list of finite weights, none negative and one positive at least"):
        WeightedRandomSampler(weights)


def test_ranks_take_turns_and_together_take_everything():
    shares = [DistributedSampler(16, 4, rank, shuffle=False) for rank in range(4)]
    assert list(shares[0]) == [0, 4, 8, 12]
    assert sorted(_flat(share.order(0) for share in shares)) == list(range(16))
    shuffled = [DistributedSampler(16, 4, rank, seed=3).order(2) for rank in range(4)]
    assert sorted(_flat(shuffled)) == list(range(16))
    assert shuffled[0] != DistributedSampler(16, 4, 0, seed=4).order(2)


def test_padding_of_shares_is_repeated_dropped_or_left_out():
    def shares(padding):
        return [DistributedSampler(10, 4, rank, shuffle=False, padding=padding) for rank in range(4)]

    assert [list(share) for share in shares("repeat")] == [[0, 4, 8], [1, 5, 9], [2, 6, 0], [3, 7, 1]]
    assert [list(share) for share in shares("drop")] == [[0, 4], [1, 5], [2, 6], [3, 7]]
    assert [list(share) for share in shares("none")] == [[0, 4, 8], [1, 5, 9], [2, 6], [3, 7]]
    for padding in ("repeat", "drop", "none"):
        assert [len(share) for share in shares(padding)] == [len(share.order(1)) for share in shares(padding)]
    assert DistributedSampler(1, 4, 3, shuffle=False).order(0) == [0]


@given(st.integers(0, 40), st.integers(1, 7), st.booleans(), st.sampled_from(["repeat", "drop", "none"]), st.integers(0, 5))
def test_shares_cover_everything_as_often_as_their_padding_says(size, trainers, shuffle, padding, epoch):
    shares = [DistributedSampler(size, trainers, rank, shuffle, padding=padding) for rank in range(trainers)]
    orders = [share.order(epoch) for share in shares]
    assert [len(share) for share in shares] == [len(order) for order in orders]
    times = Counter(_flat(orders))
    if padding == "none":
        assert times == Counter(range(size))
    else:
        assert len({len(order) for order in orders}) == 1
    if padding == "repeat" and size:
        assert set(times) == set(range(size))
        assert len(_flat(orders)) - size < trainers
    if padding == "drop":
        assert set(times.values()) <= {1}
        assert size - len(times) < trainers


def test_a_run_can_go_on_with_another_number_of_processes():
    """What two ranks have taken is the beginning of the common order; four take the rest of it."""
    taken = _flat(DistributedSampler(48, 2, rank, seed=1).order(0)[:8] for rank in range(2))
    rest = _flat(DistributedSampler(48, 4, rank, seed=1).order(0)[4:] for rank in range(4))
    assert sorted(taken + rest) == list(range(48))


def test_a_rank_or_a_padding_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="rank 4 is out of range, the ranks of 4 trainers are 0 to 3"):
        DistributedSampler(16, 4, 4)
    with pytest.raises(DataError, match="expected padding to be one of repeat, drop, none; received 'wrap'"):
        DistributedSampler(16, 4, 0, padding="wrap")


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 50), max_size=40), st.integers(1, 9), st.none() | st.integers(1, 20), st.booleans(), st.integers(0, 3)
)
def test_similar_length_order_takes_each_once_however_few_there_are(lengths, batch_size, group_size, shuffle_batches, epoch):
    """Parakeet 0.1 divided by zero where there were fewer examples than a batch holds."""
    order = SimilarLengthSampler(lengths, batch_size, group_size, shuffle_batches).order(epoch)
    assert sorted(order) == list(range(len(lengths)))


def test_what_is_left_over_by_similar_length_differs_from_epoch_to_epoch():
    """With drop_last, parakeet 0.1 would have dropped the longest utterances in every epoch."""
    sampler = SimilarLengthSampler(LENGTHS, 16)
    left = [sampler.order(epoch)[-(1000 % 16) :] for epoch in range(20)]
    assert len({tuple(sorted(each)) for each in left}) == 20
    assert all(LENGTHS[each].max() <= 1.5 * LENGTHS[each].min() + 30 for each in left[:5])


@pytest.mark.parametrize("lengths", [[1, -2], [1, np.nan], [[1, 2]]])
def test_lengths_that_are_none_are_refused(lengths):
    with pytest.raises(DataError, match="SimilarLengthSampler: expected a list of lengths, finite and not negative; received an array"):
        SimilarLengthSampler(lengths, 2)
