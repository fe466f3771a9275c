import itertools
import json

import numpy as np
import pytest

from parakeet.audio.mel import MelConfig
from parakeet.errors import DataError
from parakeet.evaluation.intelligibility import (
    Utterance,
    bootstrap_interval,
    derangement,
    edit_distance,
    evaluate_intelligibility,
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


def test_the_interval_holds_the_rate_and_narrows_with_more_utterances():
    random = np.random.default_rng(0)
    words = random.integers(3, 15, size=2000)
    errors = random.binomial(words, 0.1)
    widths = []
    for n in (50, 500, 2000):
        low, high = bootstrap_interval(errors[:n], words[:n])
        assert low < errors[:n].sum() / words[:n].sum() < high
        widths.append(high - low)
    assert widths[0] > 2 * widths[1] > 3 * widths[2]


def test_the_interval_covers_the_true_rate_about_as_often_as_it_says():
    random = np.random.default_rng(1)
    covered = 0
    for _ in range(200):
        words = random.integers(3, 15, size=60)
        low, high = bootstrap_interval(random.binomial(words, 0.2), words, confidence=0.9, resamples=300)
        covered += low <= 0.2 <= high
    assert 165 <= covered <= 192


def test_the_interval_is_the_same_for_the_same_seed():
    assert bootstrap_interval([1, 0, 2], [3, 4, 5]) == bootstrap_interval([1, 0, 2], [3, 4, 5])
    assert bootstrap_interval([0, 0], [3, 4]) == (0.0, 0.0)


@pytest.mark.parametrize(("errors", "words"), [([], []), ([1], [1, 2]), ([0], [0])])
def test_an_interval_of_nothing_is_refused(errors, words):
    with pytest.raises(DataError, match="at least one word, received shapes"):
        bootstrap_interval(errors, words)


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


TEXTS = ["Please hold.", "Enter 2 numbers.", "Goodbye!", "Don't hang up."]


def spoken(text):
    """A wav that a recogniser of this file can read: its level tells the text."""
    return np.full(8000, (TEXTS.index(text) + 1) / 10, dtype=np.float32)


class Reader:
    """Hears the text by the level of the wav; noise of any kind is not understood."""

    def transcribe(self, wav, sample_rate):
        assert sample_rate == 16000
        if wav.std() > 1e-6:
            return ""
        return ["please hold", "enter two numbers", "good", "dont hang up"][round(float(wav[0]) * 10) - 1]


def normalize(text):
    return text.replace("2", "two")


def test_a_voice_stands_between_its_anchors():
    utterances = [Utterance(f"u{i}", text, spoken(text), 16000) for i, text in enumerate(TEXTS)]

    def mumble(text):
        return spoken("Please hold."), 16000

    config = MelConfig()
    result = evaluate_intelligibility(utterances, Reader(), synthesize=mumble, mel_config=config, normalize=normalize)
    rates = {name: condition.word_error_rate for name, condition in result.conditions.items()}
    assert list(rates) == ["recorded", "copy synthesis", "synthesised", "wrong text"]
    assert rates["recorded"] == pytest.approx(1 / 9)
    assert rates["copy synthesis"] == 1.0
    assert rates["synthesised"] == pytest.approx((0 + 3 + 2 + 3) / 9)
    assert rates["wrong text"] >= 7 / 9
    assert result.conditions["synthesised"].hypotheses == ["please hold"] * 4
    assert result.conditions["recorded"].utt_ids == ["u0", "u1", "u2", "u3"]


def test_wrong_texts_are_scored_against_the_voice_or_the_recordings():
    utterances = [Utterance(f"u{i}", text, spoken(text), 16000) for i, text in enumerate(TEXTS)]
    result = evaluate_intelligibility(utterances, Reader(), normalize=normalize)
    assert list(result.conditions) == ["recorded", "wrong text"]
    assert result.conditions["wrong text"].hypotheses == result.conditions["recorded"].hypotheses
    assert result.conditions["wrong text"].word_error_rate >= 8 / 9
    assert sorted(result.conditions["wrong text"].references) == sorted(result.conditions["recorded"].references)


def test_sentences_without_a_recording_are_spoken_all_the_same():
    utterances = [Utterance("a", TEXTS[0], spoken(TEXTS[0]), 16000), Utterance("b", TEXTS[1])]
    result = evaluate_intelligibility(utterances, Reader(), synthesize=lambda text: (spoken(text), 16000), normalize=normalize)
    assert {name: len(c.errors) for name, c in result.conditions.items()} == {"recorded": 1, "synthesised": 2, "wrong text": 2}


def test_a_result_can_be_printed_and_stored():
    utterances = [Utterance(f"u{i}", text, spoken(text), 16000) for i, text in enumerate(TEXTS)]
    result = evaluate_intelligibility(utterances, Reader(), normalize=normalize)
    header, recorded, wrong = result.table().splitlines()
    assert header.split() == ["condition", "WER", "%", "95", "%", "interval", "utterances", "words"]
    assert recorded.split()[:2] == ["recorded", "11.1"]
    assert recorded.split()[-2:] == ["4", "9"]
    assert wrong.startswith("wrong text ")
    stored = json.loads(json.dumps(result.to_dict()))
    assert stored["recorded"]["errors"] == [0, 0, 1, 0]
    assert stored["recorded"]["interval"][0] <= stored["recorded"]["word_error_rate"] <= stored["recorded"]["interval"][1]


def test_what_can_not_be_evaluated_is_refused():
    with pytest.raises(DataError, match="there is nothing to listen to; give utterances with recordings, or a voice"):
        evaluate_intelligibility([Utterance("a", "One."), Utterance("b", "Two.")], Reader())
    with pytest.raises(DataError, match=r"utterance b: its text '\.\.\.' holds no word; leave it out"):
        evaluate_intelligibility([Utterance("a", "One."), Utterance("b", "...")], Reader())
