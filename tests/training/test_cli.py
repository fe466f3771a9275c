"""The command line of an experiment: train, resume, and what a person reads when something is wrong."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click.testing
import numpy as np
import pytest
import toy_experiment as toy
import yaml

from parakeet.checkpoint import SnapshotStore
from parakeet.config import Config
from parakeet.errors import ConfigError, ResumeError, RunError
from parakeet.training import Experiment
from parakeet.training.cli import command, resume, train
from parakeet.training.resumption import differences
from parakeet.training.run_folder import load_experiment
from parakeet.training.signals import EXIT_INTERRUPTED
from parakeet.training.start import check_device

SCRIPT = toy.__file__
ROOT = Path(__file__).parents[2]
SHORT = "training.stop=[4, iteration]"


def invoke(*arguments):
    return click.testing.CliRunner().invoke(command(toy.ToyExperiment), [str(argument) for argument in arguments])


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def script(*arguments, **options):
    words = [sys.executable, SCRIPT, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment(), **options)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of four iterations; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(toy.ToyExperiment, folder, overrides=[SHORT])
    return folder


@pytest.fixture
def copy(run, tmp_path):
    return shutil.copytree(run, tmp_path / "copy")


def final(folder):
    """What the newest snapshot holds, but for what the clock says and the dashboard's files."""
    state = SnapshotStore(folder / "snapshots").newest().load()
    for part in ("extensions", "triggers"):
        state[part].pop("VisualDLWriter")
    del state["trainer"]["elapsed_time"], state["trainer"]["ticks"]
    return state


def same(a, b):
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b


# ---- train


def test_a_run_folder_holds_all_that_is_needed_to_go_on(run):
    assert {"run.json", "config.yaml", "log.jsonl", "snapshots"} <= {path.name for path in run.iterdir()}
    noted = json.loads((run / "run.json").read_text())
    assert noted["experiment"]["class"] == "ToyExperiment"
    assert noted["experiment"]["file"] == SCRIPT
    assert not os.path.isabs(noted["experiment"]["relative_file"])
    assert (noted["device"], noted["seed"], noted["resumed"]) == ("cpu", 0, [])
    assert set(noted["versions"]) == {"parakeet", "paddle", "numpy", "python"}
    assert "OMP_NUM_THREADS" in noted["processor"]
    assert yaml.safe_load((run / "config.yaml").read_text())["training"]["stop"] == [4, "iteration"]


def test_options_reach_the_configuration(tmp_path):
    (tmp_path / "my.yaml").write_text("width: 3\ndata: {samples: 9}\n")
    result = invoke(
        *("train", "--config", tmp_path / "my.yaml", "--data", tmp_path / "data", "--output", tmp_path / "run"),
        *("--device", "cpu", "data.samples=10", "training.stop=[1, iteration]"),
    )
    assert result.exit_code == 0, result.output
    config = yaml.safe_load((tmp_path / "run" / "config.yaml").read_text())
    assert (config["width"], config["data"]) == (3, {"path": str(tmp_path / "data"), "samples": 10})


def test_without_a_configuration_the_default_beside_the_script_is_taken(tmp_path):
    (tmp_path / "mine.py").write_text("from toy_experiment import ToyExperiment\n\n\nclass Mine(ToyExperiment):\n    pass\n")
    mine = load_experiment(str(tmp_path / "mine.py"))
    assert train(mine, tmp_path / "plain", overrides=[SHORT]).config.width == toy.ToyConfig().width
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "default.yaml").write_text("width: 3\n")
    assert train(mine, tmp_path / "run", overrides=[SHORT]).config.width == 3
    (tmp_path / "other.yaml").write_text("width: 5\n")
    assert train(mine, tmp_path / "other", tmp_path / "other.yaml", overrides=[SHORT]).config.width == 5


def test_train_refuses_a_folder_that_holds_a_run_and_says_how_to_resume_it(copy):
    before = sorted(path.name for path in copy.rglob("*"))
    result = invoke("train", "--output", copy, SHORT)
    assert result.exit_code == 2
    assert f"error: {copy} holds a run already. To go on with it: " in result.output
    assert f"resume {copy}\n" in result.output
    assert sorted(path.name for path in copy.rglob("*")) == before


def test_train_takes_a_folder_with_other_things_in_it_and_leaves_them(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    train(toy.ToyExperiment, tmp_path, overrides=["training.stop=[1, iteration]"])
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_run_that_could_not_be_built_leaves_a_folder_that_train_takes_again(tmp_path):
    class Broken(toy.ToyExperiment):
        def build_model(self):
            raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        train(Broken, tmp_path / "run")
    train(toy.ToyExperiment, tmp_path / "run", overrides=["training.stop=[1, iteration]"])


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match=r"file/run: the run's folder can't be made \(Not a directory\)\. Choose another with --output"):
        train(toy.ToyExperiment, tmp_path / "file" / "run")


def test_a_file_is_no_run_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="file is a file; --output must be a folder"):
        train(toy.ToyExperiment, tmp_path / "file")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["width=wide"], "width"),
        (["widht=3"], "Did you mean 'width'?"),
        (["--config", "nowhere.yaml"], "nowhere.yaml"),
        (["--device", "gpu"], "--device gpu: there is no such device. On this machine there are: cpu"),
        (["--device", "gpu:3"], "--device gpu:3: there is no such device"),
        (["--device", "cuda"], "--device cuda: a device is cpu, gpu or gpu:N"),
        (["training.seed=-4"], "training.seed"),
    ],
)
def test_a_mistake_is_told_without_a_traceback_and_leaves_no_folder(tmp_path, arguments, message):
    result = invoke("train", "--output", tmp_path / "run", *arguments)
    assert result.exit_code == 2
    assert "error: " in result.output
    assert message in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "run").exists()


def test_a_device_that_is_there_passes():
    check_device("cpu")
    with pytest.raises(ConfigError):
        check_device("cpu:0")


def test_an_experiment_must_have_a_configuration(tmp_path):
    class Bare(Experiment):
        pass

    with pytest.raises(RunError, match="Bare must say what its configuration is: config_class = MyConfig"):
        train(Bare, tmp_path / "run")


def test_output_is_required_and_help_tells_the_options():
    result = invoke("train")
    assert result.exit_code == 2
    assert "where shall the run go? Pass --output FOLDER" in result.output
    text = invoke("train", "--help").output
    assert all(option in text for option in ("--config", "--data", "--output", "--device", "[KEY=VALUE]..."))
    assert "A line through points." in invoke("--help").output


# ---- resume


def test_resume_needs_only_the_folder_even_when_it_was_moved(copy, run):
    result = click.testing.CliRunner().invoke(command(toy.ToyExperiment), ["resume", str(copy)])
    assert result.exit_code == 0, result.output
    assert f"resumed from {copy / 'snapshots' / 'step-00000004'}" in result.output
    assert same(final(copy), final(run))


def test_resume_goes_on_to_a_new_limit_and_notes_it(copy):
    experiment = resume(copy, overrides=["training.stop=[6, iteration]", "training.snapshot=[3, iteration]"])
    assert experiment.updater.iteration == 6
    assert SnapshotStore(copy / "snapshots").newest().step == 6
    (noted,) = json.loads((copy / "run.json").read_text())["resumed"]
    assert noted["iteration"] == 4
    assert noted["changes"]["training.stop"] == [[4, "iteration"], [6, "iteration"]]
    assert yaml.safe_load((copy / "config.yaml").read_text())["training"]["stop"] == [6, "iteration"]
    resume(copy, overrides=["training.stop=[7, iteration]"])
    assert [r["iteration"] for r in json.loads((copy / "run.json").read_text())["resumed"]] == [4, 6]


def test_resumed_in_steps_the_run_equals_the_one_in_one_go(copy, tmp_path):
    for stop in (5, 9, 10):
        resume(copy, overrides=[f"training.stop=[{stop}, iteration]"])
    train(toy.ToyExperiment, tmp_path / "whole", overrides=["training.stop=[10, iteration]"])
    assert same(final(copy), final(tmp_path / "whole"))
    rows = [
        [json.loads(line) for line in (f / "log.jsonl").read_text().splitlines()] for f in (copy, tmp_path / "whole")
    ]
    for row in rows[0] + rows[1]:
        del row["elapsed_time"]
    assert rows[0] == rows[1]


def test_a_change_of_meaning_is_refused_unless_it_is_accepted_by_name(copy):
    result = invoke("resume", copy, "training.learning_rate=0.5", "width=6", "training.betas=[0.5, 0.6]")
    assert result.exit_code == 2
    assert "training.learning_rate: 0.02 in the run, 0.5 now" in result.output
    assert "training.betas: [0.9, 0.999] in the run, [0.5, 0.6] now" in result.output
    assert "resume with --accept training.learning_rate --accept training.betas" in result.output
    assert "width" not in result.output
    result = invoke(
        *("resume", copy, "training.learning_rate=0.5", "training.stop=[5, iteration]"),
        *("--accept", "training.learning_rate"),
    )
    assert result.exit_code == 0, result.output


def test_a_run_from_before_a_key_existed_goes_on_with_its_default_but_with_nothing_else(copy):
    for file, load, dump in (("run.json", json.loads, json.dumps), ("config.yaml", yaml.safe_load, yaml.safe_dump)):
        content = load((copy / file).read_text())
        del content.get("config", content)["training"]["decay_power"]
        (copy / file).write_text(dump(content))
    with pytest.raises(ResumeError, match="training.decay_power: 2.0 in the run, 3.0 now"):
        resume(copy, overrides=["training.decay_power=3.0"])
    assert resume(copy, overrides=["training.stop=[5, iteration]"]).updater.iteration == 5


def test_an_edited_config_yaml_is_seen(copy):
    text = (copy / "config.yaml").read_text()
    (copy / "config.yaml").write_text(text.replace("warmup: 10", "warmup: 20"))
    with pytest.raises(ResumeError, match="training.warmup: 10 in the run, 20 now"):
        resume(copy)


def test_a_part_that_is_harmless_to_an_experiment_passes(copy):
    resume(copy, overrides=["seconds=0.001"])


def test_moved_data_are_harmless(copy, tmp_path):
    resume(copy, data=tmp_path / "there")
    assert yaml.safe_load((copy / "config.yaml").read_text())["data"]["path"] == str(tmp_path / "there")


def test_another_experiment_is_refused_unless_accepted(copy):
    class Other(toy.ToyExperiment):
        pass

    Other.__qualname__ = "Other"
    with pytest.raises(
        ResumeError, match="is a run of ToyExperiment .*, not of Other. To resume it all the same: --accept experiment"
    ):
        resume(copy, Other)
    resume(copy, Other, accept=["experiment"])


def test_a_run_killed_before_its_first_snapshot_begins_again(copy, run):
    shutil.rmtree(copy / "snapshots")
    result = invoke("resume", copy)
    assert f"{copy} holds no snapshot: the run begins again" in result.output
    assert same(final(copy), final(run))


def test_a_full_disk_is_told_plainly_and_leaves_a_run_that_goes_on(copy, run, monkeypatch):
    refused = 0

    def fsync(descriptor):
        nonlocal refused
        refused += 1
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        result = invoke("resume", copy, "training.stop=[6, iteration]")
    assert (result.exit_code, refused) == (2, 1)
    assert f"{copy}: No space left on device. Free some space, then go on: " in result.output
    assert result.output.rstrip().endswith(f"resume {copy}")
    after = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    assert {name: content for name, content in after.items() if name != ".lock"} == {
        name: content for name, content in before.items() if name != ".lock"
    }
    assert invoke("resume", copy).exit_code == 0
    assert same(final(copy), final(run))


def test_a_torn_snapshot_is_named_and_passed_over(copy):
    resume(copy, overrides=["training.stop=[6, iteration]"])
    (copy / "snapshots" / "step-00000006" / "state.json").write_bytes(b"{")
    with pytest.warns(RuntimeWarning, match=r"Invalid snapshot step-00000006: .*state\.json"):
        experiment = resume(copy)
    assert experiment.updater.iteration == 6
    assert json.loads((copy / "run.json").read_text())["resumed"][-1]["iteration"] == 4


def test_a_run_without_one_whole_snapshot_does_not_begin_again_unasked(copy):
    for path in (copy / "snapshots").glob("step-*/manifest.json"):
        path.write_text("{}")
    log = (copy / "log.jsonl").read_bytes()
    with pytest.warns(RuntimeWarning, match="Invalid snapshot"):
        result = invoke("resume", copy)
    assert result.exit_code == 2
    assert re.search(r"none of its snapshots is whole; \d were moved to .*invalid\. Put one from a copy back, or", result.output)
    assert (copy / "log.jsonl").read_bytes() == log
    assert "holds no snapshot: the run begins again" in invoke("resume", copy).output


def test_a_run_at_its_end_says_so(copy):
    result = invoke("resume", copy)
    assert result.exit_code == 0
    assert "nothing to do: iteration 4 was its end. To train on, give a later one: training.stop=[N, unit]" in result.output


@pytest.mark.parametrize("content", ["{}", "[]", '"experiment"'])
def test_a_run_json_that_describes_no_run_is_refused(copy, content):
    (copy / "run.json").write_text(content)
    result = invoke("resume", copy)
    assert result.exit_code == 2
    assert "run.json is not readable: " in result.output
    assert "Restore it from a copy" in result.output


def test_what_is_no_run_folder_is_told_plainly(tmp_path):
    result = invoke("resume", tmp_path)
    assert result.exit_code == 2
    assert (
        "holds no run.json: it is not the folder of a run. Pass the folder that `train` got as --output."
        in result.output
    )


def test_a_model_that_was_changed_is_refused_by_parameter(copy):
    result = invoke("resume", copy, "width=5", "--accept", "width")
    assert result.exit_code == 2
    assert "the snapshot does not fit the model 'main'" in result.output
    assert "main.0.weight: shape [3, 6] in the snapshot, [3, 5] here" in result.output


def test_data_that_were_changed_are_refused(copy):
    result = invoke("resume", copy, "data.samples=23", "--accept", "data.samples")
    assert result.exit_code == 2
    assert "data: the training data: 22 examples in the run, 23 now; new: point-22\n" in result.output
    assert "or resume with --accept data\n" in result.output


def test_differences_are_listed_by_key():
    class Part(Config):
        a: int = 1
        b: tuple[int, ...] = (1, 2)

    class Whole(Config):
        part: Part = Part()
        c: dict[str, int] = {}

    before, after = Whole(), Whole(part=Part(b=(3,)), c={"x": 1})
    assert differences(before.model_dump(mode="json"), after.model_dump(mode="json")) == {
        "part.b": [[1, 2], [3]],
        "c": [{}, None],
        "c.x": [None, 1],
    }


# ---- processes


def wait_for_snapshot(folder, process, step, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        names = [path.name for path in (folder / "snapshots").glob("step-*")] if (folder / "snapshots").exists() else []
        if any(int(name[5:13]) >= step for name in names):
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    pytest.fail("no snapshot came")


def start(folder, *overrides):
    words = [sys.executable, SCRIPT, "train", "--output", str(folder), "seconds=0.02", *overrides]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())


def test_a_killed_run_resumed_by_its_folder_equals_an_uninterrupted_one(tmp_path):
    process = start(tmp_path / "killed", "training.snapshot=[3, iteration]")
    try:
        wait_for_snapshot(tmp_path / "killed", process, 6)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    shutil.move(tmp_path / "killed", tmp_path / "moved")
    done = script("resume", tmp_path / "moved", "seconds=0")
    assert done.returncode == 0, done.stderr
    at = int(re.search(r"resumed from .*step-(\d+)", done.stderr).group(1))
    assert 6 <= at < 30
    # In a process of its own, too: settings of the processor, which are made when one begins, decide the last bits.
    assert script("train", "--output", tmp_path / "whole", "training.snapshot=[3, iteration]").returncode == 0
    assert same(final(tmp_path / "moved"), final(tmp_path / "whole"))
    logs = [
        [json.loads(line) for line in (tmp_path / f / "log.jsonl").read_text().splitlines()] for f in ("moved", "whole")
    ]
    for row in logs[0] + logs[1]:
        del row["elapsed_time"]
    assert logs[0] == logs[1]


def test_a_signal_saves_leaves_with_its_own_exit_code_and_says_how_to_go_on(tmp_path):
    process = start(tmp_path / "run", "training.snapshot=[1000, iteration]", "training.evaluate=[1000, iteration]")
    deadline = time.monotonic() + 60
    while not (tmp_path / "run" / "log.jsonl").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == EXIT_INTERRUPTED
    told = re.search(r"stopped: SIGTERM, at iteration (\d+)\. To go on: python (.*) resume (.*)", errors)
    assert told is not None, errors
    assert (told.group(2), told.group(3)) == (SCRIPT, str(tmp_path / "run"))
    assert "Traceback" not in errors
    assert SnapshotStore(tmp_path / "run" / "snapshots").newest().step == int(told.group(1))
