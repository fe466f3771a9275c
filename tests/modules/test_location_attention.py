"""Attention that knows where it has looked."""

import numpy as np
import paddle
import pytest

from parakeet.functions.masking import sequence_mask
from parakeet.modules.location_attention import LocationSensitiveAttention


def made(seed=3):
    paddle.seed(seed)
    attention = LocationSensitiveAttention(6, 5, channels=4, filters=3, kernel_size=3)
    attention.to(dtype="float64")
    memory = attention.remember(paddle.randn([2, 7, 5], "float64"), sequence_mask(paddle.to_tensor([7, 4]), 7, "float64"))
    return attention, memory


def test_it_is_the_equation_of_the_paper():
    attention, memory = made()
    query, past = paddle.randn([2, 6], "float64"), tuple(paddle.rand([2, 7], "float64") for _ in range(2))
    found, weights, _ = attention(query, memory, past)
    w, v, u, score = (layer.weight.numpy() for layer in (attention.query, attention.key, attention.place, attention.score))
    kernel = attention.location.weight.numpy()  # (filters, 2, 3)
    for b, length in enumerate((7, 4)):
        seen = np.pad(np.stack([part.numpy()[b] for part in past]), ((0, 0), (1, 1)))
        energies = []
        for s in range(length):
            place = np.array([(kernel[k] * seen[:, s : s + 3]).sum() for k in range(3)])
            energies.append(np.tanh(query.numpy()[b] @ w + memory.values.numpy()[b, s] @ v + place @ u) @ score[:, 0])
        expected = np.exp(energies) / np.exp(energies).sum()
        np.testing.assert_allclose(weights.numpy()[b, :length], expected, atol=1e-12)
        np.testing.assert_allclose(found.numpy()[b], expected @ memory.values.numpy()[b, :length], atol=1e-12)


def test_weights_sum_to_one_and_are_exactly_nothing_on_padding():
    attention, memory = made()
    past = attention.no_past(memory)
    for _ in range(3):
        _, weights, past = attention(paddle.randn([2, 6], "float64"), memory, past)
        np.testing.assert_allclose(weights.numpy().sum(axis=1), 1, atol=1e-12)
        assert (weights.numpy()[1, 4:] == 0).all()


def test_it_remembers_the_step_before_and_all_of_them():
    attention, memory = made()
    past, seen = attention.no_past(memory), []
    for _ in range(3):
        _, weights, past = attention(paddle.randn([2, 6], "float64"), memory, past)
        seen.append(weights.numpy())
    np.testing.assert_array_equal(past[0].numpy(), seen[-1])
    np.testing.assert_allclose(past[1].numpy(), sum(seen), atol=1e-12)


def test_a_kernel_without_a_middle_is_refused():
    with pytest.raises(ValueError, match="a kernel has a middle, so its size is odd; it is 4"):
        LocationSensitiveAttention(6, 5, kernel_size=4)
