"""From attention to durations."""

import numpy as np
import paddle
import pytest

from parakeet.functions.focus import attended_durations, focus_rate, frames_of_steps, most_focused


def diagonal(durations):
    """Attention (T, S) that looks at one symbol alone, as long as it lasts."""
    return np.repeat(np.eye(len(durations)), durations, axis=0)


def batch_of(*heads):
    return paddle.to_tensor(np.stack(heads)[None].astype("float32"))


def test_a_head_that_looks_at_one_symbol_is_in_full_focus_and_one_that_looks_everywhere_is_in_none():
    sharp = diagonal([2, 3, 1, 2])
    blurred = np.full((8, 4), 0.25)
    rates = focus_rate(batch_of(blurred, sharp, (sharp + blurred) / 2), paddle.to_tensor([8]))
    np.testing.assert_allclose(rates.numpy(), [[0.25, 1.0, 0.625]])


def test_padding_has_no_part_in_the_focus():
    weights = np.zeros((1, 1, 6, 4), "float32")
    weights[0, 0, :3] = np.eye(4)[[0, 1, 2]]
    weights[0, 0, 3:] = 9.0
    assert focus_rate(paddle.to_tensor(weights), paddle.to_tensor([3])).numpy() == pytest.approx(1.0)


def test_each_utterance_has_a_head_of_its_own():
    sharp, blurred = diagonal([2, 2]), np.full((4, 2), 0.5)
    weights = paddle.to_tensor(np.stack([[sharp, blurred], [blurred, sharp]]).astype("float32"))
    chosen, rates = most_focused(weights, paddle.to_tensor([4, 4]))
    assert (chosen.numpy() == sharp).all()
    assert rates.tolist() == [1.0, 1.0]


def test_durations_are_read_from_attention_as_they_were_planted():
    rng = np.random.default_rng(0)
    lengths, durations = np.array([7, 4]), rng.integers(0, 5, (2, 7))
    durations[1, 4:] = 0
    frames = durations.sum(axis=1)
    weights = rng.uniform(0, 0.4, (2, frames.max(), 7))
    for b in range(2):
        weights[b, : frames[b]] += diagonal(durations[b])
    found = attended_durations(paddle.to_tensor(weights), paddle.to_tensor(lengths), paddle.to_tensor(frames))
    np.testing.assert_array_equal(found.numpy(), durations)


def test_durations_sum_to_the_frames_and_never_fall_on_padding_whatever_the_weights_are():
    rng = np.random.default_rng(1)
    weights, lengths, frames = rng.uniform(size=(3, 20, 9)) * [[[0.0]], [[1.0]], [[1.0]]], np.array([3, 9, 5]), np.array([20, 11, 1])
    found = attended_durations(paddle.to_tensor(weights), paddle.to_tensor(lengths), paddle.to_tensor(frames)).numpy()
    assert found.sum(axis=1).tolist() == frames.tolist()
    assert not found[np.arange(9) >= lengths[:, None]].any()


def test_a_step_of_several_frames_looks_for_each_of_them():
    weights = paddle.to_tensor(np.random.default_rng(2).uniform(size=(2, 3, 4, 5)))
    frames = frames_of_steps(weights, 3).numpy()
    np.testing.assert_array_equal(frames, np.repeat(weights.numpy(), 3, axis=2))
    assert frames_of_steps(weights, 1) is weights
