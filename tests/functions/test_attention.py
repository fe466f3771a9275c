"""Attention without parameters."""

import numpy as np
import paddle
import pytest

from parakeet.functions.attention import attend, causal_mask, window_mask


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_sum_to_one_where_a_query_may_look_and_are_exactly_zero_elsewhere(dtype):
    paddle.seed(0)
    queries, keys = paddle.randn([2, 6, 4], dtype), paddle.randn([2, 7, 4], dtype)
    mask = (np.arange(7) < np.array([[7], [3]]))[:, None]
    found, weights = attend(queries, keys, keys, paddle.to_tensor(mask.astype(dtype)))
    weights = weights.numpy()
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, rtol=1e-6)
    assert not weights[~np.broadcast_to(mask, weights.shape)].any()
    np.testing.assert_allclose(found.numpy(), weights @ keys.numpy(), atol=1e-6)


def test_what_a_query_finds_is_the_softmax_of_scaled_products():
    queries, keys, values = (np.random.default_rng(i).standard_normal((5, 4)) for i in range(3))
    scores = np.exp(queries @ keys.T / 2)
    expected = scores / scores.sum(axis=1, keepdims=True) @ values
    found, _ = attend(*map(paddle.to_tensor, (queries, keys, values)))
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-12)


def test_a_query_that_may_look_nowhere_finds_nothing():
    x = paddle.randn([1, 3, 4])
    found, weights = attend(x, x, x, paddle.to_tensor([[[1.0, 1, 1], [0, 0, 0], [1, 0, 0]]]))
    assert not found.numpy()[0, 1].any()
    assert weights.numpy()[0, 2].tolist() == [1, 0, 0]


def test_a_causal_mask_lets_each_place_see_itself_and_what_came_before():
    assert causal_mask(3).tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_a_window_begins_where_the_last_look_was_and_ends_with_the_text():
    found = window_mask(paddle.to_tensor([0, 2, 4]), 3, 5).numpy()
    np.testing.assert_array_equal(found, [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 1]])


def test_scores_are_scaled_as_asked():
    queries, keys = paddle.randn([1, 2, 4]), paddle.randn([1, 3, 4])
    _, weights = attend(queries, keys, keys, scale=1.0)
    exponentials = np.exp(queries.numpy() @ keys.numpy().transpose(0, 2, 1))
    np.testing.assert_allclose(weights.numpy(), exponentials / exponentials.sum(axis=-1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(attend(queries, keys, keys)[1].numpy(), attend(queries, keys, keys, scale=0.5)[1].numpy(), rtol=1e-6)
