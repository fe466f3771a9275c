"""The adversarial example: its tiny configuration trained, interrupted and resumed; the real one for a moment, to see that it learns."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "gan"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def run(script, *arguments, code=0):
    """Run a script of the example; return what it printed, both streams."""
    command = [sys.executable, str(EXAMPLE / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=120)
    output = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == code, output
    assert "Traceback" not in output, output
    return output


def log_of(folder):
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if "time" not in key} for row in rows]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gan") / "run"
    run("train.py", "train", "--config", EXAMPLE / "configs/tiny.yaml", "--output", folder)
    return folder


def test_each_model_has_its_losses_norms_and_rates_and_starts_in_its_iteration(finished):
    log = log_of(finished)
    assert [row["iteration"] for row in log] == list(range(1, 13))
    for row in log:
        names = ["generator", "wave"] + (["spectrum"] if row["iteration"] > 5 else [])
        assert sorted(key for key in row if key.endswith("_loss")) == sorted(f"{name}_loss" for name in names)
        assert sorted(key for key in row if key.startswith("gradient_norm/")) == sorted(f"gradient_norm/{n}" for n in names)
        assert np.isfinite(list(row.values())).all()
    assert {"valid/loss", "valid/pitch", "valid/decay", "valid/loudness"} <= set(log[3])
    state = json.loads((finished / "snapshots" / "step-00000012" / "state.json").read_text())
    assert state["updater"]["steps"] == {"generator": 12, "wave": 12, "spectrum": 7}


@pytest.mark.parametrize("stop", [3, 8])
def test_a_run_that_stopped_goes_on_to_the_same_bits(finished, tmp_path, stop):
    folder = tmp_path / "run"
    config = EXAMPLE / "configs/tiny.yaml"
    run("train.py", "train", "--config", config, "--output", folder, f"training.stop=[{stop}, iteration]")
    run("train.py", "resume", folder, "training.stop=[12, iteration]")
    for name in ("models.safetensors", "optimizers.safetensors"):
        same = [(each / "snapshots" / "step-00000012" / name).read_bytes() for each in (folder, finished)]
        assert same[0] == same[1], name
    assert log_of(folder) == log_of(finished)


def test_what_was_made_can_be_listened_to(finished, tmp_path):
    assert "8 real plucks, 8 made ones, 4.0 s" in run("synthesis.py", finished, tmp_path / "a.wav")
    wav, rate = soundfile.read(tmp_path / "a.wav")
    assert (len(wav), rate) == (32000, 8000)
    assert all(np.abs(wav[n * 2000 : n * 2000 + 128]).max() > 0.001 for n in range(16))
    assert "holds no snapshot: train it first" in run("synthesis.py", tmp_path, tmp_path / "b.wav", code=1)


def test_the_generator_learns(tmp_path):
    overrides = ["training.stop=[300, iteration]", "training.evaluate=[300, iteration]", "training.log=[300, iteration]"]
    config = EXAMPLE / "configs/default.yaml"
    run("train.py", "train", "--config", config, "--output", tmp_path / "run", *overrides, "adversarial.spectrum_starts=50")
    # Untrained it is 3.0; 0 would be the same distribution.
    assert log_of(tmp_path / "run")[-1]["valid/loss"] < 1.2
