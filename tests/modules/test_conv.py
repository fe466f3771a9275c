"""Convolutional blocks: padding never changes a result."""

import numpy as np
import paddle
import pytest

from parakeet.functions.masking import sequence_mask
from parakeet.modules.conv import ChannelNorm, ResidualConvBlock


def test_channel_norm_normalises_each_frame_over_its_channels():
    y = ChannelNorm(8)(paddle.randn([2, 8, 5]) * 3 + 1).numpy()
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(y.std(axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("dilation", [1, 3])
def test_what_lies_on_padding_neither_enters_nor_leaves_a_block(dilation):
    block = ResidualConvBlock(6, 5, dilation)
    block.eval()
    mask = sequence_mask(paddle.to_tensor([7]), 12).unsqueeze(1)
    x = paddle.randn([1, 6, 12])
    spoiled = x + (1 - mask) * 1e3
    alone = block(x[:, :, :7], paddle.ones([1, 1, 7])).numpy()
    np.testing.assert_allclose(block(spoiled * mask, mask).numpy()[:, :, :7], alone, atol=1e-6)
    assert not block(spoiled, mask).numpy()[:, :, 7:].any()


def test_dropout_is_of_training_alone():
    block = ResidualConvBlock(4, 3, dropout=0.5)
    x, mask = paddle.randn([1, 4, 9]), paddle.ones([1, 1, 9])
    assert not np.array_equal(block(x, mask).numpy(), block(x, mask).numpy())
    block.eval()
    np.testing.assert_array_equal(block(x, mask).numpy(), block(x, mask).numpy())
