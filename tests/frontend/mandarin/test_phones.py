import pytest

from parakeet.frontend.mandarin.phones import (
    FINALS,
    INITIALS,
    PHONES,
    RHOTIC,
    is_syllable,
    numbered,
    phones_of,
    spelled,
    syllables,
)


def test_the_phones_of_all_syllables_are_all_the_phones():
    spoken = {phone for syllable in syllables() for phone in phones_of(syllable)}
    assert spoken == set(PHONES) - {RHOTIC}
    assert len(PHONES) == len(set(PHONES)) == len(INITIALS) + 5 * len(FINALS) + 1 == 217


def test_no_two_syllables_are_the_same_phones():
    spoken = [phones_of(syllable) for syllable in syllables()]
    assert len(spoken) == len(set(spoken))


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("zhong1", "zh ong1"),
        ("zi5", "z ii5"),
        ("shi4", "sh iii4"),
        ("li3", "l i3"),
        ("xue2", "x ve2"),
        ("jun1", "j vn1"),
        ("lun4", "l uen4"),
        ("lv4", "l v4"),
        ("yuan2", "van2"),
        ("you3", "iou3"),
        ("wei4", "uei4"),
        ("weng1", "ueng1"),
        ("yo1", "io1"),
        ("gui4", "g uei4"),
        ("liu2", "l iou2"),
        ("er4", "er4"),
        ("a5", "a5"),
        ("huar1", "h ua1 rr"),
        ("dianr3", "d ian3 rr"),
    ],
)
def test_a_syllable_is_an_initial_and_a_final_with_its_tone(syllable, phones):
    assert is_syllable(syllable)
    assert " ".join(phones_of(syllable)) == phones


@pytest.mark.parametrize("text", ["", "1", "zhong", "zhong6", "zhong0", "bong1", "Zhong1", "AH0", "h", "r5", "错"])
def test_other_texts_are_no_syllables(text):
    assert not is_syllable(text)


@pytest.mark.parametrize(
    ("marked", "syllable"),
    [("zhōng", "zhong1"), ("lǜ", "lv4"), ("nüè", "nve4"), ("ma", "ma5"), ("ér", "er2"), ("ńg", "en2"), ("biáng", None)],
)
def test_tones_written_as_marks_become_numbers(marked, syllable):
    assert numbered(marked) == syllable


@pytest.mark.parametrize(("written", "syllable"), [("lü4", "lv4"), ("lu:4", "lv4"), ("nue4", "nve4"), ("lve4", "lve4"), ("ma5", "ma5")])
def test_other_spellings_become_one(written, syllable):
    assert spelled(written) == syllable
