import random

import pytest

from parakeet.frontend.mandarin.normalizer.numbers import cardinal, number, spell

_VALUES = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def value(spoken):
    """Read Chinese numerals back, by another way than they were made: units multiply what stands before them."""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        if unit in spoken:
            before, _, after = spoken.rpartition(unit)
            return (value(before) if before else 1) * size + (value(after) if after else 0)
    return _VALUES[spoken.lstrip("零") or "零"]


def test_numbers_up_to_ten_thousand_million_million_are_read_back_as_they_were():
    chosen = random.Random(0)
    numbers = [*range(3000), *(chosen.randrange(10 ** chosen.randint(4, 16)) for _ in range(3000))]
    numbers += [int("".join(chosen.choices("0007", k=chosen.randint(1, 16)))) for _ in range(3000)]
    assert {n: cardinal(str(n)) for n in numbers if value(cardinal(str(n))) != n} == {}


def test_zeros_are_said_once_and_never_at_an_end():
    chosen = random.Random(1)
    for _ in range(3000):
        spoken = cardinal(str(int("1" + "".join(chosen.choices("0005", k=15)))))
        assert "零零" not in spoken
        assert not spoken.endswith("零")


@pytest.mark.parametrize(
    ("digits", "spoken"),
    [
        ("0", "零"), ("10", "十"), ("19", "十九"), ("110", "一百一十"), ("1001", "一千零一"), ("100010", "十万零一十"), ("2000", "两千"),
        ("22000", "两万二千"), ("220", "二百二十"), ("10002", "一万零二"), ("500005000", "五亿零五千"), ("1000000000000", "一万亿"),
        ("007", "零零七"), ("12345678901234567", "一二三四五六七八九零一二三四五六七"),
    ],
)  # fmt: skip
def test_whole_numbers(digits, spoken):
    assert cardinal(digits) == spoken


def test_two_is_liang_before_a_measure_word_alone():
    assert [cardinal("2", liang=True), cardinal("12", liang=True), number("2.5", liang=True)] == ["两", "十二", "二点五"]


@pytest.mark.parametrize(
    ("text", "spoken"), [("1,234", "一千二百三十四"), ("-3", "负三"), ("+7", "正七"), ("0.50", "零点五零"), ("3.14", "三点一四")]
)
def test_numbers_as_they_are_written(text, spoken):
    assert number(text) == spoken


def test_digits_one_by_one_have_a_one_of_their_own_on_the_telephone():
    assert spell("1012") == "一零一二"
    assert spell("1012", telephone=True) == "幺零幺二"
