"""Vocos, the vocoder that works at the rate of frames."""

import numpy as np
import paddle
import pytest

from parakeet.audio.stft import stft
from parakeet.functions.stft import istft
from parakeet.models.vocos import Vocos


@pytest.fixture
def vocoder():
    paddle.seed(1)
    vocoder = Vocos(10, channels=16, intermediate_channels=32, n_blocks=3, n_fft=64, hop_length=16, mel_mean=np.full(10, -4.0))
    for parameter in vocoder.parameters():  # far from the small weights of the beginning, so that every frame matters
        parameter.set_value(parameter + 0.1 * paddle.randn(parameter.shape))
    vocoder.eval()
    return vocoder


def mels(*shape, seed=0):
    return paddle.to_tensor(np.random.default_rng(seed).standard_normal(shape).astype("float32") - 4)


def test_the_papers_size_has_the_papers_number_of_parameters():
    assert sum(parameter.size for parameter in Vocos().parameters()) == 13_531_650


@pytest.mark.parametrize("frames", [1, 2, 7, 40])
def test_there_are_as_many_samples_as_frames_times_hops(vocoder, frames):
    assert vocoder(mels(2, frames, 10)).shape == [2, frames * 16]


def test_padding_never_changes_a_result(vocoder):
    mel, lengths = mels(3, 20, 10), [20, 5, 11]
    together = vocoder.spectrum(mel, paddle.to_tensor(lengths))
    for b, n in enumerate(lengths):
        alone = vocoder.spectrum(mel[b : b + 1, :n])
        for ours, theirs in zip(together, alone, strict=True):
            np.testing.assert_allclose(ours.numpy()[b, :n], theirs.numpy()[0], atol=1e-5)
            assert not ours.numpy()[b, n:].any()


def test_a_frame_depends_on_as_many_frames_as_the_context_says_and_on_all_of_them(vocoder):
    assert vocoder.context == 12
    mel = mels(1, 60, 10)
    changed = mel.clone()
    changed[0, 30] += 1.0
    before, after = vocoder.spectrum(mel)[0].numpy(), vocoder.spectrum(changed)[0].numpy()
    differs = np.flatnonzero(np.abs(before - after).max(-1)[0] > 0)
    assert differs.min() == 30 - 12
    assert differs.max() == 30 + 12


def test_the_head_can_say_any_sound():
    """True magnitudes and phases, put through what stands behind the head, give the recording back."""
    wav = np.random.default_rng(0).standard_normal(256 * 30).astype("float32") * 0.1
    spectrum = stft(wav, 1024, 256, 1024)
    magnitude, phase = np.abs(spectrum), np.angle(spectrum)
    parts = [paddle.to_tensor((magnitude * function(phase))[None].astype("float32")) for function in (np.cos, np.sin)]
    back = istft(*parts, 256, 1024, len(wav)).numpy()[0]
    assert 10 * np.log10((wav**2).mean() / ((wav - back) ** 2).mean()) > 90


def test_what_is_inferred_lies_within_full_scale(vocoder):
    vocoder.head.bias.set_value(vocoder.head.bias + 3.0)
    wav = vocoder.infer(mels(1, 30, 10)).numpy()
    assert np.abs(wav).max() == 1.0 < np.abs(vocoder(mels(1, 30, 10)).numpy()).max()
