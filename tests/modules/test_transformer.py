"""Transformer blocks."""

import numpy as np
import paddle
import pytest

from parakeet.modules.attention import MultiHeadAttention
from parakeet.modules.transformer import DecoderBlock, ScaledPositions


@pytest.fixture
def block():
    paddle.seed(0)
    block = DecoderBlock(12, heads=3, intermediate_channels=20, source_channels=8)
    block.to(dtype="float64")
    block.eval()
    return block


def test_a_source_that_is_projected_once_says_the_same_each_time():
    attention = MultiHeadAttention(8, 2, source_channels=6)
    x, source = paddle.randn([2, 5, 8]), paddle.randn([2, 4, 6])
    mask = paddle.to_tensor([[[1.0, 1, 1, 1]], [[1.0, 1, 0, 0]]])
    kept = attention.project(source)
    for ours, theirs in zip(attention.look(x, *kept, mask), attention(x, source, mask), strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_heads_that_do_not_divide_the_channels_are_refused():
    with pytest.raises(ValueError, match="3 heads do not divide 8 channels"):
        MultiHeadAttention(8, 3)


def test_step_by_step_a_decoder_says_what_it_says_at_once(block):
    x, source = paddle.randn([2, 9, 12], "float64"), paddle.randn([2, 5, 8], "float64")
    mask = paddle.to_tensor([[[1.0, 1, 1, 1, 1]], [[1.0, 1, 1, 0, 0]]], dtype="float64")
    whole, weights = block(x, source, mask)
    memory = block.remember(source)
    for t in range(9):
        y, looked, memory = block.step(x[:, t : t + 1], memory, mask)
        np.testing.assert_allclose(y.numpy()[:, 0], whole.numpy()[:, t], atol=1e-13)
        np.testing.assert_allclose(looked.numpy()[:, :, 0], weights.numpy()[:, :, t], atol=1e-13)


def test_a_decoder_knows_nothing_of_what_comes_after(block):
    x, source, mask = paddle.randn([1, 9, 12], "float64"), paddle.randn([1, 5, 8], "float64"), paddle.ones([1, 1, 5], "float64")
    poked = x.clone()
    poked[:, 4] += paddle.randn([12], "float64")
    before, after = (block(each, source, mask)[0].numpy()[0] for each in (x, poked))
    assert np.flatnonzero((before != after).any(axis=1)).tolist() == [4, 5, 6, 7, 8]


def test_positions_that_begin_later_are_those_of_the_whole():
    positions = ScaledPositions(6)
    positions.scale.set_value(paddle.to_tensor([0.5]))
    x = paddle.randn([1, 8, 6])
    np.testing.assert_array_equal(positions(x[:, 3:], start=3).numpy(), positions(x)[:, 3:].numpy())
    assert positions(paddle.zeros([1, 2, 6])).numpy()[0, 1, 0] == pytest.approx(0.5 * 0.841471, abs=1e-6)
