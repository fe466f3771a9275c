"""The examples that train vocoders, on their tiny configurations: trained, resumed, fine-tuned on predicted spectra, listened to."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import soundfile
from making import make_corpus

from parakeet.preparation.prepare import PrepareConfig, prepare

ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
VOCODERS = ("vocos", "harmonic_vocos", "hifigan")


def run(name, script, *arguments, code=0):
    """Run a script of an example; return what it printed, both streams."""
    command = [sys.executable, str(ROOT / "examples" / name / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=120)
    output = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == code, output
    assert "Traceback" not in output, output
    return output


def train(name, prepared, folder, *overrides, code=0):
    config = ROOT / "examples" / name / "configs/tiny.yaml"
    return run(name, "train.py", "train", "--config", config, "--data", prepared, "--output", folder, *overrides, code=code)


def log_of(folder):
    rows = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if "time" not in key} for row in rows]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus")
    return prepare(folder / "corpus", folder / "prepared", PrepareConfig(), workers=1)


@pytest.fixture(scope="module", params=VOCODERS)
def finished(request, prepared, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "run"
    train(request.param, prepared.directory, folder)
    return request.param, folder


def test_the_discriminators_join_take_turns_and_learn_ever_less_as_the_generator_does(finished):
    _, folder = finished
    log = log_of(folder)
    assert [row["iteration"] for row in log] == [2, 4, 6, 8, 10, 12]
    assert all(np.isfinite(list(row.values())).all() for row in log)
    assert log[-1]["valid/mel_loss"] < log[2]["valid/mel_loss"]
    steps = json.loads((folder / "snapshots" / "step-00000012" / "state.json").read_text())["updater"]["steps"]
    assert ["adversarial_loss" in row for row in log] == [False, False, True, True, True, True]
    judges = [key for key in steps if key != "generator"]
    assert steps["generator"] == 12
    assert sum(steps[judge] for judge in judges) == 8  # one of them in each iteration from the fifth on
    assert all(log[-1][f"learning_rate/{judge}"] < 0.3 * log[0][f"learning_rate/{judge}"] for judge in judges)


def test_a_run_that_stopped_goes_on_to_the_same_bits(finished, prepared, tmp_path):
    name, folder = finished
    train(name, prepared.directory, tmp_path / "run", "training.stop=[7, iteration]")
    run(name, "train.py", "resume", tmp_path / "run", "training.stop=[12, iteration]")
    for part in ("models.safetensors", "optimizers.safetensors", "extensions.safetensors"):
        same = [(each / "snapshots" / "step-00000012" / part).read_bytes() for each in (tmp_path / "run", folder)]
        assert same[0] == same[1], part
    assert log_of(tmp_path / "run") == log_of(folder)


def test_test_recordings_are_copied_beside_griffin_lims_copies(finished, prepared, tmp_path):
    name, folder = finished
    said = run(name, "synthesis.py", folder, prepared.directory, tmp_path / "out")
    assert said.splitlines()[-1].startswith("u11: 0.")
    for kind in ("recorded", "vocoder", "griffin-lim"):
        wav, rate = soundfile.read(tmp_path / "out" / f"u11-{kind}.wav")
        assert rate == 16000
        assert len(wav) == prepared.utterance(11)["n_samples"]
        assert np.isfinite(wav).all()


@pytest.fixture(scope="module")
def predicted(prepared, tmp_path_factory):
    """What an acoustic model might make: the recorded spectra, smoothed."""
    folder = tmp_path_factory.mktemp("predicted")
    (folder / "mel").mkdir()
    (folder / "predicted.json").write_text(json.dumps({"mel": asdict(prepared.mel_config)}))
    for i in range(len(prepared)):
        mel = prepared[i]["mel"]
        np.save(folder / "mel" / f"{prepared.describe(i)}.npy", (mel + np.roll(mel, 1, axis=1)) / 2)
    return folder


def test_a_run_is_fine_tuned_on_predicted_spectra_from_where_it_ended(finished, prepared, predicted, tmp_path):
    name, folder = finished
    if name != "vocos":
        pytest.skip("the same code for all")
    overrides = [f"initial={folder}", f"data.predicted={predicted}", "discriminators.start=0", "training.stop=[2, iteration]"]
    train(name, prepared.directory, tmp_path / "run", *overrides, "training.learning_rate=1e-9", "discriminators.learning_rate=1e-9")
    fresh, ended, tuned = log_of(folder)[0], log_of(folder)[-1], log_of(tmp_path / "run")[-1]
    assert tuned["mel_loss"] < 0.5 * (fresh["mel_loss"] + ended["mel_loss"])
    assert "adversarial_loss" in tuned


def test_mistaken_settings_are_named_all_at_once(prepared, tmp_path):
    wrong = ["data.crop_frames=0", "data.predicted_share=1.1", "data.gains=[1]", "model.chanels=3", "ema=1"]
    said = train("vocos", prepared.directory, tmp_path / "run", *wrong, code=2)
    assert all(override.partition("=")[0] in said for override in wrong)


def test_what_can_not_be_trained_is_told_before_it_begins(prepared, tmp_path):
    said = train("vocos", prepared.directory, tmp_path / "run", "data.crop_frames=3", code=2)
    assert "data.crop_frames: expected 8 frames at least, the 2048 samples of the longest transform; received 3" in said
    assert not (tmp_path / "run" / "config.yaml").exists()
