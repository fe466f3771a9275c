"""Deep Voice 3 on its tiny configuration: trained, left, resumed, spoken, with the slope of its data; and its configurations."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from loading import example_config, run_python
from making import make_corpus

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ConfigError, DataError
from parakeet.models.deepvoice3 import SIZES
from parakeet.preparation.prepare import prepare
from parakeet.preparation.store import PreparedData
from parakeet.voice import Voice
from parakeet.voice.description import VoiceDescription

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "deepvoice3"


def config(name, *overrides):
    return example_config("deepvoice3", name, *overrides)


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
    prepared = PreparedData(tmp_path / "prepared")
    train = [prepared[i] for i in prepared.indices("train")]
    slope = sum(len(example["mel"]) for example in train) / sum(len(example["phones"]) for example in train)
    assert VoiceDescription.load(run).acoustic.options["key_rate"] == pytest.approx(slope, abs=0.01)
    voice = Voice.load(run)
    speech = voice.speak("See me.", rate=2.0)
    assert speech.durations.sum() == len(speech.mel) > 0
    with pytest.raises(DataError, match="DeepVoice3, speaks as it was trained to; what can be changed of it: rate"):
        voice.speak("See me.", pitch_shift=1.0)
    run_python(EXAMPLE / "synthesis.py", run, tmp_path / "prepared", tmp_path / "out")
    wavs = {path.name: soundfile.read(path)[0] for path in (tmp_path / "out").iterdir()}
    assert sorted(wavs) == ["u10-copy.wav", "u10.wav", "u11-copy.wav", "u11.wav"]
    assert all(np.isfinite(wav).all() for wav in wavs.values())


def test_the_paper_s_configuration_has_the_size_the_model_publishes():
    published = {name: value for name, value in SIZES["single"].items() if name not in ("key_rate", "n_speakers")}
    assert published.items() <= config("paper").model.model_dump().items()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model.decoder_widths=[8]", "decoder_widths: the last is 8, embedding_channels 16; queries and keys have as many channels"),
        ("model.frames_per_step=3", "frames_per_step: 3 frames do not share 16 channels, the last of decoder_widths"),
        ("model.encoder_kernel_size=4", "a kernel has a middle, so its size is odd; it is 4"),
        ("model.key_rat=4", r"model.key_rat: unknown key. Did you mean 'key_rate'\?"),
    ],
)
def test_parts_that_do_not_fit_are_named(setting, message):
    with pytest.raises(ConfigError, match=message):
        config("tiny", setting)


def test_an_odd_number_of_channels_is_refused():
    with pytest.raises(ConfigError, match="embedding_channels: 15 is odd; positions are sines and as many cosines"):
        config("tiny", "model.decoder_widths=[15]", "model.embedding_channels=15", "model.frames_per_step=1")
