"""DataCargo: an iterable of batches; DataIterator: one pass over it, which knows where it stands and can begin anywhere."""

import inspect
import itertools
from typing import NamedTuple

from parakeet.data.batch_sampler import BatchSampler
from parakeet.data.dataset import as_dataset, refuse_uncallable
from parakeet.data.draws import at_least, generator
from parakeet.data.sampler import RandomSampler, SequentialSampler
from parakeet.errors import DataError, ParakeetError

# What a progress record holds in place of an index while the batch function runs.
BATCHING = -1


class Step(NamedTuple):
    """One batch to come: the indices of its examples, and how many samples of the epoch come before it.

    Where several processes share a batch, `indices` are the examples this one reads, `start` and `end` are those of the whole batch,
    `counted` is how many of the examples count here, and `part` is which part of the batch it is.
    """

    indices: list
    start: int
    end: int
    counted: int
    part: int = 0


class BatchMaker:
    """Reads the examples of a step and makes a batch of them; errors name the utterance. Goes to worker processes whole.

    Args:
        dataset (DatasetMixin): gives the examples.
        batch_fn (Callable | None): list of examples -> batch; None leaves the list as it is.
        seed (int): of the random generator for a batch function that has a parameter ``rng``.
    """

    def __init__(self, dataset, batch_fn, seed):
        self._dataset = dataset
        self._batch_fn = batch_fn
        self._seed = seed
        self._draws = batch_fn is not None and _has_parameter(batch_fn, "rng")

    def make(self, epoch, step, progress):
        """Make a batch.

        Args:
            epoch (int): the epoch.
            step (Step): what to make.
            progress (MutableSequence[int]): two ints to be kept up to date: a count of what was done, and the index that is being read.

        Returns:
            the batch.

        Raises:
            DataError: if reading an example or making the batch failed; names the utterances, its cause is the original.
        """
        examples = []
        for i in step.indices:
            _note(progress, i)
            examples.append(self._example(i))
        _note(progress, BATCHING)
        if self._batch_fn is None:
            return examples
        try:
            if self._draws:
                batch = self._batch_fn(examples, rng=generator(self._seed, epoch, step.start + step.part))
            else:
                batch = self._batch_fn(examples)
        except Exception as error:
            raise DataError(f"can't make a batch of {self.describe_all(step.indices)}: {_in_words(error)}") from error
        if batch is None:
            raise DataError(f"the batch function returned None for {self.describe_all(step.indices)}; did it forget its `return`?")
        return batch

    def _example(self, i):
        try:
            example = self._dataset[i]
        except Exception as error:
            raise DataError(f"can't read {self.describe(i)}: {_in_words(error)}") from error
        if example is None:
            raise DataError(
                f"can't read {self.describe(i)}: the dataset returned None. A dataset gives an example for every index; "
                "to leave some out, use FilterDataset or SubsetDataset."
            )
        return example

    def name(self, i):
        """The name of an example: its utt_id, where the dataset knows one."""
        try:
            return self._dataset.describe(i)
        except Exception:  # names are for messages: one that can't be had must not hide what the message is about
            return f"example {i}"

    def describe(self, i):
        """Name an example for a message."""
        name = self.name(i)
        return name if name == f"example {i}" else f"utterance '{name}' (example {i})"

    def describe_all(self, indices):
        """Name some examples for a message; the first eight of them."""
        more = f" and {len(indices) - 8} more" if len(indices) > 8 else ""
        return ", ".join(self.describe(i) for i in indices[:8]) + more


class DataCargo:
    """An iterable of batches: a dataset, an order to take its examples in, and a function that makes a batch of some.

    Iterating it with ``for`` begins a new pass: the n-th one walks epoch n - 1. ``iterator(epoch, consumed)`` is explicit instead.

    Args:
        dataset (DatasetMixin | Sequence): the examples.
        batch_fn (Callable, optional): list of examples -> batch; None leaves the list as it is. Where it has a parameter ``rng`` it is
            given a `numpy.random.Generator` that depends on the seed and the position in the data alone: what it draws is the same
            for any number of workers, and after a resume.
        batch_size (int): examples in a batch.
        sampler (Sampler, optional): the order; by default first to last.
        shuffle (bool): in place of a sampler, shuffle anew for every epoch.
        batch_sampler (optional): in place of batch_size, sampler, shuffle and drop_last: ``batches(epoch)`` gives lists of indices.
        drop_last (bool): leave out the last batch of an epoch where it is smaller.
        seed (int): of the shuffling and of ``rng``.

    Raises:
        DataError: if arguments contradict one another.
    """

    def __init__(
        self, dataset, batch_fn=None, batch_size=1, sampler=None, shuffle=False, batch_sampler=None, drop_last=False, seed=0
    ):
        dataset = as_dataset(dataset)
        if batch_fn is not None:
            refuse_uncallable(batch_fn, "DataCargo", "a batch function: list of examples -> batch")
        if batch_sampler is None:
            if sampler is not None and shuffle:
                raise DataError("DataCargo: expected a sampler or shuffle=True, received both; the sampler decides the order.")
            if sampler is None:
                sampler = RandomSampler(dataset, seed=seed) if shuffle else SequentialSampler(dataset)
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        elif sampler is not None or shuffle or drop_last or batch_size != 1:
            raise DataError(
                "DataCargo: with a batch_sampler, batch_size, sampler, shuffle and drop_last are its business; don't pass them here too."
            )
        elif not callable(getattr(batch_sampler, "batches", None)):
            raise DataError(
                "DataCargo: expected a batch_sampler with a method batches(epoch) that returns the batches of an epoch as lists of "
                f"indices; received {type(batch_sampler).__name__}."
            )
        self.dataset = dataset
        self.batch_fn = batch_fn
        self.batch_sampler = batch_sampler
        self.maker = BatchMaker(dataset, batch_fn, at_least(0, seed, "seed"))
        self._passes = itertools.count()

    def __iter__(self):
        return self.iterator(next(self._passes))

    def __len__(self):
        return self.batches_per_epoch(0)

    def iterator(self, epoch=0, consumed=0):
        """Begin a pass over an epoch, at any batch of it. What comes before is not read.

        Args:
            epoch (int): from 0.
            consumed (int): samples of the epoch that come before; the ``consumed`` of an earlier iterator.

        Returns:
            DataIterator

        Raises:
            DataError: if no batch of the epoch begins there.
        """
        return DataIterator(self, epoch, consumed)

    def samples_per_epoch(self, epoch=0):
        """int: samples in all batches of an epoch together."""
        return sum(len(batch) for batch in self.batch_sampler.batches(epoch))

    def batches_per_epoch(self, epoch=0):
        """int: batches in an epoch."""
        return len(self.batch_sampler.batches(epoch))

    def steps(self, epoch, consumed):
        """List the batches of an epoch from a position on.

        Args:
            epoch (int): from 0.
            consumed (int): samples of the epoch that come before.

        Returns:
            list[Step]

        Raises:
            DataError: if no batch begins there, or the sampler gives an empty one.
        """
        consumed = at_least(0, consumed, "consumed")
        batches = self.batch_sampler.batches(at_least(0, epoch, "epoch"))
        starts = list(itertools.accumulate((len(batch) for batch in batches), initial=0))
        if consumed not in starts:
            raise DataError(_off_boundary(epoch, consumed, starts))
        if len(set(starts)) < len(starts):
            raise DataError(f"{type(self.batch_sampler).__name__} gave an empty batch in epoch {epoch}; a batch holds one index at least.")
        first = starts.index(consumed)
        return [
            Step([int(i) for i in batch], start, start + len(batch), len(batch))
            for batch, start in zip(batches[first:], starts[first:-1], strict=True)
        ]

    def split(self, part, parts):
        """Give a view for one of several processes that train together: its part of every batch.

        Positions stay those of the whole, so all processes stand at the same one, a position taken with one number of processes is
        good for any other, and an epoch holds the same samples for any number. What a process draws for a batch (``rng``) is its own.

        Args:
            part (int): which process, from 0.
            parts (int): how many there are.

        Returns:
            DataCargo: of every batch the examples at ``part``, ``part + parts`` ... Where a batch holds fewer examples than there are
            processes, one that gets none reads the batch's first, and ``last_counted`` is 0.
        """
        return _Split(self, part, parts)

    def deal(self, part, parts):
        """Give a view for one of several processes that evaluate together: every ``parts``-th batch, whole, from ``part`` on.

        Args:
            part (int): which process, from 0.
            parts (int): how many there are.

        Returns:
            DataCargo: whose positions count its own batches only.
        """
        return _Dealt(self, part, parts)


class _View(DataCargo):
    """The batches of another cargo, as one of several processes gets them."""

    def __init__(self, cargo, part, parts):
        self.part = at_least(0, part, "part")
        self.parts = at_least(1, parts, "parts")
        if part >= parts:
            raise DataError(f"part {part} of {parts} parts: there are parts 0 to {parts - 1}.")
        self._whole = cargo
        self.dataset, self.batch_fn = cargo.dataset, cargo.batch_fn
        self.batch_sampler, self.maker = cargo.batch_sampler, cargo.maker
        self._passes = itertools.count()


class _Split(_View):
    def steps(self, epoch, consumed):
        return [self._own(step) for step in self._whole.steps(epoch, consumed)]

    def _own(self, step):
        own = step.indices[self.part :: self.parts]
        # A stand-in: every process takes part in every exchange, so it has to compute something.
        return step._replace(indices=own if own else step.indices[:1], counted=len(own), part=self.part)


class _Dealt(_View):
    def samples_per_epoch(self, epoch=0):
        return sum(len(batch) for batch in self._batches(epoch))

    def batches_per_epoch(self, epoch=0):
        return len(self._batches(epoch))

    def steps(self, epoch, consumed):
        own, start, steps = self._whole.steps(epoch, 0)[self.part :: self.parts], 0, []
        for step in own:
            # What is drawn for a batch is what one process would draw: a function of its place in the whole.
            steps.append(step._replace(start=start, end=start + len(step.indices), part=step.start - start))
            start += len(step.indices)
        starts = [step.start for step in steps] + [start]
        if consumed not in starts:
            raise DataError(_off_boundary(epoch, consumed, starts))
        return steps[starts.index(consumed) :]

    def _batches(self, epoch):
        return self.batch_sampler.batches(epoch)[self.part :: self.parts]


class DataIterator:
    """One pass over a cargo. A pass that failed raises the same error again; begin another one.

    Attributes:
        epoch (int): which epoch it walks.
        consumed (int): samples of the epoch in the batches handed out so far, those before the beginning of the pass included.
        last_indices (list[int]): the examples of the last batch; empty before the first.
        last_counted (int): how many of them count: all, but for a stand-in (see `DataCargo.split`).
    """

    def __init__(self, cargo, epoch=0, consumed=0):
        self._maker = cargo.maker
        self._steps = cargo.steps(epoch, consumed)
        self._taken = 0
        self._failure = None
        self._stop = None
        self._progress = [0, BATCHING]
        self.epoch = int(epoch)
        self.consumed = int(consumed)
        self.last_indices = []
        self.last_counted = 0

    @property
    def last_names(self):
        """list[str]: the examples of the last batch by name: their utt_ids, where the dataset knows them."""
        return [self._maker.name(i) for i in self.last_indices]

    def __iter__(self):
        return self

    def stop_when(self, stop):
        """Let the waiting for a batch be ended: ``next`` then raises `parakeet.data.reader.NotWaitedFor`, and may be called again.

        Only a loader waits, which asks a few times a second; here batches are made in the caller's own time.

        Args:
            stop (Callable): True ends the waiting.
        """
        self._stop = stop

    def __next__(self):
        if self._failure is not None:
            raise self._failure
        if self._taken == len(self._steps):
            self.close()
            raise StopIteration
        step = self._steps[self._taken]
        try:
            batch = self._read(step)
        except DataError as error:
            self._failure = error
            self.close()
            raise
        self._taken += 1
        self.consumed = step.end
        self.last_indices = step.indices
        self.last_counted = step.counted
        return batch

    def _read(self, step):
        return self._maker.make(self.epoch, step, self._progress)

    def close(self):
        """End the pass; there is nothing to let go of here, but there is in a loader's pass."""


def _note(progress, index):
    progress[1] = index
    progress[0] += 1


def _has_parameter(function, name):
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some builtins have no signature
        return False


def _in_words(error):
    return str(error) if isinstance(error, ParakeetError) else f"{type(error).__name__}: {error}"


def _off_boundary(epoch, consumed, starts):
    if consumed > starts[-1]:
        return f"consumed={consumed} lies beyond epoch {epoch}, which has {starts[-1]} samples. Is this another dataset than before?"
    after = next(start for start in starts if start > consumed)
    before = starts[starts.index(after) - 1]
    return (
        f"consumed={consumed} is not the beginning of a batch in epoch {epoch}: the nearest are {before} and {after}. "
        "The position was taken with other batches (batch_size, max_frames, seed, data); use those again, or begin at one of these."
    )
