"""Several processes train one model: the same numbers, the same samples, and an end that is told, whatever happens to one of them."""

import collections
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
import shared_experiment
import toy_experiment

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import RunError
from parakeet.training.cli import resume, train
from parakeet.training.launch import Processes, name_of
from parakeet.training.signals import EXIT_INTERRUPTED

SCRIPT = shared_experiment.__file__
ROOT = Path(__file__).parents[2]
SECRET = "correct-horse-battery-staple"

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Paddle's processes need gloo, which Windows lacks")


def environment(temporary):
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "TMPDIR": str(temporary), "A_TOKEN": SECRET}


@pytest.fixture
def start():
    """start(words...): a command, with private temporary files that have to be gone in the end."""
    with tempfile.TemporaryDirectory(prefix="pk-") as temporary:  # short: a socket lies in it

        def start(*words):
            command = [sys.executable, SCRIPT, *map(str, words)]
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(temporary))

        yield start
        assert [path.name for path in Path(temporary).glob("parakeet-*")] == []


def finish(process, seconds=120):
    out, errors = process.communicate(timeout=seconds)
    return process.returncode, out, errors


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """An uninterrupted run of 16 iterations in one process."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    train(shared_experiment.SharedExperiment, folder, overrides=["training.stop=[16, iteration]"])
    return folder


def rows(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def assert_alike(folder, other):
    """The log and the newest state of two runs are equal to 1e-6."""
    for row, same in zip(rows(folder), rows(other), strict=True):
        assert row.keys() == same.keys()
        for key in row.keys() - {"elapsed_time"}:
            assert row[key] == pytest.approx(same[key], rel=1e-6, abs=1e-6), (row["iteration"], key)
    states = [SnapshotStore(each / "snapshots").newest().load() for each in (folder, other)]
    for part in ("models", "optimizers"):
        left, right = (dict(flat(state[part])) for state in states)
        assert left.keys() == right.keys()
        for name in left:
            np.testing.assert_allclose(left[name], right[name], rtol=1e-5, atol=1e-6, err_msg=name)
    assert states[0]["updater"] == states[1]["updater"]


def flat(tree, prefix=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}/")
        elif isinstance(value, np.ndarray):
            yield f"{prefix}{name}", value


def taken(folder):
    """What was taken in each iteration, by all processes together: iteration -> Counter of samples."""
    found = collections.defaultdict(collections.Counter)
    for path in folder.glob("taken-*.txt"):
        for line in path.read_text().splitlines():
            iteration, name = line.split()
            found[int(iteration)][name] += 1
    return found


def test_two_processes_equal_one_and_one_goes_on_for_two_and_two_for_one(alone, tmp_path, start):
    run = tmp_path / "run"
    code, out, errors = finish(start("train", "--output", run, "--nproc", 2, "training.stop=[7, iteration]"))
    assert code == 0, out + errors
    assert "rank 0:         7" in out
    # In the middle of an epoch: 7 iterations of 5 an epoch.
    resume(run, overrides=["training.stop=[12, iteration]"])
    # Batches made by other processes, too.
    code, out, errors = finish(start("resume", run, "--nproc", 2, "training.stop=[16, iteration]", "training.workers=1"))
    assert code == 0, out + errors
    assert f"rank 0: resumed from {run / 'snapshots' / 'step-00000012'}" in out
    assert_alike(run, alone)
    assert taken(run) == taken(alone)
    epochs = [sum((taken(run)[i] for i in range(first, first + 5)), collections.Counter()) for first in (1, 6, 11)]
    assert epochs == [collections.Counter({f"point-{i:02d}": 1 for i in range(21)})] * 3
    assert {path.name for path in run.glob("taken-*.txt")} == {"taken-0-of-1.txt", "taken-0-of-2.txt", "taken-1-of-2.txt"}
    # Only process 0 writes; nobody writes down the environment, with all that is secret in it.
    assert (run / "called.txt").read_text().split() == ["0"] * 16
    assert not any(SECRET.encode() in path.read_bytes() for path in run.rglob("*") if path.is_file())
    state = SnapshotStore(run / "snapshots").newest().load()
    assert len(state["random"]["others"]) == 1
    assert state["random"]["others"][0]["numpy"] != state["random"]["numpy"]


def test_a_killed_process_ends_the_job_which_begins_again_from_its_newest_snapshot(alone, tmp_path, start):
    run = tmp_path / "run"
    words = ("train", "--output", run, "--nproc", 2, "--max-restarts", 1, "training.stop=[16, iteration]", "trouble.kind=killed")
    code, out, errors = finish(start(*words, "trouble.at=8"))
    assert code == 0, out + errors
    assert "process 1 (rank 1) has died of SIGKILL; the job has ended\nStarting again (1 of 1)." in errors
    at = int(re.search(r"resumed from .*step-0*(\d+)", out).group(1))
    assert at in (6, 7)
    assert_alike(run, alone)


def test_an_error_in_one_process_ends_the_job_soon_and_is_shown_with_its_rank(tmp_path, start):
    process = start("train", "--output", tmp_path / "run", "--nproc", 2, "trouble.kind=raises", "trouble.at=3")
    began = time.monotonic()
    for line in process.stdout:
        if line.startswith("rank 0:         2 "):
            began = time.monotonic()
    code, _, errors = finish(process)
    assert time.monotonic() - began < 30
    assert code == 1
    assert "error: process 1 (rank 1) has failed; the job has ended. Its error:\nTraceback" in errors
    assert "ZeroDivisionError: something in the model" in errors
    assert "rank 0) has" not in errors


def test_a_signal_reaches_all_processes_and_the_command_it_prints_resumes(tmp_path, start):
    run = tmp_path / "run"
    process = start("train", "--output", run, "--nproc", 2, "step_seconds=0.05", "training.stop=[9999, iteration]")
    for line in process.stdout:
        if line.startswith("rank 0:         3 "):
            process.send_signal(signal.SIGTERM)
            break
    code, out, errors = finish(process)
    assert code == EXIT_INTERRUPTED, out + errors
    told = re.search(r"stopped: SIGTERM, at iteration (\d+)\. To go on: python (.*) resume (.*) --nproc 2\n", errors)
    assert told is not None, errors
    assert (told.group(2), told.group(3)) == (SCRIPT, str(run))
    assert SnapshotStore(run / "snapshots").newest().step == int(told.group(1))


def test_a_mistake_is_told_once_and_before_any_process_is_started(alone, start):
    code, out, errors = finish(start("train", "--output", alone, "--nproc", 2))
    assert (code, out) == (2, "")
    assert errors.startswith(f"error: {alone} holds a run already.")
    code, out, errors = finish(start("train", "--output", alone / "new", "--nproc", 2, "--plan"))
    assert (code, out) == (2, "")
    assert errors.startswith("error: --plan and --fast-dev-run try things out in one process")


@pytest.mark.skipif("PARAKEET_LATE" not in os.environ, reason="takes a minute: PARAKEET_LATE=45 runs it")
def test_long_work_of_the_first_process_is_waited_for(alone, tmp_path, start):
    seconds = os.environ["PARAKEET_LATE"]
    late = ("trouble.kind=late", "trouble.at=3", f"trouble.seconds={seconds}")
    code, out, errors = finish(start("train", "--output", tmp_path / "run", "--nproc", 2, "training.stop=[16, iteration]", *late), 300)
    assert code == 0, out + errors
    assert rows(tmp_path / "run")[-1]["elapsed_time"] > float(seconds)
    assert_alike(tmp_path / "run", alone)


# ---- what is asked for


def test_several_machines_have_to_be_told_apart():
    with pytest.raises(RunError, match="--nnodes 2: say on each machine which one it is and where the first one is reached"):
        Processes(nnodes=2)
    with pytest.raises(RunError, match="--node-rank 2: of 2 machines the ranks are 0 to 1"):
        Processes(nnodes=2, node_rank=2, master="10.0.0.1:6170")


def test_the_options_of_a_job():
    two = Processes(nproc=3, nnodes=2, node_rank=1, master="10.0.0.1:6170", max_restarts=4)
    assert not two.alone
    assert list(two.ranks) == [3, 4, 5]
    assert two.arguments() == ["--nproc_per_node", "3", "--nnodes", "2", "--rank", "1", "--master", "10.0.0.1:6170"]
    assert two.options() == " --nproc 3 --nnodes 2 --node-rank 1 --master 10.0.0.1:6170 --max-restarts 4"
    assert Processes().alone
    assert Processes().options() == ""


def test_an_experiment_is_named_so_that_other_processes_find_it():
    assert name_of(toy_experiment.ToyExperiment) == f"{toy_experiment.__file__}:ToyExperiment"
    assert name_of("package.module:Class") == "package.module:Class"
    assert name_of(None) is None
    with pytest.raises(RunError, match="dict stands in no file, so other processes can't find it"):
        name_of(dict)
