"""What eSpeak NG is given of a text, and what comes back: foreign words, other scripts, emoji, the user's words, sentences."""

import importlib.util
import logging
import unicodedata
from pathlib import Path

import pytest

from parakeet.errors import TextError
from parakeet.frontend.espeak import EspeakFrontend
from parakeet.frontend.espeak_adoption import adopted
from parakeet.frontend.espeak_text import SCRIPTS, EspeakText
from parakeet.frontend.lexicon import Lexicon
from parakeet.frontend.pronunciation import unspoken_words

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="needs the wheel espeakng-loader (GPL-3)"
)

LOANS = "Facebook Google WhatsApp Twitter weekend smartphone the think girl computer download job boy near where tour New York fire our"


@pytest.fixture(scope="module")
def german():
    return EspeakFrontend("de", lexicon={"Kaffee": "k 'a f e:", "SPD": "'E s p e: d ,e:"})


def row(frontend, text):
    return " | ".join(" ".join(word.phones) or f"({word.word})" for word in frontend.words(text))


@pytest.mark.parametrize(
    "language",
    ["de", "fr", "es", "it", "pt-br", "nl", "sv", "pl", "tr", "vi", "ru", "uk", "el", "hi", "ar", "he", "ja", "ko", "cmn"],
)
def test_foreign_words_in_latin_letters_are_spoken_with_the_languages_own_phones(language, caplog):
    frontend = EspeakFrontend(language)
    assert set(frontend.phones(LOANS)) <= set(frontend.symbols)
    assert not caplog.records


def test_an_english_vowel_is_said_with_the_nearest_phones_and_keeps_its_stress():
    assert adopted("'eI", {"'e:", "e:", "j"}) == ("'e:", "j")
    assert adopted("@L", {"@", "l", "'@"}) == ("@", "l")
    assert adopted(",3:", {"@", ",@"}) == (",@",)
    assert adopted("'eI", {"a"}) is None
    assert adopted("Q;", {"a"}) is None


def test_a_foreign_word_with_a_sound_of_which_the_language_has_no_like_is_left_out(monkeypatch, caplog):
    monkeypatch.setattr("parakeet.frontend.espeak_reading.adopted", lambda phone, known: None)
    words = EspeakFrontend("el").words("Το weekend είναι.")
    assert [(w.word, w.source) for w in words if not w.phones] == [("weekend", "left out")]
    assert len([w for w in words if w.source == "espeak"]) == 2
    assert "'weekend' (a foreign word with the phone i:) at character 4" in caplog.text


def test_a_word_in_another_script_is_left_out_with_a_warning(german, caplog):
    with caplog.at_level(logging.WARNING, logger="parakeet.frontend.espeak"):
        words = german.words("Das ist Москва, ja.")
    assert [(w.word, w.phones, w.source) for w in words if not w.phones] == [("Москва", (), "left out")]
    assert unspoken_words(words) == ["Москва"]
    assert "'Москва' (Cyrillic letters, which eSpeak NG would only spell in this language) at character 9" in caplog.text
    assert german.phones("Das ist Москва, ja.") == german.phones("Das ist, ja.")


def test_emoji_control_characters_and_markup_are_left_out_and_are_no_words(german):
    words = german.words("<b>Ja</b> 👍🏽👍, nein\x01! ☃")
    assert [w.word for w in words if w.source == "left out"] == ["<b>", "</b>", "👍🏽👍", "\x01", "☃"]
    assert unspoken_words(words) == ["<b>", "</b>"]
    assert [w.word for w in words if w.source == "espeak"] == ["Ja", "nein"]
    assert words[-1].word in ("!", "☃")


def test_the_last_mark_counts_though_the_word_before_it_is_left_out(german):
    assert german.phones("Hallo, 東京!")[-1] == "!"
    assert german.phones("Hallo 東京")[-1] == "."


@pytest.mark.parametrize("text", ["東京", "👍", "Привет, мир!", "<br/>", "a" * 2000])
def test_a_text_of_which_nothing_can_be_spoken_is_refused_with_the_reason(german, text):
    with pytest.raises(TextError, match=r"there is nothing to speak in the text .* can't be spoken\)"):
        german.phones(text)


def test_what_is_no_text_is_refused(german):
    with pytest.raises(TextError, match="A text to speak has to be a string; received bytes"):
        german.words(b"Ja")


def test_every_script_is_one_of_unicode_and_its_languages_are_espeaks():
    import espeakng_loader

    from parakeet.frontend.espeak_data import codes

    known = {code.lower() for code in codes(Path(espeakng_loader.get_data_path()))}
    assert set(SCRIPTS) <= known | {code.split("-")[0] for code in known}
    letters = {unicodedata.name(chr(code), "").split("-")[0].split(" ")[0] for code in range(0x11000) if chr(code).isalpha()}
    assert {name.split("-")[0] for names in SCRIPTS.values() for name in names} <= letters


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "مرحبا بالعالم"), ("fa", "می\u200cخواهم بروم، حقوق"), ("el", "Καλημέρα σας"), ("he", "שלום עולם"), ("hi", "नमस्ते दुनिया"),
        ("hy", "Բարեւ ձեզ"), ("ja", "こんにちは、カタカナ"), ("ka", "გამარჯობა"), ("ko", "안녕하세요"), ("ru", "Привет, мир"),
        ("ta", "வணக்கம்"),
        ("th", "สวัสดีครับ"), ("uk", "Привіт, світе"), ("sr", "Zdravo Здраво"), ("yue", "你好"), ("am", "ሰላም"), ("ml", "നമസ്കാരം"),
        ("vi", "Xin chào Việt Nam"),
        ("pl", "Zażółć gęślą jaźń"), ("tr", "Iğdır'da ılık"), ("cs", "Příliš žluťoučký kůň"),
    ],
)  # fmt: skip
def test_a_language_is_read_in_its_own_script(language, text, caplog):
    frontend = EspeakFrontend(language)
    words = frontend.words(text)
    assert set(frontend.phones(text)) <= set(frontend.symbols)
    assert not [word for word in words if word.source == "left out"]
    assert not caplog.records


def test_kanji_are_left_out_because_they_would_be_spelled():
    assert unspoken_words(EspeakFrontend("ja").words("これは日本です")) == ["日本"]


def test_the_users_words_win_and_their_neighbours_are_spoken_as_ever(german):
    assert row(german, "Kaffee?") == "k 'a f e: | ?"
    assert row(german, "Der Kaffee, ja.") == "d E r | k 'a f e: | , | j 'A: | ."
    assert row(german, "Die SPD-Zentrale.").endswith("| 'E s p e: d ,e: | ts E n t r 'A: l @ | .")
    assert [word.source for word in german.words("spd KAFFEE, Kaffee") if word.source == "user lexicon"] == ["user lexicon"]
    plain = EspeakFrontend("de")
    assert row(german, "Kein Wort [[davon]] hier.") == row(plain, "Kein Wort [[davon]] hier.")


def test_the_samples_of_the_users_words_sum_to_the_speech(german):
    for text in ("Kaffee", "SPD, Kaffee und Kaffee-Kanne!", "Ein Kaffee."):
        wav, _, timed = german.synthesize(text)
        assert [symbol for symbol, _ in timed] == german.phones(text)
        assert sum(n for _, n in timed) == len(wav)
        assert min(n for _, n in timed) >= 0


def test_a_lexicon_file_is_read_and_a_phone_that_is_none_is_named(tmp_path):
    (tmp_path / "mine.txt").write_text("Kaffee  k 'a f e:\n")
    assert row(EspeakFrontend("de", lexicon=tmp_path / "mine.txt"), "Kaffee") == "k 'a f e: | ."
    (tmp_path / "mine.txt").write_text("Kaffee  k AE f\n")
    with pytest.raises(TextError, match=r"mine\.txt, line 1: 'AE' in the pronunciation of 'Kaffee' is no phone"):
        EspeakFrontend("de", lexicon=tmp_path / "mine.txt")


def test_every_piece_is_explained_with_its_place(german):
    text = "Ich trinke  Kaffee für 3,50 Euro 👍."
    rows = german.explain(text)
    clean = "Ich trinke Kaffee für 3,50 Euro 👍."
    assert all(clean[r["start"] : r["end"]] == r["raw"] for r in rows)
    found = {r["raw"]: r["source"] for r in rows if r["raw"]}
    assert found == {"Ich": "espeak", "trinke": "espeak", "Kaffee": "user lexicon", "für": "espeak", "3,50": "espeak", "Euro": "espeak",
                     "👍": "left out"}  # fmt: skip
    assert [phone for r in rows for phone in r["phones"]] == german.phones(text)
    assert sum(r["raw"] == "3,50" for r in rows) >= 2


def test_sentences_are_cut_where_they_end(german):
    assert german.sentences(" Ja! Nein?  Also, gut ... Ende") == ["Ja!", "Nein?", "Also, gut ...", "Ende"]
    assert german.sentences("Eins, zwei; drei.") == ["Eins, zwei; drei."]
    assert german.sentences("Ja. Das ist 東京. 👍") == ["Ja.", "Das ist 東京. 👍"]


def test_places_are_found_again_behind_words_of_the_lexicon():
    text = EspeakText("Ein Kaffee und Tee", "de", Lexicon({"Kaffee": ("k", "a"), "Tee": ("t", "e:")}))
    assert text.spoken.split() == ["Ein", "[[ka]]", "und", "[[te:]]"]
    assert text.clean[text.place(text.spoken.index("und"))[0] :] == "und Tee"
    assert text.place(text.spoken.index("[[te:") + 2)[1] == (15, 18, ("t", "e:"))
    assert text.place(len(text.spoken))[0] == len(text.clean)
