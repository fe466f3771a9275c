"""Mu-law codes."""

import numpy as np
import pytest

from parakeet.audio.codes import mu_law_decode, mu_law_encode
from parakeet.errors import AudioError

SAMPLES = np.linspace(-1, 1, 200_001)


def test_the_ends_and_the_middle_have_their_codes():
    assert mu_law_encode([-1.0, 0.0, 1.0]).tolist() == [0, 128, 255]
    assert mu_law_encode([-7.0, 7.0]).tolist() == [0, 255]


@pytest.mark.parametrize("classes", [256, 1024, 2048])
def test_every_code_is_what_its_sample_is_encoded_as(classes):
    codes = np.arange(classes)
    np.testing.assert_array_equal(mu_law_encode(mu_law_decode(codes, classes), classes), codes)


@pytest.mark.parametrize(("classes", "worst"), [(256, 0.021595), (1024, 0.006759)])
def test_no_sample_is_further_from_its_code_than_half_of_the_widest_class(classes, worst):
    error = np.abs(mu_law_decode(mu_law_encode(SAMPLES, classes), classes) - SAMPLES).max()
    assert error == pytest.approx(worst, abs=1e-5)


def test_codes_rise_with_the_samples_and_are_finest_around_silence():
    codes = mu_law_encode(SAMPLES)
    assert (np.diff(codes) >= 0).all()
    widths = np.bincount(codes)
    assert widths[128] < widths[200] < widths[250]


def test_what_is_no_sample_and_no_code_is_told():
    with pytest.raises(AudioError, match="expected samples in .-1, 1., received some that are not finite"):
        mu_law_encode([0.0, np.nan])
    with pytest.raises(AudioError, match="expected codes from 0 to 255, received 3 to 256"):
        mu_law_decode(np.array([3, 256]))
    with pytest.raises(AudioError, match="expected integer codes, received float64"):
        mu_law_decode(np.array([3.0]))
    with pytest.raises(AudioError, match="expected 2 classes at least, received 1"):
        mu_law_encode([0.0], classes=1)
