"""Datasets: sequences of examples, read one by one, and the ways to put them together.

A dataset has a length and gives an example for every index below it. Wherever one is expected, a list will do as well.
"""

import bisect
import operator
import threading
from collections.abc import Mapping

import numpy as np

from parakeet.errors import DataError


class DatasetMixin:
    """The standard ways of indexing, for a class that defines ``get_example(i)`` and ``__len__()``.

    ``dataset[3]`` and ``dataset[-1]`` are examples; a slice, a list or an array of ints, and a list or an array of as many bools as
    there are examples give lists of them. Iterating reads every example once, in order.

    Raises:
        IndexError: if an index is out of range or a mask has another length.
        TypeError: if an index is none of these.
    """

    def get_example(self, i):
        """Read one example; the one method to write, beside ``__len__``.

        Args:
            i (int): from 0 to the length, without the latter.

        Returns:
            the example, anything but None.
        """
        raise NotImplementedError(f"{type(self).__name__} must define get_example(self, i)")

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self)")

    def describe(self, i):
        """Name example i for a message or a log, without reading it.

        Args:
            i (int): from 0 to the length, without the latter.

        Returns:
            str: the utt_id, where examples have one.
        """
        return f"example {i}"

    def fingerprint(self):
        """Tell what the contents are by a text that differs when they do, where that is known without reading them all.

        A resumed run compares it, beside the names of the examples. Wrappers give their base's; a function that they apply is code.

        Returns:
            str or None: such as a checksum; None where it is not known.
        """
        return None

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self.get_example(i) for i in range(*index.indices(len(self)))]
        if isinstance(index, list) or (isinstance(index, np.ndarray) and index.ndim > 0):
            return [self.get_example(i) for i in _positions(index, len(self), self)]
        return self.get_example(_position(index, len(self), self))

    def __iter__(self):
        for i in range(len(self)):
            yield self.get_example(i)


class ListDataset(DatasetMixin):
    """A list, a tuple or whatever has a length and takes ints from 0 on, seen as a dataset.

    Args:
        examples (Sequence): the examples. Where they stand in a list or a tuple as dicts with an ``utt_id``, that is their name.

    Raises:
        DataError: if it has no length or can't be indexed by position.
    """

    def __init__(self, examples):
        no_list = isinstance(examples, (Mapping, set, frozenset, str, bytes))
        if no_list or not (hasattr(examples, "__len__") and hasattr(examples, "__getitem__")):
            raise DataError(
                f"expected a dataset: a DatasetMixin, or a list of examples; received {type(examples).__name__}. "
                "A generator can be turned into a list; a class of your own inherits from parakeet.data.DatasetMixin."
            )
        self._examples = examples
        self._in_memory = isinstance(examples, (list, tuple))

    def __len__(self):
        return len(self._examples)

    def get_example(self, i):
        return self._examples[i]

    def describe(self, i):
        example = self._examples[i] if self._in_memory else None
        if isinstance(example, Mapping) and "utt_id" in example:
            return str(example["utt_id"])
        return super().describe(i)


def as_dataset(examples):
    """Take a dataset as it is and a sequence of examples as a dataset.

    Args:
        examples (DatasetMixin | Sequence): has a length and can be indexed.

    Returns:
        DatasetMixin

    Raises:
        DataError: if it has no length or can't be indexed by position.
    """
    return examples if isinstance(examples, DatasetMixin) else ListDataset(examples)


def refuse_uncallable(function, who, expected):
    """Take a function that will be called later, and complain now where it can't be.

    Args:
        function (Callable): what was received.
        who (str): asks, for the message.
        expected (str): what it should be, for the message.

    Returns:
        Callable: the function.

    Raises:
        DataError: if it can't be called.
    """
    if not callable(function):
        raise DataError(f"{who}: expected {expected}; received {type(function).__name__}.")
    return function


class TransformDataset(DatasetMixin):
    """Examples of another dataset, each passed through a function at the moment it is asked for.

    Args:
        dataset (DatasetMixin | Sequence): the base.
        transform (Callable): example -> example. Worker processes need one that can be imported: no lambda.

    Raises:
        DataError: if the transform can't be called.
    """

    def __init__(self, dataset, transform):
        self._base = as_dataset(dataset)
        self._transform = refuse_uncallable(transform, "TransformDataset", "a transform: example -> example")

    def __len__(self):
        return len(self._base)

    def get_example(self, i):
        return self._transform(self._base[i])

    def describe(self, i):
        return self._base.describe(i)

    def fingerprint(self):
        return self._base.fingerprint()


class CacheDataset(DatasetMixin):
    """Another dataset that is asked for each of its examples once; they are kept in memory. Threads may share it.

    The same object is given every time, so what comes after must not change it in place. A worker process begins with an empty cache
    of its own. An example whose reading failed is not kept: the next access tries again.

    Args:
        dataset (DatasetMixin | Sequence): the base.
    """

    def __init__(self, dataset):
        self._base = as_dataset(dataset)
        self._reset()

    def _reset(self):
        self._examples = {}
        self._being_read = {}  # index -> the lock of the thread that reads it; others wait for that one example only
        self._lock = threading.Lock()

    def __len__(self):
        return len(self._base)

    def get_example(self, i):
        if i not in self._examples:
            with self._lock:
                reading = self._being_read.setdefault(i, threading.Lock())
            with reading:
                if i not in self._examples:
                    self._examples[i] = self._base[i]
            self._being_read.pop(i, None)
        return self._examples[i]

    def describe(self, i):
        return self._base.describe(i)

    def fingerprint(self):
        return self._base.fingerprint()

    def __getstate__(self):
        return {"_base": self._base}

    def __setstate__(self, state):
        self._base = state["_base"]
        self._reset()


class TupleDataset(DatasetMixin):
    """Several datasets side by side; an example is the tuple of theirs. Named after the first.

    Args:
        *datasets (DatasetMixin | Sequence): all of one length.

    Raises:
        DataError: if there is none, or lengths differ.
    """

    def __init__(self, *datasets):
        self._bases = [as_dataset(dataset) for dataset in datasets]
        self._length = _common_length(type(self).__name__, {str(k): base for k, base in enumerate(self._bases)})

    def __len__(self):
        return self._length

    def get_example(self, i):
        return tuple(base[i] for base in self._bases)

    def describe(self, i):
        return self._bases[0].describe(i)

    def fingerprint(self):
        return _together(self._bases)


class DictDataset(DatasetMixin):
    """Several datasets side by side; an example is the dict of theirs. Named after the first.

    Args:
        **datasets (DatasetMixin | Sequence): name -> dataset, all of one length.

    Raises:
        DataError: if there is none, or lengths differ.
    """

    def __init__(self, **datasets):
        self._bases = {name: as_dataset(dataset) for name, dataset in datasets.items()}
        self._length = _common_length(type(self).__name__, self._bases)

    def __len__(self):
        return self._length

    def get_example(self, i):
        return {name: base[i] for name, base in self._bases.items()}

    def describe(self, i):
        return next(iter(self._bases.values())).describe(i)

    def fingerprint(self):
        return _together(self._bases.values())


class SubsetDataset(DatasetMixin):
    """Chosen examples of another dataset, in the order of the choice; one may be chosen twice.

    Args:
        dataset (DatasetMixin | Sequence): the base.
        indices (Sequence[int]): positions in the base; negative ones count from its end. Or a mask: a bool for each example of it.

    Raises:
        IndexError: if one is out of range.
    """

    def __init__(self, dataset, indices):
        self._base = as_dataset(dataset)
        self._indices = _positions(indices if isinstance(indices, np.ndarray) else list(indices), len(self._base), self._base)

    def __len__(self):
        return len(self._indices)

    def get_example(self, i):
        return self._base[self._indices[i]]

    def describe(self, i):
        return self._base.describe(self._indices[i])

    def fingerprint(self):
        return self._base.fingerprint()


class SliceDataset(SubsetDataset):
    """A contiguous part of another dataset, or of a permutation of it.

    Args:
        dataset (DatasetMixin | Sequence): the base.
        start (int): the first position, 0 at least.
        finish (int): the position past the last, at most the length of the base.
        order (Sequence[int], optional): a permutation of all positions of the base; ``start`` and ``finish`` count in it.

    Raises:
        DataError: if the part does not lie within the base, or ``order`` is no permutation of it.
    """

    def __init__(self, dataset, start, finish, order=None):
        dataset = as_dataset(dataset)
        size = len(dataset)
        if not 0 <= start <= finish <= size:
            raise DataError(
                f"SliceDataset: expected 0 <= start <= finish <= {size} (the length of the dataset); "
                f"received start={start}, finish={finish}."
            )
        if order is None:
            order = range(size)
        elif sorted(order) != list(range(size)):
            raise DataError(
                f"SliceDataset: `order` must hold each position from 0 to {size - 1} once; it has {len(order)} entries. "
                "To choose freely, use SubsetDataset(dataset, indices)."
            )
        super().__init__(dataset, order[start:finish])


class FilterDataset(SubsetDataset):
    """The examples of another dataset that a function approves of. Every example is read once, when this is made.

    Args:
        dataset (DatasetMixin | Sequence): the base.
        predicate (Callable): example -> bool.

    Raises:
        DataError: if the predicate can't be called, or an example can't be read or judged; it names the example.
    """

    def __init__(self, dataset, predicate):
        dataset = as_dataset(dataset)
        refuse_uncallable(predicate, "FilterDataset", "a predicate: example -> bool")
        super().__init__(dataset, [i for i in range(len(dataset)) if _approved(dataset, i, predicate)])


class ChainDataset(DatasetMixin):
    """Several datasets one after another.

    Args:
        *datasets (DatasetMixin | Sequence): one at least.

    Raises:
        DataError: if there is none.
    """

    def __init__(self, *datasets):
        if not datasets:
            raise DataError("ChainDataset: expected one dataset at least, received none.")
        self._bases = [as_dataset(dataset) for dataset in datasets]
        self._ends = [int(end) for end in np.cumsum([len(base) for base in self._bases])]

    def __len__(self):
        return self._ends[-1]

    def _locate(self, i):
        k = bisect.bisect_right(self._ends, i)
        return self._bases[k], i - (self._ends[k] - len(self._bases[k]))

    def get_example(self, i):
        base, position = self._locate(i)
        return base[position]

    def describe(self, i):
        base, position = self._locate(i)
        return base.describe(position)

    def fingerprint(self):
        return _together(self._bases)


def _approved(dataset, i, predicate):
    try:
        return bool(predicate(dataset[i]))
    except Exception as error:
        raise DataError(f"FilterDataset: can't judge '{dataset.describe(i)}': {type(error).__name__}: {error}") from error


def _together(bases):
    fingerprints = [base.fingerprint() for base in bases]
    return None if all(each is None for each in fingerprints) else " ".join(map(str, fingerprints))


def _common_length(who, bases):
    if not bases:
        raise DataError(f"{who}: expected one dataset at least, received none.")
    lengths = {name: len(base) for name, base in bases.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise DataError(f"{who}: the datasets must be equally long; their lengths are {listed}.")
    return next(iter(lengths.values()))


def _position(index, size, dataset):
    """An index as a position from 0 on; bools are refused, for True as 1 is a mask gone astray."""
    if isinstance(index, (bool, np.bool_)):
        raise TypeError(f"{type(dataset).__name__}: a single bool is no index; a mask is a list or an array of {size} bools")
    try:
        position = operator.index(index)
    except TypeError:
        raise TypeError(
            f"{type(dataset).__name__}: an index is an int, a slice, or a list or an array of ints or bools; received {index!r}"
        ) from None
    if not -size <= position < size:
        raise IndexError(f"{type(dataset).__name__}: index {position} is out of range, there are {size} examples")
    return position % size


def _positions(indices, size, dataset):
    if isinstance(indices, np.ndarray) and indices.ndim > 1:
        raise TypeError(f"{type(dataset).__name__}: an array of indices has one axis; received the shape {indices.shape}")
    if isinstance(indices, np.ndarray):
        is_mask = indices.dtype == bool
    else:
        is_mask = len(indices) > 0 and all(isinstance(index, (bool, np.bool_)) for index in indices)
    if is_mask:
        if len(indices) != size:
            raise IndexError(f"{type(dataset).__name__}: a mask needs one bool for each of the {size} examples; received {len(indices)}")
        return [i for i, chosen in enumerate(indices) if chosen]
    return [_position(index, size, dataset) for index in indices]
