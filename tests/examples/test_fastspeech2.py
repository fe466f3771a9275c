"""FastSpeech 2 on its tiny configuration: trained, left, resumed, spoken; and its configurations."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from loading import example_config, run_python
from making import make_corpus

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ConfigError
from parakeet.models.fastspeech2 import SIZES
from parakeet.preparation.prepare import prepare

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "fastspeech2"


def config(name, *overrides):
    return example_config("fastspeech2", name, *overrides)


def test_it_is_trained_left_resumed_and_speaks(tmp_path):
    make_corpus(tmp_path / "corpus")
    prepare(tmp_path / "corpus", tmp_path / "prepared", workers=1)
    run, options = tmp_path / "run", ["--config", EXAMPLE / "configs/tiny.yaml", "--data", tmp_path / "prepared"]
    run_python(EXAMPLE / "train.py", "train", *options, "--output", run, "training.stop=[3,iteration]")
    assert "resumed from" in run_python("-m", "parakeet", "resume", run, "training.stop=[6,iteration]")
    snapshot = SnapshotStore(run / "snapshots").newest()
    assert snapshot.step == 6
    average, weights = snapshot.load_part("extensions")["EMA"]["average"]["main"], snapshot.load_part("models")["main"]
    assert {name for name in weights if name not in average} == {"mel_mean", "mel_std"}
    assert any(np.abs(average[name] - weights[name]).max() > 0 for name in average)
    run_python(EXAMPLE / "synthesis.py", run, tmp_path / "prepared", tmp_path / "out")
    wavs = {path.name: soundfile.read(path)[0] for path in (tmp_path / "out").iterdir()}
    assert sorted(wavs) == ["u10-copy.wav", "u10.wav", "u11-copy.wav", "u11.wav"]
    assert all(np.isfinite(wav).all() for wav in wavs.values())


@pytest.mark.parametrize(("name", "size"), [("default", "paper"), ("small", "small")])
def test_the_configurations_have_the_sizes_the_model_publishes(name, size):
    assert SIZES[size].items() <= config(name).model.model_dump().items()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model.channels=15", "channels: 15 are no even number that 2 heads can share"),
        ("model.postnet_blocks=1", "a post-net has 2 convolutions at least; 0 is for none"),
        ("model.head=4", r"model.head: unknown key. Did you mean 'heads'\?"),
    ],
)
def test_parts_that_do_not_fit_are_named(setting, message):
    with pytest.raises(ConfigError, match=message):
        config("tiny", setting)
