"""Whatever the text: every installed frontend speaks it, leaves out what it can't speak with a warning, or says so in a TextError, at once.

PARAKEET_CASES=10000 tries that many random texts per frontend instead of a few hundred.
"""

import logging
import os
import random
import sys
import time

import pytest

from parakeet.errors import MissingDependencyError, TextError
from parakeet.frontend import FRONTENDS, load_frontend

CASES = int(os.environ.get("PARAKEET_CASES", "300"))
SECONDS = 1.0
MEGABYTE = 1_000_000


@pytest.fixture(scope="module", params=sorted(FRONTENDS))
def frontend(request):
    try:
        made = load_frontend(request.param)
        made.words("zorbify 12 parakeets")  # loads what is loaded once
    except MissingDependencyError as error:
        pytest.skip(str(error))
    return made


def try_to_speak(frontend, text, caplog):
    """Speak a text within a second of the processor's time; return whether anything was spoken."""
    caplog.clear()
    begin, words, said = time.process_time(), [], ""
    try:
        words = frontend.words(text)
    except TextError as error:
        said = str(error)
    took = time.process_time() - begin
    assert took < SECONDS, f"{took:.2f} s for {text[:80]!r}"
    if said:
        assert len(said) > 20, text
        return False
    assert any(word.phones and word.source != "punctuation" for word in words), text
    for word in words:
        assert bool(word.phones) == (word.source != "left out"), text
    if any(word.source == "left out" for word in words):
        assert caplog.records, text
    return True


# Kinds of random text ------------------------------------------------------------------------------------------------------


def any_characters(chosen):
    """Characters of all planes, but for halves of surrogate pairs."""
    codes = (chosen.choice((0x7F, 0x17F, 0x3000, 0xFFFF, 0x1FFFF, sys.maxunicode)) for _ in range(chosen.randint(1, 40)))
    characters = (chr(chosen.randint(0, limit)) for limit in codes)
    return "".join(character for character in characters if not "\ud800" <= character <= "\udfff")


def control_characters(chosen):
    return "".join(chosen.choices([*map(chr, [*range(33), *range(127, 160)]), "a", "to", "\u200d", "\u2028", "\ufeff"], k=20))


def pictures(chosen):
    parts = ["👩", "\u200d", "🚀", "\ufe0f", "👍", "🏽", "🇺", "🇸", "1\ufe0f\u20e3", "❤", " ok ", "🏴\U000e0067\U000e0062\U000e007f"]
    return "".join(chosen.choices(parts, k=chosen.randint(1, 15)))


def right_to_left(chosen):
    return " ".join(chosen.choices(["שלום", "مرحبا", "\u202eabc\u202c", "٣٫١٤", "\u200f12", "yes", "עִבְרִית", "،", "؟"], k=8))


def marks_on_letters(chosen):
    return "".join(chosen.choices(["e", "n", "ا", "क", *map(chr, range(0x300, 0x340)), "\u0f71", "\u093f", "\u20dd", " "], k=40))


def scripts(chosen):
    starts = (0x61, 0x3B1, 0x430, 0x5D0, 0x627, 0x905, 0xE01, 0x3042, 0x4E00, 0xAC00, 0x10400, 0x12000, 0x1D400)
    return "".join(chr(chosen.choice(starts) + chosen.randint(0, 25)) + chosen.choice(("", "", " ", "-", "3")) for _ in range(25))


def soup(chosen):
    signs = "0123456789.,$%-/:'\"€£ IVXaAxs()[]{}<>#@&*_+=~^|\\!?;`\n½²…"
    return "".join(chosen.choices(signs, k=chosen.randint(1, 60)))


def long_words(chosen):
    letters = chosen.choice(("abcdefghijklmnopqrstuvwxyz", "ABC", "aB", "x", "a'", "a-", "0123456789", "a1"))
    return "".join(chosen.choices(letters, k=chosen.randint(50, 1500)))


KINDS = (any_characters, control_characters, pictures, right_to_left, marks_on_letters, scripts, soup, long_words)


def test_random_texts(frontend, caplog):
    chosen = random.Random(0)
    spoken = 0
    with caplog.at_level(logging.WARNING, logger="parakeet.frontend"):
        for number in range(CASES):
            spoken += try_to_speak(frontend, KINDS[number % len(KINDS)](chosen), caplog)
    assert spoken > CASES / 8


@pytest.mark.parametrize(
    "text",
    [
        "a" * MEGABYTE,
        "7" * MEGABYTE,
        "Ab3-" * (MEGABYTE // 4),
        "我" * MEGABYTE,
        "\0" * MEGABYTE,
        "a" + "\u0301\u0316" * (MEGABYTE // 2),
        "well" + "!" * MEGABYTE,
        "well" + "." * MEGABYTE,
        "well" + "-" * MEGABYTE,
        "(" * MEGABYTE + "well" + ")" * MEGABYTE,
        "<" * MEGABYTE + "well",
        "<a " * 1000 + "well" + ">" * 1000,
        " " * MEGABYTE + "well" + "\n" * MEGABYTE,
        "\"'" * (MEGABYTE // 2) + "well",
        "😀" * MEGABYTE + " well",
    ],
    ids=lambda text: repr(text[:8] + "..." + text[-4:]),
)
def test_a_megabyte_at_a_time(frontend, text, caplog):
    with caplog.at_level(logging.WARNING, logger="parakeet.frontend"):
        try_to_speak(frontend, text, caplog)
    assert all(len(record.getMessage()) < 2000 for record in caplog.records)


@pytest.mark.parametrize("piece", ["word ", "5\" ", "<a b='", "a. ", "$5 ", "1/2 ", "etc.' ", "x@y ", "\n\n", "( ", "don't ", "A. B. "])
def test_time_grows_with_the_length_of_a_text_not_its_square(frontend, piece):
    if frontend.name != "english":
        pytest.skip("the length of a text it takes is its own affair")

    def seconds(text):
        begin = time.process_time()
        frontend.words(text)
        return time.process_time() - begin

    # Of the processor, and the least of three: what else the machine does costs time even so.
    short, long = (min(seconds(piece * repeats + "end") for _ in range(3)) for repeats in (2000, 8000))
    assert long < 8 * short + 0.1
