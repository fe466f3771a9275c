"""Estimated opinions; the packages are extras, and these tests are skipped without them."""

import sys

import numpy as np
import pytest

from parakeet.errors import DataError, MissingDependencyError
from parakeet.evaluation.quality import dnsmos, pesq


@pytest.fixture(scope="module")
def speech():
    from making import make_utterance

    wav = np.clip(make_utterance(0, n_phones=120)[2], -1, 1)
    return wav[: int(9.2 * 16000)]  # one window: each takes half a second


def test_the_figures_are_those_of_the_package(speech):
    package = pytest.importorskip("speechmos.dnsmos", reason="speechmos is not installed (extra 'listen')")
    ours, theirs = dnsmos(speech, 16000), package.run(speech, 16000)
    assert ours == pytest.approx([theirs[f"{name}_mos"] for name in ("ovrl", "sig", "bak", "p808")], abs=1e-4)
    assert all(1 <= mark <= 5 for mark in ours)


@pytest.mark.parametrize("wav", [np.zeros(0), np.full(16000, 1.5), np.full(16000, np.nan), np.zeros((2, 16000))])
def test_opinions_need_samples_within_range(wav):
    with pytest.raises(DataError, match="dnsmos: expected one channel of samples from -1 to 1"):
        dnsmos(wav, 16000)


def test_a_copy_is_at_most_as_good_as_its_original(speech):
    pytest.importorskip("pesq", reason="pesq is not installed (extra 'pesq')")
    noise = np.random.default_rng(0).normal(size=len(speech)).astype(np.float32)
    marks = [pesq(speech, speech + level * noise, 16000) for level in (0.0, 0.001, 0.03)]
    assert marks[0] == pytest.approx(4.64, abs=0.01)
    assert marks == sorted(marks, reverse=True)
    assert np.isnan(pesq(speech[:1000], speech[:1000], 16000)), "too short to be judged"


@pytest.mark.parametrize(
    ("module", "measure", "message"),
    [
        ("speechmos.dnsmos", lambda: dnsmos(np.zeros(100), 16000), r"needs 'speechmos.dnsmos', .* pip install \"parakeet-tts\[listen\]\""),
        ("pesq", lambda: pesq(np.zeros(100), np.zeros(100), 16000), r"needs 'pesq', .* pip install \"parakeet-tts\[pesq\]\""),
    ],
)
def test_a_missing_package_says_what_to_install(monkeypatch, module, measure, message):
    from parakeet.evaluation import quality

    quality._listener.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match=message):
        measure()
