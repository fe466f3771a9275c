import pytest

from parakeet.frontend.arpabet import PHONES
from parakeet.frontend.homographs import Homographs, english_homographs
from parakeet.frontend.resource import read_resource

READ = Homographs(
    [
        "read verb R IY1 D  # present",
        "read past R EH1 D",
        "",
        "use noun Y UW1 S",
        "use verb Y UW1 Z",
        "used verb Y",
        "used to T",
    ]
)


@pytest.mark.parametrize(
    ("before", "word", "after", "phones"),
    [
        ("will", "read", "it", ("R", "IY1", "D")),
        ("have", "read", "it", ("R", "EH1", "D")),
        ("she", "read", "it", ("R", "EH1", "D")),
        ("", "read", "", ("R", "IY1", "D")),
        ("the", "use", "of", ("Y", "UW1", "S")),
        ("to", "use", "it", ("Y", "UW1", "Z")),
        (".", "use", "the", ("Y", "UW1", "Z")),
        ("cat", "use", "", ("Y", "UW1", "S")),
        ("she", "used", "to", ("T",)),
        ("is", "used", "to", ("Y",)),
        ("the", "cat", "", None),
    ],
)
def test_the_neighbours_choose_the_form(before, word, after, phones):
    assert READ.choose(word, before, after) == phones


def test_every_line_of_the_list_is_a_known_form_with_known_phones():
    english_homographs()
    lines = [line.partition("#")[0].split() for line in read_resource("english_homographs.txt").decode().splitlines()]
    lines = [fields for fields in lines if fields]
    assert len(lines) > 100
    for word, form, *phones in lines:
        assert form in ("noun", "verb", "past", "to"), word
        assert phones, word
        assert set(phones) <= set(PHONES), word
