"""Causal convolutions, whole and one sample at a time."""

import numpy as np
import paddle
import pytest

from parakeet.modules.causal import CausalConv1D
from parakeet.modules.weight_norm import with_weight_norm


@pytest.fixture(params=[(1, 1), (2, 1), (2, 8), (3, 4)], ids=str)
def conv(request):
    paddle.seed(0)
    return CausalConv1D(3, 5, *request.param).to(dtype="float64")


def test_an_output_depends_on_as_many_samples_as_the_memory_holds_and_none_to_come(conv):
    x = paddle.randn([1, 3, 40], "float64")
    other = x.clone()
    other[0, :, 20] += 1.0
    changed = np.flatnonzero((conv(x) != conv(other)).any(axis=1).numpy())
    assert changed.min() == 20
    assert changed.max() == 20 + conv.memory


@pytest.mark.parametrize("normed", [False, True])
def test_one_sample_at_a_time_gives_what_all_at_once_give(conv, normed):
    conv = with_weight_norm(conv) if normed else conv
    x = paddle.randn([2, 3, 30], "float64")
    steps = conv.steps(batch=2)
    stepped = np.stack([steps(x[:, :, n].numpy()) for n in range(30)], axis=2)
    np.testing.assert_allclose(stepped, conv(x).numpy(), atol=1e-12)
