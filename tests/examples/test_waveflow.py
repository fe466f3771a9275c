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
from parakeet.errors import ConfigError
from parakeet.experiments.samples import load_sample_model
from parakeet.preparation.prepare import PrepareConfig, prepare

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "waveflow"


def run(script, *arguments, code=0):
    return run_python(EXAMPLE / script, *arguments, code=code)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus", splits=("train",) * 4 + ("valid",) * 2 + ("test",))
    return prepare(folder / "corpus", folder / "prepared", PrepareConfig(), workers=1)


@pytest.fixture(scope="module")
def trained(prepared, tmp_path_factory):
    """A run that was left and resumed."""
    folder = tmp_path_factory.mktemp("waveflow") / "run"
    options = ["--config", EXAMPLE / "configs/tiny.yaml", "--data", prepared.directory, "--output", folder]
    run("train.py", "train", *options, "training.stop=[3, iteration]")
    run("train.py", "resume", folder, "training.stop=[6, iteration]")
    return folder


def test_it_is_trained_left_resumed_and_heard(trained, prepared, tmp_path):
    rows = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows] == [2, 4, 6]
    assert rows[-1]["loss"] < rows[0]["loss"] < 0.5 * np.log(2 * np.pi) + 0.5
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
    with loaded_example("waveflow") as loaded:
        yield loaded


def build(experiment_class, prepared, folder, *overrides):
    overrides = [f"data.path={prepared.directory}", *overrides]
    return experiment_class(load_config(experiment_class.config_class, EXAMPLE / "configs/tiny.yaml", overrides), folder)


def test_the_statistics_of_the_data_come_with_the_weights(trained, prepared):
    model, _ = load_sample_model(trained, "waveflow")
    for name in ("mel_mean", "mel_std"):
        np.testing.assert_allclose(getattr(model, name).numpy().ravel(), prepared.statistics[name], rtol=1e-6)


def test_recordings_are_moved_off_the_grid_of_their_numbers(experiment_class, prepared, tmp_path):
    train, _ = build(experiment_class, prepared, tmp_path).build_data()
    steps = next(train.iterator(epoch=0))["wav"] * 2**15
    assert np.abs(steps - np.round(steps)).max() > 0.4


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.upsample_scales=[16, 8]", "model: it makes 128 samples of a frame; the frames of"),
        ("model.n_flows=3", "model: WaveFlow: expected even numbers of flows and rows"),
        ("model.kernel_size=[3, 2]", "model: RowCausalConv2D: a column has two sides"),
        ("model.heigth=8", "Did you mean 'height'?"),
    ],
)
def test_what_can_not_be_trained_is_told_before_it_begins(experiment_class, prepared, tmp_path, override, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        build(experiment_class, prepared, tmp_path, override).setup()


@pytest.mark.parametrize("name", ["default", "small"])
def test_the_configurations_are_read(experiment_class, name):
    load_config(experiment_class.config_class, EXAMPLE / "configs" / f"{name}.yaml", ["data.path=x"])
