"""parakeet.checkpoint.asynchronous: training goes on while the disk works, and hears of it when it fails."""

import threading
import time

import numpy as np
import pytest

from parakeet.checkpoint import AsynchronousWriter, SnapshotStore
from parakeet.errors import SnapshotError


class SlowStore(SnapshotStore):
    """A store whose disk waits for a permit for every snapshot."""

    def __init__(self, folder):
        super().__init__(folder, keep_last=None)
        self.permits = threading.Semaphore(0)

    def write(self, prepared):
        self.permits.acquire()
        if prepared.step == 13:
            raise SnapshotError("the disk is full")
        return super().write(prepared)


def steps(store):
    return [snapshot.step for snapshot in store.snapshots()]


def test_the_state_is_copied_at_the_call(tmp_path):
    store = SlowStore(tmp_path)
    writer = AsynchronousWriter(store)
    weights = np.zeros(4)
    writer.save(1, {"models": {"w": weights}}, {"a": 1}, score=0.5)
    weights += 1
    store.permits.release()
    writer.close()
    newest = store.newest()
    assert newest.load()["models"]["w"].tolist() == [0, 0, 0, 0]
    assert (newest.metadata, newest.score) == ({"a": 1}, 0.5)


def test_a_third_save_waits_for_the_first(tmp_path):
    store = SlowStore(tmp_path)
    writer = AsynchronousWriter(store)
    writer.save(1, {})
    writer.save(2, {})
    third = threading.Thread(target=writer.save, args=(3, {}))
    third.start()
    third.join(0.1)
    assert third.is_alive()
    store.permits.release()
    third.join(5)
    assert not third.is_alive()
    assert steps(store) == [1]
    store.permits.release(2)
    writer.close()
    assert steps(store) == [1, 2, 3]


@pytest.mark.parametrize("hear", ["save", "check", "wait", "close"])
def test_a_failure_is_raised_by_the_next_call_and_once(tmp_path, hear):
    store = SlowStore(tmp_path)
    store.permits.release(10)
    writer = AsynchronousWriter(store)
    writer.save(13, {})
    deadline = time.monotonic() + 5
    while writer._failures.empty() and time.monotonic() < deadline:
        time.sleep(0.001)
    arguments = {"save": (14, {})}.get(hear, ())
    with pytest.raises(SnapshotError, match=r"^the disk is full$"):
        getattr(writer, hear)(*arguments)
    writer.check()
    if hear != "close":
        writer.save(15, {})
    writer.close()
    assert steps(store) == ([15] if hear != "close" else [])


def test_an_error_of_any_kind_reaches_the_caller(tmp_path):
    store = SnapshotStore(tmp_path)
    store.write = lambda prepared: 1 / 0
    writer = AsynchronousWriter(store)
    writer.save(1, {})
    with pytest.raises(ZeroDivisionError):
        writer.wait()
    writer.close()


def test_what_can_not_be_stored_is_refused_at_the_call(tmp_path):
    writer = AsynchronousWriter(SnapshotStore(tmp_path))
    with pytest.raises(SnapshotError, match=r"^a\.b: a object can't be stored\."):
        writer.save(1, {"a": {"b": object()}})
    writer.close()


def test_a_disk_that_hangs_makes_neither_save_nor_close_hang(tmp_path):
    store = SlowStore(tmp_path)
    writer = AsynchronousWriter(store, patience=0.05)
    writer.save(1, {})
    writer.save(2, {})
    with pytest.raises(SnapshotError, match=r"the disk has not answered for 0\.05 s; the snapshot of step 3 was not taken\.$"):
        writer.save(3, {})
    with pytest.raises(SnapshotError, match=r"the disk has not answered for 0\.05 s; snapshots may be missing\.$"):
        writer.close()
    store.permits.release(2)  # the disk comes back: what was taken is written after all
    writer._thread.join(5)
    assert not writer._thread.is_alive()
    assert steps(store) == [1, 2]


def test_wait_returns_when_everything_is_written(tmp_path):
    store = SlowStore(tmp_path)
    writer = AsynchronousWriter(store)
    store.permits.release(9)
    for step in range(9):
        writer.save(step, {"a": np.zeros(1000)})
    writer.wait()
    assert steps(store) == list(range(9))
    writer.wait()
    writer.close()


def test_a_closed_writer_takes_nothing_more(tmp_path):
    writer = AsynchronousWriter(SnapshotStore(tmp_path))
    writer.close()
    writer.close()
    with pytest.raises(SnapshotError, match=r"is closed; the snapshot of step 1 was not taken\.$"):
        writer.save(1, {})
