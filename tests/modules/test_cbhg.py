"""CBHG."""

import numpy as np
import paddle
import pytest

from parakeet.modules.cbhg import CBHG, ConvBank, Highway

SMALL = {"bank_size": 4, "bank_channels": 5, "projection_channels": 7, "highway_channels": 8, "recurrent_channels": 3}


def make_cbhg(dtype="float64"):
    # Paddle's recurrent layers are built in a precision; they can't be changed to another.
    former = paddle.get_default_dtype()
    paddle.set_default_dtype(dtype)
    try:
        paddle.seed(0)
        cbhg = CBHG(6, **SMALL)
    finally:
        paddle.set_default_dtype(former)
    cbhg.eval()
    return cbhg


def test_the_post_processing_net_has_the_count_of_its_parts():
    c, k, h = 128, 8, 128
    count = sum(80 * c * width for width in range(1, k + 1)) + k * 2 * c  # bank
    count += (k * c * 256 * 3 + 2 * 256) + (256 * 80 * 3 + 2 * 80)  # projections
    count += 80 * h + h + 4 * 2 * (h * h + h)  # highways
    count += 2 * 3 * (h * h + h * h + 2 * h)  # recurrence
    assert sum(parameter.size for parameter in CBHG(80).parameters()) == count


def test_padding_never_changes_a_result():
    cbhg, lengths = make_cbhg(), [9, 4, 1]
    x = paddle.randn([3, 9, 6], "float64")
    together = cbhg(x, paddle.to_tensor(lengths)).numpy()
    for b, n in enumerate(lengths):
        alone = cbhg(x[b : b + 1, :n], paddle.to_tensor([n])).numpy()[0]
        np.testing.assert_allclose(together[b, :n], alone, atol=1e-12)
        assert not together[b, n:].any()


def test_statistics_of_a_batch_do_not_depend_on_its_padding():
    wide, narrow = make_cbhg(), make_cbhg()
    x, lengths = paddle.randn([2, 7, 6], "float64"), paddle.to_tensor([7, 5])
    for cbhg, padding in ((wide, 6), (narrow, 0)):
        cbhg.train()
        cbhg(paddle.concat([x, paddle.randn([2, padding, 6], "float64")], axis=1), lengths)
    for ours, theirs in zip(wide.buffers(), narrow.buffers(), strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-12)


def test_a_bank_looks_at_one_to_so_many_frames_and_pools_with_the_next():
    bank = ConvBank(1, 1, 3)
    bank.eval()
    for conv in bank.convs:
        conv.weight.set_value(paddle.ones_like(conv.weight))
    x = paddle.to_tensor([[[0.0, 0, 0, 1, 0, 0, 0]]])
    found = bank(x, paddle.ones([1, 1, 7])).numpy()[0] > 0.5
    # A kernel of k frames hears the poke in k places; pooling with the next frame adds the one before them.
    assert [np.flatnonzero(row).tolist() for row in found] == [[2, 3], [1, 2, 3], [1, 2, 3, 4]]


def test_a_highway_begins_by_letting_most_pass_and_can_let_all_pass():
    paddle.seed(0)
    highway, x = Highway(5), paddle.randn([2, 3, 5])
    assert paddle.nn.functional.sigmoid(highway.gate.bias).numpy() == pytest.approx(1 / (1 + np.e), rel=1e-6)
    highway.gate.bias.set_value(paddle.full([5], -100.0))
    np.testing.assert_array_equal(highway(x).numpy(), x.numpy())


def test_every_parameter_is_learnt():
    cbhg = make_cbhg("float32")
    cbhg.train()
    cbhg(paddle.randn([2, 9, 6]), paddle.to_tensor([9, 5])).square().sum().backward()
    assert [name for name, p in cbhg.named_parameters() if p.grad is None or not np.abs(p.grad.numpy()).any()] == []
