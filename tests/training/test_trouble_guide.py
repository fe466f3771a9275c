"""The guide to broken runs: its script is run by its commands, and prints what it says."""

import doctest
import re
import shlex
import sys
from pathlib import Path

import click.testing
import pytest

from parakeet.cli import cli

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "trouble.md").read_text(encoding="utf-8")


def commands():
    """(command, what it prints) of the whole guide, in order."""
    for session in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL):
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def run(command):
    """Run a command of the guide in this process."""
    words = shlex.split(command)
    if words[0] == "sed":
        _, before, after, _ = words[2].split("/")
        path = Path(words[3])
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))
        return ""
    assert words[0] == "parakeet"
    sys.modules.pop("train", None)  # each command is a process of its own
    return click.testing.CliRunner().invoke(cli, words[1:]).output


@pytest.mark.filterwarnings("ignore")
def test_the_commands_of_the_guide_print_what_it_says(tmp_path, monkeypatch):
    (script,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "train.py").write_text(script)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "train", raising=False)
    told = list(commands())
    assert len(told) == 7
    for command, expected in told:
        output = re.sub(r"^.*\r", "", run(command), flags=re.MULTILINE)  # a progress bar writes over itself
        assert doctest.OutputChecker().check_output(expected, output, doctest.ELLIPSIS), f"$ {command}\n{output}"
    sys.modules.pop("train", None)
