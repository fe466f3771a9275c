"""Tacotron 2 on its tiny configuration: trained, left, resumed, spoken; its configurations; and what can't be asked of its voice."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from loading import example_config, run_python
from making import make_corpus

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ConfigError, DataError
from parakeet.models.tacotron2 import SIZES
from parakeet.preparation.prepare import prepare
from parakeet.preparation.store import PreparedData
from parakeet.voice import Voice
from parakeet.voice.engines.export import export_voice
from parakeet.voice.pack import pack_voice
from parakeet.voice.prediction import predict_spectra

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "tacotron2"


def config(name, *overrides):
    return example_config("tacotron2", name, *overrides)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tacotron2")
    make_corpus(folder / "corpus")
    prepare(folder / "corpus", folder / "prepared", workers=1)
    options = ["--config", EXAMPLE / "configs/tiny.yaml", "--data", folder / "prepared"]
    run_python(EXAMPLE / "train.py", "train", *options, "--output", folder / "run", "training.stop=[3,iteration]")
    return folder


def test_it_is_resumed_and_speaks(place):
    run = place / "run"
    assert "resumed from" in run_python("-m", "parakeet", "resume", run, "training.stop=[6,iteration]")
    assert SnapshotStore(run / "snapshots").newest().step == 6
    assert list((run / "samples").rglob("*.wav"))
    run_python(EXAMPLE / "synthesis.py", run, place / "prepared", place / "out")
    wavs = {path.name: soundfile.read(path)[0] for path in (place / "out").iterdir()}
    assert sorted(wavs) == ["u10-copy.wav", "u10.wav", "u11-copy.wav", "u11.wav"]
    assert all(np.isfinite(wav).all() for wav in wavs.values())


def test_its_voice_tells_when_it_said_what_and_says_the_same_again(place):
    voice = Voice.load(place / "run")
    speech = voice.speak("See me.")
    assert speech.durations.sum() == len(speech.mel)
    np.testing.assert_array_equal(speech.wav, voice.speak("See me.").wav)


def test_its_voice_refuses_to_be_steered(place):
    with pytest.raises(DataError, match="rate: the model of this voice, Tacotron2, speaks as it was trained to; .* of it: nothing. Leave"):
        Voice.load(place / "run").speak("See me.", rate=1.5)


def test_its_voice_is_not_exported(place):
    pack_voice(place / "run", place / "voice")
    with pytest.raises(DataError, match="its acoustic model, tacotron2, makes each frame after those before it"):
        export_voice(place / "voice")


def test_its_spectra_along_the_recordings_have_their_frames(place):
    prepared = PreparedData(place / "prepared")
    predict_spectra(place / "run", prepared, place / "predicted", splits=("valid",))
    for i in prepared.indices("valid"):
        assert np.load(place / "predicted" / "mel" / f"{prepared.describe(i)}.npy").shape == prepared[i]["mel"].shape


@pytest.mark.parametrize("name", ["paper", "small"])
def test_the_configurations_have_the_sizes_the_model_publishes(name):
    assert SIZES[name].items() <= config(name).model.model_dump().items()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model.channels=15", "two directions share the encoder's channels, so they are even; they are 15"),
        ("model.location_kernel_size=4", "a kernel has a middle, so its size is odd; it is 4"),
        ("model.frames_a_step=4", r"model.frames_a_step: unknown key. Did you mean 'frames_per_step'\?"),
    ],
)
def test_parts_that_do_not_fit_are_named(setting, message):
    with pytest.raises(ConfigError, match=message):
        config("tiny", setting)
