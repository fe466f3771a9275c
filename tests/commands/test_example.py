"""``parakeet example``: the experiments that come with parakeet, copied out."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from parakeet.cli import cli
from parakeet.commands.example import copy_example, examples
from parakeet.config import load_config
from parakeet.errors import RunError
from parakeet.training.run_folder import load_experiment

ROOT = Path(__file__).parents[2]


def run(*arguments):
    return CliRunner().invoke(cli, ["example", *map(str, arguments)])


def test_without_a_name_all_examples_are_told():
    said = run().output.splitlines()
    assert [line.split()[0] for line in said] == sorted(path.parent.name for path in (ROOT / "examples").glob("*/train.py"))
    assert ["speedyspeech", "SpeedySpeech: a voice on a CPU"] in [line.split(maxsplit=1) for line in said]


def test_a_copy_is_an_experiment_with_its_configurations(tmp_path):
    result = run("speedyspeech", tmp_path / "recipe")
    assert result.exit_code == 0
    assert f"parakeet train {tmp_path}/recipe/train.py [--config" in result.output
    assert not list((tmp_path / "recipe").rglob("__pycache__"))
    experiment = load_experiment(str(tmp_path / "recipe" / "train.py"))
    assert sys.modules[experiment.__module__].__file__ == str(tmp_path / "recipe" / "train.py")
    for path in (tmp_path / "recipe" / "configs").glob("*.yaml"):
        assert path.stem in result.output
        load_config(experiment.config_class, path, ["data.path=x"])


def test_a_folder_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="is there already; choose another folder, so that nothing of yours is overwritten"):
        copy_example("speedyspeech", tmp_path)
    with pytest.raises(RunError, match="is there already"):
        copy_example("speedyspeech", tmp_path / "mine.txt")
    (tmp_path / "empty").mkdir()
    copy_example("gan", tmp_path / "empty")


def test_an_example_that_is_not_there_and_a_missing_folder_are_told(tmp_path):
    with pytest.raises(RunError, match=r"no example 'speedyspeach'; there are .*gan, .*speedyspeech.* Did you mean 'speedyspeech'\?"):
        copy_example("speedyspeach", tmp_path / "recipe")
    result = run("gan")
    assert result.exit_code == 2
    assert "parakeet example gan DIRECTORY" in result.output


def test_an_installed_parakeet_brings_them_along(tmp_path):
    command = [sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    for folder in examples().values():
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                copy = tmp_path / "parakeet" / "examples" / path.relative_to(ROOT / "examples")
                assert copy.read_bytes() == path.read_bytes()
    told = subprocess.run([sys.executable, "-m", "parakeet", "example"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert told.stdout == run().output
