"""The code in every guide is run: here as a program, or by a test of its own, which puts it together."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "docs" / "guides"

def blocks_of(name):
    return re.findall(r"```python\n(.*?)```", (GUIDES / name).read_text(encoding="utf-8"), re.DOTALL)


TESTS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
# A guide that another test reads is no program as it stands.
PROGRAMS = [path.name for path in sorted(GUIDES.glob("*.md")) if blocks_of(path.name) and f'"{path.name}"' not in TESTS]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_code_of_the_guide_is_a_program_that_runs(name, tmp_path):
    script = tmp_path / "guide.py"
    script.write_text("\n".join(blocks_of(name)), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_links_between_the_documents_lead_somewhere():
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]:
        words = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)  # all but the code
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", words):
            assert (path.parent / target).exists(), f"{path}: {target}"
