"""Convolutions over rows that come one after another."""

import numpy as np
import paddle
import pytest

from parakeet.modules.rowwise import RowCausalConv2D
from parakeet.modules.weight_norm import with_weight_norm


@pytest.mark.parametrize(("kernel", "dilation"), [((3, 3), (1, 1)), ((2, 5), (3, 2)), ((1, 1), (1, 1)), ((3, 3), (2, 8))])
@pytest.mark.parametrize("wrap", [lambda conv: conv, with_weight_norm])
def test_row_by_row_is_what_it_is_all_at_once(kernel, dilation, wrap):
    conv = wrap(RowCausalConv2D(3, 4, kernel, dilation))
    x, steps = paddle.randn([2, 3, 7, 12]), conv.steps()
    rows = paddle.stack([steps(x[:, :, i]) for i in range(7)], axis=2)
    np.testing.assert_allclose(rows.numpy(), conv(x).numpy(), atol=1e-5)


def test_a_row_is_heard_by_itself_and_by_those_below():
    conv = RowCausalConv2D(1, 1, (3, 3), (2, 1))
    x = paddle.zeros([1, 1, 8, 5])
    other = x.clone()
    other[0, 0, 2, 2] = 1.0
    heard = (conv(other) - conv(x)).abs().numpy()[0, 0] > 0
    assert np.flatnonzero(heard.any(axis=1)).tolist() == [2, 4, 6]
    assert np.flatnonzero(heard.any(axis=0)).tolist() == [1, 2, 3]


def test_a_kernel_of_even_width_has_no_middle():
    with pytest.raises(ValueError, match="the columns of a kernel are odd; received 2"):
        RowCausalConv2D(1, 1, (3, 2))
