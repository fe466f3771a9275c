"""The example, on its tiny configuration: trained, resumed, listened to."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from loading import loaded_example, run_python
from making import make_corpus

from parakeet.config import load_config
from parakeet.errors import ConfigError, DataError
from parakeet.experiments.overfit import overfit
from parakeet.experiments.samples import load_sample_model
from parakeet.preparation.prepare import PrepareConfig, prepare

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "wavenet"


def run(script, *arguments, code=0):
    return run_python(EXAMPLE / script, *arguments, code=code)


def train(prepared, folder, *overrides, code=0):
    options = ["--config", EXAMPLE / "configs/tiny.yaml", "--data", prepared.directory, "--output", folder]
    return run("train.py", "train", *options, *overrides, code=code)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus", splits=("train",) * 4 + ("valid",) * 2 + ("test",))
    return prepare(folder / "corpus", folder / "prepared", PrepareConfig(), workers=1)


@pytest.fixture(scope="module")
def trained(prepared, tmp_path_factory):
    """A run that was left and resumed, of the output that takes the most parts."""
    folder = tmp_path_factory.mktemp("wavenet") / "run"
    train(prepared, folder, "model.output=softmax", "training.stop=[3, iteration]")
    run("train.py", "resume", folder, "training.stop=[6, iteration]")
    return folder


def test_it_is_trained_left_resumed_and_heard(trained, prepared, tmp_path):
    rows = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows] == [2, 4, 6]
    assert rows[-1]["loss"] < rows[0]["loss"] < 1.1 * np.log(256)
    assert np.isfinite(rows[-1]["valid/loss"])
    assert soundfile.info(trained / "samples/00000006/00.wav").frames == 512
    said = run("synthesis.py", trained, prepared.directory, tmp_path / "out")
    assert said.splitlines()[-1].startswith("u6: ")
    for kind in ("recorded", "vocoder", "griffin-lim"):
        wav, rate = soundfile.read(tmp_path / "out" / f"u6-{kind}.wav")
        assert (rate, len(wav)) == (16000, prepared.utterance(6)["n_samples"])
        assert np.isfinite(wav).all()


@pytest.fixture(scope="module")
def experiment_class():
    with loaded_example("wavenet") as loaded:
        yield loaded


def test_a_mixture_learns_and_is_heard_too(experiment_class, prepared, tmp_path):
    found = overfit(build(experiment_class, prepared, tmp_path, "model.output=mixture"), iterations=3, count=1, seconds=0.4)
    assert np.isfinite([found.distances["after training"].mel, found.distances["after training"].mcd]).all()
    assert not np.array_equal(found.sounds["untrained"][0], found.sounds["after training"][0])


def build(experiment_class, prepared, folder, *overrides):
    overrides = [f"data.path={prepared.directory}", *overrides]
    return experiment_class(load_config(experiment_class.config_class, EXAMPLE / "configs/tiny.yaml", overrides), folder)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("context=1024", "context: expected fewer than the 1024 samples of the shortest crop"),
        ("model.upsample_scales=[16, 8]", "model: it makes 128 samples of a frame; the frames of"),
        ("model.output=logistic", "model.output"),
        ("model.layer=3", "Did you mean 'layers'?"),
    ],
)
def test_what_can_not_be_trained_is_told_before_it_begins(experiment_class, prepared, tmp_path, override, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        build(experiment_class, prepared, tmp_path, override).setup()


def test_a_run_of_another_model_is_refused(trained, tmp_path):
    description = json.loads((trained / "vocoder.json").read_text())
    assert description["vocoder"]["model"] == "wavenet"
    description["vocoder"]["model"] = "vocos"
    (tmp_path / "vocoder.json").write_text(json.dumps(description))
    with pytest.raises(DataError, match="holds the vocoder 'vocos', expected 'wavenet'. Give the folder of such a run."):
        load_sample_model(tmp_path, "wavenet")


@pytest.mark.parametrize("name", ["default", "mixture", "softmax", "small"])
def test_the_configurations_are_read(experiment_class, name):
    config = load_config(experiment_class.config_class, EXAMPLE / "configs" / f"{name}.yaml", ["data.path=x"])
    assert config.model.output == {"default": "gaussian", "small": "gaussian"}.get(name, name)
