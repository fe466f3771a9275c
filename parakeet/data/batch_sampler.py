"""Batch samplers: which examples make a batch together, and in which order batches come.

Like the order of a sampler, the batches of an epoch are a function of (seed, epoch) alone.
"""

import numpy as np

from parakeet.data.draws import at_least, permutation, uniform
from parakeet.data.sampler import checked_lengths
from parakeet.errors import DataError


class BatchSampler:
    """The order of a sampler, cut into batches.

    Args:
        sampler (Sampler): gives the order.
        batch_size (int): examples in a batch.
        drop_last (bool): leave out the last batch where it is smaller.

    Raises:
        DataError: if the sampler has no ``order(epoch)``.
    """

    def __init__(self, sampler, batch_size, drop_last=False):
        if not callable(getattr(sampler, "order", None)):
            raise DataError(
                f"BatchSampler: expected a Sampler, with a method order(epoch) that returns the indices of an epoch; received "
                f"{type(sampler).__name__}. For a fixed choice, take SubsetDataset(dataset, indices) with a SequentialSampler."
            )
        self._sampler = sampler
        self._batch_size = at_least(1, batch_size, "batch_size")
        self._drop_last = drop_last

    def __len__(self):
        return len(self._sampler) // self._batch_size if self._drop_last else -(-len(self._sampler) // self._batch_size)

    def batches(self, epoch=0):
        """Give the batches of an epoch, in order.

        Args:
            epoch (int): from 0.

        Returns:
            list[list[int]]: of indices.
        """
        order, size = self._sampler.order(epoch), self._batch_size
        end = len(order) - len(order) % size if self._drop_last else len(order)
        return [list(order[start : min(start + size, end)]) for start in range(0, end, size)]

    def __iter__(self):
        return iter(self.batches(0))


class FixedBatchSampler:
    """The same batches in the same order in every epoch.

    Args:
        batches (Iterable): lists of indices.

    Raises:
        DataError: if a batch is empty, or an index is no int from 0 on.
    """

    def __init__(self, batches):
        self._batches = [[at_least(0, i, "an index") for i in batch] for batch in batches]
        if not all(self._batches):
            raise DataError(f"FixedBatchSampler: batch {self._batches.index([])} is empty; a batch holds one index at least.")

    def __len__(self):
        return len(self._batches)

    def batches(self, epoch=0):
        """The batches of an epoch.

        Returns:
            list[list[int]]
        """
        return [list(batch) for batch in self._batches]

    def __iter__(self):
        return iter(self.batches(0))


class SimilarLengthBatchSampler:
    """Batches of similar lengths that never cost more than a number of frames, padding included; each example once an epoch.

    What a batch costs is the longest length in it times the number of its examples. Examples are sorted by length, each length blurred
    by chance, and as many neighbours go together as the budget allows; the batches are shuffled. So both the composition of the
    batches and their order differ from epoch to epoch, and their number may differ a little.

    Args:
        lengths (Sequence[float]): of each example, in frames (or in any unit, ``max_frames`` being in the same).
        max_frames (float, optional): the most a batch may cost.
        batch_size (int, optional): the most examples in a batch; one of the two limits must be given.
        seed (int): of the order.
        shuffle (bool): False gives the same batches in every epoch, short ones first.
        blur (float): how far chance may move a length when sorting, as a share of it: more variety for more padding.
        names (Sequence[str], optional): of the examples, for messages.

    Raises:
        DataError: if no limit is given, or an example alone is longer than the budget: memory is what the budget protects, so it is
            not exceeded in silence.
    """

    def __init__(self, lengths, max_frames=None, batch_size=None, seed=0, shuffle=True, blur=0.05, names=None):
        self._lengths = checked_lengths(lengths, "SimilarLengthBatchSampler")
        if max_frames is None and batch_size is None:
            raise DataError("SimilarLengthBatchSampler: expected max_frames, batch_size or both; received neither.")
        self._max_frames = np.inf if max_frames is None else float(max_frames)
        self._batch_size = max(1, len(self._lengths)) if batch_size is None else at_least(1, batch_size, "batch_size")
        self._seed = at_least(0, seed, "seed")
        self._shuffle = shuffle
        if not 0 <= blur <= 1:
            raise DataError(f"SimilarLengthBatchSampler: expected blur to lie between 0 and 1; received {blur!r}.")
        self._blur = blur
        self._refuse_too_long(names)
        self._newest = None

    def _refuse_too_long(self, names):
        too_long = np.flatnonzero(self._lengths > self._max_frames)
        if len(too_long):
            worst = too_long[np.argmax(self._lengths[too_long])]
            name = f"example {worst}" if names is None else f"'{names[worst]}' (example {worst})"
            others = f", and {len(too_long) - 1} more are longer than that" if len(too_long) > 1 else ""
            raise DataError(
                f"SimilarLengthBatchSampler: {name} has {self._lengths[worst]:g} frames, but a batch may hold max_frames="
                f"{self._max_frames:g}{others}. Raise max_frames to {self._lengths[worst]:g} or leave out the longer ones (SubsetDataset)."
            )

    def __len__(self):
        return len(self.batches(0))

    def batches(self, epoch=0):
        """Give the batches of an epoch, in order.

        Args:
            epoch (int): from 0.

        Returns:
            list[list[int]]: of indices.
        """
        newest = self._newest  # asked for several times an epoch: for its batches, their number, their samples
        if newest is None or newest[0] != epoch:
            newest = self._newest = epoch, self._composed(epoch)
        return [list(batch) for batch in newest[1]]

    def _composed(self, epoch):
        size = len(self._lengths)
        if not self._shuffle:
            return self._cut(np.argsort(self._lengths, kind="stable"))
        factors = 1 + self._blur * (2 * uniform(self._seed, epoch, size, stream=1) - 1)
        batches = self._cut(np.lexsort((uniform(self._seed, epoch, size, stream=2), self._lengths * factors)))
        return [batches[k] for k in permutation(self._seed, epoch, len(batches))]

    def _cut(self, order):
        batches, longest = [], 0.0
        for index in order.tolist():
            grown = max(longest, self._lengths[index])
            if not batches or len(batches[-1]) == self._batch_size or grown * (len(batches[-1]) + 1) > self._max_frames:
                batches.append([])
                grown = self._lengths[index]
            batches[-1].append(index)
            longest = grown
        return batches

    def __iter__(self):
        return iter(self.batches(0))
