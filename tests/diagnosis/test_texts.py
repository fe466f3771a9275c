"""Texts: what in them may be spoken otherwise, what is no speech, which sounds are there, and whether a recording says them."""

import pytest

from parakeet.diagnosis.coverage import cover
from parakeet.diagnosis.matching import match
from parakeet.diagnosis.reading import cached_frontend, read, suspicious
from parakeet.diagnosis.survey import Survey, Utterance


@pytest.mark.parametrize(
    ("text", "odd", "markup"),
    [
        ("He came home, didn't he?", (), ()),
        ("It was in 1905.", ("1905",), ()),
        ("Dr. Smith paid $2.50 & left.", ("Dr.", "$2.50", "&"), ()),
        ("The FBI met J. R. R. Tolkien, etc.", ("FBI", "etc."), ()),
        ("No. I said no.", (), ()),
        ("No. 5 is alive.", ("No.", "5"), ()),
        ("I THINK THAT THIS WAS SHOUTED.", (), ()),
        ("Well [laughs] yes.", (), ("[laughs]",)),
        ("Rock &amp; roll <noise> (coughing)", (), ("&amp;", "<noise>", "(coughing)")),
        ("What was ?? said", (), ("??",)),
        ("A cafÃ© near by", (), ("Ã©",)),
        ("A (small) house", (), ()),
    ],
)
def test_what_is_odd_in_a_text_is_found(text, odd, markup):
    assert suspicious(text) == (odd, markup)


def test_guessed_words_and_words_that_can_not_be_spoken_are_told():
    reading = read("The zorplexity of привет.", cached_frontend("english"))
    assert reading.guessed == ("zorplexity",)
    assert reading.left_out == ("привет",)
    assert reading.problem is None
    assert read("привет", cached_frontend("english")).problem is not None


def survey_of(*texts):
    frontend = cached_frontend("english")
    utterances = [Utterance(f"u{i}", "s", "train", t, None, i, reading=read(t, frontend)) for i, t in enumerate(texts)]
    return Survey(None, False, "made", "en", "english", utterances, [], inventory=frontend.symbols)


def test_missing_and_rare_sounds_are_told_with_sentences_that_hold_them():
    coverage = cover(survey_of("The cat sat on the mat.", "A big dog."))
    assert "ZH" in coverage.missing
    assert "OY" in coverage.missing
    assert coverage.counts["AE"] == 3
    assert "AE" in coverage.rare
    frontend = cached_frontend("english")
    held = {phone.rstrip("012") for sentence in coverage.sentences for phone in frontend.phones(sentence)}
    assert {*coverage.missing, *coverage.rare} <= held
    for sound, words in coverage.examples.items():
        assert all(sound in {phone.rstrip("012") for phone in frontend.phones(word)} for word in words)
    assert coverage.examples["ZH"]


def test_only_what_is_trained_on_counts():
    survey = survey_of("A joyful noise.")
    survey.utterances = [
        *survey.utterances,
        Utterance("v", "s", "valid", "Treasure.", None, 1, reading=read("Treasure.", cached_frontend("english"))),
    ]
    assert cover(survey).counts["ZH"] == 0


def test_a_recording_fits_its_own_text_and_no_other_and_words_the_text_lacks_are_heard(say):
    pytest.importorskip("pocketsphinx")
    frontend = cached_frontend("english")
    text = "The old man walked along the river and sat down under a tree."
    wav, rate, _ = say(text)

    def fit(words):
        return match(wav, rate, read(words, frontend).words)

    own = fit(text)
    assert own.score is not None
    assert own.extra < 0.4
    other = fit("She never thought that seven people could change so much here.")
    assert other.score is None or other.score < own.score - 1
    less = fit("The old man walked along the river.")
    assert less.score is None or less.extra > own.extra + 0.4 or less.score < own.score - 1


def test_a_text_without_a_path_is_a_reason_not_an_error(say):
    pytest.importorskip("pocketsphinx")
    wav, rate, _ = say("No.")
    found = match(
        wav,
        rate,
        read("A very long text for so short a recording, which nobody could say.", cached_frontend("english")).words,
    )
    assert found.score is None
    assert "too short" in found.failure
