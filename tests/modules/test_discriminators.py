"""Discriminators of sounds, and the losses they are trained with."""

import numpy as np
import paddle
import pytest

from parakeet.functions.adversarial import feature_distance, hinge_generator, hinge_made, hinge_real
from parakeet.modules.discriminators import PeriodDiscriminator, SpectrumDiscriminator


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
