"""The example, on its tiny configuration: distilled from a WaveNet, resumed, listened to."""

import json
from pathlib import Path

import numpy as np
import paddle
import pytest
import soundfile
from loading import loaded_example, run_python
from making import make_corpus

from parakeet.audio.mel import MelConfig
from parakeet.checkpoint import SnapshotStore
from parakeet.config import load_config
from parakeet.errors import ConfigError
from parakeet.experiments.samples import load_sample_model
from parakeet.models.wavenet import WaveNet
from parakeet.preparation.prepare import PrepareConfig, prepare
from parakeet.voice.description import ModelDescription, VocoderDescription

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "clarinet"
TEACHER = {"upsample_scales": [16, 16], "channels": 4, "layers": 3, "cycles": 1}


def run(script, *arguments, code=0):
    return run_python(EXAMPLE / script, *arguments, code=code)


def make_teacher(folder, mel=None, **options):
    """A run of a WaveNet with fresh weights, which is surer of what it says than a fresh student."""
    options = {**TEACHER, **options}
    VocoderDescription(ModelDescription("wavenet", options), MelConfig() if mel is None else mel).save(folder)
    paddle.seed(1)
    weights = {name: value.numpy() for name, value in WaveNet(**options).state_dict().items()}
    weights["net.head.2.bias"][-1] -= 1.5
    SnapshotStore(folder / "snapshots").save(1, {"models": {"main": weights}, "extensions": {}})
    return folder


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus", splits=("train",) * 4 + ("valid",) * 2 + ("test",))
    return prepare(folder / "corpus", folder / "prepared", PrepareConfig(), workers=1)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("teacher")
    return make_teacher(folder)


def test_it_is_distilled_left_resumed_and_heard(prepared, teacher, tmp_path):
    options = ["--config", EXAMPLE / "configs/tiny.yaml", "--data", prepared.directory, "--output", tmp_path / "run"]
    run("train.py", "train", *options, f"teacher={teacher}", "training.stop=[3, iteration]")
    run("train.py", "resume", tmp_path / "run", "training.stop=[6, iteration]")
    rows = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows] == [2, 4, 6]
    assert rows[-1]["kl"] < rows[0]["kl"]
    assert np.isfinite([rows[-1]["valid/loss"], rows[-1]["frame_loss"]]).all()
    student, _ = load_sample_model(tmp_path / "run", "clarinet")
    own, theirs = (model.upsample(paddle.ones([1, 2, 80])).numpy() for model in (student, load_sample_model(teacher, "wavenet")[0]))
    np.testing.assert_allclose(own, theirs, atol=1e-6)
    assert run("synthesis.py", tmp_path / "run", prepared.directory, tmp_path / "out").splitlines()[-1].startswith("u6: ")
    wav, rate = soundfile.read(tmp_path / "out/u6-vocoder.wav")
    assert (rate, len(wav)) == (16000, prepared.utterance(6)["n_samples"])
    assert np.isfinite(wav).all()


@pytest.fixture(scope="module")
def experiment_class():
    with loaded_example("clarinet") as loaded:
        yield loaded


@pytest.mark.parametrize(
    ("options", "override", "message"),
    [
        ({"output": "softmax", "classes": 16}, "training.seed=0", "has 16 numbers for a sample; a student learns from a single Gaussian"),
        ({"mel": MelConfig(fmax=7000.0)}, "training.seed=0", "knows other spectra than those of .*: fmax: 7000.0 != 8000.0"),
        ({}, "transform.n_fft=2048", "transform.n_fft: expected at most the 1024 samples of the shortest crop"),
    ],
)
def test_what_can_not_be_distilled_is_told_before_it_begins(experiment_class, prepared, tmp_path, options, override, message):
    overrides = [f"data.path={prepared.directory}", f"teacher={make_teacher(tmp_path, **options)}", override]
    experiment = experiment_class(load_config(experiment_class.config_class, EXAMPLE / "configs/tiny.yaml", overrides), tmp_path / "run")
    with pytest.raises(ConfigError, match=message):
        experiment.setup()


@pytest.mark.parametrize("name", ["default", "small"])
def test_the_configurations_are_read(experiment_class, name):
    config = load_config(experiment_class.config_class, EXAMPLE / "configs" / f"{name}.yaml", ["data.path=x"])
    assert config.teacher == "runs/wavenet"
