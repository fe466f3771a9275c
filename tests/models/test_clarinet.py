"""ClariNet's student: that it is a flow, what it learns from, and that it learns."""

import numpy as np
import paddle
import pytest

from parakeet.models.clarinet import ClariNet, distillation_losses, frame_loss
from parakeet.modules.weight_norm import count_parameters

SMALL = {"n_mels": 4, "upsample_scales": (2, 4), "flows": 3, "channels": 6, "layers": 2}


def build(**options):
    paddle.seed(0)
    model = ClariNet(**{**SMALL, **options}).to(dtype="float64")
    for parameter in model.parameters():  # what is zero at first would hide what depends on it
        parameter.set_value(parameter + 0.1 * paddle.randn(parameter.shape, "float64"))
    return model


def inputs(model, batch=1, frames=3):
    return paddle.randn([batch, frames * model.hop_length], "float64"), paddle.randn([batch, frames, 4], "float64")


def test_the_published_size_has_its_number_of_parameters():
    model = ClariNet()
    assert sum(count_parameters(flow) for flow in model.flows) == 2_156_178
    assert count_parameters(model.upsample) == 194
    assert model.hop_length == 256


def jacobian(model, noise, mel):
    noise.stop_gradient = False
    drawn = model(noise, mel)
    return drawn, np.concatenate([paddle.grad(x, noise, retain_graph=True)[0].numpy() for x in paddle.unbind(drawn.wav[0])])


def test_the_derivative_is_a_triangle_whose_diagonal_is_the_product_of_the_scales():
    model = build()
    drawn, matrix = jacobian(model, *inputs(model))
    assert not np.triu(matrix, 1).any()
    np.testing.assert_allclose(np.diag(matrix), np.exp(drawn.log_scale[0].numpy()), rtol=1e-10)
    np.testing.assert_allclose(np.linalg.slogdet(matrix)[1], drawn.log_scale.sum().item(), atol=1e-8)
    assert np.abs(np.tril(matrix, -1)).max() > 1e-3


def test_mean_and_scale_of_a_sample_are_those_of_the_noise_before_it_and_give_the_sample():
    model = build()
    noise, mel = inputs(model)
    other = noise.clone()
    other[0, 5] += 1.0
    ours, theirs = model(noise, mel), model(other, mel)
    np.testing.assert_allclose((ours.mean + paddle.exp(ours.log_scale) * noise).numpy(), ours.wav.numpy(), atol=1e-12)
    for kind, first in (("wav", 5), ("mean", 6), ("log_scale", 6)):
        changed = np.flatnonzero((getattr(ours, kind) != getattr(theirs, kind)).numpy()[0])
        assert changed.min() == first


def test_noise_is_heard_as_far_as_the_receptive_field_says():
    model = build()
    noise, mel = inputs(model, frames=8)
    other = noise.clone()
    other[0, 5] += 1.0
    changed = np.flatnonzero((model(noise, mel).wav != model(other, mel).wav).numpy()[0])
    assert changed.max() == 5 + model.receptive_field - 1


def test_of_itself_the_student_has_nothing_to_learn():
    model = build()
    noise, mel = inputs(model)
    drawn = model(noise, mel)
    losses = distillation_losses(drawn, lambda previous, mel: (drawn.mean, drawn.log_scale), mel)
    assert losses["kl_loss"].item() == losses["kl"].item() == 0


def test_the_teacher_is_shown_the_samples_before_each_and_the_gradient_comes_back_through_them():
    model = build()
    noise, mel = inputs(model)
    drawn, seen = model(noise, mel), []

    def teacher(previous, mel):
        seen.append(previous)
        return previous * 0.5, paddle.zeros_like(previous)

    distillation_losses(drawn, teacher, mel)["kl_loss"].backward()
    np.testing.assert_array_equal(seen[0][:, 1:].numpy(), drawn.wav[:, :-1].numpy())
    assert seen[0][0, 0].item() == 0
    assert all(parameter.grad is not None for parameter in model.flows.parameters())


def test_the_divergence_in_closed_form_is_what_many_draws_say():
    model = build(flows=2)
    _, mel = inputs(model)
    noise = paddle.randn([4000, 24], "float64")
    drawn = model(noise, mel.expand([4000, 3, 4]))

    def teacher(previous, mel):
        return 0.3 * previous, paddle.full_like(previous, -0.2)

    losses = distillation_losses(drawn, teacher, mel)
    mean_p, log_p = teacher(paddle.concat([paddle.zeros([4000, 1], "float64"), drawn.wav[:, :-1]], axis=1), mel)
    log_q = -0.5 * noise**2 - drawn.log_scale
    log_density_p = -0.5 * ((drawn.wav - mean_p) * paddle.exp(-log_p)) ** 2 - log_p
    sampled = (log_q - log_density_p).mean(axis=1).numpy()
    assert losses["kl"].item() == pytest.approx(sampled.mean(), abs=4 * sampled.std() / np.sqrt(4000))


def test_the_frame_loss_is_the_difference_of_magnitudes():
    t = np.arange(512) / 64
    loud = paddle.to_tensor(np.sin(2 * np.pi * 8 * t)[None])
    assert frame_loss(loud, loud, 128, 32, 128).item() == 0
    # A sine of a bin's frequency through a Hann window: half of the window's sum there, half of that in the bins beside it.
    expected = (32**2 + 2 * 16**2) / 65
    assert frame_loss(loud, loud * 0, 128, 32, 128).item() == pytest.approx(expected, rel=1e-6)


def test_the_upsampling_is_the_teachers_and_learns_no_more():
    model, other = build(), build()
    mel = paddle.randn([1, 3, 4], "float64")
    model.take_upsampling(other.upsample)
    np.testing.assert_allclose(model.upsample(mel).numpy(), other.upsample(mel).numpy(), atol=1e-12)
    model(*inputs(model)).wav.sum().backward()
    assert all(parameter.grad is None for parameter in model.upsample.parameters())
    with pytest.raises(ValueError, match=r"its upsample_scales are \(2, 4\), the teacher's \(4, 2\)"):
        model.take_upsampling(build(upsample_scales=(4, 2)).upsample)


def test_more_noise_than_the_spectrum_has_samples_is_told():
    model = build()
    noise, mel = inputs(model)
    with pytest.raises(ValueError, match="expected noise of 16 samples, 2 frames of 8; received 24"):
        model(noise, mel[:, :2])


def test_synthesis_is_of_the_seed_and_of_one_hop_a_frame():
    model = build().to(dtype="float32")
    mel = paddle.randn([2, 5, 4])
    wav = model.infer(mel, seed=1)
    assert wav.shape == [2, 40]
    assert wav.abs().max().item() <= 1
    np.testing.assert_array_equal(model.infer(mel, seed=1).numpy(), wav.numpy())
    assert not np.array_equal(model.infer(mel, seed=2).numpy(), wav.numpy())


def test_a_student_comes_to_say_what_its_teacher_says():
    model = build(flows=1, channels=8).to(dtype="float32")
    mel, losses = paddle.zeros([8, 8, 4]), []
    optimizer = paddle.optimizer.Adam(1e-2, parameters=model.flows.parameters(), grad_clip=paddle.nn.ClipGradByGlobalNorm(1.0))
    for _ in range(60):
        drawn = model(paddle.randn([8, 64]), mel)
        found = distillation_losses(drawn, lambda previous, mel: (0.5 * previous, paddle.full_like(previous, -1.5)), mel)
        found["kl_loss"].backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(found["kl"].item())
    assert losses[-1] < 0.05 < 1 < losses[0]
