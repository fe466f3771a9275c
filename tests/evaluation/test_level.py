import numpy as np
import pytest

from parakeet.audio.loudness import integrated_loudness
from parakeet.evaluation.level import LEVEL, at_level


@pytest.fixture
def wav():
    return np.random.default_rng(0).normal(scale=0.05, size=16000).astype(np.float32)


@pytest.mark.parametrize("gain", [0.01, 1.0, 5.0])
def test_whatever_its_level_a_sound_comes_out_at_the_same(wav, gain):
    assert integrated_loudness(at_level(wav * gain, 16000), 16000) == pytest.approx(LEVEL, abs=0.01)


def test_a_sound_with_high_peaks_stays_within_range(wav):
    wav[100] = 40.0
    assert np.abs(at_level(wav, 16000)).max() == pytest.approx(1.0)


@pytest.mark.parametrize("wav", [np.zeros(16000), np.zeros(0)])
def test_silence_stays_silence(wav):
    assert not at_level(wav, 16000).any()
    assert len(at_level(wav, 16000)) == len(wav)
