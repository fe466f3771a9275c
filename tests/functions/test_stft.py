"""Spectra with gradients."""

import numpy as np
import paddle
import pytest

from parakeet.audio.stft import istft as istft_of_numpy
from parakeet.audio.stft import stft as stft_of_numpy
from parakeet.functions.stft import add_frames, cut_frames, istft, reflect, stft_magnitude

SIZES = [(512, 128, 512), (512, 128, 400), (400, 100, 400), (512, 200, 512), (64, 64, 64)]


def noise(*shape, seed=0):
    x = paddle.to_tensor(np.random.default_rng(seed).standard_normal(shape))
    x.stop_gradient = False
    return x


def slope(function, x, direction, step=1e-6):
    """The derivative of a function along a direction, by central differences."""
    with paddle.no_grad():
        return (function(x + step * direction) - function(x - step * direction)).item() / (2 * step)


@pytest.mark.parametrize("sizes", SIZES)
def test_magnitudes_are_those_of_the_transform_in_numpy(sizes):
    wav = noise(2, 3001)
    ours = stft_magnitude(reflect(wav, sizes[0] // 2), *sizes).numpy()
    for row, magnitude in zip(wav.numpy(), ours, strict=True):
        np.testing.assert_allclose(magnitude, np.abs(stft_of_numpy(row, *sizes)), atol=1e-11)


@pytest.mark.parametrize("sizes", SIZES)
def test_the_gradient_of_magnitudes_is_the_slope_in_any_direction(sizes):
    wav, weights = noise(2, 1500), None
    magnitude = stft_magnitude(wav, *sizes)
    weights = noise(*magnitude.shape, seed=1).detach()
    (gradient,) = paddle.grad((magnitude * weights).sum(), wav)
    for seed in range(3):
        direction = noise(2, 1500, seed=seed + 2).detach()
        expected = slope(lambda x: (stft_magnitude(x, *sizes) * weights).sum(), wav.detach(), direction)
        np.testing.assert_allclose((gradient * direction).sum().item(), expected, rtol=1e-6)


def test_silence_has_a_gradient_that_is_a_number():
    wav = paddle.zeros([1, 1024])
    wav.stop_gradient = False
    (gradient,) = paddle.grad(stft_magnitude(wav, 256, 64, 256).sum(), wav)
    assert np.isfinite(gradient.numpy()).all()


@pytest.mark.parametrize(("n_fft", "hop_length"), [(512, 128), (256, 100)])
def test_the_inverse_is_that_in_numpy_and_its_gradient_the_slope(n_fft, hop_length):
    shape, length = (2, 12, n_fft // 2 + 1), 12 * hop_length
    real, imaginary = noise(*shape), noise(*shape, seed=1)
    wav = istft(real, imaginary, hop_length, n_fft, length)
    for b in range(2):
        spectrum = real.numpy()[b] + 1j * imaginary.numpy()[b]
        np.testing.assert_allclose(wav.numpy()[b], istft_of_numpy(spectrum, hop_length, n_fft, length), atol=1e-10)
    weights, direction = noise(2, length, seed=2).detach(), noise(*shape, seed=3).detach()
    for part, gradient in zip((0, 1), paddle.grad((wav * weights).sum(), [real, imaginary]), strict=True):

        def loss(x, part=part):
            parts = [real.detach(), imaginary.detach()]
            parts[part] = x
            return (istft(*parts, hop_length, n_fft, length) * weights).sum()

        expected = slope(loss, (real, imaginary)[part].detach(), direction)
        np.testing.assert_allclose((gradient * direction).sum().item(), expected, rtol=1e-6)


def test_a_recording_survives_the_way_there_and_back():
    wav = np.random.default_rng(0).standard_normal(128 * 40)
    spectrum = stft_of_numpy(wav, 512, 128, 512)
    back = istft(paddle.to_tensor(spectrum.real[None]), paddle.to_tensor(spectrum.imag[None]), 128, 512, len(wav))
    np.testing.assert_allclose(back.numpy()[0], wav, atol=1e-12)


@pytest.mark.parametrize(("n_fft", "hop_length", "length"), [(8, 2, 30), (8, 3, 29), (5, 5, 25), (4, 8, 28)])
def test_adding_frames_is_the_adjoint_of_cutting_them(n_fft, hop_length, length):
    wav = noise(2, length).detach()
    frames = cut_frames(wav, n_fft, hop_length)
    other = noise(*frames.shape, seed=1).detach()
    np.testing.assert_allclose((frames * other).sum().item(), (wav * add_frames(other, hop_length, length)).sum().item(), rtol=1e-12)


def test_a_waveform_shorter_than_a_frame_is_refused():
    with pytest.raises(ValueError, match="the waveform has 100 samples, a frame n_fft = 256"):
        stft_magnitude(paddle.zeros([1, 100]), 256, 64, 256)
