"""The same labels in every format that aligners and editors write come out the same; what is malformed is named with its line."""

import itertools
import json

import pytest

from parakeet.errors import DataError
from parakeet.preparation.labels import Label, read_labels

LABELS = [
    Label("", 0.0, 0.1), Label("HH", 0.1, 0.2), Label('A"x', 0.2, 0.45), Label("", 0.45, 0.7), Label("OW1", 0.7, 1.0),
    Label("sil", 1.0, 1.25),
]  # fmt: skip

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.25
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.25
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1.25
            text = "hello ""you"" 2"
    item [2]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 1.25
        points: size = 1
        points [1]:
            number = 0.5
            mark = "click"
    item [3]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1.25
        intervals: size = 4
        intervals [1]:
            xmin = 0.1
            xmax = 0.2
            text = "HH"
        intervals [2]:
            xmin = 0.2
            xmax = 0.45
            text = "A""x"
        intervals [3]:
            xmin = 0.7
            xmax = 1.0
            text = "OW1"
        intervals [4]:
            xmin = 1
            xmax = 1.25
            text = "sil"
"""
SHORT = """File type = "ooTextFile"
Object class = "TextGrid"

0
1.25
<exists>
1
"IntervalTier"
"anna - phones"
0
1.25
6
0
0.1
""
0.1
0.2
"HH"
0.2
0.45
"A""x"
0.45
0.7
""
0.7
1.0
"OW1"
1.0
1.25
"sil"
"""
CTM = ";; made by hand\nu 1 0.10 0.10 HH 0.99\nu 1 0.2 0.25 A\"x\nu 1 0.70 0.3 OW1\nu 1 1.0 0.25 sil\nv 1 0.0 0.5 S\n"
HTK = '0 1000000\n1000000 2000000 HH -3.5 hello\n2000000 4500000 A"x\n4500000 7000000\n7000000 10000000 OW1\n10000000 12500000 sil\n'
XWAVES = 'separator ;\nnfields 1\n#\n0.1 125 \n0.2 125 HH\n  0.45000 125 A"x ; score 3\n0.7 100\n1.0 125 OW1\n1.25 125 sil\n'
AUDACITY = '0.100000\t0.200000\tHH\n0.200000\t0.450000\tA"x\n\\\t100\t200\n0.700000\t1.000000\tOW1\n1.000000\t1.250000\tsil\n'
ROWS = [["HH", 0.1, 0.2], ['A"x', 0.2, 0.45], ["OW1", 0.7, 1.0], ["sil", 1.0, 1.25]]
MFA = {"start": 0, "end": 1.25, "tiers": {"anna - words": {"type": "interval", "entries": [[0, 1.25, "hello"]]},
       "anna - phones": {"type": "interval", "entries": [[b, e, p] for p, b, e in ROWS]}}}  # fmt: skip

ONE = {
    "long TextGrid": LONG,
    "short TextGrid": SHORT,
    "HTK": HTK,
    "xwaves": XWAVES,
    "Audacity": AUDACITY,
    "json lists": json.dumps(ROWS),
    "json objects": json.dumps([{"phone": p, "start": b, "end": e} for p, b, e in ROWS]),
    "json of MFA": json.dumps(MFA),
}
MANY = {
    "CTM": CTM,
    "mlf": '#!MLF!#\n"*/u.lab"\n' + HTK + '.\n"*/there/v.rec"\n0 5000000 S\n.\n',
    "json": json.dumps({"u": ROWS, "v": [["S", 0, 0.5]]}),
}


def write(path, content, coding="utf-8"):
    path.write_bytes(content.encode(coding))
    return path


def same(labels, expected):
    assert [label.symbol for label in labels] == [label.symbol for label in expected]
    assert [label.start for label in labels] == pytest.approx([label.start for label in expected])
    assert [label.end for label in labels] == pytest.approx([label.end for label in expected])
    assert all(before.end == after.start for before, after in itertools.pairwise(labels))
    return True


@pytest.mark.parametrize("form", ONE)
def test_every_format_of_one_utterance_gives_the_same_labels_whatever_its_ending(form, tmp_path):
    assert same(read_labels(write(tmp_path / "u.any", ONE[form]))[None], LABELS)


@pytest.mark.parametrize("form", MANY)
def test_every_format_of_many_utterances_gives_each_its_labels(form, tmp_path):
    found = read_labels(write(tmp_path / "all", MANY[form]))
    assert set(found) == {"u", "v"}
    assert same(found["u"], LABELS)
    assert same(found["v"], [Label("S", 0.0, 0.5)])


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("form", ["long TextGrid", "short TextGrid", "xwaves", "json lists"])
def test_byte_order_marks_utf_16_and_windows_line_ends_do_not_matter(form, coding, tmp_path):
    assert same(read_labels(write(tmp_path / "u", ONE[form].replace("\n", "\r\n"), coding))[None], LABELS)


def test_umlauts_and_ipa_come_through(tmp_path):
    assert read_labels(write(tmp_path / "u", SHORT.replace("HH", "ʃː"), "utf-16"))[None][1].symbol == "ʃː"


def test_a_lonely_tier_needs_no_name_and_an_empty_second_speaker_does_not_matter(tmp_path):
    assert same(read_labels(write(tmp_path / "u", SHORT.replace("anna - phones", "whatever")))[None], LABELS)
    second = '"IntervalTier"\n"bob - phones"\n0\n1.25\n0\n'
    assert same(read_labels(write(tmp_path / "u", SHORT.replace("<exists>\n1", "<exists>\n2") + second))[None], LABELS)


def test_begins_that_were_rounded_to_the_hundredth_may_overlap_by_one(tmp_path):
    labels = read_labels(write(tmp_path / "c", "u 1 0.00 0.44 S\nu 1 0.43 0.20 T\n"))["u"]
    assert same(labels, [Label("S", 0, 0.44), Label("T", 0.44, 0.63)])


BAD = {
    "no labels": ("Hello there, you.\n", r"no labels of phones; expected TextGrid, CTM, .* but line 1 is 'Hello there, you\.'"),
    "empty": ("\n\n", "no labels of phones; expected TextGrid, .* but it is empty"),
    "no label": ("#\n", "holds no label"),
    "cut off": (SHORT[:-20], "line 27: cut off: expected a label of the tier 'anna - phones', received the end of the file"),
    "no phones": (LONG.replace('"phones"', '"notes"'),
        r"has no tier of phones; expected an interval tier named 'phones', there are 'words', 'notes'"),
    "two speakers": (LONG.replace('"words"', '"bob - phones"').replace('"phones"', '"anna - phones"'),
                     "has 2 tiers of phones .'bob - phones', 'anna - phones'.; expected one. Cut the recording"),
    "a word for a number": (LONG.replace("xmin = 0.7", "xmin = soon"),
        r"line 45: expected a time of the tier 'phones' \(a number\), received '\"OW1\"'"),
    "an unknown tier": (SHORT.replace("IntervalTier", "ImpulseTier"),
        "line 8: expected 'IntervalTier' or 'TextTier', received 'ImpulseTier'"),
    "backwards": (HTK.replace("2000000 4500000", "4500000 2000000"),
        r"line 3: 'A\"x' lasts from 0\.45 to 0\.2 s; expected a begin of 0 or later"),
    "overlap": (HTK.replace("7000000 10000000", "3000000 10000000"),
                r"line 5: 'OW1' lasts from 0\.3 to 1 s, but what is before it ends at 0\.7 s; expected one label after the other"),
    "ends before": (XWAVES.replace("0.7 100", "0.3 100"), "line 7: '' lasts from 0.45 to 0.3 s"),
    "a line of CTM": (CTM.replace("v 1 0.0", "v 1 zero"),
        "line 6: expected 'utterance channel begin duration phone', received 'v 1 zero 0.5 S'"),
    "a line of HTK": (HTK.replace("7000000 10000000", "0.7 1.0"),
        "line 5: expected 'begin end phone' in whole numbers of 100 ns, received '0.7 1.0"),
    "a line of mlf": ("#!MLF!#\n0 100 S\n", "line 2: expected an utterance's name, as in "),
    "infinite": ('[["S", 0, Infinity]]', "line 1: 'S' lasts from 0 to inf s"),
    "json": ("[", "isn't json"),
    "json of something": ('{"a": 1}', r"expected a list of \[phone, begin, end\], an object .*; received int of 'a'"),
    "json rows": ('{"a": [["S", 0, 1], ["T", "1", 2]]}',
        r"label 2 of 'a': expected \[phone, begin, end\], received \[\"T\", \"1\", 2\]"),
    "json of MFA": ('{"tiers": {"words": {"entries": []}}}', "expected one tier of phones, received 'words'"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_is_malformed_is_named_with_its_line(case, tmp_path):
    content, message = BAD[case]
    with pytest.raises(DataError, match=message) as caught:
        read_labels(write(tmp_path / "u.lab", content))
    assert str(caught.value).startswith(str(tmp_path / "u.lab"))


def test_another_coding_is_named_with_its_line(tmp_path):
    with pytest.raises(DataError, match=r"u\.lab, line 2: not UTF-8 text \(byte 10\)\. Save it as UTF-8"):
        read_labels(write(tmp_path / "u.lab", "#\n0.5 125 ä\n", "latin-1"))


def test_a_file_that_can_not_be_read_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.lab: can't be read: No such file"):
        read_labels(tmp_path / "none.lab")
