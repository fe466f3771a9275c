"""Gated convolutions: what they see, what they remember, how they begin."""

import numpy as np
import paddle
import pytest

from parakeet.functions.masking import sequence_mask
from parakeet.modules.conv_glu import ConvGLUBlock, SpeakerBias
from parakeet.modules.weight_norm import fold_weight_norm


def changed_frames(block, at, length=13):
    """Which frames of what comes out change when a frame of what goes in does."""
    x = paddle.randn([1, length, 4])
    poked = x.clone()
    poked[:, at] += 1
    return np.flatnonzero(np.abs((block(x) - block(poked)).numpy()).max(axis=(0, 2))).tolist()


def test_a_causal_block_sees_itself_and_what_came_before():
    assert changed_frames(ConvGLUBlock(4, 3, causal=True), 6) == [6, 7, 8]


def test_a_block_that_is_not_causal_sees_both_sides():
    assert changed_frames(ConvGLUBlock(4, 5), 6) == [4, 5, 6, 7, 8]


def test_a_kernel_without_a_middle_is_refused_unless_it_is_causal():
    with pytest.raises(ValueError, match="a kernel that sees both sides has a middle, so its size is odd; it is 4"):
        ConvGLUBlock(4, 4)
    assert changed_frames(ConvGLUBlock(4, 4, causal=True), 6) == [6, 7, 8, 9]


@pytest.mark.parametrize("sizes", [[1] * 9, [4, 1, 4], [9]])
def test_piece_after_piece_is_what_the_whole_is(sizes):
    block = ConvGLUBlock(4, 5, causal=True, speaker_channels=3)
    x, speaker = paddle.randn([2, 9, 4]), paddle.randn([2, 3])
    past, pieces = block.beginning(x), []
    for piece in x.split(sizes, axis=1):
        y, past = block.go_on(piece, past, speaker)
        pieces.append(y)
    np.testing.assert_allclose(paddle.concat(pieces, axis=1).numpy(), block(x, None, speaker).numpy(), atol=1e-6)


def test_what_lies_on_padding_neither_enters_nor_leaves():
    block = ConvGLUBlock(4, 5)
    mask = sequence_mask(paddle.to_tensor([7]), 12).unsqueeze(-1)
    x = paddle.randn([1, 12, 4])
    found = block(x + (1 - mask) * 1e3, mask).numpy()
    np.testing.assert_allclose(found[:, :7], block(x[:, :7]).numpy(), atol=1e-6)
    assert not found[:, 7:].any()


def test_a_block_is_the_gated_sum_of_the_paper():
    block = fold_weight_norm(ConvGLUBlock(2, 1))
    block.conv.weight.set_value(paddle.to_tensor([[2.0, 0.0], [0.0, 3.0], [1.0, 0.0], [0.0, -1.0]]).unsqueeze(-1))
    block.conv.bias.set_value(paddle.to_tensor([0.5, 0.0, 0.0, 0.0]))
    found = block(paddle.to_tensor([[[1.0, 2.0]]])).numpy().ravel()
    expected = [np.sqrt(0.5) * (2.5 / (1 + np.exp(-1)) + 1), np.sqrt(0.5) * (6 / (1 + np.exp(2)) + 2)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_signal_varies_behind_a_fresh_block_about_as_before_it():
    paddle.seed(0)
    for dropout in (0.0, 0.5):
        assert 0.8 < ConvGLUBlock(64, 5, dropout=dropout)(paddle.randn([4, 64, 64])).std().item() < 1.25


def test_a_speaker_shifts_every_frame_within_one():
    bias = SpeakerBias(3, 4)(paddle.randn([2, 3]) * 100)
    assert bias.shape == [2, 1, 4]
    assert 0.5 < bias.abs().max().item() < 1


def test_dropout_is_of_training_alone():
    block, x = ConvGLUBlock(4, 3, dropout=0.5), paddle.randn([1, 9, 4])
    assert not np.array_equal(block(x).numpy(), block(x).numpy())
    block.eval()
    np.testing.assert_array_equal(block(x).numpy(), block(x).numpy())
