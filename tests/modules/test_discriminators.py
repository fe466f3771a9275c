"""Discriminators of sounds, and the losses they are trained with."""

import numpy as np
import paddle
import pytest

from parakeet.functions.adversarial import (
    feature_distance,
    feature_matching,
    hinge_generator,
    hinge_made,
    hinge_real,
    judgements,
    least_squares_generator,
    least_squares_made,
    least_squares_real,
)
from parakeet.modules.discriminators import (
    PeriodDiscriminator,
    ScaleDiscriminator,
    SpectrumDiscriminator,
    build_discriminators,
)
from parakeet.modules.weight_norm import count_parameters


def sounds(batch, length, seed=0):
    return paddle.to_tensor(np.random.default_rng(seed).standard_normal((batch, length)).astype("float32"))


def test_a_discriminator_of_spectra_gives_a_score_a_frame_and_what_each_layer_saw():
    scores, features = SpectrumDiscriminator(256, 64, channels=8, dilations=(1, 2))(sounds(2, 1024))
    frames = 1 + (1024 - 256) // 64
    assert scores.shape == [2, 1, frames]
    assert [each.shape for each in features] == [[2, 8, frames]] * 3


@pytest.mark.parametrize("length", [999, 1000, 1001])
def test_a_discriminator_of_periods_sees_each_phase_by_itself(length):
    paddle.seed(0)
    discriminator = PeriodDiscriminator(3, channels=(4, 8))
    wav = sounds(1, length)
    other = wav.clone()
    other[0, 300] += 1.0  # of phase 0
    before, after = discriminator(wav)[0].numpy(), discriminator(other)[0].numpy()
    assert len(before) == 3
    assert np.abs(before - after)[0].max() > 0
    assert np.array_equal(before[1:], after[1:])


def test_the_period_discriminators_of_hifi_gan_have_the_papers_number_of_parameters():
    discriminators = [PeriodDiscriminator(period) for period in (2, 3, 5, 7, 11)]
    folded = [p for each in discriminators for name, p in each.named_parameters() if not name.endswith("weight_g")]
    assert sum(parameter.size for parameter in folded) == 41_092_165


def test_a_discriminator_learns_to_tell_two_sounds_apart():
    paddle.seed(0)
    discriminator = SpectrumDiscriminator(256, 64, channels=8)
    optimizer = paddle.optimizer.Adam(3e-3, parameters=discriminator.parameters())
    time = paddle.arange(1024, dtype="float32")
    for step in range(60):
        real, made = paddle.sin(0.3 * time + step).unsqueeze(0), 0.7 * sounds(1, 1024, seed=step)
        loss = hinge_real(discriminator(real)[0]) + hinge_made(discriminator(made)[0])
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
    assert loss.item() < 0.5


def test_hinges():
    scores = paddle.to_tensor([2.0, 0.5, -3.0])
    assert hinge_real(scores).item() == pytest.approx((0 + 0.5 + 4) / 3)
    assert hinge_made(scores).item() == pytest.approx((3 + 1.5 + 0) / 3)
    assert hinge_generator(scores).item() == hinge_real(scores).item()


def test_the_distance_of_features_counts_every_layer_alike_and_teaches_the_made_side_only():
    real = [paddle.full([2, 3], 10.0), paddle.full([2, 5], 0.1)]
    made = [paddle.full([2, 3], 11.0), paddle.full([2, 5], 0.11)]
    for each in (*real, *made):
        each.stop_gradient = False
    distance = feature_distance(made, real)
    assert distance.item() == pytest.approx(0.1)
    distance.backward()
    assert real[0].grad is None
    assert made[0].grad is not None


def test_the_scale_discriminators_of_hifi_gan_have_the_papers_number_of_parameters():
    discriminators = build_discriminators(scales=(1, 2, 4))
    assert list(discriminators) == ["scale_1", "scale_2", "scale_4"]
    assert sum(map(count_parameters, discriminators.values())) == 29_610_627


def test_a_discriminator_of_scales_judges_averages_of_its_scale():
    paddle.seed(0)
    discriminator = ScaleDiscriminator(4, channels=16)
    noise = sounds(1, 512, seed=3)
    wiggle = paddle.to_tensor(np.tile([1.0, -1.0], 256)[None].astype("float32"))  # averages of any two neighbours are zero
    before, after = discriminator(noise)[0].numpy(), discriminator(noise + wiggle)[0].numpy()
    np.testing.assert_allclose(before[..., 1:-1], after[..., 1:-1], atol=1e-5)
    scores, features = discriminator(noise)
    assert [each.shape[1] for each in features] == [16, 16, 32, 64, 128, 128, 128]
    assert [each.shape[2] for each in features] == [129, 65, 33, 9, 3, 3, 3]
    assert scores.shape == [1, 1, 3]


def test_the_first_scale_is_normalised_by_its_spectrum_and_survives_a_copy_of_its_state():
    paddle.seed(0)
    discriminator, other = ScaleDiscriminator(1, channels=16), ScaleDiscriminator(1, channels=16)
    wav = sounds(1, 512)
    for _ in range(100):  # the largest singular value is estimated, one step of the power method each time
        discriminator(wav)
    for layer in [*discriminator.layers, discriminator.output]:
        matrix = layer.weight.numpy().reshape([layer.weight.shape[0], -1])
        assert np.linalg.norm(matrix, 2) == pytest.approx(1.0, abs=0.02)
    other.set_state_dict({name: value.numpy() for name, value in discriminator.state_dict().items()})
    np.testing.assert_array_equal(discriminator(wav)[0].numpy(), other(wav)[0].numpy())


@pytest.mark.parametrize(("scale", "channels"), [(3, 16), (0, 16), (2, 20)])
def test_a_scale_that_can_not_be_made_is_refused(scale, channels):
    with pytest.raises(ValueError, match=f"a power of two and a multiple of 16 channels, received {scale} and {channels}"):
        ScaleDiscriminator(scale, channels)


def test_discriminators_are_named_by_what_they_look_at():
    built = build_discriminators(((256, 64, 8), (128, 32, 8)), periods=(2, 3), period_channels=(4, 8), scales=(1,), scale_channels=16)
    assert list(built) == ["spectrum_256", "spectrum_128", "period_2", "period_3", "scale_1"]


def test_least_squares():
    scores = paddle.to_tensor([1.0, 0.5, 0.0])
    assert least_squares_real(scores).item() == least_squares_generator(scores).item() == pytest.approx(1.25 / 3)
    assert least_squares_made(scores).item() == pytest.approx(1.25 / 3)
    half = paddle.full([2, 7], 0.5)
    assert least_squares_real(half).item() + least_squares_made(half).item() == 0.5


def test_features_are_matched_layer_by_layer():
    real, made = [paddle.zeros([2, 3]), paddle.zeros([2, 5])], [paddle.ones([2, 3]), paddle.full([2, 5], -2.0)]
    assert feature_matching(made, real).item() == 3.0


def test_real_examples_are_judged_without_gradients():
    discriminator = build_discriminators(((256, 64, 8),))
    ((scores, features, real_scores, real_features),) = judgements(discriminator, sounds(1, 512), sounds(1, 512, seed=1))
    assert [each.stop_gradient for each in (scores, features[0], real_scores, real_features[0])] == [False, False, True, True]


def test_a_discriminator_of_spectra_learns_what_little_bins_differ_in():
    """Two faint noises, one of them weaker in a band: what all bins have in common must not hide it."""
    paddle.seed(0)
    discriminator = SpectrumDiscriminator(256, 64, channels=16)
    optimizer = paddle.optimizer.Adam(1e-3, parameters=discriminator.parameters())
    losses = []
    for step in range(60):
        real, made = (0.002 * sounds(4, 4096, seed=2 * step + k) for k in (0, 1))
        spectrum = paddle.fft.rfft(made)
        spectrum[:, 800:1000] = 0.6 * spectrum[:, 800:1000]
        loss = hinge_real(discriminator(real)[0]) + hinge_made(discriminator(paddle.fft.irfft(spectrum, n=4096))[0])
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
    assert np.mean(losses[-10:]) < 0.5
