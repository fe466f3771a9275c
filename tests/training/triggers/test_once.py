"""Once: over all restarts of a run."""

from parakeet.training.testing import mock_trainer
from parakeet.training.triggers import IntervalTrigger, Once


def test_it_fires_at_the_first_iteration_and_not_again_after_a_resume(same_when_resumed):
    assert same_when_resumed(Once, 5) == [1]


def test_it_fires_the_first_time_another_trigger_does(same_when_resumed):
    assert same_when_resumed(lambda: Once((3, "iteration")), 10) == [3]
    assert same_when_resumed(lambda: Once((3, "iteration")) | IntervalTrigger(4, "iteration"), 10) == [3, 4, 8]


def test_shared_by_two_extensions_it_fires_for_both(tmp_path):
    trainer = mock_trainer((3, "iteration"), out=tmp_path)
    shared, calls = Once(), []
    trainer.extend(lambda t: calls.append("a"), name="a", trigger=shared)
    trainer.extend(lambda t: calls.append("b"), name="b", trigger=shared)
    trainer.run()
    assert calls == ["a", "b"]


def test_an_object_of_one_run_serves_another_one(tmp_path):
    calls = []
    trigger = Once()
    for _ in range(2):
        trainer = mock_trainer((1, "iteration"), out=tmp_path)
        trainer.extend(lambda t: calls.append(1), name="a", trigger=trigger)
        trainer.set_state_dict(mock_trainer().state_dict() | {"triggers": {"a": Once().state_dict()}})
        trainer.run()
    assert calls == [1, 1]
