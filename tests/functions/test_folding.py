"""Sounds as matrices."""

import paddle
import pytest

from parakeet.functions.folding import fold, reverse_rows, unfold


def test_adjacent_samples_are_adjacent_in_a_column():
    assert fold(paddle.arange(8).unsqueeze(0), 4)[0].tolist() == [[0, 4], [1, 5], [2, 6], [3, 7]]


@pytest.mark.parametrize("shape", [[24], [2, 24], [2, 3, 24]])
def test_unfolding_undoes_folding_whatever_stands_before_the_samples(shape):
    x = paddle.randn(shape)
    assert fold(x, 6).shape == [*shape[:-1], 6, 4]
    assert (unfold(fold(x, 6)) == x).all()


def test_a_length_that_does_not_fill_the_columns_is_refused():
    with pytest.raises(ValueError, match="expected a length that is a multiple of 4, received 10"):
        fold(paddle.zeros([1, 10]), 4)


def test_rows_are_turned_round_in_each_part():
    x = paddle.arange(6).reshape([1, 6, 1])
    assert reverse_rows(x).flatten().tolist() == [5, 4, 3, 2, 1, 0]
    assert reverse_rows(x, parts=2).flatten().tolist() == [2, 1, 0, 5, 4, 3]
    assert reverse_rows(reverse_rows(x, parts=2), parts=2).flatten().tolist() == list(range(6))
