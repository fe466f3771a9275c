from types import SimpleNamespace

import pytest

from parakeet.frontend.marks import settle


def rows_of(text):
    """Make a row of each piece: a word, a mark, or "_" for what is silent."""
    for piece in text.split():
        mark = not piece.isalpha() and piece != "_"
        source = "punctuation" if mark else "silent" if piece == "_" else "parakeet"
        yield SimpleNamespace(word=piece, source=source, phones=() if piece == "_" else (piece,))


@pytest.mark.parametrize(
    ("pieces", "kept", "lacks_end"),
    [
        ("well .", "well .", False),
        ("well", "well", True),
        ("well ,", "well", True),
        (", well !", "well !", False),
        ("well , ? . well .", "well ? well .", False),
        ("well , _ - well", "well - well", True),
        ("well ! , _", "well !", False),
        ("_ .", "", True),
        ("", "", True),
    ],
)
def test_the_strongest_mark_between_words_stays_and_one_ends_the_text(pieces, kept, lacks_end):
    rows = list(rows_of(pieces))
    assert settle(rows) == lacks_end
    assert " ".join(row.word for row in rows if row.phones) == kept
