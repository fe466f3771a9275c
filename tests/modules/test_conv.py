"""Convolutional blocks: padding never changes a result."""

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.functions.masking import sequence_mask
from parakeet.modules.conv import ChannelNorm, ConvStack, MaskedBatchNorm, ResidualConvBlock


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


def made_batch_norm(channels=3):
    norm = MaskedBatchNorm(channels)
    norm.weight.set_value(paddle.to_tensor([1.5, 0.5, 2.0]))
    norm.bias.set_value(paddle.to_tensor([0.1, -0.2, 0.3]))
    return norm


@pytest.mark.filterwarnings("ignore:When training")  # said by Paddle, of its own
def test_batch_norm_without_padding_is_that_of_paddle():
    ours, theirs, x = made_batch_norm(), nn.BatchNorm1D(3), 3 * paddle.randn([2, 3, 5]) + 1
    theirs.weight.set_value(ours.weight)
    theirs.bias.set_value(ours.bias)
    np.testing.assert_allclose(ours(x, paddle.ones([2, 1, 5])).numpy(), theirs(x).numpy(), atol=1e-5)
    np.testing.assert_allclose(ours.mean.numpy(), theirs._mean.numpy(), atol=1e-6)
    ours.eval()
    theirs._variance.set_value(ours.variance)  # Paddle's is biased
    theirs.eval()
    np.testing.assert_allclose(ours(x, None).numpy(), theirs(x).numpy(), atol=1e-5)


def test_what_lies_on_padding_changes_nothing_of_batch_norm_in_training():
    alone, padded = made_batch_norm(), made_batch_norm()
    lengths, x = paddle.to_tensor([5, 3]), paddle.randn([2, 3, 5])
    mask = sequence_mask(lengths, 5).unsqueeze(1)
    longer = paddle.concat([x * mask + 7 * (1 - mask), paddle.full([2, 3, 4], 9.0)], axis=2)
    found = padded(longer, sequence_mask(lengths, 9).unsqueeze(1))
    np.testing.assert_allclose((found[:, :, :5] * mask).numpy(), (alone(x, mask) * mask).numpy(), atol=1e-6)
    for name in ("mean", "variance"):
        np.testing.assert_allclose(getattr(padded, name).numpy(), getattr(alone, name).numpy(), atol=1e-6)


def test_the_running_variance_is_unbiased():
    norm, x = made_batch_norm(), paddle.randn([1, 3, 6])
    norm(x, paddle.ones([1, 1, 6]))
    expected = 0.9 + 0.1 * x.numpy().var(axis=(0, 2), ddof=1)
    np.testing.assert_allclose(norm.variance.numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("norm", [ChannelNorm, MaskedBatchNorm])
def test_what_lies_on_padding_does_not_enter_a_stack_of_convolutions(norm):
    stack = ConvStack([4, 6, 2], 3, 0.0, paddle.tanh, norm=norm)
    mask = sequence_mask(paddle.to_tensor([3]), 6).unsqueeze(-1)
    x, noise = paddle.randn([1, 6, 4]), paddle.randn([1, 6, 4])
    first, second = (stack(part, mask)[:, :3].numpy() for part in (x, x + noise * (1 - mask)))
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_the_last_of_a_stack_is_bent_or_not_as_asked():
    x, mask = 100 * paddle.ones([1, 5, 2]), paddle.ones([1, 5, 1])
    for bend_last in (True, False):
        stack = ConvStack([2, 3], 3, 0.0, lambda x: x * 0, bend_last=bend_last)
        stack.norms[0].bias.set_value(paddle.ones([3]))
        assert bool((stack(x, mask) == 0).all()) is bend_last
