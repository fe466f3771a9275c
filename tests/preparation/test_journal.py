"""A journal gives back what was put in, up to its last whole entry."""

import numpy as np
import pytest

from parakeet.preparation.journal import Journal
from parakeet.preparation.record import Record, Rejection


def record(n):
    draw = np.random.default_rng(n)
    arrays = {"mel": draw.random((n, 4), np.float32), "wav": draw.integers(-9, 9, 7 * n).astype("<i2")}
    return Record({"n_frames": n, "word": "Größe"}, arrays)


def filled(path):
    journal = Journal(path)
    journal.add("a", record(3))
    journal.add("b", Rejection("it is silent"))
    journal.add("c", record(5))
    journal.close()
    return path.stat().st_size


def assert_same(found, expected):
    assert found.line == expected.line
    assert list(found.arrays) == list(expected.arrays)
    for name, array in expected.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype


def test_what_was_added_is_read_back_at_once_and_later(tmp_path):
    filled(tmp_path / "journal")
    journal = Journal(tmp_path / "journal")
    journal.add("d", record(1))
    for key, expected in (("a", record(3)), ("c", record(5)), ("d", record(1))):
        assert_same(journal.get(key), expected)
    assert journal.get("b") == Rejection("it is silent")
    assert "e" not in journal


def test_an_entry_that_was_cut_off_at_any_byte_is_as_if_it_never_was(tmp_path):
    path = tmp_path / "journal"
    size = filled(path)
    content = path.read_bytes()
    last = content.rindex(b"PKJ1")
    for end in (last, last + 1, last + 47, last + 48, last + 60, size - 1):
        path.write_bytes(content[:end])
        journal = Journal(path)
        assert_same(journal.get("a"), record(3))
        assert "c" not in journal
        assert path.stat().st_size == last
        journal.add("c", record(5))
        journal.close()
        assert path.read_bytes() == content


@pytest.mark.parametrize("entry", [0, 1])
@pytest.mark.parametrize("offset", [0, 5, 9, 20, 60])
def test_a_flipped_bit_ends_it_before_the_entry(tmp_path, entry, offset):
    path = tmp_path / "journal"
    filled(path)
    content = bytearray(path.read_bytes())
    start = [i for i in range(len(content)) if content[i : i + 4] == b"PKJ1"][entry]
    content[start + offset] ^= 0x40
    path.write_bytes(content)
    journal = Journal(path)
    assert "c" not in journal
    assert ("a" in journal) == (entry == 1)
    assert path.stat().st_size == start


def test_a_file_of_something_else_is_emptied(tmp_path):
    (tmp_path / "journal").write_bytes(b"dear diary" * 100)
    assert "a" not in Journal(tmp_path / "journal")
    assert (tmp_path / "journal").stat().st_size == 0
