"""DataLoader: a DataCargo whose batches are made ahead of time and arrive as Paddle tensors. The one module here that needs Paddle."""

import math
import traceback
import weakref

import numpy as np

from parakeet.cpu import import_paddle
from parakeet.data.cargo import BATCHING, DataCargo, DataIterator
from parakeet.data.draws import at_least
from parakeet.data.reader import NotWaitedFor, ReadAhead, Watch
from parakeet.data.workers import STARTING, WorkerPool
from parakeet.errors import DataError

# Not uint16: Paddle would take its bits for bfloat16.
_TENSORS = frozenset(["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"])
_NUMBERS = "biufc"


class DataLoader:
    """A cargo's batches, made ahead of time by a thread or by worker processes, with a Paddle tensor for every numpy array.

    It is used as the cargo is: ``for batch in loader``, or ``loader.iterator(epoch, consumed)``. Batches and their order are the same
    for any number of workers. The position of a pass counts the batches that were handed out, not those that were read ahead. One
    pass runs at a time: a new one ends the one before. Leaving a pass early ends its thread; `close` ends the worker processes too.

    Args:
        cargo (DataCargo): gives the batches.
        workers (int): 0 makes batches in a thread, which is best where making one costs little Python time (below some 3 ms). More
            makes them in as many processes; the dataset and the batch function then have to be importable in a new process.
        read_ahead (int): batches kept ready; each worker has up to two more in work.
        timeout (float, optional): seconds without any progress, not even by one example, after which reading counts as hanging and
            becomes an error; None waits for ever.

    Raises:
        DataError: if an argument is out of its range.
    """

    def __init__(self, cargo, workers=0, read_ahead=2, timeout=60.0):
        if not isinstance(cargo, DataCargo):
            raise DataError(f"DataLoader: expected a DataCargo; received {type(cargo).__name__}.")
        if timeout is not None and not timeout > 0:
            raise DataError(f"DataLoader: expected timeout to be a positive number of seconds or None; received {timeout!r}.")
        self.cargo = cargo
        self.workers = at_least(0, workers, "workers")
        self.read_ahead = at_least(1, read_ahead, "read_ahead")
        self.timeout = math.inf if timeout is None else timeout
        self._pool = None
        self._pass = None
        self._passes = 0

    def __iter__(self):
        self._passes += 1
        return self.iterator(self._passes - 1)

    def __len__(self):
        return len(self.cargo)

    def iterator(self, epoch=0, consumed=0):
        """Begin a pass over an epoch, at any batch of it. What comes before is not read.

        Args:
            epoch (int): from 0.
            consumed (int): samples of the epoch that come before; the ``consumed`` of an earlier iterator.

        Returns:
            DataIterator: raises DataError where a batch can't be made, naming the utterance.

        Raises:
            DataError: if no batch of the epoch begins there.
        """
        self._end_pass()
        if self.workers and self._pool is None:
            self._pool = WorkerPool(self.cargo.maker, self.workers, self.timeout)
        iterator = _LoaderIterator(self.cargo, epoch, consumed, self._pool, self.read_ahead, self.timeout)
        self._pass = weakref.ref(iterator)
        return iterator

    def samples_per_epoch(self, epoch=0):
        """int: samples in all batches of an epoch together."""
        return self.cargo.samples_per_epoch(epoch)

    def batches_per_epoch(self, epoch=0):
        """int: batches in an epoch."""
        return self.cargo.batches_per_epoch(epoch)

    def split(self, part, parts):
        """DataLoader: as this one, of a process's part of every batch; see `DataCargo.split`."""
        return self._of(self.cargo.split(part, parts))

    def deal(self, part, parts):
        """DataLoader: as this one, of every ``parts``-th batch; see `DataCargo.deal`."""
        return self._of(self.cargo.deal(part, parts))

    def _of(self, cargo):
        return DataLoader(cargo, self.workers, self.read_ahead, None if math.isinf(self.timeout) else self.timeout)

    def close(self):
        """End the pass that runs and the worker processes. A new pass may begin afterwards; it starts new ones."""
        self._end_pass()
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _end_pass(self):
        running = None if self._pass is None else self._pass()
        if running is not None:
            running.close()
        self._pass = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _LoaderIterator(DataIterator):
    """One pass over a loader."""

    def __init__(self, cargo, epoch, consumed, pool, read_ahead, timeout):
        self._reader = None
        self._patience = 5.0
        super().__init__(cargo, epoch, consumed)
        self._pool = pool
        maker, steps, progress = self._maker, self._steps, self._progress
        if pool is None:

            def source(stopped):
                return (maker.make(epoch, step, progress) for step in steps if not stopped())

            def complaint():
                doing = "making a batch" if progress[1] == BATCHING else f"reading {maker.describe(progress[1])}"
                return f"{doing} has taken more than {timeout:g} s. If it merely needs longer, pass DataLoader a longer timeout."

            watch = Watch(lambda: progress[0])
        else:
            pool.start()

            def source(stopped):
                return pool.batches(epoch, steps, stopped)

            def complaint():
                return f"a worker process has stopped in the middle of sending a batch; nothing came for {timeout:g} s."

            # The pool watches its workers; this watches the thread that talks to them, which waits with each as it starts.
            watch, timeout = Watch(pool.beats), timeout + STARTING
        self._reader = ReadAhead(source, read_ahead, watch, timeout, complaint)

    def _read(self, step):
        if self._reader is None:
            raise DataError("this pass over the data was ended: by close(), or by a newer pass over the same loader. Begin another one.")
        try:
            return to_tensors(self._reader.get(self._stop))
        except NotWaitedFor:
            self._patience = 0.5  # who did not wait for the batch won't wait for the thread that makes it
            raise

    def close(self):
        """End the pass; its thread ends with the example that is being read."""
        reader, self._reader = self._reader, None
        if reader is None:
            return
        if self._failure is not None and self._pool is not None:
            self._pool.kill()  # one that died or hangs makes the others useless; they are started anew when they are needed
        if not reader.close(patience=0.5 if self._failure else self._patience) and self._pool is not None:
            self._pool.kill()


def to_tensors(batch, where="batch"):
    """Turn every array of numbers in a batch into a Paddle tensor; strings, arrays of strings and all the rest stay as they are.

    Args:
        batch: an array, or dicts, lists and tuples that hold some, to any depth.
        where (str): what it is, for messages.

    Returns:
        the same structure.

    Raises:
        DataError: if an array's dtype has no counterpart in Paddle.
    """
    if isinstance(batch, np.ndarray):
        return _tensor(batch, where)
    if isinstance(batch, dict):
        return {key: to_tensors(value, f"{where}[{key!r}]") for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        items = [to_tensors(item, f"{where}[{k}]") for k, item in enumerate(batch)]
        return items if isinstance(batch, list) else type(batch)(*items) if hasattr(batch, "_fields") else tuple(items)
    return batch


def _tensor(array, where):
    if array.dtype.kind not in _NUMBERS:
        return array
    if array.dtype.name not in _TENSORS:
        raise DataError(
            f"{where} is an array of {array.dtype}, which Paddle has no tensors of; let the batch function make it int64 or float32."
        )
    return import_paddle("A DataLoader").to_tensor(array.astype(array.dtype.newbyteorder("="), copy=False))


def through_paddle(cargo, epoch=0, consumed=0):
    """Go through an epoch with Paddle's own ``paddle.io.DataLoader``, which reads ahead in a thread; an error arrives here too.

    For code that wants Paddle's loader. Its worker processes are not offered: they are forked from a program that runs threads and now
    and then wait for ever; those of `DataLoader` do not. ``docs/design/data.md`` tells what was found.

    Args:
        cargo (DataCargo): gives the batches.
        epoch (int): from 0.
        consumed (int): samples of the epoch that come before.

    Yields:
        batches, with a Paddle tensor for every numpy array.

    Raises:
        DataError: if a batch can't be made, naming the utterance.
    """
    wrapped = _Wrapped(cargo.maker, epoch, cargo.steps(epoch, consumed))
    for item in import_paddle("A DataLoader").io.DataLoader(wrapped, batch_size=None, num_workers=0):
        if item["failure"]:
            raise DataError(item["failure"])
        yield to_tensors(item["batch"])


class _Wrapped:
    """The batches of an epoch as a dataset for Paddle's loader, which hangs on an exception and ends in silence without a tensor.

    So a failure travels as data, in company of a tensor.
    """

    def __init__(self, maker, epoch, steps):
        self._maker = maker
        self._epoch = epoch
        self._steps = steps

    def __len__(self):
        return len(self._steps)

    def __getitem__(self, i):
        batch, failure = [], ""
        try:
            batch = self._maker.make(self._epoch, self._steps[i], [0, BATCHING])
        except DataError as error:
            cause = error if error.__cause__ is None else error.__cause__
            failure = f"{error}\n\nWhere it was made:\n{''.join(traceback.format_exception(cause)).rstrip()}"
        return {"batch": batch, "failure": failure, "company": np.zeros(1, np.float32)}
