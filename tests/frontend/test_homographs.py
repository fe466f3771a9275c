import pytest

from parakeet.frontend.arpabet import PHONES
from parakeet.frontend.homographs import Homographs, english_homographs
from parakeet.frontend.resource import read_resource

READ = Homographs(
    [
        "read sign,stop+sign_ S",
        "read verb V  # present",
        "read past P",
        "",
        "use noun N",
        "use verb V",
        "used verb V",
        "used to T",
        "polish shoe_ N",
        "polish noun N",
        "polish name P",
        "content an_. X",
        "content noun N",
    ]
)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("i will READ it", "V"),
        ("i have READ it", "P"),
        ("i have not really READ it", "P"),
        ("she READ it", "P"),
        ("READ", "V"),
        ("the man READ a book", "P"),
        ("men READ books", "V"),
        ("yesterday i READ a book", "P"),
        ("the stop sign READ so", "S"),
        ("the USE of", "N"),
        ("to USE it", "V"),
        ("due to USE of it", "N"),
        ("stop . USE the", "V"),
        ("cat USE", "N"),
        ("things that USE the car", "V"),
        ("in that USE of", "N"),
        ("he USES it", "VZ"),
        ("the USES of", "NZ"),
        ("never USE bleach", "V"),
        ("she USED to", "T"),
        ("is USED to", "V"),
        ("the Polish flag", "P"),
        ("a Polish", "P"),
        ("shoe Polish", "N"),
        ("Polish the car", "N"),
        ("an CONTENT .", "X"),
        ("an CONTENT", "X"),
        ("an CONTENT of", "N"),
        ("the CAT", None),
    ],
)
def test_the_words_around_choose_the_form(text, form):
    words = text.split()
    place = next(place for place, word in enumerate(words) if word[0].isupper())
    capital = words[place].istitle()
    words[place] = words[place].lower()
    assert READ.choose(words, place, capital) == (None if form is None else tuple(form))


def test_every_line_of_the_list_is_a_known_form_with_known_phones():
    english_homographs()
    lines = [line.partition("#")[0].split() for line in read_resource("english_homographs.txt").decode().splitlines()]
    lines = [fields for fields in lines if fields]
    assert len(lines) > 300
    for word, form, *phones in lines:
        assert form in ("noun", "verb", "past", "to", "name") or form.count("_") == 1, word
        assert phones, word
        assert set(phones) <= set(PHONES), word
    named = {word for word, form, *_ in lines if form in ("noun", "verb")}
    assert [word for word, *_ in lines if word not in named and word[:-1] not in named] == []
