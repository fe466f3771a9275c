"""The pre-net, whose dropout never ends."""

import numpy as np
import paddle
import pytest

from parakeet.modules.prenet import PreNet


def test_it_drops_in_evaluation_too():
    prenet = PreNet(5, (64, 64))
    prenet.eval()
    x = paddle.ones([1, 3, 5])
    assert (prenet(x).numpy() != prenet(x).numpy()).any()


def test_with_masks_it_says_the_same_again():
    prenet, x = PreNet(5, (8, 6)), paddle.randn([2, 4, 5])
    masks = prenet.masks(np.random.default_rng(1), 4)
    np.testing.assert_array_equal(prenet(x, masks).numpy(), prenet(x, masks).numpy())


def test_masks_drawn_frame_by_frame_are_those_drawn_at_once():
    prenet, generator = PreNet(5, (8, 6)), np.random.default_rng(1)
    at_once = prenet.masks(np.random.default_rng(1), 4)
    one_by_one = zip(*(prenet.masks(generator, 1) for _ in range(4)), strict=True)
    for whole, parts in zip(at_once, one_by_one, strict=True):
        np.testing.assert_array_equal(whole.numpy(), np.concatenate([part.numpy() for part in parts], axis=1))


def test_masks_drop_as_often_as_said_and_keep_the_mean():
    (mask,) = PreNet(5, (50,), dropout=0.2).masks(np.random.default_rng(0), 400)
    values = mask.numpy()
    assert set(np.unique(values)) == {0, np.float32(1.25)}
    assert values.mean() == pytest.approx(1, abs=0.02)
