"""ManualSchedule: positions named one by one."""

from fractions import Fraction

import pytest

from parakeet.training.triggers import ManualSchedule


@pytest.mark.parametrize(
    ("points", "unit", "expected"),
    [
        ([3, 7], "iteration", [3, 7]),
        ([7, 3, 3], "iteration", [3, 7]),
        (5, "iteration", [5]),
        ([0.25, 1, 1.55], "epoch", [3, 10, 16]),
        ([0.11, 0.12], "epoch", [2]),  # both passed by the same iteration
        ([Fraction(1, 3)], "epoch", [4]),
        ([0], "iteration", []),
        ([], "epoch", []),
    ],
)
def test_it_fires_when_a_point_is_reached_or_passed(same_when_resumed, points, unit, expected):
    assert same_when_resumed(lambda: ManualSchedule(points, unit), 20) == expected


def test_a_point_must_be_a_number():
    with pytest.raises(TypeError, match="the point of a trigger must be a number; it is 'a'"):
        ManualSchedule(["a"], "epoch")
