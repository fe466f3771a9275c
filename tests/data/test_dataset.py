"""Datasets: indexing, and the laws of those that are made of others."""

import copy
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parakeet.data.dataset import (
    CacheDataset,
    ChainDataset,
    DatasetMixin,
    DictDataset,
    FilterDataset,
    ListDataset,
    SliceDataset,
    SubsetDataset,
    TransformDataset,
    TupleDataset,
    as_dataset,
)
from parakeet.errors import DataError


class Utterances(DatasetMixin):
    """Counts how often each example was read."""

    def __init__(self, size, first="utt"):
        self.size = size
        self.first = first
        self.read = []

    def __len__(self):
        return self.size

    def get_example(self, i):
        self.read.append(i)
        return f"{self.first}{i}!"

    def describe(self, i):
        return f"{self.first}{i}"


def test_an_index_is_an_int_a_slice_a_list_or_an_array_of_ints_or_bools():
    data = Utterances(5)
    assert data[2] == "utt2!"
    assert data[-1] == "utt4!"
    assert data[np.int64(3)] == "utt3!"
    assert data[np.array(3)] == "utt3!"
    assert data[1:3] == ["utt1!", "utt2!"]
    assert data[::-2] == ["utt4!", "utt2!", "utt0!"]
    assert data[[4, -5]] == ["utt4!", "utt0!"]
    assert data[np.array([0, -1])] == ["utt0!", "utt4!"]
    assert data[[True, False, False, False, True]] == ["utt0!", "utt4!"]
    assert data[np.array([False, True, False, False, False])] == ["utt1!"]
    assert data[[]] == []
    assert list(data) == [f"utt{i}!" for i in range(5)]


@pytest.mark.parametrize("index", [5, -6, [0, 5], np.array([7])])
def test_an_index_out_of_range_is_an_index_error(index):
    with pytest.raises(IndexError, match=r"Utterances: index -?\d is out of range, there are 5 examples"):
        Utterances(5)[index]


@pytest.mark.parametrize("mask", [[True], np.array([True]), np.zeros(0, bool)])
def test_a_mask_of_another_length_is_an_index_error(mask):
    with pytest.raises(IndexError, match="a mask needs one bool for each of the 5 examples"):
        Utterances(5)[mask]


@pytest.mark.parametrize("index", ["1", 1.0, None, (0, 1), [0.5], np.array([1.0]), [0, True, 2]])
def test_any_other_index_is_a_type_error(index):
    with pytest.raises(TypeError, match=r"an index is an int|a single bool is no index"):
        Utterances(5)[index]


def test_a_single_bool_or_an_array_of_two_axes_is_no_index():
    with pytest.raises(TypeError, match="a single bool is no index"):
        Utterances(5)[True]
    with pytest.raises(TypeError, match=r"one axis; received the shape \(2, 2\)"):
        Utterances(5)[np.zeros((2, 2), int)]


def test_a_dataset_without_get_example_says_what_to_write():
    class Unfinished(DatasetMixin):
        def __len__(self):
            return 1

    with pytest.raises(NotImplementedError, match=r"Unfinished must define get_example\(self, i\)"):
        Unfinished()[0]


def test_a_list_is_a_dataset_and_knows_the_names_of_its_dicts():
    data = as_dataset([{"utt_id": "a"}, {"text": "b"}, 3])
    assert isinstance(data, ListDataset)
    assert [data.describe(i) for i in range(3)] == ["a", "example 1", "example 2"]
    assert data[-1] == 3


def test_describing_what_is_not_in_memory_does_not_read_it():
    class Lazy:
        def __len__(self):
            return 3

        def __getitem__(self, i):
            raise AssertionError("read")

    assert as_dataset(Lazy()).describe(1) == "example 1"


@pytest.mark.parametrize("wrong", [(x for x in "ab"), {"a": 1}, "text", 3, None])
def test_what_is_no_dataset_is_refused(wrong):
    wrappers = (ListDataset, CacheDataset, TupleDataset, ChainDataset, lambda data: DictDataset(mel=data))
    functions = (lambda data: TransformDataset(data, str), lambda data: FilterDataset(data, bool))
    parts = (lambda data: SubsetDataset(data, [0]), lambda data: SliceDataset(data, 0, 1))
    for make in (*wrappers, *functions, *parts):
        with pytest.raises(DataError, match="expected a dataset: a DatasetMixin, or a list of examples; received"):
            make(wrong)


def test_a_transform_is_applied_when_an_example_is_asked_for_and_not_before():
    base, seen = Utterances(4), []
    data = TransformDataset(base, lambda example: seen.append(example) or example.upper())
    assert (len(data), base.read, seen) == (4, [], [])
    assert data[-1] == "UTT3!"
    assert (base.read, seen) == ([3], ["utt3!"])
    assert data.describe(3) == "utt3"


def test_a_cache_asks_for_each_example_once():
    base = Utterances(3)
    data = CacheDataset(base)
    assert list(data) == list(data) == ["utt0!", "utt1!", "utt2!"]
    assert data[-1] is data[2]
    assert base.read == [0, 1, 2]
    assert data.describe(1) == "utt1"


def test_a_cache_asks_once_when_threads_ask_together():
    class Slow(Utterances):
        def get_example(self, i):
            threading.Event().wait(0.02)
            return super().get_example(i)

    base = Slow(5)
    data = CacheDataset(base)
    threads = [threading.Thread(target=list, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(base.read) == [0, 1, 2, 3, 4]


def test_a_cache_does_not_keep_a_failure():
    outcomes = iter([OSError("the disk was away"), "example"])

    class Flaky(Utterances):
        def get_example(self, i):
            outcome = next(outcomes)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

    data = CacheDataset(Flaky(1))
    with pytest.raises(OSError, match="the disk was away"):
        data[0]
    assert data[0] == "example"


def test_a_copy_of_a_cache_as_worker_processes_get_one_begins_empty():
    base = Utterances(3)
    data = CacheDataset(base)
    list(data)
    base.first = "changed"
    assert (data[1], copy.deepcopy(data)[1]) == ("utt1!", "changed1!")


def test_tuple_and_dict_datasets_put_examples_side_by_side():
    """Parakeet 0.1 compared the number of datasets with their length, and its DictDataset had no length."""
    pair = TupleDataset(Utterances(3), [10, 11, 12])
    assert (len(pair), pair[1], pair[-1], pair[:2]) == (3, ("utt1!", 11), ("utt2!", 12), [("utt0!", 10), ("utt1!", 11)])
    named = DictDataset(text=Utterances(3), mel=[10, 11, 12])
    assert (len(named), named[1], list(named)[2]) == (3, {"text": "utt1!", "mel": 11}, {"text": "utt2!", "mel": 12})
    assert pair.describe(2) == named.describe(2) == "utt2"


def test_datasets_side_by_side_must_be_equally_long():
    with pytest.raises(DataError, match="TupleDataset: the datasets must be equally long; their lengths are 0: 3, 1: 2"):
        TupleDataset(Utterances(3), [1, 2])
    with pytest.raises(DataError, match="DictDataset: the datasets must be equally long; their lengths are text: 3, mel: 2"):
        DictDataset(text=Utterances(3), mel=[1, 2])


@pytest.mark.parametrize("combine", [TupleDataset, DictDataset, ChainDataset])
def test_a_combination_of_nothing_is_refused(combine):
    with pytest.raises(DataError, match="expected one dataset at least, received none"):
        combine()


def test_a_slice_counts_in_the_order_it_is_given():
    data = SliceDataset(Utterances(5), 1, 4)
    assert (list(data), data[-1], data.describe(0)) == (["utt1!", "utt2!", "utt3!"], "utt3!", "utt1")
    data = SliceDataset(Utterances(5), 1, 4, order=[4, 3, 2, 1, 0])
    assert (list(data), data.describe(0)) == (["utt3!", "utt2!", "utt1!"], "utt3")
    assert len(SliceDataset(Utterances(5), 2, 2)) == 0


@pytest.mark.parametrize(("start", "finish"), [(-1, 2), (3, 2), (0, 6)])
def test_a_slice_lies_within_its_dataset(start, finish):
    with pytest.raises(DataError, match=rf"0 <= start <= finish <= 5 .*received start={start}, finish={finish}"):
        SliceDataset(Utterances(5), start, finish)


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 0, 1, 2, 3], [1, 2, 3, 4, 5]])
def test_the_order_of_a_slice_is_a_permutation(order):
    with pytest.raises(DataError, match="`order` must hold each position from 0 to 4 once"):
        SliceDataset(Utterances(5), 0, 2, order=order)


def test_a_subset_is_in_the_order_of_the_choice():
    data = SubsetDataset(Utterances(5), [3, -1, 3])
    assert (list(data), data[-2], data.describe(1)) == (["utt3!", "utt4!", "utt3!"], "utt4!", "utt4")
    assert list(SubsetDataset(Utterances(3), np.array([True, False, True]))) == ["utt0!", "utt2!"]


def test_a_subset_of_what_is_not_there_is_refused_at_once():
    with pytest.raises(IndexError, match="Utterances: index 5 is out of range, there are 5 examples"):
        SubsetDataset(Utterances(5), [0, 5])


def test_a_filter_reads_every_example_once_and_keeps_the_approved():
    base = Utterances(6)
    data = FilterDataset(base, lambda example: int(example[3]) % 2 == 1)
    assert base.read == list(range(6))
    assert (list(data), data[-1], data.describe(0)) == (["utt1!", "utt3!", "utt5!"], "utt5!", "utt1")


def test_a_chain_is_one_after_another():
    data = ChainDataset(Utterances(2, "a"), [], Utterances(3, "b"), [7])
    assert list(data) == ["a0!", "a1!", "b0!", "b1!", "b2!", 7]
    assert (data[-1], data[-6], data[2]) == (7, "a0!", "b0!")
    assert [data.describe(i) for i in (0, 2, 5)] == ["a0", "b0", "example 0"]


def test_a_function_that_can_not_be_called_is_refused_at_once():
    with pytest.raises(DataError, match="TransformDataset: expected a transform: example -> example; received NoneType"):
        TransformDataset([1], None)
    with pytest.raises(DataError, match="FilterDataset: expected a predicate: example -> bool; received list"):
        FilterDataset([1], [True])


def test_an_example_that_can_not_be_judged_is_named():
    def is_long(example):
        return example["seconds"] > 1

    with pytest.raises(DataError, match="FilterDataset: can't judge 'b': KeyError: 'seconds'") as caught:
        FilterDataset([{"utt_id": "a", "seconds": 2}, {"utt_id": "b"}], is_long)
    assert isinstance(caught.value.__cause__, KeyError)


WRAPPERS = {
    "transform": lambda xs: (TransformDataset(xs, lambda x: x + 1), [x + 1 for x in xs]),
    "cache": lambda xs: (CacheDataset(xs), xs),
    "slice": lambda xs: (SliceDataset(xs, len(xs) // 3, len(xs)), xs[len(xs) // 3 :]),
    "subset": lambda xs: (SubsetDataset(xs, range(len(xs) - 1, -1, -1)), xs[::-1]),
    "filter": lambda xs: (FilterDataset(xs, lambda x: x % 2 == 0), [x for x in xs if x % 2 == 0]),
    "chain": lambda xs: (ChainDataset(xs, [9], xs), [*xs, 9, *xs]),
    "tuple": lambda xs: (TupleDataset(xs, list(xs)[::-1]), list(zip(xs, list(xs)[::-1], strict=True))),
    "dict": lambda xs: (DictDataset(a=xs, b=xs), [{"a": x, "b": x} for x in xs]),
}
OF_NUMBERS = sorted(set(WRAPPERS) - {"tuple", "dict"})


@given(st.lists(st.integers(0, 99), max_size=12), st.sampled_from(sorted(WRAPPERS)), st.slices(14), st.integers(-14, 13))
def test_every_wrapper_indexes_as_the_list_of_its_examples_does(examples, wrapper, part, index):
    data, expected = WRAPPERS[wrapper](examples)
    assert (len(data), list(data), data[part]) == (len(expected), expected, expected[part])
    if -len(expected) <= index < len(expected):
        assert data[index] == expected[index]
    else:
        with pytest.raises(IndexError):
            data[index]


@given(st.lists(st.integers(0, 99), max_size=8), st.lists(st.sampled_from(OF_NUMBERS), max_size=4), st.data())
def test_wrappers_of_wrappers_read_only_what_is_asked_for_and_keep_its_name(numbers, chosen, data):
    class Named(Utterances):
        def get_example(self, i):
            super().get_example(i)
            return numbers[i]

    base = Named(len(numbers))
    wrapped, expected = base, [(n, f"utt{i}") for i, n in enumerate(numbers)]
    for kind in chosen:
        wrapped = {
            "transform": lambda d: TransformDataset(d, lambda x: x + 1),
            "cache": CacheDataset,
            "slice": lambda d: SliceDataset(d, len(d) // 3, len(d)),
            "subset": lambda d: SubsetDataset(d, range(len(d) - 1, -1, -1)),
            "filter": lambda d: FilterDataset(d, lambda x: x % 2 == 0),
            "chain": lambda d: ChainDataset(d, d),
        }[kind](wrapped)
        expected = {
            "transform": lambda pairs: [(n + 1, name) for n, name in pairs],
            "cache": list,
            "slice": lambda pairs: pairs[len(pairs) // 3 :],
            "subset": lambda pairs: pairs[::-1],
            "filter": lambda pairs: [(n, name) for n, name in pairs if n % 2 == 0],
            "chain": lambda pairs: pairs * 2,
        }[kind](expected)
    assert len(wrapped) == len(expected)
    if expected:
        i = data.draw(st.integers(0, len(expected) - 1))
        base.read.clear()
        assert (wrapped[i], wrapped.describe(i)) == expected[i]
        assert base.read in ([], [int(expected[i][1].removeprefix("utt"))])  # nothing where a cache had it
    assert [(wrapped[i], wrapped.describe(i)) for i in range(len(wrapped))] == expected
