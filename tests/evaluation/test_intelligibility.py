import itertools

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.evaluation.intelligibility import (
    character_errors,
    derangement,
    edit_distance,
    misheard,
    word_errors,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't press 1, please!", ["dont", "press", "1", "please"]),
        ("Voice-mail — that’s “all” …", ["voice", "mail", "thats", "all"]),
        ("  ", []),
        ("CAFÉ à 9:30", ["café", "à", "9", "30"]),
    ],
)
def test_words_are_compared_without_case_punctuation_and_apostrophes(text, words):
    assert words_of(text) == words


def test_numbers_are_written_out_before_they_are_compared():
    def normalize(text):
        return text.replace("42", "forty-two")

    assert word_errors("Press 42.", "press forty two", normalize) == (0, 3)


def slow_distance(reference, hypothesis):
    """The definition."""
    if not reference or not hypothesis:
        return len(reference) + len(hypothesis)
    same = slow_distance(reference[1:], hypothesis[1:]) + (reference[0] != hypothesis[0])
    return min(same, slow_distance(reference[1:], hypothesis) + 1, slow_distance(reference, hypothesis[1:]) + 1)


def test_the_edit_distance_is_the_fewest_edits():
    sequences = ["".join(s) for n in range(5) for s in itertools.product("ab", repeat=n)]
    for reference, hypothesis in itertools.product(sequences, sequences):
        assert edit_distance(reference, hypothesis) == slow_distance(reference, hypothesis)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        ("the man sees the moon", "the man sees the moon", (0, 5)),
        ("the man sees the moon", "", (5, 5)),
        ("the man sees the moon", "a man sees moon", (2, 5)),
        ("yes", "no no no", (3, 1)),
    ],
)
def test_substitutions_deletions_and_insertions_are_errors(reference, hypothesis, expected):
    assert word_errors(reference, hypothesis) == expected


def test_characters_are_counted_with_the_spaces_between_words():
    assert character_errors("See me!", "see me") == (0, 6)
    assert character_errors("see me", "seeme") == (1, 6)
    assert character_errors("Press 2", "press two", lambda text: text.replace("2", "two")) == (0, 9)


@pytest.mark.parametrize(
    ("reference", "hypothesis", "expected"),
    [
        ("a b c", "a b c", ["a", "b", "c"]),
        ("a b c", "a x c", ["a", "x", "c"]),
        ("a b c", "a c", ["a", None, "c"]),
        ("a b c d e", "a x c e f", ["a", "x", "c", None, "e"]),
        ("a b", "x y a b", ["a", "b"]),
        ("a", "", [None]),
        ("", "a", []),
    ],
)
def test_each_word_is_told_with_what_was_heard_in_its_place(reference, hypothesis, expected):
    words = reference.split()
    assert misheard(words, hypothesis.split()) == list(zip(words, expected, strict=True))


def test_words_that_were_changed_or_left_out_are_the_errors_that_are_no_insertions():
    random = np.random.default_rng(0)
    for _ in range(50):
        one, other = (list(random.choice(list("abcd"), random.integers(0, 9))) for _ in range(2))
        pairs = misheard(one, other)
        wrong = sum(word != heard for word, heard in pairs)
        inserted = len(other) - sum(heard is not None for _, heard in pairs)
        assert wrong + inserted == edit_distance(one, other)


@pytest.mark.parametrize("texts", [["a", "b"], ["a", "a", "b", "b"], ["a", "b", "a", "c", "b", "d", "a", "e"], list("abcdefghij")])
def test_a_derangement_uses_each_text_once_and_never_an_equal_one(texts):
    for seed in range(20):
        chosen = derangement(texts, seed)
        assert sorted(chosen) == list(range(len(texts)))
        assert all(texts[i] != texts[j] for i, j in enumerate(chosen))
        assert chosen == derangement(texts, seed)


@pytest.mark.parametrize("texts", [[], ["a"], ["a", "a", "b"]])
def test_a_derangement_needs_enough_other_texts(texts):
    with pytest.raises(DataError, match="of [013] texts are the same"):
        derangement(texts)
