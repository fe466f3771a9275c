"""How a text is spoken, as a whole and word by word."""

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.frontend import load_frontend
from parakeet.voice import Control, Manner
from parakeet.voice.reading import read_sentences


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 0}, "rate: expected a number from 0.1 to 10, received 0"),
        ({"rate": float("inf")}, "rate: expected a number from 0.1 to 10, received inf"),
        ({"rate": 1e-9}, "rate: expected a number from 0.1 to 10, received 1e-09"),
        ({"rate": "fast"}, "rate: expected a number from 0.1 to 10, received 'fast'"),
        ({"rate": None}, "rate: expected a number from 0.1 to 10, received None"),
        ({"pitch_shift": float("nan")}, "pitch_shift: expected a number from -10 to 10, received nan"),
        ({"energy_shift": 11}, "energy_shift: expected a number from -10 to 10, received 11"),
        ({"pause": -1}, "pause: expected a number from 0 to 60, received -1"),
        ({"seed": -1}, "seed: expected 0 or a greater whole number, received -1"),
        ({"seed": 0.5}, "seed: expected 0 or a greater whole number, received 0.5"),
        ({"words": {"really": 2}}, "words: expected words or their numbers with a Control each, received 'really': 2"),
        ({"words": ["really"]}, r"words: expected a dict, received \['really'\]"),
    ],
)
def test_what_no_voice_can_do_is_refused_by_name(options, message):
    with pytest.raises(DataError, match=message):
        Manner(**options)


def test_a_control_has_its_ranges_too():
    with pytest.raises(DataError, match="rate: expected"):
        Control(rate=100)


def test_the_controls_of_a_word_are_put_on_top_of_those_of_the_text():
    (sentence,) = read_sentences(load_frontend("english"), "You see two.")
    manner = Manner(rate=2.0, energy_shift=0.5, words={"see": Control(rate=0.5, pitch_shift=1.0), 2: Control(energy_shift=1.0)})
    values = manner.controls(sentence)
    assert sentence.symbols == ["sil", "Y", "UW1", "S", "IY1", "T", "UW1", "."]
    assert {name: value.tolist() for name, value in values.items()} == {
        "rate": [2, 2, 2, 1, 1, 2, 2, 2],
        "pitch_shift": [0, 0, 0, 1, 1, 0, 0, 0],
        "energy_shift": [0.5, 0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 0.5],
    }
    assert all(value.dtype == np.float32 for value in values.values())


def test_a_number_counts_the_words_of_the_whole_text():
    sentences = list(read_sentences(load_frontend("english"), "See me. See two."))
    manner = Manner(words={3: Control(rate=0.5), "see": Control(rate=2)})
    assert [manner.controls(sentence)["rate"].tolist() for sentence in sentences] == [[1, 2, 2, 1, 1, 1], [1, 2, 2, 0.5, 0.5, 1]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"sea": Control()}, "words: 'sea' is not spoken in this text. Did you mean 'see'. Its words: see me."),
        ({2: Control()}, "words: there is no word 2; the text has 2, counted from 0: see me."),
        ({-1: Control()}, "words: there is no word -1"),
    ],
)
def test_a_word_that_is_not_spoken_is_named(words, message):
    sentences = list(read_sentences(load_frontend("english"), "See me."))
    with pytest.raises(DataError, match=message):
        Manner(words=words).refuse_strangers(sentences)
