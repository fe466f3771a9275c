"""docs/guides/data.md: its program runs as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def test_the_program_of_the_guide_runs(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (HOUSE / "docs" / "guides" / "data.md").read_text(encoding="utf-8"), re.DOTALL)
    script = tmp_path / "guide.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r".*\[\d+, \d+, 80\]\)? \['tone-\d+'.*\] \d+", done.stdout.strip())
