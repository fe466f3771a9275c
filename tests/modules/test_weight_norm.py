"""Weight normalisation: directions and lengths, apart and folded."""

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.modules.conv_glu import ConvGLUBlock
from parakeet.modules.weight_norm import (
    count_parameters,
    fold_weight_norm,
    folded_weight,
    normalised_linear,
    normalised_once,
    set_folded_weight,
    with_weight_norm,
)


def test_a_normalised_linear_layer_has_a_length_for_each_output():
    layer = normalised_linear(6, 4)
    assert [list(layer.weight_g.shape), list(layer.weight_v.shape)] == [[4], [6, 4]]
    np.testing.assert_allclose(layer.weight_g.numpy(), np.linalg.norm(layer.weight_v.numpy(), axis=0), rtol=1e-6)
    x = paddle.randn([3, 6])
    before = layer(x).numpy()
    np.testing.assert_allclose(fold_weight_norm(layer)(x).numpy(), before, atol=1e-6)


def test_what_is_normalised_once_says_the_same_and_learns_again_behind_it():
    block, x = ConvGLUBlock(4, 3), paddle.randn([1, 9, 4])
    before = block(x).numpy()
    with normalised_once(block):
        np.testing.assert_array_equal(block(x).numpy(), before)
    block.conv.weight_g.set_value(block.conv.weight_g * 2)
    assert not np.array_equal(block(x).numpy(), before)
    with normalised_once(block):
        assert not np.array_equal(block(x).numpy(), before)
    block(x).sum().backward()
    assert block.conv.weight_g.grad is not None


@pytest.mark.parametrize(
    "layer",
    [with_weight_norm(nn.Conv1D(4, 4, 3)), with_weight_norm(nn.Conv1DTranspose(4, 6, 3)), normalised_linear(4, 4), nn.Linear(4, 4)],
    ids=["convolution", "transposed", "linear", "without"],
)
def test_the_folded_weight_is_what_folding_leaves(layer):
    weight, size = folded_weight(layer), count_parameters(layer)
    fold_weight_norm(layer)
    np.testing.assert_allclose(weight, layer.weight.numpy(), rtol=1e-6)
    assert size == sum(parameter.size for parameter in layer.parameters())


@pytest.mark.parametrize(
    "layer",
    [with_weight_norm(nn.Conv1D(4, 4, 3)), with_weight_norm(nn.Conv1DTranspose(4, 6, 3)), normalised_linear(4, 4), normalised_linear(6, 4)],
    ids=["convolution", "transposed", "square linear", "linear"],
)
def test_a_layer_computes_with_the_weight_it_is_given(layer):
    weight = np.random.default_rng(0).standard_normal(layer.weight_v.shape).astype("float32")
    set_folded_weight(layer, weight)
    np.testing.assert_allclose(folded_weight(layer), weight, rtol=1e-5)
    np.testing.assert_allclose(fold_weight_norm(layer).weight.numpy(), weight, rtol=1e-5)
