"""The example end to end on its tiny configuration: prepared, trained, killed, resumed, spoken; and a person's mistakes on the way."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from making import make_corpus

from parakeet.audio.mel import MelConfig
from parakeet.preparation.store import PreparedData

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "speedyspeech"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def parakeet(*arguments, code=0, **options):
    """Run the command line; return what it printed, both streams."""
    command = [sys.executable, "-m", "parakeet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=ENVIRONMENT, timeout=120, **options)
    output = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == code, output
    assert "Traceback" not in output, output
    return output


def train_command(prepared, run, *overrides):
    options = ["--config", EXAMPLE / "configs/tiny.yaml", "--data", prepared, "--output", run]
    return ["train", EXAMPLE / "train.py", *options, *overrides]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus")
    output = parakeet("prepare", folder / "corpus", folder / "prepared", "--workers", 1)
    assert "12 utterances" in output
    return folder / "prepared"


@pytest.fixture(scope="module")
def finished(prepared, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "finished"
    parakeet(*train_command(prepared, run))
    return run


def state_files(run, step):
    folder = run / "snapshots" / f"step-{step:08d}"
    return {name: (folder / name).read_bytes() for name in ("models.safetensors", "optimizers.safetensors")}


def log_without_time(run):
    rows = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if "time" not in key and "per_second" not in key} for row in rows]


def test_a_run_leaves_snapshots_log_records_and_samples(finished):
    assert [path.name for path in sorted((finished / "snapshots").glob("step-*"))] == ["step-00000008", "step-00000012"]
    log = log_without_time(finished)
    assert [row["iteration"] for row in log] == [2, 4, 6, 8, 10, 12]
    assert log[-1]["loss"] < log[0]["loss"]
    assert {"mel_loss", "duration_loss", "pitch_loss", "energy_loss", "learning_rate", "valid/loss"} <= set(log[-1])
    assert list((finished / "visualdl").glob("vdlrecords*"))
    for iteration in (6, 12):
        wav, rate = soundfile.read(finished / "samples" / f"{iteration:08d}" / "00.wav")
        assert rate == 16000
        assert len(wav) > 0


def test_the_script_itself_is_the_same_command(prepared, finished, tmp_path):
    arguments = train_command(prepared, tmp_path / "run")
    command = [sys.executable, arguments[1], "train", *arguments[2:]]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, env=ENVIRONMENT, timeout=120)
    assert state_files(tmp_path / "run", 12) == state_files(finished, 12)


def test_a_run_that_was_killed_goes_on_to_the_same_bits_wherever_its_folder_is(prepared, finished, tmp_path):
    process = subprocess.Popen(
        list(map(str, [sys.executable, "-m", "parakeet", *train_command(prepared, tmp_path / "run")])),
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "run" / "snapshots" / "step-00000004").is_dir():
        assert time.monotonic() < deadline, "no snapshot came"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    shutil.move(tmp_path / "run", tmp_path / "moved")
    assert not (tmp_path / "moved" / "snapshots" / "step-00000012").exists()
    output = parakeet("resume", tmp_path / "moved")
    assert "resumed from" in output
    assert state_files(tmp_path / "moved", 12) == state_files(finished, 12)
    assert log_without_time(tmp_path / "moved") == log_without_time(finished)


def test_a_snapshot_with_a_flipped_bit_is_named_and_the_one_before_it_is_used(finished, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    file = run / "snapshots" / "step-00000012" / "models.safetensors"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    output = parakeet("resume", run)
    assert "warning: Invalid snapshot step-00000012: " in output
    assert "models.safetensors" in output
    assert "step-00000008" in output
    assert state_files(run, 12) == state_files(finished, 12)


def test_a_finished_run_is_not_trained_on(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    before = state_files(finished, 12)
    parakeet("resume", tmp_path / "run")
    assert state_files(tmp_path / "run", 12) == before
    assert log_without_time(tmp_path / "run") == log_without_time(finished)


def test_the_voice_speaks_to_a_file_and_to_standard_output(finished, tmp_path):
    said = parakeet("speak", "See me. You see two?", "--voice", finished, "-o", tmp_path / "a.wav")
    assert "real-time factor" in said
    assert "one thread" in said
    wav, rate = soundfile.read(tmp_path / "a.wav")
    assert rate == 16000
    assert np.isfinite(wav).all()
    command = [sys.executable, "-m", "parakeet", "speak", "--voice", str(finished), "-o", "-"]
    piped = subprocess.run(command, input=b"See me. You see two?", capture_output=True, env=ENVIRONMENT, check=True)
    again, _ = soundfile.read(io.BytesIO(piped.stdout))
    np.testing.assert_array_equal(again, wav)


def test_the_test_sentences_are_spoken_beside_copies_of_their_recordings(finished, prepared, tmp_path):
    command = [sys.executable, EXAMPLE / "synthesis.py", finished, prepared, tmp_path / "out"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, env=ENVIRONMENT, timeout=120)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["u10-copy.wav", "u10.wav", "u11-copy.wav", "u11.wav"]


def test_a_folder_that_holds_a_run_is_refused(finished, prepared):
    before = log_without_time(finished)
    output = parakeet(*train_command(prepared, finished), code=2)
    assert f"{finished} holds a run already. To go on with it: parakeet resume {finished}" in output
    assert log_without_time(finished) == before


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.chanels=8", "model.chanels: unknown key. Did you mean 'channels'?"),
        ("training.learning_rate=fast", "training.learning_rate"),
        ("model.kernel_size=three", "model.kernel_size"),
        ("training.stop=[3,epochs]", "epochs"),
        ("model.kernel_size=4", "model.kernel_size: a kernel has a middle, so its size is odd; it is 4"),
        ("model.decoder_dilations=[]", "model.decoder_dilations"),
        ("model.frames_per_step=0", "model.frames_per_step"),
        ("training.average=1", "training.average"),
        ("model.dropout=1.5", "model.dropout"),
        ("data.batch_frames=0", "data.batch_frames"),
    ],
)
def test_a_mistaken_setting_is_named(prepared, tmp_path, override, message):
    output = parakeet(*train_command(prepared, tmp_path / "run", override), code=2)
    assert message in output
    assert not (tmp_path / "run").exists()


def test_a_sample_that_cannot_be_spoken_is_named_before_training(prepared, tmp_path):
    output = parakeet(*train_command(prepared, tmp_path / "run", 'samples=["See me.", "\u4f60"]'), code=2)
    assert "samples.1: There is nothing to speak in '你'" in output
    assert "iteration" not in output


def test_the_spectra_for_a_vocoder_fit_the_recordings_frame_for_frame(finished, prepared, tmp_path):
    folder = tmp_path / "predicted"
    assert f"{folder}: 10 spectra." in parakeet("predict", finished, prepared, folder)
    about, data = json.loads((folder / "predicted.json").read_text()), PreparedData(prepared)
    assert (about["run"], about["step"], about["utterances"]) == (str(finished), 12, 10)
    assert MelConfig(**about["mel"]) == data.mel_config
    names = [data.describe(i) for split in ("train", "valid") for i in data.indices(split)]
    assert sorted(path.name for path in (folder / "mel").iterdir()) == sorted(f"{name}.npy" for name in names)
    for i in data.indices("train"):
        mel = np.load(folder / "mel" / f"{data.describe(i)}.npy", allow_pickle=False)
        assert mel.dtype == np.float32
        assert mel.shape == data[i]["mel"].shape


def test_the_script_that_speaks_tells_a_mistake_without_a_traceback(prepared, tmp_path):
    command = [sys.executable, EXAMPLE / "synthesis.py", tmp_path, prepared, tmp_path / "out"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=ENVIRONMENT, timeout=120)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "is no voice" in done.stderr


def test_a_device_that_is_not_there_is_named(prepared, tmp_path):
    output = parakeet(*train_command(prepared, tmp_path / "run"), "--device", "gpu:7", code=2)
    assert "--device gpu:7" in output
    assert "On this machine there are: cpu" in output


def test_data_that_are_not_there_are_named(tmp_path):
    output = parakeet(*train_command(tmp_path / "nowhere", tmp_path / "run"), code=2)
    assert "holds no prepared data. Make it with `parakeet prepare CORPUS" in output


def test_an_experiment_that_is_not_there_is_named(tmp_path):
    output = parakeet("train", "examples/speedyspeach/train.py", "--output", tmp_path / "run", code=2)
    assert "examples/speedyspeach/train.py: no such file" in output


def test_a_text_that_holds_nothing_to_speak_is_refused(finished, tmp_path):
    output = parakeet("speak", " ... ", "--voice", finished, "-o", tmp_path / "a.wav", code=2)
    assert "speak" in output
    assert not (tmp_path / "a.wav").exists()


def test_a_folder_that_is_no_voice_is_named(tmp_path):
    output = parakeet("speak", "See me.", "--voice", tmp_path, code=2)
    assert "voice.json: not found, so" in output
