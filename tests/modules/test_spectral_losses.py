"""Distances of sounds in their spectra."""

import numpy as np
import paddle
import pytest

from parakeet.audio.mel import MelConfig, log_mel, mel_filters
from parakeet.functions.stft import reflect
from parakeet.modules.spectral_losses import MelDistance, spectral_distances


def test_the_mel_distance_is_that_of_the_mels_we_prepare():
    config = MelConfig(n_fft=256, hop_length=64, win_length=256, n_mels=20)
    distance = MelDistance(mel_filters(config), 64)
    wavs = [np.random.default_rng(seed).standard_normal(4000).astype("float32") * 0.1 for seed in (0, 1)]
    tensors = [reflect(paddle.to_tensor(wav[None]), 128) for wav in wavs]
    expected = np.abs(log_mel(wavs[0], config) - log_mel(wavs[1], config)).mean()
    np.testing.assert_allclose(distance(*tensors).item(), expected, rtol=1e-5)
    assert distance(tensors[0], tensors[0]).item() == 0


def test_spectral_distances_are_zero_for_the_same_sound_and_one_for_silence():
    wav = paddle.to_tensor(np.random.default_rng(0).standard_normal((2, 4096)).astype("float32"))
    assert [distance.item() for distance in spectral_distances(wav, wav)] == [0.0, 0.0]
    assert spectral_distances(paddle.zeros_like(wav), wav)[0].item() == pytest.approx(1.0, abs=1e-6)
