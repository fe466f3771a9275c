import sys

import pytest

from parakeet.errors import DataError
from parakeet.evaluation.measures import GROUPS, MEASURES, choose, told

EVERYWHERE = ["spectrum", "pitch", "timing", "speed"]


def test_every_measure_belongs_to_a_group_and_every_group_has_one():
    assert {measure.group for measure in MEASURES.values()} == set(GROUPS)


def test_what_needs_english_or_recordings_is_left_out_with_the_reason():
    chosen, left_out = choose(["moonshine", *EVERYWHERE], english=False, recordings=False)
    assert chosen == ["speed"]
    beside = "only beside the recordings of a corpus (DATA)."
    assert [tuple(out) for out in left_out] == [
        ("moonshine", "English alone."), ("spectrum", beside), ("pitch", beside), ("timing", beside),
    ]  # fmt: skip
    assert told(left_out) == ["moonshine: English alone.", f"spectrum, pitch, timing: {beside}"]


@pytest.mark.parametrize(
    ("group", "module", "extra"),
    [
        ("moonshine", "moonshine_voice", "listen"),
        ("sphinx", "pocketsphinx", "eval"),
        ("dnsmos", "speechmos.dnsmos", "listen"),
        ("pesq", "pesq", "pesq"),
    ],
)
def test_what_is_not_installed_is_left_out_with_one_line_that_says_how_to_install_it(monkeypatch, group, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    chosen, left_out = choose([group, "speed"], english=True, recordings=True)
    assert chosen == ["speed"]
    assert left_out[0].group == group
    assert left_out[0].reason.endswith(f'pip install "parakeet-tts[{extra}]"')


def test_an_unknown_measure_is_named_with_the_nearest():
    with pytest.raises(DataError, match=r"unknown measure 'spectra'; there are moonshine, sphinx, .* Did you mean 'spectrum'\?"):
        choose(["spectra"], english=True, recordings=True)


def test_nothing_to_measure_is_an_error_that_says_why():
    with pytest.raises(DataError, match=r"nothing can be measured: spectrum: only beside the recordings of a corpus \(DATA\)\."):
        choose(["spectrum"], english=True, recordings=False)
