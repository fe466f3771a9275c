"""From frames to samples."""

import numpy as np
import paddle
import pytest

from parakeet.modules.upsampling import UpsampleNet
from parakeet.modules.weight_norm import count_parameters, fold_weight_norm


@pytest.mark.parametrize("scales", [(16, 16), (4, 3, 5), (1, 2)])
def test_there_are_exactly_as_many_samples_as_frames_times_hops(scales):
    net = UpsampleNet(scales)
    assert net.hop_length == np.prod(scales)
    for frames in (1, 2, 7):
        assert net(paddle.randn([2, frames, 5])).shape == [2, 5, frames * net.hop_length]


def test_two_steps_of_sixteen_have_194_numbers_to_learn():
    assert count_parameters(UpsampleNet((16, 16))) == 194


def test_folding_weight_normalisation_changes_nothing():
    net, mel = UpsampleNet((4, 4)), paddle.randn([1, 3, 8])
    before = net(mel).numpy()
    np.testing.assert_allclose(fold_weight_norm(net)(mel).numpy(), before, atol=1e-6)


@pytest.mark.parametrize("folded", [(False, False), (True, False), (False, True)])
def test_one_net_takes_how_another_upsamples_and_learns_no_more(folded):
    giver, taker = (fold_weight_norm(UpsampleNet((2, 4))) if fold else UpsampleNet((2, 4)) for fold in folded)
    mel = paddle.randn([1, 3, 8])
    assert not np.allclose(taker(mel).numpy(), giver(mel).numpy(), atol=1e-3)
    taker.take(giver)
    np.testing.assert_allclose(taker(mel).numpy(), giver(mel).numpy(), atol=1e-6)
    assert all(parameter.stop_gradient for parameter in taker.parameters())
