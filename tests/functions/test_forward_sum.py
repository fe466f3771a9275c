"""The loss by which an aligner learns."""

import math

import numpy as np
import paddle
import pytest

from parakeet.functions.forward_sum import forward_sum_loss

LENGTHS = ([4, 2, 1], [9, 6, 1])


def loss_of(values, lengths=LENGTHS, dtype="float64"):
    x = paddle.to_tensor(values.astype(dtype), stop_gradient=False)
    return x, forward_sum_loss(x, *(paddle.to_tensor(np.array(n)) for n in lengths))


def log_probs(seed=0, shape=(3, 9, 4)):
    x = np.random.default_rng(seed).standard_normal(shape)
    return x - np.log(np.exp(x).sum(axis=2, keepdims=True))


def test_uniform_probabilities_give_the_closed_form():
    _, loss = loss_of(np.full((1, 40, 7), -math.log(7)), ([7], [40]))
    assert float(loss[0]) == pytest.approx(40 * math.log(7) - math.log(math.comb(39, 6)), rel=1e-12)


def test_the_gradient_is_that_of_finite_differences():
    values, weights = log_probs(), np.array([1.0, -2.0, 0.5])
    x, loss = loss_of(values)
    (loss * paddle.to_tensor(weights)).sum().backward()
    for place in [(b, t, s) for b in range(3) for t in range(9) for s in range(4)]:
        step = np.zeros_like(values)
        step[place] = 1e-5
        difference = loss_of(values + step)[1].numpy() - loss_of(values - step)[1].numpy()
        assert x.grad.numpy()[place] == pytest.approx((difference * weights).sum() / 2e-5, abs=1e-8)


def test_padding_changes_no_loss_and_has_no_gradient():
    values = log_probs()
    _, clean = loss_of(values)
    for b, (n, t) in enumerate(zip(*LENGTHS, strict=True)):
        values[b, t:] = values[b, :, n:] = 7.0
        assert float(loss_of(values[b : b + 1, :t, :n], ([n], [t]))[1][0]) == float(clean[b])
    x, loss = loss_of(values)
    loss.sum().backward()
    np.testing.assert_array_equal(loss.numpy(), clean.numpy())
    for b, (n, t) in enumerate(zip(*LENGTHS, strict=True)):
        assert not x.grad.numpy()[b, t:].any()
        assert not x.grad.numpy()[b, :, n:].any()


def test_it_is_learnable_in_single_precision():
    x = paddle.create_parameter([1, 30, 5], "float32", default_initializer=paddle.nn.initializer.Constant(0.0))
    optimizer = paddle.optimizer.Adam(0.1, parameters=[x])
    lengths = paddle.to_tensor([5]), paddle.to_tensor([30])
    losses = []
    for _ in range(100):
        loss = forward_sum_loss(paddle.nn.functional.log_softmax(x, axis=2), *lengths).sum()
        assert loss.dtype == paddle.float32
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(float(loss))
    assert losses[0] == pytest.approx(30 * math.log(5) - math.log(math.comb(29, 4)), rel=1e-5)
    assert losses[-1] < 0.3, "one path has taken nearly everything"


def test_more_symbols_than_frames_are_refused():
    with pytest.raises(ValueError, match="utterance 0 of the batch: 2 frames for 4 symbols"):
        loss_of(log_probs(), ([4, 2, 1], [2, 6, 1]))
