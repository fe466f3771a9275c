"""What the English frontend leaves out, and what it says about it."""

import logging

import pytest

from parakeet.errors import TextError
from parakeet.frontend.english import EnglishFrontend


@pytest.fixture(scope="module")
def frontend():
    return EnglishFrontend()


@pytest.mark.parametrize(
    ("text", "spoken", "left_out", "warning"),
    [
        ("Great 👍 job!", "great job!", ["👍"], "'👍' (THUMBS UP SIGN, U+1F44D) at character 7."),
        ("say привет now", "say now.", ["привет"], "'привет' (Cyrillic letters; write it in Latin ones"),
        ("我们 go", "go.", ["我们"], "'我们' (CJK letters"),
        ("a हिन्दी word", "a word.", ["हिन्दी"], "(Devanagari letters"),
        ("a pассword", "a.", ["pассword"], "(Cyrillic letters"),
        ("no \x07 bell\x00", "no bell.", ["\x07", "\x00"], "'\\x07' (a control character, U+0007) at character 4, '\\x00' (a"),
        ("so \ue000\udfff", "so.", ["\ue000", "\udfff"], "(a private character, U+E000) at character 4, '\\udfff' (half a character"),
        ('wait <break time="1s"/> here', "wait here.", ['<break time="1s"/>'], "(markup; SSML and HTML aren't read"),
        ("so <b>bold</b>", "so bold.", ["<b>", "</b>"], "'<b>' (markup"),
        ("x" * 1001 + " end", "end.", ["x" * 1001], "'xxxxxxxxxxxxxxxxxxxx...' (1,001 characters without a space) at character 1"),
    ],
)
def test_what_has_no_spoken_form_is_left_out_and_told(frontend, caplog, text, spoken, left_out, warning):
    with caplog.at_level(logging.WARNING, logger="parakeet.frontend"):
        assert frontend.normalize(text) == spoken
    assert warning in caplog.text
    words = frontend.words(text)
    assert [word.word for word in words if word.source == "left out"] == left_out
    assert all(bool(word.phones) == (word.source != "left out") for word in words)


def test_the_warning_names_some_and_counts_the_others(frontend, caplog):
    frontend.phones("ten " + "😀" * 10)
    assert caplog.text.count("GRINNING FACE") == 5
    assert "at character 9 and 5 more." in caplog.text


@pytest.mark.parametrize("text", ["", "   \n", "...", "—", '"!?"'])
def test_a_text_with_nothing_to_speak_is_an_error(frontend, text):
    with pytest.raises(TextError, match="nothing to speak in .*; expected at least one word or number.$"):
        frontend.phones(text)


@pytest.mark.parametrize("text", ["😀", "привет, мир!", "<br/>", "\x00", "x" * 2000])
def test_the_error_says_what_was_left_out(frontend, text):
    with pytest.raises(TextError, match=r"nothing to speak in .* Left out of the speech, having no spoken form: '.* at character 1"):
        frontend.phones(text)


def test_long_runs_of_marks_belong_to_the_word_and_stay(frontend):
    assert frontend.normalize("hello" + "!" * 5000) == "hello!"
    assert frontend.normalize("(" * 5000 + "hello" + ")" * 5000) == "hello."
