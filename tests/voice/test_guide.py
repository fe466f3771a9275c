"""The guide's code runs as it stands."""

import re
from pathlib import Path

from parakeet.voice import Voice

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "voice.md"


def test_the_code_of_the_guide_runs(run, vocoder_run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    run.rename("runs/mine")
    vocoder_run.rename("runs/vocos")
    names = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(code, "voice.md", "exec"), names)
    assert Path("well.wav").stat().st_size == 44 + 2 * len(names["speech"].wav)
    assert names["stressed"].seconds != names["slow"].seconds
    assert names["samples"] > 0
    assert Voice.load("voices/mine").speak("One.").seconds > 0


