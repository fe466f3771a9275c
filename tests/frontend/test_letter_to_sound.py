import importlib.util
import sys
import time
from pathlib import Path

import pytest

from parakeet.errors import TextError
from parakeet.frontend.arpabet import is_vowel, without_stress
from parakeet.frontend.dictionary import cmudict
from parakeet.frontend.letter_to_sound import LetterToSound, english_letter_to_sound

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture(scope="module")
def model():
    return english_letter_to_sound()


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("blarp", "B L AA1 R P"),
        ("shrank", "SH R AE1 NG K"),
        ("quipster", "K W IH1 P S T ER0"),
        ("tokenization", "T OW1 K AH0 N IH0 Z EY2 SH AH0 N"),
        ("unmuting", "AH0 N M Y UW1 T IH0 NG"),
        ("spectrograms", "S P EH1 K T R AH0 G R AE2 M Z"),
    ],
)
def test_words_sound_as_they_are_spelled(model, word, phones):
    assert " ".join(model.pronounce(word)) == phones


def test_a_word_with_vowels_has_exactly_one_primary_stress(model):
    for word in ("zorbify", "gamechanger", "kowalski", "antidisestablishmentarianismic", "aeiou", "brrrump"):
        phones = model.pronounce(word)
        assert sum(phone.endswith("1") for phone in phones) == 1, (word, phones)


def test_most_words_it_was_trained_on_come_out_right_without_being_stored(model):
    words = [word for word in cmudict() if word.isalpha() and word.isascii()][::400]
    right = sum(
        without_stress(model.pronounce(word)) in map(without_stress, cmudict().variants(word)) for word in words
    )
    assert right / len(words) > 0.85


def test_it_reads_hundreds_of_words_a_second(model):
    words = [
        f"{first}{middle}{last}"
        for first in ("stro", "bla", "quin")
        for middle in ("tter", "mpl")
        for last in ("ings", "ation", "o")
    ]
    begin = time.process_time()
    for word in words:
        model.pronounce(word)
    assert len(words) / (time.process_time() - begin) > 100  # 600 on an idle core


@pytest.mark.parametrize("word", ["", "Abc", "a1", "can't", "naïve"])
def test_anything_but_letters_a_to_z_is_refused(model, word):
    with pytest.raises(TextError, match="letters a to z"):
        model.pronounce(word)


def test_a_model_can_be_trained_and_read_back(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    build, training = load("build_english_resources"), load("letter_to_sound_training")
    words = [word for word in cmudict() if word.isalpha() and word.isascii() and len(word) < 7][::16]
    pairs = [(word, list(cmudict().find(word))) for word in words]
    build.write_model(tmp_path / "model.npz", training.train(pairs, order=5, gain=0.0, rare=2, log=lambda line: None))
    small = LetterToSound.from_bytes((tmp_path / "model.npz").read_bytes())
    right = sum(without_stress(small.pronounce(word)) == without_stress(phones) for word, phones in pairs)
    assert right / len(pairs) > 0.8
    assert all(any(map(is_vowel, small.pronounce(word))) for word in ("banana", "tilling"))
    build.write_model(tmp_path / "again.npz", training.train(pairs, order=5, gain=0.0, rare=2, log=lambda line: None))
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "model.npz").read_bytes()


def load(name):
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
