"""EarlyStopping: patience, over restarts too."""

import math

import pytest

from parakeet.errors import RunError
from parakeet.training.testing import mock_trainer
from parakeet.training.triggers import EarlyStopping


def stop_at(tmp_path, sequence, cut=None, **options):
    """Train on a loss that goes as `sequence`; gives the iteration at which the run ends."""
    state = None
    for last in [None] if cut is None else [cut, None]:
        trigger = EarlyStopping("loss", **{"check_trigger": (1, "iteration"), **options})
        trainer = mock_trainer(trigger, 10, tmp_path, reports=lambda i: {"loss": sequence[i - 1]})
        if last is not None:
            trainer.extend(lambda t, last=last: t.updater.iteration == last and t.request_stop("cut"), name="cut")
        if state is not None:
            state["extensions"] = {}
            trainer.set_state_dict(state)
        try:
            trainer.run()
        except KeyboardInterrupt:
            state = trainer.state_dict()
    return trainer.updater.iteration


CASES = [
    ([5, 4, 4, 4, 4, 4, 4], {}, 5),  # 4 is the best; three checks bring nothing better
    ([5, 4, 4, 3, 4, 4, 4, 4], {}, 7),
    ([5, 6], {"patience": 1}, 2),
    ([1, 2, 3, 3, 3, 3, 3, 3], {"mode": "max"}, 6),
    ([3, math.nan, math.nan, math.nan, 1], {}, 4),
    ([math.nan, 3, 4, 2, 5, 5, 5, 5], {"patience": 2}, 6),
    ([9, 9, 8, 8, 9, 9, 9, 9, 7, 7], {"patience": 2, "check_trigger": (2, "iteration")}, 8),
    ([5, 4, 3, 2, 1, 0, 0], {"max_trigger": (4, "iteration")}, 4),
    ([5, 4, 3, 2, 1, 0, 0], {"max_trigger": (0.35, "epoch")}, 4),
]


@pytest.mark.parametrize(("sequence", "options", "expected"), CASES)
def test_it_stops_when_patience_is_over_wherever_the_run_was_resumed(tmp_path, sequence, options, expected):
    assert stop_at(tmp_path, sequence, **options) == expected
    for cut in range(1, expected):
        assert stop_at(tmp_path, sequence, cut, **options) == expected, f"resumed at {cut}"


def test_a_run_it_has_stopped_stays_stopped(tmp_path):
    def build():
        return mock_trainer(
            EarlyStopping("loss", 2, check_trigger=(1, "iteration")), 10, tmp_path, reports=lambda i: {"loss": i}
        )

    first = build()
    first.run()
    second = build()
    second.set_state_dict(first.state_dict())
    second.run()
    assert first.updater.iteration == second.updater.iteration == 3


def test_more_patience_on_resume_goes_on(tmp_path):
    first = mock_trainer(
        EarlyStopping("loss", 2, check_trigger=(1, "iteration")), 10, tmp_path, reports=lambda i: {"loss": i}
    )
    first.run()
    second = mock_trainer(
        EarlyStopping("loss", 5, check_trigger=(1, "iteration")), 10, tmp_path, reports=lambda i: {"loss": i}
    )
    second.set_state_dict(first.state_dict())
    second.run()
    assert second.updater.iteration == 6


def test_a_missing_key_is_an_error_that_lists_the_keys_there_are(tmp_path):
    trainer = mock_trainer(EarlyStopping("valid/loss"), 3, tmp_path, reports=lambda i: {"loss": 1})
    with pytest.raises(RunError, match=r"iteration 3: a trigger waits for the value 'valid/loss'.*Reported were: loss"):
        trainer.run()


@pytest.mark.parametrize("patience", [0, -1, 1.5, True, None])
def test_patience_must_be_a_positive_int(patience):
    with pytest.raises(ValueError, match="patience must be a positive int"):
        EarlyStopping("loss", patience=patience)
