import re

import pytest

from parakeet.frontend.normalizer import Rule, Span, Text, normalize_text, scan


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


def test_what_no_rule_speaks_is_left_out_with_a_reason():
    spans = scan(Text("a\x07", find), [Rule(re.compile("a"), lambda match, text: "A")])
    assert spans == [Span(0, 1, "a", ("A",)), Span(1, 2, "\x07", (), "a control character, U+0007")]


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
