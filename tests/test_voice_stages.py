"""scripts/voice_stages.py: a page of what a voice sounded like while it was trained."""

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from making_voices import make_run, make_vocoder_run

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import DataError

SCRIPT = Path(__file__).parents[1] / "scripts" / "voice_stages.py"


@pytest.fixture
def stages(tmp_path, monkeypatch):
    """The script, writing into a folder of the test; what a recogniser hears is its own test's matter."""
    spec = importlib.util.spec_from_file_location("voice_stages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    docs = tmp_path / "docs"
    (docs / "guides").mkdir(parents=True)
    places = {"DOCS": docs, "PAGE": docs / "guides" / "stages.md", "SOUNDS": docs / "sounds", "PICTURES": docs / "pictures"}
    for name, path in places.items():
        monkeypatch.setattr(module, name, path)
    module.PAGE.write_text(f"Before.\n{module.BEGIN}\nold\n{module.END}\nAfter.\n")
    monkeypatch.setattr(module, "TEXT", "One. Two?")
    monkeypatch.setattr(module.MoonshineRecognizer, "__init__", lambda self: None)
    monkeypatch.setattr(module.MoonshineRecognizer, "transcribe", lambda self, wav, sample_rate: f"{len(wav)} samples")
    return module


def log(run, config, **seconds):
    records = [{"iteration": int(name[1:]), "elapsed_time": value} for name, value in seconds.items()]
    (run / "log.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (run / "config.yaml").write_text(config)


def keep_without_optimizers(run, folder):
    """Move a run's snapshot as somebody does who has little room."""
    store = SnapshotStore(run / "snapshots")
    snapshot = store.newest()
    kept = SnapshotStore(folder).save(snapshot.step, {**snapshot.load(), "optimizers": {"moment": np.zeros(3)}})
    (kept / "optimizers.safetensors").unlink()
    shutil.rmtree(snapshot.path)


def test_every_stage_is_spoken_drawn_and_listed_in_the_page(stages, tmp_path):
    acoustic, vocoder = make_run(tmp_path / "acoustic"), make_vocoder_run(tmp_path / "vocoder")
    log(acoustic, "initial: null", i1=1800.0, i2=9000.0)
    log(vocoder, f"initial: {acoustic}", i5=720.0, i7=1080.0)
    keep_without_optimizers(vocoder, tmp_path / "kept" / "vocoder")
    stages.SOUNDS.mkdir()
    (stages.SOUNDS / "9.ogg").write_text("of a former stage")
    stages.main(["--kept", str(tmp_path / "kept"), str(acoustic), f"{acoustic}@1+{vocoder}@7"])
    lines = [line for line in stages.PAGE.read_text().splitlines() if line]
    assert lines[:4] == ["Before.", stages.BEGIN, *stages.HEAD]
    assert lines[6:] == [stages.END, "After."]
    first, second = lines[4:6]
    assert first.startswith("| 1 | Griffin-Lim | 0.50 | [listen](../sounds/1.ogg) | ![The spectrum of stage 1](../pictures/1.png) | ")
    assert second.startswith("| 1 | 1 + 7 | 1.30 | [listen](../sounds/2.ogg) | ")
    assert sorted(path.name for path in stages.SOUNDS.iterdir()) == ["1.ogg", "2.ogg"]
    for picture in (stages.PICTURES / "1.png", stages.PICTURES / "2.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_snapshot_that_was_not_kept_is_named(stages, tmp_path):
    acoustic = make_run(tmp_path / "acoustic")
    with pytest.raises(DataError, match=r"acoustic@400: neither .*snapshots nor .*kept/acoustic holds step-00000400\."):
        stages.main(["--kept", str(tmp_path / "kept"), f"{acoustic}@400"])
    assert "old" in stages.PAGE.read_text()
