"""Worker processes that make batches: in the order asked for, with every way of failing turned into an error.

Each worker has a pipe and nothing else in common with others: no lock that a dying one could keep, no shared memory that it could leave
behind. Processes are spawned, never forked: a fork of a process that runs threads, as every process that computes with Paddle does, can
deadlock. They need neither Paddle nor the parent's memory, only what the dataset imports.
"""

import atexit
import collections
import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
import traceback
import weakref

from parakeet.data.cargo import BATCHING
from parakeet.data.reader import Watch
from parakeet.errors import DataError

# Tasks a worker has at a time: one in work, one waiting, so that it is never idle while its batch is on the way.
_TASKS = 2
_GLANCE = 0.1
# Seconds a worker has for starting, where the timeout is shorter: it may have to import much on a busy machine.
STARTING = 60.0
# Seconds that workers have to end by themselves when their pipe is closed, before they are killed.
_FAREWELL = 1.0

_HINTS = {
    "SIGKILL": " That is how a system ends processes when memory runs out: take fewer workers or smaller batches.",
    "SIGSEGV": " A library it uses has crashed.",
    "SIGABRT": " A library it uses has crashed.",
    "SIGBUS": " A file that it maps was cut short, or a library it uses has crashed.",
}
_IMPORTABLE = (
    "The dataset and the batch function must be importable in a new process: classes and functions at the top of a module, no lambda, "
    "and in a script everything that runs under `if __name__ == '__main__':`. With workers=0 none of this is needed."
)

_alive = weakref.WeakSet()


class WorkerPool:
    """Worker processes that live through many passes.

    Args:
        maker (BatchMaker): makes the batches; goes to the workers.
        workers (int): how many.
        timeout (float): seconds without any progress after which a worker counts as hanging.
    """

    def __init__(self, maker, workers, timeout):
        self._maker = maker
        self._count = workers
        self._timeout = timeout
        self._workers = []
        self._serials = itertools.count()
        self._beats = 0
        self._in_use = threading.Lock()
        self._owner = os.getpid()

    def start(self):
        """Start the processes, where they are not running already."""
        if self._workers and all(worker.process.is_alive() for worker in self._workers):
            return
        self.close()
        if not _alive:
            # Registered after multiprocessing's own, so it runs before that one joins processes that may never end.
            atexit.unregister(_end_all)
            atexit.register(_end_all)
        _alive.add(self)
        context = multiprocessing.get_context("spawn")
        self._workers = [_Worker(context, rank) for rank in range(self._count)]

    def beats(self):
        """int: grows as long as the thread that runs `batches` is not held up."""
        return self._beats

    def batches(self, epoch, steps, stopped):
        """Make batches; they come in order, whichever worker makes them.

        Args:
            epoch (int): the epoch.
            steps (list[Step]): what to make.
            stopped (Callable): the iterator ends soon after this gives True.

        Yields:
            the batches.

        Raises:
            DataError: if a batch can't be made, a worker has died or hangs, or what it needs can't be sent to it.
        """
        while not self._in_use.acquire(timeout=_GLANCE):  # by a pass that was left and is about to notice
            if stopped():
                return
        try:
            for worker in self._workers:
                worker.introduce(self._maker)
            yield from self._in_order(next(self._serials), epoch, steps, stopped)
        finally:
            self._in_use.release()

    def _in_order(self, serial, epoch, steps, stopped):
        arrived = {}
        handed_out = 0
        for number in range(len(steps)):
            watch = Watch(self._progress)
            while True:
                handed_out = self._hand_out(serial, epoch, steps, handed_out, number)
                if number in arrived or stopped():
                    break
                self._receive(serial, arrived)
                if watch.still() > self._patience():
                    raise DataError(self._hanging(serial, number))
            if stopped():
                return
            batch, failure = arrived.pop(number)
            if failure is not None:
                raise DataError(failure)
            yield batch

    def _hand_out(self, serial, epoch, steps, handed_out, wanted):
        while handed_out < min(len(steps), wanted + _TASKS * self._count):
            worker = min(self._workers, key=lambda worker: len(worker.tasks))
            if len(worker.tasks) >= _TASKS:
                break
            worker.send((serial, handed_out, epoch, steps[handed_out]), self._maker)
            worker.tasks.append((serial, handed_out, steps[handed_out].indices))
            handed_out += 1
        return handed_out

    def _receive(self, serial, arrived):
        by_handle = {handle: worker for worker in self._workers for handle in (worker.pipe, worker.process.sentinel)}
        ready = {by_handle[handle] for handle in multiprocessing.connection.wait(list(by_handle), _GLANCE)}
        for worker in ready:
            reply = worker.receive(self._maker)
            if reply is not None and reply[0] == serial:  # others belong to a pass that was left early
                arrived[reply[1]] = reply[2:]
        self._beats += 1

    def _progress(self):
        return sum(worker.progress[0] for worker in self._workers)

    def _patience(self):
        starting = any(worker.progress[0] == 0 for worker in self._workers)
        return max(self._timeout, STARTING) if starting else self._timeout

    def _hanging(self, serial, number):
        worker = next(worker for worker in self._workers if (serial, number) in (task[:2] for task in worker.tasks))
        return (
            f"{worker.named()} has made no progress for {self._patience():g} s {worker.occupation(self._maker)}. If it merely needs longer "
            "than that, pass DataLoader a longer timeout; with workers=0 a debugger can show where it stands."
        )

    def close(self):
        """End the processes: those that don't end by themselves in a second are killed."""
        workers, self._workers = self._workers, []
        if os.getpid() != self._owner:
            return
        for worker in workers:
            worker.pipe.close()
        deadline = time.monotonic() + _FAREWELL
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
        self._finish(workers)

    def kill(self):
        """End the processes at once, whatever they do; a thread that waits for one of them wakes up."""
        self._finish(self._workers)

    def _finish(self, workers):
        if os.getpid() != self._owner:  # a forked copy of this object has no business with the processes
            return
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join(_FAREWELL)

    def __del__(self):
        if getattr(self, "_workers", None):
            self.kill()


class _Worker:
    """One process, as its parent sees it."""

    def __init__(self, context, rank):
        self.rank = rank
        self.tasks = collections.deque()  # (serial, number, indices) of what it was given and has not answered, oldest first
        self.progress = context.RawArray("q", [0, BATCHING])
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, self.progress), name=f"parakeet-data-{rank}", daemon=True)
        self.process.start()
        theirs.close()  # now the pipe ends when the worker does
        self._introduced = False

    def introduce(self, maker):
        if not self._introduced:
            self.send(maker, maker)
            self._introduced = True

    def send(self, message, maker):
        try:
            self.pipe.send(message)
        except OSError:
            raise DataError(self._obituary(maker)) from None
        except Exception as error:  # whatever pickling finds
            raise DataError(f"the dataset or the batch function can't be sent to a worker process: {error}. {_IMPORTABLE}") from error

    def receive(self, maker):
        """Read one reply; None where there is none, though the process may be about to send one."""
        if not self.pipe.poll() and self.process.is_alive():
            return None
        try:
            reply = self.pipe.recv() if self.pipe.poll() else None
        except (EOFError, OSError):
            reply = None
        except Exception as error:
            raise DataError(f"a batch that {self.named()} made can't be read: {type(error).__name__}: {error}. {_IMPORTABLE}") from error
        if reply is None:
            raise DataError(self._obituary(maker))
        if reply[0] is None:
            raise DataError(reply[3])
        self.tasks.popleft()
        return reply

    def named(self):
        return f"worker process {self.rank} (pid {self.process.pid})"

    def occupation(self, maker):
        count, index = self.progress[:]
        if count == 0:
            return "while it started"
        if not self.tasks:
            return "while it had nothing to do"
        if index == BATCHING:
            return f"while it made or sent the batch of {maker.describe_all(self.tasks[0][2])}"
        return f"while it read {maker.describe(index)}"

    def _obituary(self, maker):
        self.process.join(_FAREWELL)
        code = self.process.exitcode
        if code is None:
            how, hint = "has closed its pipe", ""
        elif code < 0:
            name = signal.Signals(-code).name
            how, hint = f"was killed by {name}", _HINTS.get(name, "")
        else:
            how, hint = f"ended with exit code {code}", ""
        if self.progress[0] == 0:
            hint += f" Its own words are on the standard error. {_IMPORTABLE}"
        return f"{self.named()} {how} {self.occupation(maker)}.{hint}"


def _end_all():
    for pool in list(_alive):
        pool.kill()


def _work(pipe, progress):
    """What a worker process does: takes the maker, then one task after another, until the pipe ends."""
    # Ctrl-C reaches the whole group of processes; the parent decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        maker = pipe.recv()
        while True:
            progress[0] += 1
            serial, number, epoch, step = pipe.recv()
            try:
                reply = (serial, number, maker.make(epoch, step, progress), None)
            except BaseException as error:  # SystemExit too: the parent must hear of it
                reply = (serial, number, None, _in_words(error))
            progress[1] = BATCHING
            _answer(pipe, reply, maker, step)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent has no more to do, or is gone
    except Exception as error:
        words = f"a worker process can't take over the dataset and the batch function. {_IMPORTABLE}\n{_in_words(error)}"
        pipe.send((None, None, None, words))


def _answer(pipe, reply, maker, step):
    try:
        pipe.send(reply)
    except OSError:
        raise
    except Exception as error:  # a message that can't be pickled was not sent in part
        words = f"the batch of {maker.describe_all(step.indices)} can't be sent from a worker process: {error}"
        pipe.send((*reply[:2], None, words))


def _in_words(error):
    first = str(error) if isinstance(error, DataError) else f"{type(error).__name__}: {error}"
    origin = error if error.__cause__ is None else error.__cause__
    return f"{first}\n\nIn the worker process:\n{''.join(traceback.format_exception(origin)).rstrip()}"
