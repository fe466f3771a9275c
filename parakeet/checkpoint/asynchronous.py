"""Snapshots written while training goes on."""

import contextlib
import queue
import threading

from parakeet.errors import SnapshotError


class AsynchronousWriter:
    """Write snapshots in a thread: the state is copied at the call, the disk is waited for only when two are under way.

    A write that failed is raised by the next :meth:`save`, :meth:`check`, :meth:`wait` or :meth:`close`, once.

    Args:
        store (SnapshotStore): what writes them.
        patience (float): seconds to wait for a disk that does not answer before that is an error.
        on_failure (callable, optional): called, in the thread, when a write has failed; for those who do not look often.
    """

    IN_FLIGHT = 2

    def __init__(self, store, patience=600.0, on_failure=None):
        self.store = store
        self.patience = patience
        self.on_failure = on_failure
        self._slots = threading.BoundedSemaphore(self.IN_FLIGHT)
        self._queue = queue.SimpleQueue()
        self._failures = queue.SimpleQueue()
        self._thread = None
        self._closed = False

    def save(self, step, state, metadata=None, score=None):
        """Copy the state and return; arguments and errors as for :meth:`SnapshotStore.save`."""
        if self._closed:
            raise SnapshotError(f"The writer of {self.store.folder} is closed; the snapshot of step {step} was not taken.")
        self.check()
        prepared = self.store.prepare(step, state, metadata, score)
        self._acquire(f"the snapshot of step {step} was not taken")
        if self._thread is None:
            # A daemon, so that a disk that hangs can't keep the process from ending.
            self._thread = threading.Thread(target=self._work, name="snapshot-writer", daemon=True)
            self._thread.start()
        self._queue.put(prepared)

    def check(self):
        """Raise the error of a write that failed, if there is one; costs nothing otherwise."""
        with contextlib.suppress(queue.Empty):
            raise self._failures.get_nowait()

    def wait(self):
        """Return when everything is written.

        Raises:
            SnapshotError: if a write failed, or if the disk did not answer in time.
        """
        for n in range(self.IN_FLIGHT):
            try:
                self._acquire("snapshots may be missing")
            except SnapshotError:
                for _ in range(n):
                    self._slots.release()
                raise
        for _ in range(self.IN_FLIGHT):
            self._slots.release()
        self.check()

    def close(self):
        """Write what is under way and end; never waits longer than ``patience`` for it. Raises as :meth:`wait`."""
        if self._closed:
            return
        self._closed = True
        try:
            self.wait()
        finally:
            self._queue.put(None)

    def _acquire(self, consequence):
        if not self._slots.acquire(timeout=self.patience):
            raise SnapshotError(f"{self.store.folder}: the disk has not answered for {self.patience:g} s; {consequence}.")

    def _work(self):
        while (prepared := self._queue.get()) is not None:
            try:
                self.store.write(prepared)
            except BaseException as error:  # whatever it is, the training thread has to hear of it
                self._failures.put(error)
                if self.on_failure is not None:
                    self.on_failure()
            finally:
                del prepared  # else a copy of the whole model would stay until the next one comes
                self._slots.release()
