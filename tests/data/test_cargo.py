"""DataCargo and DataIterator: batches, passes and positions."""

import subprocess
import sys
from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parakeet.data import (
    BatchSampler,
    DataCargo,
    DatasetMixin,
    RandomSampler,
    SequentialSampler,
    SimilarLengthBatchSampler,
    TransformDataset,
    batch_text_id,
)
from parakeet.errors import DataError, TextError


class Utterances(DatasetMixin):
    """Examples are their own indices; what was read is kept, and a few can be made to fail."""

    def __init__(self, size, faults=None):
        self.size = size
        self.faults = {} if faults is None else faults
        self.read = []

    def __len__(self):
        return self.size

    def get_example(self, i):
        self.read.append(i)
        if i in self.faults:
            raise self.faults[i]
        return {"utt_id": f"LJ{i:03d}", "text": np.arange(i % 7 + 1)}

    def describe(self, i):
        return f"LJ{i:03d}"


def ids(examples):
    return [example["utt_id"] for example in examples]


def test_a_cargo_gives_batches_made_by_the_batch_function():
    def batch_fn(examples):
        text, lengths = batch_text_id([example["text"] for example in examples])
        return {"utt_id": ids(examples), "text": text, "text_lengths": lengths}

    batches = list(DataCargo(Utterances(5), batch_fn, batch_size=2))
    assert [batch["utt_id"] for batch in batches] == [["LJ000", "LJ001"], ["LJ002", "LJ003"], ["LJ004"]]
    np.testing.assert_array_equal(batches[0]["text"], [[0, 0], [0, 1]])
    assert batches[2]["text_lengths"].tolist() == [5]


def test_a_list_can_be_a_dataset_and_without_a_batch_function_batches_are_lists():
    assert list(DataCargo(["a", "b", "c", "d", "e"], batch_size=2, drop_last=True)) == [["a", "b"], ["c", "d"]]


def test_the_nth_pass_walks_epoch_n_minus_1_and_any_epoch_can_be_had_again():
    cargo = DataCargo(Utterances(20), ids, batch_size=3, shuffle=True, seed=5)
    passes = [list(cargo) for _ in range(3)]
    assert len({tuple(chain.from_iterable(each)) for each in passes}) == 3
    assert [list(cargo.iterator(epoch)) for epoch in range(3)] == passes
    assert list(cargo.iterator(1)) == list(DataCargo(Utterances(20), ids, batch_size=3, shuffle=True, seed=5).iterator(epoch=1))


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 3))
def test_an_epoch_takes_every_sample_once_whatever_the_batch_size(size, batch_size, epoch):
    cargo = DataCargo(Utterances(size), ids, batch_size=batch_size, shuffle=True)
    taken = Counter(chain.from_iterable(cargo.iterator(epoch)))
    assert taken == Counter(f"LJ{i:03d}" for i in range(size))
    assert cargo.samples_per_epoch(epoch) == size
    assert cargo.batches_per_epoch(epoch) == len(cargo) == len(list(cargo.iterator(epoch)))


def test_samples_that_are_dropped_are_not_counted():
    cargo = DataCargo(Utterances(10), ids, batch_size=4, drop_last=True)
    assert (cargo.samples_per_epoch(), cargo.batches_per_epoch()) == (8, 2)


def test_an_iterator_knows_its_epoch_its_position_and_the_names_of_the_last_batch():
    iterator = DataCargo(Utterances(5), ids, batch_size=2).iterator(epoch=3)
    assert (iterator.epoch, iterator.consumed, iterator.last_indices, iterator.last_names) == (3, 0, [], [])
    next(iterator)
    next(iterator)
    assert (iterator.consumed, iterator.last_indices, iterator.last_names) == (4, [2, 3], ["LJ002", "LJ003"])
    next(iterator)
    assert (iterator.consumed, iterator.last_names) == (5, ["LJ004"])
    with pytest.raises(StopIteration):
        next(iterator)
    assert iterator.consumed == 5


@given(st.integers(0, 3), st.integers(0, 5))
def test_a_pass_goes_on_where_another_one_was_and_reads_nothing_before(epoch, batches):
    lengths = np.random.default_rng(1).integers(5, 60, 40)
    whole = DataCargo(Utterances(40), ids, batch_sampler=SimilarLengthBatchSampler(lengths, max_frames=200)).iterator(epoch)
    for _ in range(batches):
        next(whole)
    rest = DataCargo(Utterances(40), ids, batch_sampler=SimilarLengthBatchSampler(lengths, max_frames=200))
    going_on = rest.iterator(epoch, whole.consumed)
    assert (rest.dataset.read, going_on.consumed) == ([], whole.consumed)
    first = next(going_on)
    assert first == next(whole)
    assert len(rest.dataset.read) == len(first)
    assert list(going_on) == list(whole)
    assert going_on.consumed == whole.consumed == 40


def test_a_pass_that_begins_at_the_end_is_over():
    assert list(DataCargo(Utterances(5), ids, batch_size=2).iterator(0, consumed=5)) == []


def test_a_position_inside_a_batch_is_refused_and_explained():
    cargo = DataCargo(Utterances(10), ids, batch_size=4)
    with pytest.raises(DataError, match=r"consumed=6 is not the beginning of a batch in epoch 2: the nearest are 4 and 8.*batch_size"):
        cargo.iterator(epoch=2, consumed=6)
    with pytest.raises(DataError, match="consumed=11 lies beyond epoch 0, which has 10 samples. Is this another dataset"):
        cargo.iterator(consumed=11)
    with pytest.raises(DataError, match="expected consumed to be an int, 0 at least; received -4"):
        cargo.iterator(consumed=-4)
    with pytest.raises(DataError, match="expected epoch to be an int, 0 at least; received 1.5"):
        cargo.iterator(epoch=1.5)


def test_an_error_names_the_utterance_and_keeps_its_cause():
    fault = ValueError("bad header")
    iterator = DataCargo(TransformDataset(Utterances(9, {4: fault}), dict), ids, batch_size=3).iterator()
    assert next(iterator) == ["LJ000", "LJ001", "LJ002"]
    with pytest.raises(DataError, match=r"^can't read utterance 'LJ004' \(example 4\): ValueError: bad header$") as caught:
        next(iterator)
    assert caught.value.__cause__ is fault
    assert (iterator.consumed, iterator.last_names) == (3, ["LJ000", "LJ001", "LJ002"])


def test_an_error_that_speaks_for_itself_is_quoted_without_its_class():
    with pytest.raises(DataError, match=r"^can't read utterance 'LJ000' \(example 0\): unknown symbol 'ß'$"):
        next(DataCargo(Utterances(3, {0: TextError("unknown symbol 'ß'")})).iterator())


def test_a_pass_that_failed_does_not_end_in_silence():
    iterator = DataCargo(Utterances(3, {1: ValueError("bad")})).iterator()
    next(iterator)
    for _ in range(2):
        with pytest.raises(DataError, match="LJ001"):
            next(iterator)


@pytest.mark.parametrize("fault", [StopIteration(), IndexError("inside"), KeyError("mel")])
def test_errors_that_python_takes_for_an_end_do_not_end_the_epoch(fault):
    with pytest.raises(DataError, match=rf"LJ001' \(example 1\): {type(fault).__name__}"):
        list(DataCargo(Utterances(3, {1: fault}), ids))

    def batch_fn(examples):
        raise fault

    with pytest.raises(DataError, match=type(fault).__name__):
        list(DataCargo(Utterances(3), batch_fn))


def test_an_error_in_the_batch_function_names_the_batch():
    def batch_fn(examples):
        return 1 / 0

    with pytest.raises(DataError, match=r"can't make a batch of utterance 'LJ000' \(example 0\), .*LJ001.*: ZeroDivisionError") as caught:
        next(DataCargo(Utterances(4), batch_fn, batch_size=2).iterator())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(DataError, match=r"'LJ007' \(example 7\) and 4 more: Zero"):
        next(DataCargo(Utterances(12), batch_fn, batch_size=12).iterator())


def test_an_example_or_a_batch_that_is_none_is_an_error():
    with pytest.raises(DataError, match="can't read example 1: the dataset returned None. A dataset gives an example for every index"):
        list(DataCargo([1, None, 3]))
    with pytest.raises(DataError, match=r"the batch function returned None for example 0; did it forget its `return`\?"):
        list(DataCargo([1], lambda examples: None))


def test_a_name_that_can_not_be_had_does_not_hide_the_error():
    class Nameless(Utterances):
        def describe(self, i):
            raise KeyError("no such name")

    with pytest.raises(DataError, match="can't read example 0: ValueError: bad"):
        list(DataCargo(Nameless(2, {0: ValueError("bad")})))


def test_a_batch_function_may_ask_for_a_generator_that_depends_on_the_position_alone():
    def crop(examples, rng):
        return [(example["utt_id"], int(rng.integers(1000))) for example in examples]

    cargo = DataCargo(Utterances(12), crop, batch_size=3, shuffle=True, seed=1)
    first, second = list(cargo.iterator(0)), list(cargo.iterator(1))
    assert len({number for batch in first + second for _, number in batch}) > 18
    np.random.seed(0)
    assert list(cargo.iterator(1, consumed=6)) == second[2:]
    other = DataCargo(Utterances(12), crop, batch_size=3, sampler=RandomSampler(12, seed=1), seed=2)
    assert [utt_id for batch in other for utt_id, _ in batch] == [utt_id for batch in first for utt_id, _ in batch]
    assert list(other.iterator(0)) != first


def test_contradicting_arguments_are_refused():
    data = Utterances(4)
    with pytest.raises(DataError, match="expected a sampler or shuffle=True, received both"):
        DataCargo(data, sampler=SequentialSampler(4), shuffle=True)
    for extra in ({"batch_size": 2}, {"shuffle": True}, {"drop_last": True}, {"sampler": SequentialSampler(4)}):
        with pytest.raises(DataError, match="with a batch_sampler, batch_size, sampler, shuffle and drop_last are its business"):
            DataCargo(data, batch_sampler=BatchSampler(SequentialSampler(4), 2), **extra)
    with pytest.raises(DataError, match=r"a batch_sampler with a method batches\(epoch\).*received list"):
        DataCargo(data, batch_sampler=[[0, 1]])
    with pytest.raises(DataError, match="expected a dataset"):
        DataCargo(iter([1, 2]))
    with pytest.raises(DataError, match="DataCargo: expected a batch function: list of examples -> batch; received str"):
        DataCargo(data, "collate")


def test_an_empty_batch_from_a_sampler_is_refused():
    class Hollow:
        def batches(self, epoch):
            return [[0], [], [1]]

    with pytest.raises(DataError, match="Hollow gave an empty batch in epoch 0"):
        DataCargo(Utterances(2), batch_sampler=Hollow()).iterator()


def test_none_of_this_imports_paddle():
    script = (
        "import sys, parakeet.data as d\n"
        "assert list(d.DataCargo(d.TransformDataset([1, 2, 3], str), batch_size=2)) == [['1', '2'], ['3']]\n"
        "d.DataLoader\n"
        "assert set(d.__all__) <= set(dir(d))\n"
        "assert all(hasattr(d, name) for name in d.__all__)\n"
        "assert 'paddle' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_name_that_is_not_there_is_an_attribute_error():
    import parakeet.data

    with pytest.raises(AttributeError, match=r"module 'parakeet\.data' has no attribute 'DataCart'"):
        parakeet.data.DataCart  # noqa: B018
