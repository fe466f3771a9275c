"""Gated residual networks over samples."""

import numpy as np
import paddle
import pytest

from parakeet.modules.gated import GatedCausalNet, receptive_field
from parakeet.modules.weight_norm import fold_weight_norm


def build(classes=None, kernel_size=2, projected=False):
    paddle.seed(0)
    return GatedCausalNet(6, 8, 5, kernel_size, (1, 2, 4, 1, 2), classes, projected).to(dtype="float64")


def inputs(net, batch=2, n=40):
    samples = paddle.randint(0, net.classes, [batch, n]) if net.classes else paddle.randn([batch, n], "float64")
    return samples, paddle.randn([batch, 5, n], "float64")


@pytest.mark.parametrize(("kernel_size", "blocks", "cycles", "samples"), [(2, 10, 3, 3070), (3, 6, 4, 505)])
def test_the_receptive_field_is_that_of_the_published_configurations(kernel_size, blocks, cycles, samples):
    assert receptive_field(kernel_size, [2**block for block in range(blocks)] * cycles) == samples


@pytest.mark.parametrize("kernel_size", [2, 3])
def test_a_sample_is_heard_from_its_own_place_to_the_end_of_the_receptive_field_and_nowhere_else(kernel_size):
    net = build(kernel_size=kernel_size)
    samples, condition = inputs(net, batch=1)
    other = samples.clone()
    other[0, 9] += 1.0
    changed = np.flatnonzero((net(samples, condition) != net(other, condition)).any(axis=2).numpy())
    assert changed.tolist() == list(range(9, 9 + net.receptive_field))


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("projected", [False, True])
@pytest.mark.parametrize(("classes", "kernel_size"), [(None, 2), (None, 3), (12, 2)])
def test_one_sample_at_a_time_gives_what_all_at_once_give(classes, kernel_size, projected, folded):
    net = build(classes, kernel_size, projected)
    samples, condition = inputs(net)
    whole = net(samples, condition).numpy()
    if folded:
        fold_weight_norm(net)
    steps = net.steps(batch=2)
    conditions = steps.conditions(condition.numpy().transpose(0, 2, 1))
    stepped = np.stack([steps(samples[:, n].numpy(), conditions[n]) for n in range(40)], axis=1)
    np.testing.assert_allclose(stepped, whole, atol=1e-12)


def test_steps_that_begin_know_nothing_of_others():
    net = build()
    samples, condition = (x.numpy() for x in inputs(net))
    first, second = net.steps(2), net.steps(2)
    conditions = first.conditions(condition.transpose(0, 2, 1))
    said = first(samples[:, 0], conditions[0])
    first(samples[:, 1], conditions[1])
    np.testing.assert_array_equal(second(samples[:, 0], conditions[0]), said)
