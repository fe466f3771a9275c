"""Where something stands."""

import numpy as np
import paddle

from parakeet.functions.positions import encode_positions, places, sinusoid_positions, waves


def test_places_count_from_both_ends_and_are_zero_on_padding():
    found = places(paddle.to_tensor([3, 1]), 4).numpy()
    np.testing.assert_allclose(3 * found[0], [[0, np.log(3)], [np.log(2), np.log(2)], [np.log(3), 0], [0, 0]], rtol=1e-6)
    assert not found[1].any()


def test_sinusoids_begin_with_zero_and_one_and_turn_once_in_two_pi_at_the_first_pair():
    found = sinusoid_positions(8, 6).numpy()
    np.testing.assert_allclose(found[0], [0, 1, 0, 1, 0, 1])
    np.testing.assert_allclose(found[:, 0], np.sin(np.arange(8)), atol=1e-6)


def test_waves_are_the_number_its_sines_and_its_cosines():
    found = waves(paddle.to_tensor([[0.5]]), (1.0, 4.0)).numpy()
    np.testing.assert_allclose(found, [[[0.5, np.sin(0.5), np.sin(2), np.cos(0.5), np.cos(2)]]], rtol=1e-6)


def test_encoded_positions_are_the_sinusoids_of_any_number_and_learn_their_rate():
    rate = paddle.to_tensor([[1.5]], stop_gradient=False)
    found = encode_positions(rate * paddle.arange(9, dtype="float32"), 6)
    np.testing.assert_allclose(found.numpy()[0], sinusoid_positions(9, 6, rate=1.5).numpy(), atol=1e-6)
    found[0, 4, 0].backward()  # the sine of 4 times the rate
    np.testing.assert_allclose(rate.grad.numpy(), [[4 * np.cos(6)]], rtol=1e-5)


def test_encoded_positions_of_thousands_are_exact():
    found = encode_positions(paddle.to_tensor([4999.0]), 4).numpy()
    np.testing.assert_allclose(found[0], [np.sin(4999), np.cos(4999), np.sin(49.99), np.cos(49.99)], atol=1e-6)
