"""A text is read piece by piece, and what is read is what the whole text says."""

import itertools
import logging
import random
import time

import pytest

from parakeet.errors import TextError
from parakeet.frontend import load_frontend
from parakeet.voice.reading import LONGEST_PIECE, MOST_SYMBOLS, PIECE, cut_text, read_sentences

STORY = (
    "Alice was beginning to get very tired of sitting by her sister on the bank. She had peeped into the book, but it had no pictures! "
    "\"And what is the use of a book,\" thought Alice, \"without pictures?\" Dr. Smith of Corp. Ltd. paid $2.50 to Prof. Higgins. "
    "Was it 5 p.m. already? It was; so they went home. "
)  # fmt: skip


@pytest.fixture(scope="module")
def english():
    return load_frontend("english")


def test_a_text_read_in_pieces_has_the_symbols_of_the_whole(english):
    text = STORY * 5
    assert len(list(cut_text(text))) > 3
    sentences = list(read_sentences(english, text))
    assert [s.symbols[0] for s in sentences] == ["sil"] * len(sentences)
    assert [symbol for s in sentences for symbol in s.symbols[1:]] == english.phones(text)
    assert all(s.symbols[-1] in ".?!" for s in sentences)


def test_words_are_counted_through_the_text_and_know_their_symbols(english):
    first, second = read_sentences(english, "See me. You see two?")
    assert [word.word for word in first.words] == ["see", "me"]
    assert (first.first_word, second.first_word) == (0, 2)
    word = second.words[2]
    assert (word.word, second.symbols[word.first : word.end]) == ("two", ["T", "UW1"])


def test_pieces_together_are_the_text_whatever_it_is():
    random.seed(3)
    for _ in range(50):
        text = "".join(random.choice("ab éЖ好。.!?\n\t \"'0") for _ in range(random.randrange(6000)))
        pieces = list(cut_text(text))
        assert "".join(pieces) == text
        assert all(0 < len(piece) <= LONGEST_PIECE for piece in pieces)


def test_a_text_is_cut_where_a_sentence_ends_and_not_behind_an_abbreviation():
    filling = "word " * (PIECE // 5)
    for tail in ("Mr. Bean", "Prof. Higgins", "5.20 euros", "sister. and on", "sister.  and on", "Сестра. и"):
        assert list(cut_text(filling + tail)) == [filling + tail]
    assert list(cut_text(filling + "sister. She")) == [filling + "sister. ", "She"]
    assert list(cut_text(filling + "title\n\nText")) == [filling + "title\n", "\nText"]
    assert list(cut_text("好" * PIECE + "吗。我")) == ["好" * PIECE + "吗。", "我"]


def test_a_sentence_without_end_is_cut_between_two_words(english):
    text = "and so they went on " * 100
    sentences = list(read_sentences(english, text))
    assert max(len(s.symbols) for s in sentences) <= MOST_SYMBOLS
    assert len(sentences) > 4
    words = [word.word for s in sentences for word in s.words]
    assert words == text.split()
    assert [s.first_word for s in sentences] == [0, *itertools.accumulate(len(s.words) for s in sentences[:-1])]


def test_a_line_that_says_nothing_is_passed_over_and_a_text_that_says_nothing_is_refused(english, caplog):
    caplog.set_level(logging.ERROR)
    chapters = STORY * 2 + "\n\n" + "... " * (PIECE // 4) + "\n\n" + STORY
    assert [s.symbols for s in read_sentences(english, chapters)] == [s.symbols for s in read_sentences(english, STORY * 3)]
    for text in ("", "   ", " ... ", "... " * 1000, "\N{THUMBS UP SIGN}"):
        with pytest.raises(TextError, match="here is nothing to speak"):
            list(read_sentences(english, text))
    with pytest.raises(TextError, match="has to be a string; received bytes"):
        list(read_sentences(english, b"a"))


def test_the_first_sentence_of_a_book_takes_no_longer_than_that_of_a_page(english):
    book = STORY * 5000
    next(read_sentences(english, STORY))
    begin = time.process_time()
    next(read_sentences(english, book))
    assert len(book) > 1_500_000
    assert time.process_time() - begin < 0.5


def test_other_languages_are_read_in_pieces_too():
    pytest.importorskip("jieba", reason="needs the extra zh")
    mandarin, text = load_frontend("mandarin"), "今天的气温是-5℃。他买了2台GPU！你好吗？" * 20
    sentences = list(read_sentences(mandarin, text))
    assert len(sentences) == 60
    assert [symbol for s in sentences for symbol in s.symbols[1:]] == mandarin.phones(text)


def test_pauses_that_are_no_marks_end_no_sentence():
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    german = load_frontend("espeak", language="de")
    sentences = list(read_sentences(german, "Ich auch. Ja?"))
    assert [s.symbols[1:] for s in sentences] == [german.phones("Ich auch."), german.phones("Ja?")]
    assert [[word.word for word in s.words] for s in sentences] == [["Ich", "auch"], ["Ja"]]


def test_a_piece_that_is_left_out_is_told_and_the_first_one_is_the_refusal(english, caplog):
    russian = "Привет, это длинный текст. " * (PIECE // 20)
    assert [word.word for s in read_sentences(english, f"{russian}\n\nHello there.") for word in s.words] == ["hello", "there"]
    assert "A piece of the text was left out." in caplog.text
    assert "'Привет' (Cyrillic letters" in caplog.text
    with pytest.raises(TextError, match="characters without a space"):
        list(read_sentences(english, "a" * 2 * LONGEST_PIECE + "\n"))
