"""Samplers: which examples are taken, and in which order.

Every order is a function of (seed, epoch) alone: no global random state is read or changed, and the order of any epoch can be had at
any time. What cuts orders into batches stands in `parakeet.data.batch_sampler`.
"""

import numpy as np

from parakeet.data.draws import at_least, permutation, uniform
from parakeet.errors import DataError

PADDINGS = ("repeat", "drop", "none")


class Sampler:
    """The base of samplers: an order of indices for every epoch. A subclass writes `order` and ``__len__``."""

    def order(self, epoch=0):
        """Give the indices of an epoch, in order.

        Args:
            epoch (int): from 0.

        Returns:
            list[int]
        """
        raise NotImplementedError(f"{type(self).__name__} must define order(self, epoch)")

    def __len__(self):
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self)")

    def __iter__(self):
        return iter(self.order(0))


class SequentialSampler(Sampler):
    """All examples, first to last, in every epoch.

    Args:
        size (int | Sized): how many examples there are, or the dataset.
    """

    def __init__(self, size):
        self._size = _size(size)

    def __len__(self):
        return self._size

    def order(self, epoch=0):
        return list(range(self._size))


class RandomSampler(Sampler):
    """All examples, shuffled anew for every epoch; or some of them; or any number of draws with replacement.

    Args:
        size (int | Sized): how many examples there are, or the dataset.
        replacement (bool): draw each index independently of the others.
        num_samples (int, optional): draws in an epoch; as many as there are examples when None.
        seed (int): of the order.

    Raises:
        DataError: if more is to be drawn without replacement than there is.
    """

    def __init__(self, size, replacement=False, num_samples=None, seed=0):
        self._size = _size(size)
        self._replacement = replacement
        self._draws = self._size if num_samples is None else at_least(0, num_samples, "num_samples")
        self._seed = at_least(0, seed, "seed")
        if not replacement and self._draws > self._size:
            raise DataError(
                f"RandomSampler: can't draw num_samples={self._draws} of {self._size} examples without replacement; "
                "lower it or pass replacement=True."
            )
        if self._draws and not self._size:
            raise DataError("RandomSampler: there is no example to draw from.")

    def __len__(self):
        return self._draws

    def order(self, epoch=0):
        if self._replacement:
            return (uniform(self._seed, epoch, self._draws) * self._size).astype(np.int64).tolist()
        return permutation(self._seed, epoch, self._size)[: self._draws].tolist()


class SubsetRandomSampler(Sampler):
    """Chosen examples, shuffled anew for every epoch.

    Args:
        indices (Sequence[int]): the choice.
        seed (int): of the order.
    """

    def __init__(self, indices, seed=0):
        self._indices = np.array([at_least(0, index, "an index") for index in indices], np.int64)
        self._seed = at_least(0, seed, "seed")

    def __len__(self):
        return len(self._indices)

    def order(self, epoch=0):
        return self._indices[permutation(self._seed, epoch, len(self._indices))].tolist()


class WeightedRandomSampler(Sampler):
    """Draws each index with a probability proportional to its weight.

    Args:
        weights (Sequence[float]): one for each example, not negative; they need not sum to 1.
        num_samples (int, optional): draws in an epoch; as many as there are weights when None.
        replacement (bool): whether an index can be drawn twice in an epoch.
        seed (int): of the order.

    Raises:
        DataError: if weights are negative, not finite or all zero, or too few are positive to draw without replacement.
    """

    def __init__(self, weights, num_samples=None, replacement=True, seed=0):
        self._weights = np.asarray(weights, np.float64)
        if self._weights.ndim != 1 or not np.all(np.isfinite(self._weights)) or np.any(self._weights < 0) or not np.any(self._weights > 0):
            raise DataError(
                "WeightedRandomSampler: expected a list of finite weights, none negative and one positive at least; "
                f"received {_shown(self._weights)}."
            )
        self._draws = len(self._weights) if num_samples is None else at_least(0, num_samples, "num_samples")
        self._replacement = replacement
        self._seed = at_least(0, seed, "seed")
        positive = int(np.count_nonzero(self._weights))
        if not replacement and self._draws > positive:
            raise DataError(
                f"WeightedRandomSampler: can't draw num_samples={self._draws} without replacement: only {positive} weights are positive."
            )

    def __len__(self):
        return self._draws

    def order(self, epoch=0):
        if self._replacement:
            scaled = self._weights / self._weights.max()  # first, for the sum of great weights may be infinite
            bounds = np.cumsum(scaled / scaled.sum())
            drawn = np.searchsorted(bounds, uniform(self._seed, epoch, self._draws) * bounds[-1], side="right")
            # A product may round up to the last bound; it belongs to the last index that can be drawn.
            return np.minimum(drawn, np.flatnonzero(self._weights)[-1]).tolist()
        # Efraimidis and Spirakis (2006): the k largest u^(1/w) are a weighted draw of k without replacement.
        drawn = uniform(self._seed, epoch, len(self._weights))
        with np.errstate(divide="ignore", over="ignore"):
            keys = np.where(self._weights > 0, np.log(drawn) / np.where(self._weights > 0, self._weights, 1.0), -np.inf)
            keys[(self._weights > 0) & np.isneginf(keys)] = np.finfo(np.float64).min
        return np.argsort(-keys, kind="stable")[: self._draws].tolist()


class SimilarLengthSampler(Sampler):
    """All examples, so that each ``batch_size`` in a row are of similar length, and yet in another order in every epoch.

    Sorted by length, they are shuffled within groups, cut into batches, and the batches are shuffled. The examples that are left over
    when the size is no multiple of ``batch_size`` come last; they too are of similar length, and others in every epoch.

    Args:
        lengths (Sequence[float]): of each example.
        batch_size (int): of the `BatchSampler` that follows.
        group_size (int, optional): how many neighbours in length are shuffled; 32 batches when None.
        shuffle_batches (bool): False leaves short batches first.
        seed (int): of the order.
    """

    def __init__(self, lengths, batch_size=4, group_size=None, shuffle_batches=True, seed=0):
        self._lengths = checked_lengths(lengths, "SimilarLengthSampler")
        self._batch_size = at_least(1, batch_size, "batch_size")
        self._group_size = 32 * batch_size if group_size is None else at_least(1, group_size, "group_size")
        self._shuffle_batches = shuffle_batches
        self._seed = at_least(0, seed, "seed")

    def __len__(self):
        return len(self._lengths)

    def order(self, epoch=0):
        size, batch_size = len(self._lengths), self._batch_size
        ties = uniform(self._seed, epoch, size, stream=1)
        by_length = np.lexsort((ties, self._lengths))
        left_over = size % batch_size
        first = int(uniform(self._seed, epoch, 1, stream=2)[0] * (size - left_over + 1))
        tail, rest = by_length[first : first + left_over], np.delete(by_length, np.s_[first : first + left_over])
        mixed = rest[np.lexsort((uniform(self._seed, epoch, len(rest), stream=3), np.arange(len(rest)) // self._group_size))]
        batches = mixed.reshape(-1, batch_size)
        if self._shuffle_batches:
            batches = batches[permutation(self._seed, epoch, len(batches))]
        return np.concatenate([batches.reshape(-1), tail]).tolist()


class DistributedSampler(Sampler):
    """One process's share of an order that all processes agree on: every ``num_trainers``-th index, from ``rank`` on.

    After k indices of every rank, exactly the first ``k * num_trainers`` of the common order were taken. So a run may be resumed with
    another number of processes where that product is a multiple of it.

    Args:
        size (int | Sized): how many examples there are, or the dataset.
        num_trainers (int): processes.
        rank (int): of this process, from 0.
        shuffle (bool): False takes the examples first to last.
        seed (int): of the order; the same in all processes.
        padding (str): what to do when the size is no multiple of ``num_trainers``. "repeat": the first of the order are taken once
            more, so that all processes take equally many (training in step). "drop": the last of the order are left out in this
            epoch. "none": some processes take one less, and everything is taken exactly once (evaluation).

    Raises:
        DataError: if rank or padding is none of those there are.
    """

    def __init__(self, size, num_trainers, rank, shuffle=True, seed=0, padding="repeat"):
        self._size = _size(size)
        self._num_trainers = at_least(1, num_trainers, "num_trainers")
        self._rank = at_least(0, rank, "rank")
        self._shuffle = shuffle
        self._seed = at_least(0, seed, "seed")
        self._padding = padding
        if self._rank >= self._num_trainers:
            raise DataError(
                f"DistributedSampler: rank {rank} is out of range, the ranks of {num_trainers} trainers are 0 to {num_trainers - 1}."
            )
        if padding not in PADDINGS:
            raise DataError(f"DistributedSampler: expected padding to be one of {', '.join(PADDINGS)}; received {padding!r}.")

    def __len__(self):
        whole, left_over = divmod(self._size, self._num_trainers)
        if self._padding == "none":
            return whole + (self._rank < left_over)
        return whole + (self._padding == "repeat" and left_over > 0)

    def order(self, epoch=0):
        order = permutation(self._seed, epoch, self._size) if self._shuffle else np.arange(self._size)
        if self._padding != "none" and self._size:
            order = np.resize(order, len(self) * self._num_trainers)  # resize repeats from the beginning, or cuts the end
        return order[self._rank :: self._num_trainers].tolist()


def _size(size):
    return at_least(0, len(size) if hasattr(size, "__len__") else size, "the number of examples")


def checked_lengths(lengths, who):
    """Take the lengths of examples as an array.

    Args:
        lengths (Sequence[float]): of each example.
        who (str): asks, for the message.

    Returns:
        ndarray: (n,) float64.

    Raises:
        DataError: if they are not finite numbers from 0 on, one for each example.
    """
    array = np.asarray(lengths, np.float64)
    if array.ndim != 1 or not np.all(np.isfinite(array)) or np.any(array < 0):
        raise DataError(f"{who}: expected a list of lengths, finite and not negative; received {_shown(array)}.")
    return array


def _shown(array):
    shown = ", ".join(f"{value:g}" for value in array.reshape(-1)[:8])
    return f"an array of shape {array.shape}: [{shown}{', ...' if array.size > 8 else ''}]"
