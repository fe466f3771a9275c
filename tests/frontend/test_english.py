import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from parakeet.errors import TextError
from parakeet.frontend import load_frontend
from parakeet.frontend.arpabet import PHONES
from parakeet.frontend.english import EnglishFrontend
from parakeet.frontend.pronunciation import PUNCTUATION, WordPronunciation
from parakeet.frontend.vocab import Vocab

TABLES = Path(__file__).with_name("english")


def lines(name):
    table = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in table if not line.startswith("# ")]


def unescaped(raw):
    return raw.encode("latin-1", "backslashreplace").decode("unicode_escape")


CASES = [
    (unescaped(raw), normalised, phones[0] if phones else None)
    for table in sorted(TABLES.glob("*.tsv"))
    if table.stem != "homographs"
    for raw, normalised, *phones in lines(table.name)
]
HOMOGRAPHS = lines("homographs.tsv")


@pytest.fixture(scope="module")
def frontend():
    return EnglishFrontend()


def test_the_tables_of_cases_are_long_and_hold_no_text_twice():
    assert len(CASES) >= 1200
    assert sum(phones is not None for _, _, phones in CASES) >= 60
    assert len(HOMOGRAPHS) >= 100
    assert len({raw for raw, _, _ in CASES}) == len(CASES)


@pytest.mark.parametrize(("raw", "normalised", "phones"), CASES)
def test_cases(frontend, raw, normalised, phones):
    assert frontend.normalize(raw) == normalised
    tokens = frontend.phones(raw)
    assert set(tokens) <= set(frontend.symbols)
    assert tokens[-1] in (".", "!", "?")
    if phones is not None:
        assert " ".join(tokens) == phones


@pytest.mark.parametrize(("sentence", "phones"), HOMOGRAPHS)
def test_homographs_in_context(frontend, sentence, phones):
    before, word, after = sentence.split("*")
    rows = [row for row in frontend.explain(before + word + after) if row["start"] == len(before)]
    assert [" ".join(row["phones"]) for row in rows] == [phones]


def test_normalised_text_normalises_to_itself(frontend):
    """But for the letters A and I at the start, which are words there."""
    normal_forms = {normalised for _, normalised, _ in CASES if not normalised.startswith(("A ", "I "))}
    changed = {normal: frontend.normalize(normal) for normal in normal_forms if frontend.normalize(normal) != normal}
    assert changed == {}


def test_symbols_are_marks_and_phones_and_make_a_vocabulary(frontend):
    assert frontend.symbols == [",", "-", ":", ";", ".", "!", "?", *PHONES]
    assert len(Vocab(frontend.symbols)) == 77
    assert Vocab(frontend.symbols).encode(frontend.phones("Hello, world!"))


def test_words_say_where_their_phones_come_from(frontend):
    assert frontend.words("The FBI's zorbs read, 3 smokescreens!") == [
        WordPronunciation("the", ("DH", "IY0"), "parakeet"),
        WordPronunciation("F", ("EH2", "F"), "letter name"),
        WordPronunciation("B", ("B", "IY2"), "letter name"),
        WordPronunciation("I's", ("AY1", "Z"), "letter name"),
        WordPronunciation("zorbs", ("Z", "AO1", "R", "B", "Z"), "letter-to-sound"),
        WordPronunciation("read", ("R", "IY1", "D"), "homograph"),
        WordPronunciation(",", (",",), "punctuation"),
        WordPronunciation("three", ("TH", "R", "IY1"), "cmudict"),
        WordPronunciation("smokescreens", ("S", "M", "OW1", "K", "S", "K", "R", "IY2", "N", "Z"), "morphology"),
        WordPronunciation("!", ("!",), "punctuation"),
    ]


def test_explain_ties_what_is_spoken_to_the_piece_of_text_it_stands_for(frontend):
    text = 'It\'s "$5".'
    rows = frontend.explain(text)
    assert json.loads(json.dumps(rows)) == rows
    assert [(row["raw"], row["normalised"], row["word"], row["source"]) for row in rows] == [
        ("It's", "it's", "it's", "cmudict"),
        ('"', "", "", "silent"),
        ("$5", "five dollars", "five", "cmudict"),
        ("$5", "five dollars", "dollars", "cmudict"),
        ('"', "", "", "silent"),
        (".", ".", ".", "punctuation"),
    ]
    assert all(text[row["start"] : row["end"]] == row["raw"] for row in rows)
    assert rows[2]["phones"] == ["F", "AY1", "V"]


# The user's lexicon ------------------------------------------------------------------------------------------------------


def test_the_users_lexicon_wins_over_everything(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(
        "IAX AY1 AE2 K S\nthe DH AH1\nread R EH1 D\nworld W ER1 L\nPolish P OW1 L IH0 SH\nnode.js N OW1 D JH EY2 EH1 S\n$wag S W AE1 G\n"
        "dr. D R AH1\n"
    )
    frontend = load_frontend("english", lexicon=path)
    assert " ".join(frontend.phones("Dr. IAX: the polish, Polish world read Node.js, $wag.")) == (
        "D R AH1 AY1 AE2 K S : DH AH1 P AA1 L IH0 SH , P OW1 L IH0 SH W ER1 L R EH1 D N OW1 D JH EY2 EH1 S , S W AE1 G ."
    )
    assert {word.source for word in frontend.words("the world read IAX")[:-1]} == {"user lexicon"}


def test_forms_of_a_word_of_the_users_lexicon_follow_it():
    frontend = EnglishFrontend({"flarb": "F L AA2 R B", "nomsa": ("N", "AO1", "M", "S", "AH0")})
    spoken = {
        word.word: " ".join(word.phones)
        for word in frontend.words("Nomsa's flarbs flarbed, flarbing Flarb-like flarbington.")
    }
    assert spoken["nomsa's"] == "N AO1 M S AH0 Z"
    assert spoken["flarbs"] == "F L AA2 R B Z"
    assert spoken["flarbed"] == "F L AA2 R B D"
    assert spoken["flarbing"] == "F L AA2 R B IH0 NG"
    assert spoken["flarb"] == "F L AA2 R B"
    assert not spoken["flarbington"].startswith("F L AA2 R B")


def test_a_lexicon_with_a_fault_is_refused_when_the_frontend_is_made(tmp_path):
    (tmp_path / "mine.txt").write_text("one W AH1 N\ntwo T OO1\n")
    with pytest.raises(TextError, match=r"mine.txt, line 2: 'OO1' .* is no phone"):
        load_frontend("english", lexicon=tmp_path / "mine.txt")
    with pytest.raises(TextError, match="'XX' in the pronunciation of 'one' is no phone"):
        EnglishFrontend({"one": "XX"})


def test_a_text_has_to_be_a_string(frontend):
    with pytest.raises(TextError, match="has to be a string; received NoneType"):
        frontend.phones(None)


# Punctuation and sentences -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("a cat", "."),
        ("a cat,", "."),
        ("a cat:", "."),
        ("a cat?!", "?"),
        ("a cat!...", "!"),
        ("(a cat).", "."),
        ("- a cat -", "."),
        ("a cat, (big) ran", ",,."),
        ('"A cat," he said', ",."),
        ("a cat; a dog: a cow - end", ";:-."),
    ],
)
def test_one_mark_between_words_and_one_that_ends_the_sentence(frontend, text, marks):
    assert "".join(token for token in frontend.phones(text) if token in PUNCTUATION) == marks


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith paid $2.50. He left", ["Dr. Smith paid $2.50.", "He left"]),
        ('He left. "Why?" she asked.', ["He left.", '"Why?"', "she asked."]),
        ("first\n\nsecond", ["first", "second"]),
        ("at 5 p.m. He left... soon", ["at 5 p.m.", "He left... soon"]),
        ("only one", ["only one"]),
    ],
)
def test_sentences_are_cut_where_they_end(frontend, text, sentences):
    assert frontend.sentences(text) == sentences


# Robustness --------------------------------------------------------------------------------------------------------------


def test_any_text_gives_known_symbols_or_a_text_error(frontend):
    chosen = random.Random(0)
    letters = [chr(code) for code in range(32, 0x180)] + [
        *"0123456789.,$%-/:'\"€£ IVXaAxs" * 8,
        "\n",
        "½",
        "²",
        "→",
        "…",
        "٣",
        "ж",
    ]
    spoken = 0
    for _ in range(1500):
        text = "".join(chosen.choices(letters, k=chosen.randint(1, 30)))
        try:
            tokens = frontend.phones(text)
        except TextError:
            continue
        spoken += 1
        assert set(tokens) <= set(frontend.symbols), text
        assert tokens[-1] in ".!?", text
    assert spoken > 300


@pytest.mark.parametrize("piece", ["word ", "a.b", "1-", "x@", "$", "(1", "A.", "_a", "1,"])
def test_time_grows_with_the_length_of_a_text_not_its_square(frontend, piece):
    begin = time.process_time()
    frontend.phones((piece * 190 + " ") * 16 + "a1")  # over 1,000 characters without a space aren't read
    assert time.process_time() - begin < 3


def test_threads_share_a_frontend_made_before_anything_is_loaded():
    code = """
import sys, threading
from parakeet.frontend import load_frontend
frontend = load_frontend("english")
results = []
def speak():
    results.append(tuple(frontend.phones("The zorbifying parakeet read 3 books.")))
threads = [threading.Thread(target=speak) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(results) == 8 and len(set(results)) == 1, results
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=TABLES.parents[2]
    )
    assert done.returncode == 0, done.stderr


def test_threads_do_not_disturb_each_other(frontend):
    texts = [raw for raw, _, _ in CASES][:100]
    alone = [frontend.phones(text) for text in texts]
    together = {}
    threads = [
        threading.Thread(target=lambda n=n: together.update({n: [frontend.phones(text) for text in texts]}))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == alone for result in together.values())
    assert len(together) == 4
