"""HiFi-GAN's generator."""

import numpy as np
import paddle
import pytest

from parakeet.models.hifigan import SIZES, HiFiGAN
from parakeet.modules.weight_norm import count_parameters, fold_weight_norm

SMALL = {"n_mels": 8, "channels": 16, "upsample_rates": (4, 2), "upsample_kernels": (8, 4), "kernels": (3, 5)}


def mels(frames, seed=0):
    return paddle.to_tensor(np.random.default_rng(seed).standard_normal((1, frames, 8)).astype("float32"))


@pytest.fixture(params=[((1, 1), (3, 1)), ((1,), (2,))])
def vocoder(request):
    paddle.seed(0)
    return HiFiGAN(**SMALL, dilations=(request.param,) * 2)


@pytest.mark.parametrize(("size", "count"), [("v1", 13_926_017), ("v2", 925_985), ("v3", 1_462_273)])
def test_each_published_size_has_its_published_number_of_parameters(size, count):
    vocoder = HiFiGAN(**SIZES[size])
    assert count_parameters(vocoder) == count
    assert vocoder.hop_length == 256


def test_there_are_as_many_samples_as_frames_times_hops(vocoder):
    for frames in (1, 2, 9):
        assert vocoder(mels(frames)).shape == [1, frames * 8]


def test_folding_weight_normalisation_changes_nothing_but_the_parameters(vocoder):
    mel = mels(12)
    before, count = vocoder(mel).numpy(), count_parameters(vocoder)
    assert sum(parameter.size for parameter in vocoder.parameters()) > count
    fold_weight_norm(vocoder)
    assert sum(parameter.size for parameter in vocoder.parameters()) == count == count_parameters(vocoder)
    np.testing.assert_allclose(vocoder(mel).numpy(), before, atol=1e-6)


def test_a_frame_is_heard_no_further_away_than_the_context_says(vocoder):
    mel = mels(80)
    other = mel.clone()
    other[0, 40] += 5.0
    differs = np.flatnonzero(np.abs(vocoder(mel).numpy() - vocoder(other).numpy())[0] > 0)
    before, behind = 40 - differs.min() / 8, (differs.max() + 1) / 8 - 41
    assert vocoder.context - 2 <= max(before, behind) <= vocoder.context
