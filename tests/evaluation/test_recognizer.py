import pickle
import sys

import numpy as np
import pytest

from parakeet.errors import DataError, MissingDependencyError
from parakeet.evaluation.intelligibility import word_errors
from parakeet.evaluation.recognizer import BigramRecognizer
from parakeet.frontend.pronunciation import WordPronunciation

PHONES = {
    "please": "P L IY1 Z", "open": "OW1 P AH0 N", "the": "DH AH0", "window": "W IH1 N D OW0", "now": "N AW1", "a": "AH0",
    "she": "SH IY1", "reads": "R IY1 D Z", "seven": "S EH1 V AH0 N", "books": "B UH1 K S", "parakeets": "P EH1 R AH0 K IY0 T S",
    "big": "B IH1 G", "fish": "F IH1 SH", "jumps": "JH AH1 M P S", "over": "OW1 V ER0", "house": "HH AW1 S",
}  # fmt: skip
TEXTS = ["Please open the window now.", "She reads seven books.", "A big fish jumps over the house.", "Parakeets."]


def pronounce(text):
    words = [WordPronunciation(w, tuple(PHONES[w].split()), "cmudict") for w in text.lower().rstrip(".").split()]
    return [*words, WordPronunciation(".", (".",), "punctuation")]


@pytest.fixture(scope="module")
def recognizer():
    pytest.importorskip("pocketsphinx")
    return BigramRecognizer(TEXTS, pronounce)


def test_the_dictionary_holds_the_words_of_the_texts_with_the_variants_of_both_sources(recognizer):
    entries = dict(line.split(" ", 1) for line in recognizer.dictionary.splitlines())
    assert {name.split("(")[0] for name in entries} == {w for text in TEXTS for w in text.lower().rstrip(".").split()}
    assert entries["parakeets"] == "P EH R AH K IY T S", "from the frontend alone"
    assert {entries["a"], entries["a(2)"]} == {"AH", "EY"}, "the second is of the dictionary that comes with pocketsphinx"
    assert len(entries) == len(recognizer.dictionary.splitlines())


def test_spoken_texts_are_understood_whatever_was_heard_before(recognizer, say):
    spoken = [say(text) for text in TEXTS[:3]]
    heard = [recognizer.transcribe(wav, rate) for wav, rate, _ in spoken]
    errors, words = np.sum([word_errors(text, hypothesis) for text, hypothesis in zip(TEXTS, heard, strict=False)], axis=0)
    assert words == 16
    assert errors <= 2, heard  # formant synthesis is no person: a little may be misheard
    assert [recognizer.transcribe(0.1 * wav, rate) for wav, rate, _ in reversed(spoken)] == heard[::-1]
    copy = pickle.loads(pickle.dumps(recognizer))
    assert copy.transcribe(*spoken[0][:2]) == heard[0]


def test_noise_is_not_taken_for_a_long_text(recognizer):
    noise = np.random.default_rng(0).normal(scale=0.1, size=16000).astype(np.float32)
    assert len(recognizer.transcribe(noise, 16000).split()) < 4


def test_texts_without_words_are_refused(recognizer):
    with pytest.raises(DataError, match="the texts hold no word"):
        BigramRecognizer([], pronounce)


def test_a_wav_of_two_channels_is_refused(recognizer):
    with pytest.raises(DataError, match=r"received float32 of shape \(100, 2\)"):
        recognizer.transcribe(np.zeros((100, 2), dtype=np.float32), 16000)


def test_a_missing_pocketsphinx_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(MissingDependencyError, match=r"Recognising speech needs 'pocketsphinx'.*parakeet-tts\[eval\]"):
        BigramRecognizer(TEXTS, pronounce)
