"""From symbols to frames."""

import numpy as np
import paddle
import pytest

from parakeet.functions.alignment import (
    contour_by_symbols,
    durations_to_path,
    expand_by_durations,
    frame_positions,
    predicted_durations,
    stretch_durations,
)
from parakeet.functions.masking import masked_mean, sequence_mask


def tensor(values, dtype="int64"):
    return paddle.to_tensor(np.array(values, dtype))


def test_each_symbol_is_repeated_as_long_as_it_lasts():
    x = tensor([[[1.0], [2.0], [3.0]]], "float32")
    assert expand_by_durations(x, tensor([[2, 0, 3]])).numpy()[0, :, 0].tolist() == [1, 1, 3, 3, 3]


def test_expansion_equals_numpys_repeat_to_the_bit_and_is_zero_past_the_end():
    rng = np.random.default_rng(0)
    durations = rng.integers(0, 6, (5, 9))
    x = rng.standard_normal((5, 9, 4)).astype("float32")
    y = expand_by_durations(tensor(x, "float32"), tensor(durations)).numpy()
    assert y.shape == (5, durations.sum(1).max(), 4)
    for b in range(5):
        n = durations[b].sum()
        np.testing.assert_array_equal(y[b, :n], np.repeat(x[b], durations[b], axis=0))
        assert not y[b, n:].any()


def test_all_zero_durations_give_no_frame():
    assert expand_by_durations(paddle.ones([1, 3, 2]), tensor([[0, 0, 0]])).shape == [1, 0, 2]


def test_a_disagreement_in_shape_is_named():
    with pytest.raises(ValueError, match=r"x is \[1, 3, 2\] and durations \[1, 4\]; expected \(B, S, C\) and \(B, S\)"):
        expand_by_durations(paddle.ones([1, 3, 2]), tensor([[1, 1, 1, 1]]))


def test_every_frame_belongs_to_one_symbol():
    path = durations_to_path(tensor([[2, 0, 3], [1, 1, 0]])).numpy()
    assert path.sum(axis=2).tolist() == [[1] * 5, [1, 1, 0, 0, 0]]
    assert path.sum(axis=1).tolist() == [[2, 0, 3], [1, 1, 0]]


def test_the_gradient_of_expansion_sums_over_the_frames():
    x = paddle.ones([1, 3, 1])
    x.stop_gradient = False
    expand_by_durations(x, tensor([[2, 0, 3]])).sum().backward()
    assert x.grad.numpy()[0, :, 0].tolist() == [2, 0, 3]


def test_positions_count_from_the_start_of_each_symbol():
    positions = frame_positions(tensor([[2, 0, 4], [1, 0, 0]])).numpy()
    np.testing.assert_allclose(positions[0, :, 0], [0.25, 0.75, 0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(positions[0, :, 1], np.log([2, 2, 4, 4, 4, 4]), rtol=1e-6)
    np.testing.assert_allclose(positions[1, 0], [0.5, 0])
    assert not positions[1, 1:].any()


def test_durations_come_back_from_their_logarithms_exactly():
    frames = np.arange(201)[None]
    log_durations = tensor(np.log1p(frames), "float32")
    assert predicted_durations(log_durations, tensor([201])).numpy().tolist() == frames.tolist()


def test_a_faster_rate_divides_and_padding_and_negative_predictions_last_nothing():
    log_durations = tensor([[np.log(11), np.log(5), -3.0, np.log(9)]], "float32")
    assert predicted_durations(log_durations, tensor([3]), rate=2.0).numpy().tolist() == [[5, 2, 0, 0]]


def test_masks_and_means_count_what_is_not_padding():
    mask = sequence_mask(tensor([1, 3]), 4)
    assert mask.numpy().tolist() == [[1, 0, 0, 0], [1, 1, 1, 0]]
    values = tensor([[2.0, 100, 100, 100], [4, 6, 8, 100]], "float32")
    assert float(masked_mean(values, mask)) == 5
    assert float(masked_mean(values, mask * 0)) == 0
    assert float(masked_mean(values.unsqueeze(-1).expand([2, 4, 3]), mask.unsqueeze(-1))) == 5


def test_a_contour_goes_in_straight_lines_through_the_middles_of_the_symbols():
    values, durations = tensor([[0.0, 1.0, 5.0, 9.0]], "float32"), tensor([[1, 3, 2, 0]])
    # Middles: 0, 2, 4.5; behind the last of them the next symbol's, which lasts no frame, at 5.5.
    found = contour_by_symbols(values, durations, tensor([4])).numpy()[0]
    np.testing.assert_allclose(found, [0, 0.5, 1, 1 + 4 / 2.5, 5 - 4 / 5, 5 + 4 / 2], rtol=1e-6)


def test_a_contour_is_level_at_both_ends_and_what_stands_on_padding_changes_nothing():
    values, durations = tensor([[2.0, 4.0, 99.0], [1.0, 2.0, 3.0]], "float32"), tensor([[3, 3, 0], [2, 4, 6]])
    found = contour_by_symbols(values, durations, tensor([2, 3])).numpy()
    np.testing.assert_allclose(found[0, :6], [2, 2, 2 + 2 / 3, 2 + 4 / 3, 4, 4], rtol=1e-6)
    assert not found[0, 6:].any()
    alone = contour_by_symbols(values[:1, :2], durations[:1, :2], tensor([2])).numpy()[0]
    np.testing.assert_array_equal(alone, found[0, :6])


@pytest.mark.parametrize(("rate", "expected"), [(1 / 1.3, [3, 3, 4, 1]), (2.0, [1, 1, 2, 1]), (1.0, [2, 2, 3, 1])])
def test_another_rate_gives_the_papers_examples(rate, expected):
    assert stretch_durations(tensor([[2, 2, 3, 1]]), rate).tolist() == [expected]


@pytest.mark.parametrize("rate", [0.5, 2 / 3, 0.8, 1.0, 1.25, 1.7, 2.0, 3.0])
def test_stretched_durations_are_each_rounded_and_together_half_a_frame_a_symbol_off_at_most(rate):
    durations = np.random.default_rng(0).integers(0, 30, (4, 50))
    stretched = stretch_durations(tensor(durations), rate).numpy()
    np.testing.assert_array_equal(stretched, np.floor(durations * (1 / rate) + 0.5))
    assert np.abs(stretched.sum(axis=1) - durations.sum(axis=1) / rate).max() <= 25
    assert rate != 1.0 or (stretched == durations).all()


def test_each_symbol_may_have_a_rate_of_its_own():
    rates = paddle.to_tensor([[1.0, 2.0, 0.5]])
    assert stretch_durations(tensor([[4, 4, 4]]), rates).tolist() == [[4, 2, 8]]
