"""What differs between a run and its resume is told, judged, and refused where the run would mean something else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click.testing
import pytest
import toy_experiment as toy

import parakeet
from parakeet.checkpoint import SnapshotStore
from parakeet.cli import cli
from parakeet.data import (
    CacheDataset,
    ChainDataset,
    DatasetMixin,
    DictDataset,
    SubsetDataset,
    TransformDataset,
    TupleDataset,
)
from parakeet.errors import ResumeError
from parakeet.training import drift
from parakeet.training.cli import resume, train
from parakeet.training.drift import code_drift, data_drift, describe_data, experiment_files, keep_code, keep_data
from parakeet.training.run_folder import load_experiment

ROOT = Path(__file__).parents[2]

SCRIPT = '''
"""A script."""
import sys
from toy_experiment import ToyExperiment
import helper
from tools.losses import scaled


class Mine(ToyExperiment):
    """Mine."""

    def compute_loss(self, model, batch):
        return scaled(super().compute_loss(model, batch)) * helper.FACTOR


if __name__ == "__main__":
    Mine.main(sys.argv[1:])
'''


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """A script that imports a module and a package beside it; another module beside it that it does not import."""
    folder = tmp_path / "scripts"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(toy.__file__, folder / "toy_experiment.py")
    (folder / "train.py").write_text(SCRIPT)
    (folder / "helper.py").write_text("FACTOR = 1.0\n")
    (folder / "other.py").write_text("x = 1\n")
    (folder / "tools" / "__init__.py").write_text("")
    (folder / "tools" / "losses.py").write_text("from . import more\n\n\ndef scaled(loss):\n    return loss * more.SCALE\n")
    (folder / "tools" / "more.py").write_text("SCALE = 1.0\n")
    return folder


def call(*words, code=0):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, timeout=100, env=environment)
    assert done.returncode == code, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of four iterations; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(toy.ToyExperiment, folder, overrides=["training.stop=[4, iteration]"])
    return folder


@pytest.fixture
def copy(run, tmp_path):
    return shutil.copytree(run, tmp_path / "copy")


# ---- code


def test_the_files_of_an_experiment_are_its_script_and_what_that_imports_from_beside_it(scripts, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(scripts), *sys.path])
    for name in ("toy_experiment", "helper", "tools", "tools.losses", "tools.more", "train"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    files = experiment_files(load_experiment(str(scripts / "train.py")))
    assert next(iter(files)) == "train.py"
    assert set(files) == {"train.py", "toy_experiment.py", "helper.py", "tools/__init__.py", "tools/losses.py", "tools/more.py"}


def test_a_run_keeps_what_was_run_and_resumes_by_it_when_the_script_is_gone(scripts, tmp_path):
    run = tmp_path / "run"
    call(scripts / "train.py", "train", "--output", run, "training.stop=[3, iteration]")
    assert (run / "code" / "train.py").read_text() == SCRIPT
    assert (run / "code" / "tools" / "more.py").is_file()
    assert not (run / "code" / "other.py").exists()

    (scripts / "helper.py").write_text("FACTOR = 2.0\nUNUSED = 3\n")
    told = call(scripts / "train.py", "resume", run, code=2)
    assert "code: helper.py: 2 lines added, 1 taken away\n    -FACTOR = 1.0\n    +FACTOR = 2.0\n    +UNUSED = 3\n" in told
    assert f"go on with the code as it was (python {run}/code/train.py resume {run}), or resume with --accept code\n" in told

    shutil.rmtree(scripts)
    told = call("-m", "parakeet", "resume", run, "training.stop=[6, iteration]")
    assert f"train.py is gone: its copy {run}/code/train.py is run" in told
    assert SnapshotStore(run / "snapshots").newest().step == 6
    assert not (run / "code-1").exists()


def test_code_that_is_accepted_becomes_that_of_the_run_and_the_former_is_kept(copy, monkeypatch, tmp_path, capsys):
    script = tmp_path / "toy_experiment.py"
    script.write_text(Path(toy.__file__).read_text().replace("nn.Dropout(0.3)", "nn.Dropout(0.4)"))
    monkeypatch.setattr(drift, "experiment_files", lambda experiment_class: {"toy_experiment.py": script})
    with pytest.raises(ResumeError, match=r"code: toy_experiment.py: 1 line added, 1 taken away\n    -.*0\.3.*\n    \+.*0\.4"):
        resume(copy, toy.ToyExperiment)
    resume(copy, toy.ToyExperiment, accept=["code"])
    assert "code: toy_experiment.py: 1 line added, 1 taken away (accepted)" in capsys.readouterr().err
    assert "Dropout(0.4)" in (copy / "code" / "toy_experiment.py").read_text()
    assert "Dropout(0.3)" in (copy / "code-1" / "toy_experiment.py").read_text()
    assert json.loads((copy / "run.json").read_text())["resumed"][-1]["drift"] == ["code: toy_experiment.py: 1 line added, 1 taken away"]
    resume(copy, toy.ToyExperiment)


def test_comments_docstrings_and_layout_are_no_difference(copy, monkeypatch, tmp_path):
    script = tmp_path / "toy_experiment.py"
    text = Path(toy.__file__).read_text()
    changed = text.replace('"""A line through points."""', '"""Something else."""').replace("import sys\n", "import sys  # for main\n\n\n")
    script.write_text(changed)
    monkeypatch.setattr(drift, "experiment_files", lambda experiment_class: {"toy_experiment.py": script})
    (found,) = code_drift(toy.ToyExperiment, copy)
    assert (found.name, found.harmless, found.text) == ("code", True, "toy_experiment.py: only comments or layout differ")
    script.write_text(text.replace("nn.Dropout(0.3)", "nn.Dropout(0.4)"))
    (found,) = code_drift(toy.ToyExperiment, copy)
    assert not found.harmless
    assert found.details[0].startswith("-")
    assert "0.3" in found.details[0]


def test_a_copy_that_somebody_changed_does_not_hide_a_difference(copy):
    (copy / "code" / "toy_experiment.py").write_text("x = 1\n")
    manifest = json.loads((copy / "code" / "manifest.json").read_text())
    manifest["files"]["toy_experiment.py"] = "0" * 16
    (copy / "code" / "manifest.json").write_text(json.dumps(manifest))
    (found,) = code_drift(toy.ToyExperiment, copy)
    assert not found.harmless
    assert "its copy in" in found.text


def test_files_that_joined_or_left_the_experiment_are_named(copy):
    path = copy / "code" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"]["gone.py"] = manifest["files"].pop("toy_experiment.py")
    path.write_text(json.dumps(manifest))
    assert [found.text for found in code_drift(toy.ToyExperiment, copy)] == [
        "gone.py belonged to the experiment and does no more",
        "toy_experiment.py belongs to the experiment, and did not",
    ]


@pytest.mark.parametrize(
    ("file", "harmless", "text"),
    [
        ("data/sampler.py", False, "what computes differs in data/sampler.py"),
        ("training/updater.py", False, "what computes differs in training/updater.py"),
        ("training/extensions/progress_bar.py", True, "other files do: training/extensions/progress_bar.py"),
        ("models/speedyspeech/model.py", True, "nothing that this run computes with differs"),
    ],
)
def test_another_parakeet_is_judged_by_what_the_run_computes_with(copy, file, harmless, text):
    path = copy / "code" / "manifest.json"
    manifest = json.loads(path.read_text())
    meaning = manifest["parakeet_files"].get(file, [None, None])[1]
    if file.startswith("models"):
        meaning = None  # as in a run that never loaded it
    manifest["parakeet_files"][file] = ["0" * 16, None if meaning is None else "0" * 16]
    manifest["parakeet"] = "0.0.9"
    path.write_text(json.dumps(manifest))
    (found,) = code_drift(toy.ToyExperiment, copy)
    assert (found.name, found.harmless) == ("parakeet", harmless)
    assert found.text.startswith(f"parakeet 0.0.9, now {parakeet.__version__}: ")
    assert text in found.text
    if harmless:
        resume(copy, toy.ToyExperiment)
    else:
        with pytest.raises(ResumeError, match="or resume with --accept parakeet$"):
            resume(copy, toy.ToyExperiment)
        resume(copy, toy.ToyExperiment, accept=["parakeet"])


def test_other_layout_of_parakeets_files_is_harmless_unless_python_changed_too(copy):
    path = copy / "code" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["parakeet_files"]["data/sampler.py"][0] = "0" * 16
    path.write_text(json.dumps(manifest))
    assert [found.harmless for found in code_drift(toy.ToyExperiment, copy)] == [True]
    manifest["python"] = "3.7.1"
    path.write_text(json.dumps(manifest))
    assert [found.harmless for found in code_drift(toy.ToyExperiment, copy)] == [False]


def test_a_run_without_a_kept_copy_resumes_and_gets_one(copy):
    shutil.rmtree(copy / "code")
    (copy / "data.json").unlink()
    resume(copy, toy.ToyExperiment)
    assert (copy / "code" / "toy_experiment.py").is_file()
    assert (copy / "data.json").is_file()


# ---- data


class Marked(DatasetMixin):
    def __init__(self, size=3, mark="a"):
        self.size, self.mark = size, mark

    def __len__(self):
        return self.size

    def get_example(self, i):
        return i

    def fingerprint(self):
        return self.mark


def test_wrappers_give_the_fingerprint_of_what_they_wrap():
    base = Marked()
    for wrapped in (TransformDataset(base, str), CacheDataset(base), SubsetDataset(base, [0]), TransformDataset(CacheDataset(base), str)):
        assert wrapped.fingerprint() == "a"
    other = Marked(mark="b")
    for both in (TupleDataset(base, other), DictDataset(x=base, y=other), ChainDataset(base, other)):
        assert both.fingerprint() == "a b"
    assert TupleDataset([1], [2]).fingerprint() is None
    assert ChainDataset([1], base).fingerprint() == "None a"


def described(names, fingerprint=None):
    checksum = drift._short("\n".join(names).encode())
    return {"examples": len(names), "names": names, "names_checksum": checksum, "fingerprint": fingerprint}


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (described(["a", "b"]), described(["a", "b"]), None),
        (described(["a", "b"], "x"), described(["a", "b"], "y"), "the same 2 examples by name, but made otherwise"),
        (described(["a", "b"]), described(["b", "a"]), "2 examples in the run, 2 now, in another order"),
        (described(["a", "b"]), described(["b", "c", "d"]), "2 examples in the run, 3 now; gone: a; new: c, d"),
        (None, described(["a"]), "there are some, and there were none"),
    ],
)
def test_a_difference_of_data_is_told_and_of_the_training_data_is_one_of_meaning(tmp_path, before, now, text):
    for part, harmless in (("train", False), ("valid", True)):
        keep_data({} if before is None else {part: before}, tmp_path)
        found = data_drift({part: now}, tmp_path)
        assert [each.harmless for each in found] == ([] if text is None else [harmless])
        assert all(text in each.text for each in found)


def test_data_that_changed_are_refused_and_when_accepted_their_epoch_begins_again(copy):
    result = click.testing.CliRunner().invoke(
        cli, ["resume", str(copy), "data.samples=25", "--accept", "data.samples", "training.stop=[9, iteration]"]
    )
    assert result.exit_code == 2
    assert "data: the training data: 22 examples in the run, 25 now; new: point-22, point-23, point-24" in result.output
    assert SnapshotStore(copy / "snapshots").newest().step == 4
    experiment = resume(copy, toy.ToyExperiment, overrides=["data.samples=25", "training.stop=[12, iteration]"], accept=["data"])
    # Four iterations were made by 16 of 22; then a whole epoch of 25, which are seven batches, and one more batch.
    updater = experiment.updater
    assert (updater.iteration, updater.epoch, updater.consumed) == (12, 1, 4)
    assert updater.samples == 16 + 25 + 4
    rows = [json.loads(line) for line in (copy / "log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows] == [3, 6, 9, 12]
    resume(copy, toy.ToyExperiment, overrides=["training.stop=[13, iteration]"])  # the new data are the run's now


def test_what_is_described_of_the_data_is_kept_with_the_run(run):
    kept = json.loads((run / "data.json").read_text())
    assert kept["train"]["names"] == [f"point-{i:02d}" for i in range(22)]
    assert (kept["valid"]["examples"], kept["valid"]["fingerprint"]) == (6, None)


def test_data_of_ones_own_kind_are_left_alone(tmp_path):
    class Bare:
        train_data, valid_data = object(), None

    assert describe_data(Bare()) == {}
    assert data_drift({}, tmp_path) == []


def test_what_was_kept_last_stays_the_first_when_it_is_kept_again(tmp_path):
    keep_code(toy.ToyExperiment, tmp_path)
    keep_code(toy.ToyExperiment, tmp_path)
    keep_code(toy.ToyExperiment, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["code", "code-1", "code-2"]
