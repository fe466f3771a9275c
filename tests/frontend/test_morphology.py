import pytest

from parakeet.frontend.morphology import derive, inflect

WORDS = {
    "cat": "K AE1 T",
    "dog": "D AO1 G",
    "box": "B AA1 K S",
    "city": "S IH1 T IY0",
    "bus": "B AH1 S",
    "smoke": "S M OW1 K",
    "smoking": "S M OW1 K IH0 NG",
    "screen": "S K R IY1 N",
    "screening": "S K R IY1 N IH0 NG",
    "want": "W AA1 N T",
    "nomsa": "N AA1 M S AH0",
    "bake": "B EY1 K",
    "stop": "S T AA1 P",
    "cry": "K R AY1",
    "seed": "S IY1 D",
}


def find(word):
    return tuple(WORDS[word].split()) if word in WORDS else None


@pytest.mark.parametrize(
    ("word", "phones", "rule"),
    [
        ("cats", "K AE1 T S", "-s"),
        ("dogs", "D AO1 G Z", "-s"),
        ("boxes", "B AA1 K S IH0 Z", "-s"),
        ("cities", "S IH1 T IY0 Z", "-s"),
        ("cat's", "K AE1 T S", "possessive"),
        ("bus's", "B AH1 S IH0 Z", "possessive"),
        ("smokescreen", "S M OW1 K S K R IY2 N", "compound"),
    ],
)
def test_endings_and_compounds_follow_their_parts(word, phones, rule):
    derivation = derive(word, find)
    assert " ".join(derivation.phones) == phones
    assert derivation.rule == rule


@pytest.mark.parametrize("word", ["glass", "catdog", "xs", "unknown", "wanted"])
def test_what_no_rule_fits_is_left_to_the_letters(word):
    assert derive(word, find) is None


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("wanted", "W AA1 N T IH0 D"),
        ("baked", "B EY1 K T"),
        ("stopped", "S T AA1 P T"),
        ("cried", "K R AY1 D"),
        ("baking", "B EY1 K IH0 NG"),
        ("stopping", "S T AA1 P IH0 NG"),
        ("seeded", "S IY1 D IH0 D"),
        ("nomsa's", "N AA1 M S AH0 Z"),
        ("nomsas", "N AA1 M S AH0 Z"),
    ],
)
def test_forms_of_a_users_word_sound_like_it(word, phones):
    assert " ".join(inflect(word, find).phones) == phones
