"""Files: written whole, and json read with its faults told."""

import json

import pytest

from parakeet.errors import DataError
from parakeet.files import read_json, read_json_lines, read_text, write_whole


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "one")
    write_whole(path, "zwei, größer")
    assert path.read_text(encoding="utf-8") == "zwei, größer"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_can_not_be_replaced_stays_as_it_was(tmp_path):
    path = tmp_path / "a.txt"
    write_whole(path, "one")
    with pytest.raises(TypeError):
        write_whole(path, 2)
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_json_object_is_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"straße": [1, 2.5, null]}', encoding="utf-8")
    assert read_json(path, "Mend it.") == {"straße": [1, 2.5, None]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "a.json: isn't json (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)). Mend it."),
        (b"[1]", "a.json: expected a json object, received list. Mend it."),
        (b"\xff\xff\xff", "a.json: isn't json ('utf-8' codec can't decode byte 0xff in position 0: invalid start byte). Mend it."),
        (b"[" * 100000, "a.json: isn't json (maximum recursion depth exceeded"),
        (b"\x80\x04\x95", "Mend it. It is a pickle: loading it could run any program, so parakeet never does."),
    ],
)
def test_what_is_no_json_object_is_told_with_the_remedy(tmp_path, content, said):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_json(tmp_path / "a.json", "Mend it.")
    assert said in str(caught.value)


@pytest.mark.parametrize("read", [read_json, lambda *a: list(read_json_lines(*a))])
def test_a_file_that_can_not_be_read_is_told_with_the_remedy(tmp_path, read):
    with pytest.raises(DataError, match=r"a\.json: can't be read: No such file or directory\. Mend it\."):
        read(tmp_path / "a.json", "Mend it.")


def test_lines_of_json_are_numbered_and_blank_ones_passed_over(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n  \r\n{"b": 2}', encoding="utf-8")
    assert list(read_json_lines(path, "Mend it.")) == [(1, {"a": 1}), (4, {"b": 2})]


def test_a_line_of_json_does_not_end_at_a_separator_of_unicode(tmp_path):
    path = tmp_path / "a.jsonl"
    row = {"text": "one\u2028two\x85three"}
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    assert list(read_json_lines(path, "Mend it.")) == [(1, row)]


def test_a_faulty_line_is_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n7\n')
    with pytest.raises(DataError, match=r"a\.jsonl, line 2: expected a json object, received int\. Mend it\."):
        list(read_json_lines(path, "Mend it."))


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_every_coding_of_unicode_that_editors_write(coding, tmp_path):
    (tmp_path / "t").write_bytes("Où?\r\nLà.".encode(coding))
    assert read_text(tmp_path / "t", "Look.") == "Où?\r\nLà."


def test_a_text_in_another_coding_is_named_with_its_line(tmp_path):
    (tmp_path / "t").write_bytes("Ja\nÄpfel".encode("latin-1"))
    with pytest.raises(DataError, match=r"t, line 2: not UTF-8 text \(byte 3\)\. Save it as UTF-8"):
        read_text(tmp_path / "t", "Look.")
    with pytest.raises(DataError, match=r"none: can't be read: No such file or directory\. Look\."):
        read_text(tmp_path / "none", "Look.")
