import re

import pytest

from parakeet.errors import TextError
from parakeet.frontend.normalizer import RULES, Rule, Text, normalize_text, scan
from parakeet.frontend.normalizer.scanner import clean


def find(word):
    return None


def test_spans_cover_the_whole_text_in_order():
    text = "Dr. Smith paid $2.50 (twice) on May 5, 2020 -- 😀 ok?"
    spans = normalize_text(text, find)
    assert "".join(span.raw for span in spans) == text
    assert [span.start for span in spans] == [0, *(span.end for span in spans[:-1])]


def test_the_first_rule_that_applies_speaks():
    rules = [
        Rule(re.compile(r"\d+"), lambda match, text: None),
        Rule(re.compile(r"\d"), lambda match, text: "digit"),
        Rule(re.compile(r"\D+"), lambda match, text: "rest"),
    ]
    assert [span.spoken for span in scan(Text("12 a", find), rules)] == [("digit",), ("digit",), ("rest",)]


def test_what_no_rule_speaks_is_an_error_with_its_place():
    with pytest.raises(TextError, match=r"Character 3 of the text, 'ж' \(CYRILLIC SMALL LETTER ZHE\)"):
        scan(Text("a ж", find), RULES)


def test_cleaning_keeps_what_is_seen():
    assert clean("e\u0301t\u00e9") == "été"
    assert clean("so\u00adft\u200b “quoted” it’s ５") == 'soft "quoted" it\'s 5'


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("etc.", True),
        ("etc. and", False),
        ("etc. The", True),
        ("etc. Smith", False),
        ("etc.) The", True),
        ("etc.\n\nx", True),
    ],
)
def test_the_dot_of_an_abbreviation_may_end_the_sentence(text, ends):
    assert Text(text, find).ends_sentence(4) is ends


def test_a_text_in_capitals_is_known_as_one():
    assert Text("NOW HEAR THIS", find).shouting
    assert not Text("IBM AND Co", find).shouting
    assert not Text("IBM", find).shouting
