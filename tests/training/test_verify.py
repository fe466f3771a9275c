"""parakeet.training.verify: runs are really killed, at the instants that are named, and a difference is found."""

import collections
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import toy_experiment as toy

from parakeet.errors import RunError
from parakeet.training.kill_points import INSTANTS
from parakeet.training.verify import ANYWHERE, Verdict, _Plan, _Run, digest, digests, table, verify_resume, work_folder

ROOT = Path(__file__).parents[2]
SHORT = ("training.evaluate=[3, iteration]", "training.snapshot=[2, iteration]", "training.log=[1, iteration]")

# Noise that no seed knows: a run of it is never the same again.
NOISY = """
import os
from toy_experiment import ToyExperiment


class Noisy(ToyExperiment):
    def compute_loss(self, model, batch):
        return super().compute_loss(model, batch) * (1 + os.urandom(1)[0] / 256)
"""


@pytest.fixture(autouse=True)
def paths(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "tests")]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def order(**options):
    return {"experiment": toy.__file__, "config": None, "data": None, "device": "cpu", "overrides": SHORT, **options}


def test_killed_runs_equal_the_one_in_one_go(tmp_path):
    said = []
    verdict = verify_resume(toy.__file__, tmp_path, overrides=SHORT, iterations=6, kills=1, seed=2, say=said.append)
    assert verdict.kills == {"save": 1}
    assert not verdict.different
    assert not verdict.faults
    assert sorted(verdict.digests) == ["log", "optimizers", "parameters", "position", "random state"]
    assert sum("kill " in line and " of 1: run 0, at iteration " in line for line in said) == 1
    assert verdict.absent == ["samples"]  # the toy speaks nothing


@pytest.mark.parametrize("instant", ["evaluation", "log line"])
def test_a_run_is_killed_at_the_instant_that_was_named_and_goes_on_from_there(tmp_path, instant):
    run = _Run(tmp_path / "run", order(overrides=[*SHORT, "training.stop=[7, iteration]"]))
    run.go(instant, at=2)
    assert not run.ended
    (killed,) = run.killed
    assert killed.startswith("at iteration ")
    assert killed.endswith(INSTANTS[instant])
    folder = tmp_path / "run"
    if instant == "log line":
        assert not (folder / "log.jsonl").read_text().endswith("\n")


def test_a_difference_is_found_and_ends_with_exit_code_1(tmp_path):
    (tmp_path / "noisy.py").write_text(NOISY)
    words = ["verify-resume", tmp_path / "noisy.py", "--iterations", 5, "--kills", 1, "--seed", 2, "--folder", tmp_path / "work", *SHORT]
    done = subprocess.run(
        [sys.executable, "-m", "parakeet", *map(str, words)], capture_output=True, text=True, timeout=120, cwd=ROOT
    )
    assert done.returncode == 1, done.stderr
    assert re.search(r"^\| 0 \| 1 \| \d \| differs in \d \| differs in \d \| equal `", done.stdout, re.MULTILINE)
    assert "NOT IDENTICAL:" in done.stderr
    assert re.search(r"killed-0-workers-\d\d: parameters, optimizers, log differ; killed ", done.stderr)


def test_an_experiment_that_fails_by_itself_is_told_with_its_last_words(tmp_path):
    with pytest.raises(RunError, match=r"whole-0-workers: training ended with exit code 1 and these words:\n(.|\n)*no such file"):
        verify_resume("nowhere.py", tmp_path)


def test_a_digest_sees_every_bit_but_not_the_order_of_keys():
    array = np.arange(4, dtype="float32")
    other = array.copy()
    other.view("uint32")[3] ^= 1
    assert digest({"a": array, "b": [1, "x"]}) == digest({"b": [1, "x"], "a": array.copy()})
    different = [{"a": other, "b": [1, "x"]}, {"a": array.reshape(2, 2), "b": [1, "x"]}, {"a": array, "b": [1, "x", None]}]
    assert len({digest(value) for value in [*different, {"a": array, "b": [1, "x"]}]}) == 4


def test_a_run_without_a_snapshot_can_not_be_compared(tmp_path):
    with pytest.raises(RunError, match="the run has left no snapshot to compare"):
        digests(tmp_path)


def test_every_instant_has_its_turn_and_one_that_never_comes_is_dropped():
    passed = {instant: 10 for instant in INSTANTS if instant != "samples"}
    plan = _Plan(random.Random(0), 20, passed, seconds=3.0)
    drawn = [plan.draw(saved=4) for _ in range(16)]
    assert collections.Counter(kill["instant"] for kill in drawn) == dict.fromkeys([*passed, ANYWHERE], 2)
    assert all(4 <= kill["at"] < 20 or kill["instant"] in ("resume", "loader's start") for kill in drawn if "at" in kill)
    for _ in range(3):
        plan.learn("evaluation", killed=False)
    assert plan.absent == ["samples", "evaluation"]


def test_the_table_says_what_was_killed_and_what_differs():
    verdict = Verdict(2, 3, collections.Counter(save=4, anywhere=1), ["samples"], {"parameters": "ab" * 32, "log": "cd" * 32})
    verdict.different["log"] = 2
    lines = table([verdict]).splitlines()
    assert lines[2] == "| 2 | 5 | 3 | equal `abababab` | differs in 2 |"
    assert "| in the middle of writing, renaming or removing a snapshot | 4 |" in lines
    assert "| before a sentence is spoken | never occurs |" in lines


def test_run_folders_stay_where_something_went_wrong(tmp_path):
    with work_folder(None) as made:
        pass
    assert not made.exists()
    with pytest.raises(RuntimeError), work_folder(None) as made:
        raise RuntimeError
    assert made.is_dir()
    made.rmdir()
    with work_folder(tmp_path / "kept") as kept:
        (kept / "file").write_text(json.dumps(1))
    assert (tmp_path / "kept" / "file").exists()
