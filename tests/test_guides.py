"""The code in every guide is run: here, or by the test named in the table."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "docs" / "guides"

# Guides whose code is no program as it stands; their own tests put it together.
ELSEWHERE = {
    "data.md": "tests/data/test_guide.py",
    "experiment.md": "tests/training/test_guides.py",
    "extension.md": "tests/training/test_guides.py",
    "frontend.md": "tests/frontend/test_guide.py",
}


def blocks_of(name):
    return re.findall(r"```python\n(.*?)```", (GUIDES / name).read_text(encoding="utf-8"), re.DOTALL)


PROGRAMS = [path.name for path in sorted(GUIDES.glob("*.md")) if path.name not in ELSEWHERE and blocks_of(path.name)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_code_of_the_guide_is_a_program_that_runs(name, tmp_path):
    script = tmp_path / "guide.py"
    script.write_text("\n".join(blocks_of(name)), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("name", "test"), ELSEWHERE.items())
def test_the_test_that_runs_a_guide_reads_it(name, test):
    assert blocks_of(name)
    assert name in (ROOT / test).read_text(encoding="utf-8")


def test_links_between_the_documents_lead_somewhere():
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path}: {target}"
