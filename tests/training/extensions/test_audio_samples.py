"""AudioSamples: wav files one can listen to, and pictures for the dashboard."""

import wave

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.errors import RunError
from parakeet.training.extensions import AudioSamples
from parakeet.training.extensions.media import Audio, Picture
from parakeet.training.testing import mock_trainer


def read(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()


def speak(sentence):
    return {"wav": np.full(100, len(sentence) / 10, "f4"), "sample_rate": 16000, "mel": np.random.rand(7, 5)}


def run(out, *arguments, **options):
    seen = []
    trainer = mock_trainer((4, "iteration"), 2, out, [AudioSamples(*arguments, **options)])
    trainer.extend(lambda t: seen.append(dict(t.observation)), name="look")
    trainer.run()
    return seen


def test_each_sentence_becomes_a_file_at_each_interval(tmp_path):
    run(tmp_path, speak, ["Hello", "No! Él"])
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()) == [
        f"samples/{i:08d}/{name}" for i in (2, 4) for name in ("00.wav", "01.wav", "sentences.txt")
    ]
    samples, rate = read(tmp_path / "samples" / "00000004" / "01.wav")
    assert (len(samples), set(samples.tolist()), rate) == (100, {round(0.6 * 32767)}, 16000)
    assert (tmp_path / "samples" / "00000002" / "sentences.txt").read_text(encoding="utf-8") == "00 Hello\n01 No! Él\n"


def test_sounds_and_pictures_are_reported(tmp_path):
    def speak_with_alignment(sentence):
        return {"wav": paddle.zeros([1, 50]), "sample_rate": 8000, "mel": paddle.rand([7, 5]), "alignment": np.eye(4)}

    seen = run(tmp_path, speak_with_alignment, "one")
    assert [sorted(observation) for observation in seen] == [
        [],
        ["samples/00", "samples/00.alignment", "samples/00.mel"],
    ] * 2
    audio, mel = seen[1]["samples/00"], seen[1]["samples/00.mel"]
    assert isinstance(audio, Audio)
    assert (audio.wav.shape, audio.sample_rate) == ((50,), 8000)
    assert isinstance(mel, Picture)
    assert mel.pixels.shape == (10, 14, 3)


def test_a_sound_that_is_no_sound_is_a_file_all_the_same(tmp_path):
    run(tmp_path, lambda sentence: {"wav": np.array([np.nan, 5.0, -5.0]), "sample_rate": 16000}, ["x"])
    assert read(tmp_path / "samples" / "00000002" / "00.wav")[0].tolist() == [0, 32767, -32767]


def test_who_says_nothing_yet_leaves_an_empty_file_and_nothing_to_show(tmp_path):
    silence = {"wav": np.zeros(0, "f4"), "sample_rate": 16000, "mel": np.zeros((0, 5)), "alignment": np.zeros((0, 3))}
    seen = run(tmp_path, lambda sentence: silence, ["Hello"])
    assert len(read(tmp_path / "samples" / "00000002" / "00.wav")[0]) == 0
    assert not any(name.startswith("samples/") for observation in seen for name in observation)


def test_it_speaks_in_evaluation_mode_and_disturbs_nothing(tmp_path):
    net, said = nn.Dropout(0.5), []

    def speak(sentence):
        assert not net.training
        assert not paddle.is_grad_enabled()
        said.append(paddle.rand([]).item())
        return {"wav": np.zeros(3), "sample_rate": 16000}

    paddle.seed(3)
    expected = paddle.rand([]).item()
    paddle.seed(3)
    run(tmp_path, speak, ["a", "b"], model=net)
    assert paddle.rand([]).item() == expected
    assert said[:2] == said[2:]
    assert net.training


def test_it_leaves_off_when_the_run_is_asked_to_stop(tmp_path):
    def speak(sentence):
        trainer.request_stop("SIGTERM")
        return {"wav": np.zeros(3), "sample_rate": 16000}

    trainer = mock_trainer((4, "iteration"), 2, tmp_path, [AudioSamples(speak, ["a", "b", "c"])])
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert [path.name for path in sorted((tmp_path / "samples" / "00000002").glob("*.wav"))] == ["00.wav"]


def test_there_must_be_something_to_say():
    with pytest.raises(RunError, match="AudioSamples needs a sentence to speak, at least"):
        AudioSamples(speak, [])
