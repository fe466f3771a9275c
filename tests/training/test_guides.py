"""What the guides say is so."""

import re
from pathlib import Path

import pytest

from parakeet.training import triggers

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "extension.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+)` \| ([\d, ]+) \|$", GUIDE, re.MULTILINE)


def test_the_table_of_firings_is_found():
    assert len(ROWS) == 11


@pytest.mark.parametrize(("trigger", "iterations"), ROWS)
def test_the_table_of_firings_is_true_fresh_and_resumed(same_when_resumed, trigger, iterations):
    def make_trigger():
        return eval(trigger.replace("\\|", "|"), vars(triggers).copy())

    assert same_when_resumed(make_trigger, 24) == [int(i) for i in iterations.split(",")]


def test_the_extension_of_the_guide_works(tmp_path):
    code = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    (extension,) = [block for block in code if "class WorstLoss" in block]
    (test,) = [block for block in code if "def test_the_worst_loss" in block]
    namespace = {}
    exec(extension + test, namespace)
    namespace["test_the_worst_loss_is_remembered"](tmp_path)
    assert (tmp_path / "worst" / "names.txt").read_text() == "utterance 1"
