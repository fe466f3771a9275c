"""Transformer TTS on its tiny configuration: trained, left, resumed, spoken; then the teacher of FastSpeech, which is so, too."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from loading import example_config, run_python
from making import make_corpus

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ConfigError, DataError
from parakeet.experiments.teacher import TaughtData
from parakeet.preparation.prepare import prepare
from parakeet.voice import Voice

ROOT = Path(__file__).parent.parent.parent
SPOKEN = ["u10-copy.wav", "u10.wav", "u11-copy.wav", "u11.wav"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_corpus(folder / "corpus")
    return prepare(folder / "corpus", folder / "prepared", workers=1)


def train_leave_and_resume(example, prepared, run, *overrides):
    options = ["--config", ROOT / f"examples/{example}/configs/tiny.yaml", "--data", prepared.directory, "--output", run]
    run_python(ROOT / f"examples/{example}/train.py", "train", *options, "training.stop=[3,iteration]", *overrides)
    assert "resumed from" in run_python("-m", "parakeet", "resume", run, "training.stop=[6,iteration]")
    assert SnapshotStore(run / "snapshots").newest().step == 6
    return run


@pytest.fixture(scope="module")
def teacher(prepared, tmp_path_factory):
    return train_leave_and_resume("transformer_tts", prepared, tmp_path_factory.mktemp("teacher") / "run")


@pytest.fixture(scope="module")
def durations(teacher, prepared, tmp_path_factory):
    file = tmp_path_factory.mktemp("durations") / "durations.jsonl"
    said = run_python(ROOT / "examples/fastspeech/durations.py", teacher, prepared.directory, file)
    assert f"{file}: 10 utterances, focus rate 0." in said
    return file


def test_a_teacher_is_trained_left_resumed_and_speaks(teacher, prepared, tmp_path):
    run_python(ROOT / "examples/transformer_tts/synthesis.py", teacher, prepared.directory, tmp_path / "out")
    wavs = {path.name: soundfile.read(path)[0] for path in (tmp_path / "out").iterdir()}
    assert sorted(wavs) == SPOKEN
    assert all(np.isfinite(wav).all() and len(wav) for wav in wavs.values())


def test_a_teacher_that_can_not_be_steered_says_so(teacher):
    voice = Voice.load(teacher)
    speech = voice.speak("See me.")
    assert speech.durations.sum() == len(speech.mel) > 0
    with pytest.raises(DataError, match="rate: the model of this voice, TransformerTTS, speaks as it was trained to"):
        voice.speak("See me.", rate=1.5)


def test_a_pupil_is_trained_on_its_durations_and_speaks_at_any_rate(prepared, durations, tmp_path):
    run = train_leave_and_resume("fastspeech", prepared, tmp_path / "run", f"data.durations={durations}")
    run_python(ROOT / "examples/fastspeech/synthesis.py", run, prepared.directory, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == SPOKEN
    voice = Voice.load(run)
    plain, fast = (voice.speak("See me.", rate=rate).durations for rate in (1.0, 2.0))
    np.testing.assert_array_equal(fast, np.floor(plain / 2 + 0.5))
    with pytest.raises(DataError, match="pitch_shift: the model of this voice, FastSpeech, .* can be changed of it: rate"):
        voice.speak("See me.", pitch_shift=1.0)


def test_what_a_teacher_says_fits_every_utterance(prepared, durations):
    taught, lines = TaughtData(prepared.directory, durations), [json.loads(line) for line in durations.read_text().splitlines()]
    assert all(0 < line["focus_rate"] <= 1 for line in lines)
    named = {line["utt_id"]: line["durations"] for line in lines}
    for i in prepared.indices("train"):
        example = taught[i]
        assert example["durations"].tolist() == named[example["utt_id"]]
        assert example["durations"].sum() == len(example["mel"])
    assert taught.fingerprint() != prepared.fingerprint()
    test = prepared.indices("test")[0]
    assert taught[test]["durations"].tolist() == prepared[test]["durations"].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines[1:], "has no durations of the utterance 'u"),
        (lambda lines: [{**lines[0], "durations": [1, 2]}, *lines[1:]], "are of 2 symbols and 3 frames, none negative; the utterance in"),
        (lambda lines: [{"utt_id": "u0"}, *lines[1:]], "expected lines with utt_id and durations; one has none"),
    ],
)
def test_durations_that_do_not_fit_are_named(prepared, durations, tmp_path, change, message):
    lines = change([json.loads(line) for line in durations.read_text().splitlines()])
    file = tmp_path / "durations.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(DataError, match=message):
        TaughtData(prepared.directory, file)


@pytest.mark.parametrize("example", ["transformer_tts", "fastspeech"])
def test_the_papers_configurations_have_the_papers_sizes(example):
    module = importlib.import_module(f"parakeet.models.{example}")
    assert module.SIZES["paper"].items() <= example_config(example, "paper").model.model_dump().items()


@pytest.mark.parametrize("example", ["transformer_tts", "fastspeech"])
def test_heads_that_can_not_share_the_channels_are_named(example):
    with pytest.raises(ConfigError, match="channels: 15 are no even number that 2 heads can share"):
        example_config(example, "tiny", "model.channels=15")
