"""WaveFlow; what its paper promises is measured by ``parakeet/verification/waveflow.py``, and its quick checks are tests, too."""

import math

import numpy as np
import paddle
import pytest

from parakeet.models.waveflow import WaveFlow, waveflow_loss
from parakeet.verification.waveflow import SMALL, pair, small


def test_the_loss_is_the_density_that_the_change_of_variables_says():
    noise, log_det = paddle.to_tensor([[1.0, -2.0, 0.5], [0.0, 1.0, 1.0]]), paddle.to_tensor([0.3, -0.6])
    densities = [sum(math.log(math.exp(-z * z / 2) / math.sqrt(2 * math.pi)) for z in row) for row in noise.tolist()]
    expected = -(densities[0] + 0.3 + densities[1] - 0.6) / 6
    assert waveflow_loss(noise, log_det).item() == pytest.approx(expected, rel=1e-6)


def test_every_parameter_is_learned():
    model, (wav, mel) = small(), pair()
    model.train()
    waveflow_loss(*model(wav, mel)).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not np.abs(p.grad.numpy()).any()] == []


def test_a_sound_follows_from_its_seed_and_lies_within_full_scale():
    model, (_, mel) = small(temperature=5.0), pair()
    sounds = []
    for seed in (3, 3, 4):
        sounds.append(model.infer(mel, seed).numpy())
    assert np.array_equal(sounds[0], sounds[1])
    assert not np.array_equal(sounds[0], sounds[2])
    assert np.abs(sounds[0]).max() == 1.0


def test_the_statistics_of_the_spectra_travel_with_the_weights():
    model, mel = small(), paddle.randn([1, 5, 4], "float64")
    model.mel_mean.set_value(paddle.zeros([1, 1, 4], "float64"))
    model.mel_std.set_value(paddle.ones([1, 1, 4], "float64"))
    plain = model.infer(mel).numpy()
    model.mel_mean.set_value(paddle.full([1, 1, 4], -4.0, "float64"))
    model.mel_std.set_value(paddle.full([1, 1, 4], 2.0, "float64"))
    np.testing.assert_allclose(model.infer(mel * 2 - 4).numpy(), plain, atol=1e-12)


def test_the_way_back_uses_the_weights_as_they_are_now():
    """Weight normalisation renews a weight only when its layer is called: the way back must not rely on that."""
    model, (noise, mel) = small(), pair()
    model.inverse(noise, mel)
    block = model.flows[0].blocks[0]
    block.conv.weight_g.set_value(block.conv.weight_g * 2)
    back = model.inverse(noise, mel)
    np.testing.assert_allclose(model(back, mel)[0].numpy(), noise.numpy(), atol=1e-10)


def test_samples_that_do_not_belong_to_the_frames_are_refused():
    wav, mel = pair(frames=10)
    for way in (WaveFlow(**SMALL).forward, WaveFlow(**SMALL).inverse):
        with pytest.raises(ValueError, match="expected 160 samples, 16 for each of 10 frames, received 159"):
            way(wav[:, :-1], mel)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_flows": 3}, "expected even numbers of flows and rows, .*; received 3 flows and 8 rows"),
        ({"height": 6}, "rows that divide the hop length of 16; received 4 flows and 6 rows"),
        ({"height": 10, "row_dilations": None}, "dilations are known for heights of 8, 16, 32, 64, 128; name row_dilations for one of 10"),
    ],
)
def test_shapes_that_can_not_be_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        WaveFlow(**{**SMALL, **options})
