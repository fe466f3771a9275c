"""Guided attention (arXiv:1710.08969, sec. 4.1)."""

import numpy as np
import paddle
import pytest

from parakeet.functions.guided_attention import guided_attention_loss, guided_attention_weights


def lengths(*values):
    return paddle.to_tensor(values, "int64")


def test_the_cost_is_that_of_the_paper():
    found = guided_attention_weights(lengths(4, 3), lengths(6, 5), 4, 6, width=0.3).numpy()
    for b, (n_symbols, n_frames) in enumerate(((4, 6), (3, 5))):
        for t in range(6):
            for s in range(4):
                far = s / n_symbols - t / n_frames
                cost = 1 - np.exp(-(far**2) / (2 * 0.3**2)) if s < n_symbols and t < n_frames else 0.0
                assert found[b, t, s] == pytest.approx(cost, abs=1e-6)


def test_attention_on_the_diagonal_costs_nothing_and_far_from_it_everything():
    n = 8
    along = paddle.eye(n).unsqueeze(0)
    assert float(guided_attention_loss(along, lengths(n), lengths(n))) == pytest.approx(0, abs=1e-6)
    across = paddle.flip(along, axis=[1])
    assert float(guided_attention_loss(across, lengths(n), lengths(n), width=0.01)) == pytest.approx(1, abs=1e-6)


def test_padding_costs_nothing_and_changes_nothing():
    attention = paddle.nn.functional.softmax(paddle.randn([1, 6, 4]), axis=-1)
    alone = float(guided_attention_loss(attention, lengths(4), lengths(6)))
    padded = paddle.ones([1, 9, 7])
    padded[:, :6, :4] = attention
    assert float(guided_attention_loss(padded, lengths(4), lengths(6))) == pytest.approx(alone, abs=1e-6)


def test_heads_count_alike():
    attention = paddle.nn.functional.softmax(paddle.randn([2, 3, 6, 4]), axis=-1)
    of_each = [float(guided_attention_loss(attention[:, h], lengths(4, 2), lengths(6, 5))) for h in range(3)]
    assert float(guided_attention_loss(attention, lengths(4, 2), lengths(6, 5))) == pytest.approx(np.mean(of_each), abs=1e-6)


def test_attention_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"expected attention of shape \(B, T, S\) or \(B, heads, T, S\), received \(6, 4\)"):
        guided_attention_loss(paddle.ones([6, 4]), lengths(4), lengths(6))
