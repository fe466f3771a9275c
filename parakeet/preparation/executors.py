"""Work done elsewhere: in processes of this machine, on a cluster, or on whatever a caller brings."""

import contextlib
import itertools
import multiprocessing
import os
import threading
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, wait

from parakeet.errors import ConfigError, DataError, MissingDependencyError
from parakeet.preparation.record import Rejection
from parakeet.requirements import require

AHEAD = 4
"""Tasks handed out for each worker: enough to keep it busy, few enough for their results to fit into memory."""
PATIENCE = 10
"""Seconds in which a scheduler has to answer."""
UNKNOWN_AHEAD = 64
"""Tasks handed out to an executor that doesn't say how many workers it has."""

_SECONDS_TO_END = 1.0
_ENDED = "the process that worked on it was ended twice, as by a fault in a library or for want of memory"


def results_of(work, tasks, executor, ahead=UNKNOWN_AHEAD):
    """Have tasks worked on by an executor.

    Args:
        work (Callable): of one task; it and the tasks can be pickled if the executor needs that.
        tasks (Iterable): taken as there is room for them.
        executor (concurrent.futures.Executor): who works.
        ahead (int): how many are handed out at a time.

    Yields:
        tuple: task and result, in the order in which they are finished.

    Raises:
        DataError: if the executor breaks.
        MissingDependencyError: if its workers can't import what they need.
        Exception: what ``work`` raises.
    """
    tasks, waiting = iter(tasks), {}
    try:
        while True:
            for task in itertools.islice(tasks, ahead - len(waiting)):
                waiting[executor.submit(work, task)] = task
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                result = _result(future)
                yield waiting.pop(future), result
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"a worker has no {error.name!r}. Install where the workers run what is installed here, and start again."
        ) from error
    except (BrokenExecutor, CancelledError) as error:
        why = "its tasks were cancelled, as when a scheduler ends" if isinstance(error, CancelledError) else error
        raise DataError(f"the executor broke ({why}). What is finished is kept: start again, and it goes on from there.") from error
    finally:
        for future in waiting:
            future.cancel()


def _result(future):
    try:
        return future.result()
    except Exception as error:
        # A Dask cluster says so of a task that ended each of several workers.
        if type(error).__name__ == "KilledWorker":
            return Rejection(_ENDED, lasting=False)
        raise


def results_here(work, tasks, workers):
    """Have tasks worked on by processes of this machine; the arguments, but ``workers`` (int), are those of :func:`results_of`.

    A task that ends its process, as a fault in a library can, is tried again alone; if it ends that one too it is rejected, and the
    others go on.

    Yields:
        tuple: task and result, in the order in which they are finished.

    Raises:
        DataError: if no process can be started.
    """
    if workers == 1:
        yield from results_of(work, tasks, _Inline(), ahead=1)
        return
    tasks = enumerate(tasks)
    while True:
        unfinished, waiting = {}, {}
        try:
            with _processes(workers) as pool:
                _refuse_idle(pool)
                while True:
                    for number, task in itertools.islice(tasks, AHEAD * workers - len(waiting)):
                        unfinished[number] = task  # before it is handed out: that is where a broken pool is noticed
                        waiting[pool.submit(work, task)] = number
                    if not waiting:
                        return
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        result = future.result()
                        yield unfinished.pop(waiting.pop(future)), result
        except BrokenExecutor:
            yield from _one_by_one(work, list(unfinished.values()))


def _refuse_idle(pool):
    """Make sure that processes begin at all: that they don't is no task's fault."""
    try:
        pool.submit(os.getpid).result()
    except BrokenExecutor as error:
        raise DataError(
            "no process for the work could be started; what it said is above. A script that prepares data has to do so under "
            "`if __name__ == '__main__':`, because each process reads the script too; or let this one do the work (workers=1)."
        ) from error


def _one_by_one(work, tasks):
    """As :func:`results_here`; a process that ends has ended by the one task it had."""
    while tasks:
        with _processes(1) as pool:
            while tasks:
                try:
                    result = pool.submit(work, tasks[0]).result()
                except BrokenExecutor:
                    yield tasks.pop(0), Rejection(_ENDED, lasting=False)
                    break
                yield tasks.pop(0), result


@contextlib.contextmanager
def _processes(workers):
    # Fresh interpreters: a fork of a process that runs threads may deadlock.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent)
    try:
        yield pool
    finally:
        _stop_sending(pool)
        pool.shutdown(cancel_futures=True)


def _stop_sending(pool):
    """Let a broken pool end: keep no end to receive tasks from; a task that is being sent to workers that are gone is then let go.

    Without it, one of more than a pipe holds would keep the pool from ending, for ever, in Python before 3.11.6 and 3.12.1
    (https://github.com/python/cpython/issues/94777).
    """
    manager, tasks = getattr(pool, "_executor_manager_thread", None), getattr(pool, "_call_queue", None)
    if not getattr(pool, "_broken", False) or manager is None or tasks is None:
        return
    manager.join(_SECONDS_TO_END)
    if manager.is_alive():
        with contextlib.suppress(OSError):  # closed meanwhile
            tasks._reader.close()


def _end_with_parent():
    """In a worker: end when the parent is gone, killed even; otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch():
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Inline:
    """Works in this process, at once."""

    def submit(self, work, task):
        future = Future()
        future.set_result(work(task))
        return future


def cores():
    """int: that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def dask_cluster(address):
    """Let a Dask cluster work; its workers need parakeet and the recordings under the same paths.

    Args:
        address (str): of its scheduler, ``tcp://host:port``.

    Yields:
        tuple[concurrent.futures.Executor, int]: the executor, and how many tasks to hand out at a time.

    Raises:
        ConfigError: if there is no scheduler at the address, or it has no workers.
        MissingDependencyError: if ``distributed`` is not installed.
    """
    distributed = require("distributed", "dask", "A Dask cluster")
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigError(
            f"no Dask scheduler answers at {address!r} ({error}). Start one with `dask scheduler`, and workers with "
            "`dask worker tcp://HOST:8786`; it prints its address."
        ) from error
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise ConfigError(f"the Dask scheduler at {address} has no workers. Start some: dask worker {address}")
        yield client.get_executor(pure=False), AHEAD * threads
