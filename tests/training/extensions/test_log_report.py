"""LogReport: means, in lines, as if the run had never been interrupted."""

import json
import math

import pytest

from parakeet.checkpoint import SnapshotStore
from parakeet.training.extensions import LogReport, Snapshot
from parakeet.training.extensions.log_report import read_log
from parakeet.training.testing import MockClock, mock_trainer


def reports(iteration):
    return {
        "loss": float(iteration),
        "accuracy": (1.0 if iteration % 2 else 0.0, 3 if iteration % 2 else 1),
        "text": "ignored",
    }


def make(out, stop, interval=(3, "iteration"), clock=None, **options):
    extensions = [LogReport(interval, **options), (Snapshot(keep_last=None), (1, "iteration"))]
    return mock_trainer((stop, "iteration"), 4, out, extensions, reports, clock)


def resume(out, step, stop):
    trainer = make(out, stop)
    (snapshot,) = [s for s in SnapshotStore(out / "snapshots").snapshots() if s.step == step]
    trainer.set_state_dict(snapshot.load())
    trainer.run()


def test_a_row_holds_position_time_and_weighted_means(tmp_path):
    clock = MockClock()
    trainer = make(tmp_path, 7, clock=clock)
    trainer.extend(lambda trainer: clock.advance(0.5), name="time", priority=1000)
    trainer.run()
    assert read_log(tmp_path / "log.jsonl") == [
        {"iteration": 3, "epoch": 0.75, "elapsed_time": 1.5, "loss": 2.0, "accuracy": 6 / 7},
        {"iteration": 6, "epoch": 1.5, "elapsed_time": 3.0, "loss": 5.0, "accuracy": 3 / 5},
    ]


def test_only_the_keys_asked_for_are_written(tmp_path):
    make(tmp_path, 3, keys=["loss"]).run()
    assert [sorted(row) for row in read_log(tmp_path / "log.jsonl")] == [["elapsed_time", "epoch", "iteration", "loss"]]


@pytest.mark.parametrize("step", range(1, 10))
def test_a_resumed_log_equals_the_uninterrupted_one(tmp_path, step):
    make(tmp_path / "whole", 10).run()
    make(tmp_path / "parts", 9).run()
    resume(tmp_path / "parts", step, 10)
    assert (tmp_path / "parts" / "log.jsonl").read_bytes() == (tmp_path / "whole" / "log.jsonl").read_bytes()


def test_a_line_cut_short_by_a_crash_is_dropped(tmp_path):
    make(tmp_path, 6).run()
    with open(tmp_path / "log.jsonl", "a") as file:
        file.write('{"iteration": 6, "lo')
    resume(tmp_path, 6, 9)
    assert [row["iteration"] for row in map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())] == [3, 6, 9]


def test_a_log_that_was_deleted_begins_again(tmp_path):
    make(tmp_path, 6).run()
    (tmp_path / "log.jsonl").unlink()
    resume(tmp_path, 6, 9)
    assert [row["iteration"] for row in read_log(tmp_path / "log.jsonl")] == [9]


def test_a_new_run_keeps_the_former_log_beside_its_own(tmp_path):
    for stop in (3, 6, 9):
        make(tmp_path, stop).run()
    assert [len(read_log(tmp_path / name)) for name in ("log.old-1.jsonl", "log.old-2.jsonl", "log.jsonl")] == [1, 2, 3]


def test_what_is_no_number_is_null_in_the_file_and_itself_in_the_row(tmp_path):
    log = LogReport((1, "iteration"))
    values = {1: math.nan, 2: math.inf, 3: 1.5}
    mock_trainer((3, "iteration"), out=tmp_path, extensions=[log], reports=lambda i: {"loss": values[i]}).run()
    assert [row["loss"] for row in read_log(tmp_path / "log.jsonl")] == [None, None, 1.5]
    assert "NaN" not in (tmp_path / "log.jsonl").read_text()
    assert (log.row["loss"], log.written) == (1.5, 3)


def test_values_reported_now_and_then_are_means_of_what_there_was(tmp_path):
    log = LogReport((4, "iteration"))
    mock_trainer(
        (4, "iteration"), out=tmp_path, extensions=[log], reports=lambda i: {"x": i} if i in (1, 3) else {"y": i}
    ).run()
    assert (log.row["x"], log.row["y"]) == (2.0, 3.0)
