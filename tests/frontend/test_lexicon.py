import pytest

from parakeet.errors import TextError
from parakeet.frontend.arpabet import PHONES
from parakeet.frontend.lexicon import Lexicon


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "mine.txt"
    path.write_bytes(text.encode(encoding))
    return Lexicon.read(path, PHONES)


def test_words_comments_and_empty_lines_are_read(tmp_path):
    lexicon = read(tmp_path, "# mine\n\nphone  F OW1 N\r\nc#\tS IY1 SH AA1 R P   # the language\n")
    assert dict(lexicon) == {"phone": ("F", "OW1", "N"), "c#": ("S", "IY1", "SH", "AA1", "R", "P")}


def test_an_entry_in_lower_case_serves_every_case_and_one_with_capitals_only_itself(tmp_path):
    lexicon = read(tmp_path, "polish P AA1 L IH0 SH\nPolish P OW1 L IH0 SH\nIAX AY1 AE2 K S\n")
    assert lexicon.find("Polish")[1] == "OW1"
    assert lexicon.find("polish")[1] == "AA1"
    assert lexicon.find("POLISH")[1] == "AA1"
    assert lexicon.find("iax") is None


def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path):
    assert list(read(tmp_path, "one W AH1 N\n", "utf-8-sig")) == ["one"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one W AH1 N\ntwo\n", r"mine.txt, line 2: 'two' has no phones"),
        ("one W AH1 M1\n", r"line 1: 'M1' in the pronunciation of 'one' is no phone. Did you mean 'M'\?"),
        ("one W AH N\n", r"line 1: 'AH' .* A vowel needs its stress: AH0, AH1, AH2."),
        ("one W AH1 N\n\none W AA1 N\n", r"line 3: 'one' is there already, in line 1"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, text, message):
    with pytest.raises(TextError, match=message):
        read(tmp_path, text)


def test_a_missing_file_and_one_that_is_no_text_are_named(tmp_path):
    with pytest.raises(TextError, match=r"nowhere.txt can't be read: No such file"):
        Lexicon.read(tmp_path / "nowhere.txt", PHONES)
    with pytest.raises(TextError, match="isn't UTF-8 text"):
        read(tmp_path, "caf\u00e9 K\n", "latin-1")
