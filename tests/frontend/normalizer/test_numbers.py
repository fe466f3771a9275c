import random

import pytest

from parakeet.frontend.normalizer.numbers import cardinal, digits, number, ordinal, pairs, plural, year


def numbers():
    chosen = random.Random(0)
    return [
        *range(25),
        *range(30, 130, 7),
        199,
        200,
        999,
        1000,
        1001,
        10**6,
        10**12 + 1,
        *(chosen.randrange(10 ** chosen.randint(3, 20)) for _ in range(60)),
    ]


def test_cardinals_and_ordinals_agree_with_inflect():
    inflect = pytest.importorskip("inflect")
    engine = inflect.engine()
    for value in numbers():
        words = engine.number_to_words(value, andword="", comma="").replace("-", " ")
        assert cardinal(value) == words
        assert ordinal(value) == engine.ordinal(words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1066, "ten sixty six"),
        (1900, "nineteen hundred"),
        (1905, "nineteen oh five"),
        (2000, "two thousand"),
        (2009, "two thousand nine"),
        (2010, "twenty ten"),
        (476, "four hundred seventy six"),
    ],
)
def test_years(value, words):
    assert year(value) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0", "zero"),
        ("00", "zero zero"),
        ("007", "zero zero seven"),
        ("1,234.50", "one thousand two hundred thirty four point five zero"),
        (".5", "point five"),
        ("9876543210", "nine eight seven six five four three two one zero"),
        ("9,876,543,210", cardinal(9876543210)),
        ("9000000000", "nine billion"),
    ],
)
def test_numbers_as_written(text, words):
    assert number(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [("747", "seven forty seven"), ("500", "five hundred"), ("1080", "ten eighty"), ("16", "sixteen"), ("05", "zero five"),
     ("2005", "twenty oh five"), ("3000", "three thousand"), ("12345", digits("12345"))],
)  # fmt: skip
def test_numbers_of_names_and_codes(text, words):
    assert pairs(text) == words


def test_plurals():
    assert [plural(word) for word in ("half", "twenty", "six", "third", "inch")] == [
        "halves",
        "twenties",
        "sixes",
        "thirds",
        "inches",
    ]


def test_a_negative_number_has_its_minus():
    assert cardinal(-12) == "minus twelve"
