import pytest

from parakeet.frontend.marks import SILENT, SPOKEN, settle

W = SPOKEN


@pytest.mark.parametrize(
    ("tokens", "kept", "lacks_end"),
    [
        ([W, "."], {1}, False),
        ([W], set(), True),
        ([W, ","], set(), True),
        ([",", W, "!"], {2}, False),
        ([W, ",", "?", ".", W, "."], {2, 5}, False),
        ([W, ",", SILENT, "-", W], {3}, True),
        ([W, "!", ",", SILENT], {1}, False),
        ([SILENT, "."], set(), True),
        ([], set(), True),
    ],
)
def test_the_strongest_mark_between_words_stays_and_one_ends_the_text(tokens, kept, lacks_end):
    assert settle(tokens) == (kept, lacks_end)
