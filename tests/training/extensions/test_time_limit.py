"""The time limit: a request to stop, also while something takes long; never one that comes too late."""

import threading
import time

import pytest

from parakeet.errors import RunError
from parakeet.training.extension import Extension, GiveUp
from parakeet.training.extensions import TimeLimit
from parakeet.training.signals import Interrupted
from parakeet.training.testing import mock_trainer


class Save(Extension):
    trigger = (1000, "iteration")
    commit = commit_at_end = True
    saved = None

    def __call__(self, trainer):
        self.saved = trainer.updater.iteration


def test_the_run_is_saved_and_left_when_the_time_is_over(tmp_path):
    trainer = mock_trainer((10**9, "iteration"), out=tmp_path, reports=lambda iteration: time.sleep(0.002) or {})
    save = Save()
    trainer.extend(save)
    trainer.extend(TimeLimit(0.1))
    begin = time.monotonic()
    with pytest.raises(Interrupted, match=r"the time limit of 0\.1 s, at iteration \d+"):
        trainer.run()
    assert 0.1 <= time.monotonic() - begin < 5
    assert save.saved == trainer.updater.iteration > 1


def test_an_extension_that_takes_long_is_told(tmp_path):
    trainer = mock_trainer((2, "iteration"), out=tmp_path)

    def evaluate(trainer):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if trainer.stop_requested is not None:
                raise GiveUp
            time.sleep(0.002)

    save = Save()
    trainer.extend(evaluate, name="evaluate")
    trainer.extend(save)
    trainer.extend(TimeLimit(0.05))
    with pytest.raises(Interrupted, match="the time limit of 0.05 s, at iteration 1"):
        trainer.run()
    assert save.saved == 1


def test_a_run_that_ends_in_time_is_not_disturbed_and_leaves_no_timer(tmp_path):
    trainer = mock_trainer((3, "iteration"), out=tmp_path, extensions=[TimeLimit(3600)])
    trainer.run()
    assert trainer.updater.iteration == 3
    assert trainer.stop_requested is None
    assert not any(isinstance(thread, threading.Timer) and thread.interval == 3600 and not thread.finished.is_set()
                   for thread in threading.enumerate())  # fmt: skip


def test_a_request_that_comes_during_the_commit_does_not_leave_before_the_state_is_saved(tmp_path):
    class SaveAndAsk(Save):
        trigger = (2, "iteration")
        commit_at_end = True

        def __call__(self, trainer):
            super().__call__(trainer)
            if trainer.updater.iteration == 2:
                trainer.request_stop("a late request")

    class Other(Save):
        """Saves at the end only; its turn in iteration 2 comes before the request."""

        priority = 1000

    other, asking = Other(), SaveAndAsk()
    trainer = mock_trainer((10, "iteration"), out=tmp_path, extensions=[other, asking])
    with pytest.raises(Interrupted, match="a late request"):
        trainer.run()
    assert other.saved == asking.saved == trainer.updater.iteration


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_limit_that_is_none_is_refused(seconds):
    with pytest.raises(RunError, match="a time limit is a positive number of seconds; it is"):
        TimeLimit(seconds)
