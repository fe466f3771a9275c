"""CBHG as a vocoder."""

import numpy as np
import paddle
import pytest

from parakeet.models.cbhg import MelToLinear, linear_loss

LENGTHS = [8, 5]


@pytest.fixture
def model():
    paddle.seed(0)
    statistics = {"mel_mean": np.full(6, -4.0), "mel_std": np.full(6, 2.0), "linear_mean": np.full(9, -5.0), "linear_std": np.full(9, 3.0)}
    model = MelToLinear(6, n_fft=16, channels=4, bank_size=3, projection_channels=5, **statistics)
    model.eval()
    return model


def test_each_frame_gets_its_bins_and_padding_none(model):
    mel = paddle.randn([2, 8, 6])
    linear = model(mel, paddle.to_tensor(LENGTHS))
    assert linear.shape == [2, 8, 9]
    assert not linear.numpy()[1, 5:].any()
    alone = model.infer(mel[1:, :5], paddle.to_tensor([5]))
    np.testing.assert_allclose(linear.numpy()[1, :5], alone.numpy()[0], atol=1e-5)


def test_what_it_says_is_in_the_units_of_the_data(model):
    model.output.weight.set_value(paddle.zeros_like(model.output.weight))
    model.output.bias.set_value(paddle.ones_like(model.output.bias))
    assert (model(paddle.randn([1, 3, 6]), paddle.to_tensor([3])).numpy() == -2.0).all()


def test_the_loss_is_in_standard_deviations_and_never_looks_at_padding():
    linear, lengths = paddle.zeros([2, 8, 9]), paddle.to_tensor(LENGTHS)
    predicted = np.full((2, 8, 9), 3.0, "float32")
    predicted[1, 5:] = 99.0
    assert linear_loss(paddle.to_tensor(predicted), linear, lengths, paddle.full([1, 1, 9], 2.0)).item() == pytest.approx(1.5)
