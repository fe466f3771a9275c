import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.evaluation.timing import duration_error, length_error


def test_phones_are_compared_one_by_one():
    assert duration_error(["A", "B"], [0.1, 0.2], ["A", "B"], np.array([0.15, 0.2])) == (pytest.approx(0.05), 2)
    assert duration_error(["A"], [0.1], ["A"], [0.1]) == (0.0, 1)


def test_of_other_phones_nothing_is_said():
    assert duration_error(["A", "B"], [0.1, 0.2], ["A"], [0.3]) == (0.0, 0)


def test_each_phone_needs_a_duration():
    with pytest.raises(DataError, match="received 1 for 2 and 1 for 1"):
        duration_error(["A", "B"], [0.1], ["A"], [0.1])


def test_a_length_is_compared_with_the_others():
    assert length_error(1.1, 1.0) == pytest.approx(0.1)
    assert length_error(0.9, 1.0) == pytest.approx(0.1)
    assert length_error(2.0, 2.0) == 0
    with pytest.raises(DataError, match="above 0 to compare with, received 0"):
        length_error(1.0, 0)
