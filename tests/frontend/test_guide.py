"""The guide's code runs, and prints what the guide says."""

import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "frontend.md"


def test_the_blocks_of_the_guide_print_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    scope, said = {}, 0
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), scope)
        expected = [line[2:] for line in block.splitlines() if line.startswith("# ")]
        assert capsys.readouterr().out.splitlines() == expected
        said += len(expected)
    assert said > 10
    assert len(scope["RULES"]) == 1
