"""Run folders: an experiment is found again, wherever it and the folder are."""

import json
import shutil
import sys

import pytest
import toy_experiment as toy

from parakeet.errors import ResumeError, RunError
from parakeet.training.run_folder import find_experiment, load_experiment, read_run, reference_to, write_run

SCRIPT = """
from parakeet.training import Experiment
import {helper}

class Mine(Experiment):
    value = {helper}.VALUE
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    """A folder with an experiment that imports its neighbour; names that no other test has loaded."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    name = f"train_{tmp_path.name}"
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / f"{name}.py").write_text(SCRIPT.format(helper=f"helper_{tmp_path.name}"))
    (folder / f"helper_{tmp_path.name}.py").write_text("VALUE = 7\n")
    yield folder / f"{name}.py"
    for module in (name, f"helper_{tmp_path.name}"):
        sys.modules.pop(module, None)


def test_a_script_is_loaded_with_its_neighbours(script):
    experiment_class = load_experiment(str(script))
    assert (experiment_class.__name__, experiment_class.value) == ("Mine", 7)
    assert load_experiment(f"{script}:Mine") is experiment_class


def test_each_script_has_its_own_neighbours_though_they_bear_the_same_names(script):
    other = script.parents[1] / "other"
    shutil.copytree(script.parent, other, ignore=shutil.ignore_patterns("__pycache__"))
    (other / f"helper_{script.parents[1].name}.py").write_text("VALUE = 8\n")
    first, second = load_experiment(str(script)), load_experiment(str(other / script.name))
    assert (first.value, second.value) == (7, 8)
    assert load_experiment(str(script)) is first
    sys.modules.pop(second.__module__)


def test_a_module_is_loaded_by_its_name():
    assert load_experiment("toy_experiment:ToyExperiment") is toy.ToyExperiment


def test_an_experiment_that_is_not_there_is_told_plainly(tmp_path, script):
    cases = {
        str(tmp_path / "no.py"): "no.py: no such file. An experiment is named by its script",
        "no_such_module:X": "there is no module 'no_such_module'",
        f"{script}:Mne": "defines no experiment 'Mne'; it defines: Mine. Did you mean 'Mine'?",
        "parakeet.config": "defines 0 experiments (none): name one",
    }
    for text, message in cases.items():
        with pytest.raises(RunError) as error:
            load_experiment(text)
        assert message in str(error.value), text


def test_a_script_of_several_experiments_needs_a_name(script):
    script.write_text(script.read_text() + "\nclass Other(Experiment):\n    pass\n")
    with pytest.raises(RunError, match="defines 2 experiments \\(Mine, Other\\): name one"):
        load_experiment(str(script))
    assert load_experiment(f"{script}:Other").__name__ == "Other"


def test_an_error_in_a_script_is_raised_as_it_is_and_leaves_no_module(script):
    script.write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        load_experiment(str(script))
    assert script.stem not in sys.modules


def test_a_script_is_found_again_by_its_place(script, tmp_path):
    reference = json.loads(json.dumps(reference_to(load_experiment(str(script)), tmp_path / "run")))
    assert reference["module"] is None
    sys.modules.pop(script.stem)
    assert find_experiment(reference, tmp_path / "run").__name__ == "Mine"


def test_a_run_moved_together_with_its_script_is_found(script, tmp_path):
    reference = reference_to(load_experiment(str(script)), tmp_path / "run")
    sys.modules.pop(script.stem)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(script.parent, moved / "code")
    assert find_experiment(reference, moved / "run").__name__ == "Mine"


def test_an_experiment_of_a_package_is_found_by_its_name(tmp_path, monkeypatch):
    package = tmp_path / f"package_{tmp_path.name}"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "mine.py").write_text("from parakeet.training import Experiment\nclass Mine(Experiment):\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    experiment_class = load_experiment(f"{package.name}.mine:Mine")
    reference = reference_to(experiment_class, tmp_path / "run")
    assert reference["module"] == f"{package.name}.mine"
    assert find_experiment({**reference, "file": "/nowhere.py"}, tmp_path / "run") is experiment_class


def test_a_lost_script_is_told_with_where_it_was_looked_for(script, tmp_path):
    reference = reference_to(load_experiment(str(script)), tmp_path / "run")
    sys.modules.pop(script.stem)
    script.unlink()
    with pytest.raises(ResumeError) as error:
        find_experiment(reference, tmp_path / "run")
    assert f"the experiment Mine is not found; looked in {script}" in str(error.value)
    assert f"python SCRIPT resume {tmp_path / 'run'}" in str(error.value)


def test_run_json_is_written_whole(tmp_path):
    run = {"experiment": {}, "config": {}, "device": "cpu", "versions": {}, "resumed": []}
    write_run(tmp_path, {**run, "seed": 1})
    write_run(tmp_path, {**run, "seed": 2})
    assert read_run(tmp_path) == {**run, "seed": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_folder_without_a_run_is_told_plainly(tmp_path):
    with pytest.raises(ResumeError, match="nowhere is no folder: it is not the folder of a run"):
        read_run(tmp_path / "nowhere")
    with pytest.raises(ResumeError, match=r"holds no run\.json: it is not the folder of a run"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(ResumeError, match=r"run\.json is not readable"):
        read_run(tmp_path)
