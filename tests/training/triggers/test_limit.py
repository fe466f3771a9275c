"""Limit: what a stop trigger ``(n, unit)`` means."""

import pytest

from parakeet.training.testing import mock_trainer
from parakeet.training.triggers import Limit


def test_a_limit_fires_at_the_limit_and_ever_after(same_when_resumed):
    assert same_when_resumed(lambda: Limit(7, "iteration"), 10) == [7, 8, 9, 10]
    assert same_when_resumed(lambda: Limit(0.35, "epoch"), 10) == [4, 5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    "limit", [(5, "iteration"), (3, "iteration"), (0.5, "epoch"), (0.1, "epoch"), (5, "sample"), (0, "iteration")]
)
def test_a_run_resumed_at_or_past_its_limit_makes_no_update(tmp_path, limit):
    first = mock_trainer((5, "iteration"), 10, tmp_path)
    first.run()
    second = mock_trainer(limit, 10, tmp_path)
    second.set_state_dict(first.state_dict())
    second.run()
    assert second.updater.iteration == 5


def test_a_run_resumed_short_of_its_limit_ends_at_it(tmp_path):
    first = mock_trainer((5, "iteration"), 10, tmp_path)
    first.run()
    second = mock_trainer((0.7, "epoch"), 10, tmp_path)
    second.set_state_dict(first.state_dict())
    second.run()
    assert second.updater.iteration == 7


def test_a_limit_must_be_a_number():
    with pytest.raises(TypeError, match="the limit of a trigger must be a number; it is None"):
        Limit(None, "epoch")
