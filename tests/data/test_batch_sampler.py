"""Batch samplers: batches that are functions of (seed, epoch)."""

from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parakeet.data.batch_sampler import BatchSampler, FixedBatchSampler, SimilarLengthBatchSampler
from parakeet.data.sampler import RandomSampler, SequentialSampler, SimilarLengthSampler
from parakeet.errors import DataError

LENGTHS = np.random.default_rng(0).gamma(6.0, 70.0, 1000).clip(60, 860).astype(int)


def _flat(lists):
    return list(chain.from_iterable(lists))


def test_a_batch_sampler_cuts_an_order_into_batches():
    assert list(BatchSampler(SequentialSampler(10), 3)) == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    assert list(BatchSampler(SequentialSampler(10), 3, drop_last=True)) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert BatchSampler(SequentialSampler(2), 3, drop_last=True).batches(0) == []
    shuffled = BatchSampler(RandomSampler(10), 3)
    assert _flat(shuffled.batches(2)) == RandomSampler(10).order(2)


@given(st.integers(0, 30), st.integers(1, 12), st.booleans())
def test_the_length_of_a_batch_sampler_is_the_number_of_its_batches(size, batch_size, drop_last):
    sampler = BatchSampler(SequentialSampler(size), batch_size, drop_last)
    assert len(sampler) == len(sampler.batches(1))


def test_a_batch_sampler_needs_a_sampler_and_a_size():
    with pytest.raises(DataError, match=r"expected a Sampler, with a method order\(epoch\).*received list"):
        BatchSampler([1, 2, 3], 2)
    with pytest.raises(DataError, match="expected batch_size to be an int, 1 at least; received 0"):
        BatchSampler(SequentialSampler(3), 0)


def _padded(batches):
    return sum(max(LENGTHS[i] for i in batch) * len(batch) for batch in batches)


def test_similar_length_order_makes_batches_with_little_padding():
    def padded(sampler, epoch):
        return _padded(BatchSampler(sampler, 16).batches(epoch)) / LENGTHS.sum()

    assert padded(RandomSampler(LENGTHS), 0) > 1.4
    assert padded(SimilarLengthSampler(LENGTHS, 16, group_size=64), 0) < 1.1
    assert padded(SimilarLengthSampler(LENGTHS, 16, group_size=64), 1) < 1.1


def test_fixed_batches_are_the_same_in_every_epoch():
    sampler = FixedBatchSampler(batch for batch in ([3, 1], np.array([2])))
    assert list(sampler) == sampler.batches(0) == sampler.batches(7) == [[3, 1], [2]]
    assert len(sampler) == 2
    sampler.batches(0)[0].clear()
    assert sampler.batches(0) == [[3, 1], [2]]


def test_a_fixed_batch_without_an_index_or_of_what_is_none_is_refused():
    with pytest.raises(DataError, match="FixedBatchSampler: batch 1 is empty; a batch holds one index at least"):
        FixedBatchSampler([[0], []])
    for index in (-1, 1.5, "0", True):
        with pytest.raises(DataError, match="expected an index to be an int, 0 at least; received"):
            FixedBatchSampler([[index]])


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 50), max_size=40), st.integers(50, 200), st.none() | st.integers(1, 9), st.booleans(), st.integers(0, 3)
)
def test_frame_batches_keep_the_budget_and_take_each_once(lengths, max_frames, batch_size, shuffle, epoch):
    sampler = SimilarLengthBatchSampler(lengths, max_frames, batch_size, shuffle=shuffle)
    batches = sampler.batches(epoch)
    assert sorted(_flat(batches)) == list(range(len(lengths)))
    assert all(max(lengths[i] for i in batch) * len(batch) <= max_frames for batch in batches)
    assert batch_size is None or all(len(batch) <= batch_size for batch in batches)
    assert batches == SimilarLengthBatchSampler(lengths, max_frames, batch_size, shuffle=shuffle).batches(epoch)


def test_frame_batches_are_well_filled_and_hardly_padded():
    batches = SimilarLengthBatchSampler(LENGTHS, max_frames=6000).batches(0)
    assert _padded(batches) / LENGTHS.sum() < 1.06
    assert _padded(batches) / len(batches) > 0.9 * 6000


def test_frame_batches_are_composed_and_ordered_anew_in_every_epoch():
    sampler = SimilarLengthBatchSampler(LENGTHS, max_frames=6000)
    first, second = sampler.batches(0), sampler.batches(1)
    assert len({frozenset(batch) for batch in first} & {frozenset(batch) for batch in second}) <= 2
    longest = [max(LENGTHS[i] for i in batch) for batch in first]
    assert longest != sorted(longest)
    assert sampler.batches(0) == first
    steady = SimilarLengthBatchSampler(LENGTHS, max_frames=6000, shuffle=False)
    assert steady.batches(0) == steady.batches(1) == list(steady)
    assert len(steady) == len(steady.batches(0))


def test_changing_a_batch_that_was_given_changes_no_other():
    sampler = SimilarLengthBatchSampler([3, 4], max_frames=8)
    sampler.batches(0)[0].clear()
    assert sorted(sampler.batches(0)[0]) == [0, 1]


def test_an_utterance_longer_than_the_budget_is_named_at_construction():
    with pytest.raises(DataError, match=r"example 1 has 90 frames, but a batch may hold max_frames=50, and 1 more.*Raise max_frames to 90"):
        SimilarLengthBatchSampler([10, 90, 60], max_frames=50)
    with pytest.raises(DataError, match=r"'LJ001-0002' \(example 1\) has 60 frames, but a batch may hold max_frames=50\."):
        SimilarLengthBatchSampler([10, 60], max_frames=50, names=["LJ001-0001", "LJ001-0002"])


def test_batches_without_a_limit_or_with_lengths_that_are_none_are_refused():
    with pytest.raises(DataError, match="expected max_frames, batch_size or both; received neither"):
        SimilarLengthBatchSampler([1, 2])
    with pytest.raises(DataError, match=r"expected a list of lengths, finite and not negative; received an array of shape .*: \[1, -2\]"):
        SimilarLengthBatchSampler([1, -2], max_frames=5)
    with pytest.raises(DataError, match="expected blur to lie between 0 and 1"):
        SimilarLengthBatchSampler([1, 2], max_frames=5, blur=2.0)
