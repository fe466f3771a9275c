"""The recogniser with an open vocabulary; its package is an extra, and these tests are skipped without it."""

import sys

import numpy as np
import pytest

from parakeet.errors import DataError, MissingDependencyError
from parakeet.evaluation.moonshine import MoonshineRecognizer


@pytest.fixture(scope="module")
def recognizer():
    pytest.importorskip("moonshine_voice", reason="moonshine-voice is not installed (extra 'listen')")
    return MoonshineRecognizer()


@pytest.fixture(scope="module")
def says():
    """A recording that comes with the package: the beginning of a novel."""
    package = pytest.importorskip("moonshine_voice", reason="moonshine-voice is not installed (extra 'listen')")
    wav, rate = package.load_wav_file(str(package.get_assets_path() / "two_cities.wav"))
    return np.array(wav[: 4 * rate], np.float32), rate


def test_speech_is_understood_and_the_same_words_come_again_whatever_was_heard_before(recognizer, says):
    first = recognizer.transcribe(*says)
    assert "best of times" in first.lower()
    recognizer.transcribe(np.random.default_rng(0).normal(scale=0.1, size=16000), 16000)
    assert recognizer.transcribe(*says) == first


def test_next_to_nothing_holds_no_words(recognizer):
    assert recognizer.transcribe(np.zeros(0), 16000) == ""
    assert recognizer.transcribe(np.zeros(800), 16000) == ""


def test_a_wav_of_two_channels_is_refused(recognizer):
    with pytest.raises(DataError, match=r"expected one channel of finite samples, received shape \(2, 16000\)"):
        recognizer.transcribe(np.zeros((2, 16000)), 16000)


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "moonshine_voice", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "parakeet-tts\[listen\]"'):
        MoonshineRecognizer()


def test_a_package_without_a_model_is_named_and_nothing_is_fetched(monkeypatch, tmp_path):
    package = pytest.importorskip("moonshine_voice", reason="moonshine-voice is not installed (extra 'listen')")
    monkeypatch.setattr(package, "get_model_path", lambda name: tmp_path / "none")
    with pytest.raises(MissingDependencyError, match="needs the model 'tiny-en', which this version of moonshine-voice does not"):
        MoonshineRecognizer()
