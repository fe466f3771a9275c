"""Snapshot: taken when all else is done, at the end, when asked to stop; never of a failed iteration."""

import threading
import time

import pytest

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import RunError, SnapshotError
from parakeet.training.extension import Extension
from parakeet.training.extensions import Snapshot
from parakeet.training.signals import Interrupted
from parakeet.training.testing import MockClock, mock_trainer
from parakeet.training.triggers import ManualSchedule


class Counter(Extension):
    """Counts its calls; the last one of an iteration, by its priority."""

    priority = -1000

    def __init__(self):
        self.count = 0

    def __call__(self, trainer):
        self.count += 1

    def state_dict(self):
        return {"count": self.count}

    def set_state_dict(self, state):
        self.count = state["count"]


def steps(out):
    return [snapshot.step for snapshot in SnapshotStore(out / "snapshots").snapshots()]


def test_a_snapshot_holds_what_the_whole_iteration_made(tmp_path):
    snapshot = Snapshot(metadata=lambda trainer: {"name": "my run"})
    trainer = mock_trainer((4, "iteration"), 3, tmp_path, [(snapshot, (2, "iteration")), Counter()], clock=MockClock())
    trainer.run()
    newest = SnapshotStore(tmp_path / "snapshots").newest()
    assert newest.load()["extensions"]["Counter"] == {"count": 4}
    assert newest.metadata == {"iteration": 4, "epoch": 4 / 3, "elapsed_time": 0.0, "name": "my run"}
    assert steps(tmp_path) == [2, 4]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_run_resumed_from_a_snapshot_goes_on(tmp_path, asynchronous):
    def make(stop):
        return mock_trainer(
            (stop, "iteration"), 3, tmp_path, [(Snapshot(asynchronous=asynchronous), (2, "iteration")), Counter()]
        )

    make(5).run()
    trainer = make(9)
    trainer.set_state_dict(SnapshotStore(tmp_path / "snapshots").newest().load())
    trainer.run()
    assert trainer.get_extension("Counter").count == 9
    assert steps(tmp_path) == [6, 8, 9]


def test_the_end_of_training_is_saved_and_not_twice(tmp_path):
    mock_trainer((7, "iteration"), 3, tmp_path, [Snapshot(keep_last=None)]).run()
    assert steps(tmp_path) == [3, 6, 7]
    assert sorted(p.name for p in (tmp_path / "snapshots").glob("step*")) == [
        "step-00000003",
        "step-00000006",
        "step-00000007",
    ]


def test_the_end_is_not_saved_where_only_the_trigger_counts(tmp_path):
    mock_trainer((7, "iteration"), 3, tmp_path, [Snapshot(at_end=False)]).run()
    assert steps(tmp_path) == [3, 6]


def test_a_stop_that_was_asked_for_is_saved(tmp_path):
    trainer = mock_trainer((100, "iteration"), 50, tmp_path, [Snapshot()])
    trainer.extend(lambda t: t.request_stop("SIGTERM") if t.updater.iteration == 5 else None, name="stop")
    with pytest.raises(Interrupted):
        trainer.run()
    assert steps(tmp_path) == [5]


def test_a_failed_iteration_is_not_saved(tmp_path):
    def reports(iteration):
        if iteration == 4:
            raise RuntimeError("broken")
        return {}

    with pytest.raises(RuntimeError, match="broken"):
        mock_trainer((9, "iteration"), 3, tmp_path, [Snapshot()], reports).run()
    assert steps(tmp_path) == [3]


@pytest.mark.filterwarnings("error")
def test_the_best_are_kept_by_a_reported_value(tmp_path):
    losses = [0.5, 0.1, 0.4, 0.2, 0.9, 0.8]
    snapshot = Snapshot(keep_last=1, keep_best=2, best_key="valid/loss")
    mock_trainer(
        (6, "iteration"),
        out=tmp_path,
        extensions=[(snapshot, (1, "iteration"))],
        reports=lambda i: {"valid/loss": (losses[i - 1], 3)},
    ).run()
    assert steps(tmp_path) == [2, 4, 6]
    assert SnapshotStore(tmp_path / "snapshots").best().score == 0.1


def test_a_missing_value_is_told_once_and_the_snapshot_taken(tmp_path):
    snapshot = Snapshot(keep_last=1, keep_best=1, best_key="valid/loss")
    trainer = mock_trainer(
        (3, "iteration"), out=tmp_path, extensions=[(snapshot, (1, "iteration"))], reports=lambda i: {"loss": 1}
    )
    with pytest.warns(UserWarning, match="is taken without") as warnings:
        trainer.run()
    assert [str(w.message) for w in warnings] == [
        "iteration 1: a snapshot is taken without 'valid/loss', so it is not among the best. Reported in this iteration: loss."
    ]
    assert steps(tmp_path) == [3]


def test_wrong_arguments_are_refused_at_once():
    with pytest.raises(
        RunError, match=r"^Snapshot\(keep_best=2\) must be told by which reported value: best_key='valid/loss', say$"
    ):
        Snapshot(keep_best=2)
    with pytest.raises(SnapshotError, match="keep_last must be at least 1"):
        Snapshot(keep_last=0)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_disk_that_refuses_ends_the_run_and_leaves_the_former_snapshot(tmp_path, monkeypatch, asynchronous):
    original = SnapshotStore.write
    written = threading.Event()

    def write(self, prepared):
        if prepared.step == 4:
            written.set()
            raise SnapshotError("the disk is full")
        return original(self, prepared)

    monkeypatch.setattr(SnapshotStore, "write", write)
    trainer = mock_trainer((1000, "iteration"), 2, tmp_path, [Snapshot(asynchronous=asynchronous)])
    trainer.extend(lambda t: written.wait(0.001 if t.updater.iteration < 5 else 5), name="wait")
    with pytest.raises(SnapshotError, match=r"^the disk is full$"):
        trainer.run()
    assert trainer.updater.iteration == 4 if not asynchronous else 5 <= trainer.updater.iteration <= 7
    assert steps(tmp_path)[0] == 2


def test_finalize_waits_for_what_is_being_written(tmp_path, monkeypatch):
    original = SnapshotStore.write
    gate = threading.Event()
    monkeypatch.setattr(SnapshotStore, "write", lambda self, prepared: (gate.wait(5), original(self, prepared))[1])
    trainer = mock_trainer((2, "iteration"), 1, tmp_path, [Snapshot(asynchronous=True)])
    threading.Timer(0.05, gate.set).start()
    trainer.run()
    assert steps(tmp_path) == [1, 2]


def test_the_run_folder_may_be_moved(tmp_path):
    mock_trainer((3, "iteration"), 3, tmp_path / "a", [Snapshot(), Counter()]).run()
    (tmp_path / "a").rename(tmp_path / "b")
    trainer = mock_trainer((6, "iteration"), 3, tmp_path / "b", [Snapshot(), Counter()])
    trainer.set_state_dict(SnapshotStore(tmp_path / "b" / "snapshots").newest().load())
    trainer.run()
    assert steps(tmp_path / "b") == [3, 6]


def test_a_write_that_fails_behind_the_back_of_training_ends_the_run_within_one_iteration(tmp_path, monkeypatch):
    """Though the next snapshot is far away."""

    def write(self, prepared):
        raise SnapshotError("the disk is full")

    monkeypatch.setattr(SnapshotStore, "write", write)
    trainer = mock_trainer((10_000, "iteration"), 100, tmp_path, [(Snapshot(asynchronous=True), ManualSchedule([2], "iteration"))])

    def wait_for_the_failure(trainer):
        deadline = time.monotonic() + 10
        while trainer.updater.iteration == 3 and trainer.stop_requested is None and time.monotonic() < deadline:
            time.sleep(0.001)

    trainer.extend(wait_for_the_failure)
    with pytest.raises(SnapshotError, match=r"^the disk is full$"):
        trainer.run()
    assert trainer.updater.iteration in (2, 3)


@pytest.mark.parametrize("fails", [False, True])
def test_a_disk_that_never_answers_does_not_keep_a_run_from_ending(tmp_path, monkeypatch, fails):
    never = threading.Event()
    monkeypatch.setattr(SnapshotStore, "write", lambda self, prepared: never.wait())
    reports = (lambda i: {"loss": 1 / (5 - i)}) if fails else None
    snapshot = Snapshot(asynchronous=True, patience=0.2, at_end=False)
    trainer = mock_trainer((5, "iteration"), 100, tmp_path, [(snapshot, ManualSchedule([2, 4], "iteration"))], reports=reports)
    begun = time.monotonic()
    with pytest.raises(ZeroDivisionError if fails else SnapshotError) as error:
        trainer.run()
    assert time.monotonic() - begun < 5
    told = error.value.__context__ if fails else error.value  # the disk's error does not hide what the run failed by
    assert str(told).endswith("the disk has not answered for 0.2 s; snapshots may be missing.")
    never.set()
