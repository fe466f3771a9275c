"""BestValue and its kin: the mean over an interval was never better."""

import math

import pytest

from parakeet.errors import RunError
from parakeet.training.extension import PRIORITY_WRITER
from parakeet.training.reporter import report
from parakeet.training.testing import mock_trainer
from parakeet.training.triggers import BestValue, MaxValue, MinValue

EACH = (1, "iteration")


def values(*sequence):
    return lambda iteration: {"loss": sequence[iteration - 1]}


@pytest.mark.parametrize(
    ("make_trigger", "sequence", "expected"),
    [
        (lambda: MinValue("loss", EACH), [3, 2, 2, 4, 1], [1, 2, 5]),
        (lambda: MaxValue("loss", EACH), [3, 2, 4, 4, 5], [1, 3, 5]),
        (lambda: BestValue("loss", EACH, mode="max"), [3, 2, 4, 4, 5], [1, 3, 5]),
        (lambda: BestValue("loss", EACH), [3, 2, 4, 1, 5], [1, 2, 4]),
        (lambda: MinValue("loss", (2, "iteration")), [4, 4, 9, 1, 1, 5, 1, 0], [2, 6, 8]),
        (lambda: MinValue("loss", EACH), [math.nan, 3, math.nan, 2, math.inf], [2, 4]),
        (lambda: MaxValue("loss", EACH), [math.nan, 3, math.nan, 4, -math.inf], [2, 4]),
        (lambda: MinValue("loss", (2, "iteration")), [1, math.nan, 5, 5, 4, 4], [4, 6]),
        (lambda: MinValue("loss", (2, "iteration")), [(1, 1), (4, 2), (2, 1), (4, 1), (9, 0), (1, 1)], [2, 6]),
    ],
)
def test_it_fires_when_the_mean_is_better_than_ever_fresh_and_resumed(
    same_when_resumed, make_trigger, sequence, expected
):
    assert same_when_resumed(make_trigger, len(sequence), reports=values(*sequence)) == expected


def test_the_default_interval_is_an_epoch(same_when_resumed):
    sequence = [5, 1, 3, 3, 1, 1]
    assert same_when_resumed(lambda: MinValue("loss"), 6, iterations_per_epoch=2, reports=values(*sequence)) == [2, 6]


def test_a_value_a_writer_reports_is_seen_in_the_same_iteration(tmp_path):
    trainer = mock_trainer((4, "iteration"), out=tmp_path)
    fired = []
    trainer.extend(
        lambda t: fired.append(t.updater.iteration), name="save", trigger=MinValue("valid/loss", (2, "iteration"))
    )
    trainer.extend(
        lambda t: report({"valid/loss": -t.updater.iteration}),
        name="evaluate",
        trigger=(2, "iteration"),
        priority=PRIORITY_WRITER,
    )
    trainer.run()
    assert fired == [2, 4]


def test_a_value_reported_at_times_is_averaged_over_when_it_was(firings):
    reports = lambda iteration: {"loss": iteration} if iteration % 2 else {}  # noqa: E731
    assert firings(lambda: MaxValue("loss", (4, "iteration")), 8, reports=reports) == [4, 8]


def test_a_missing_key_is_an_error_that_lists_the_keys_there_are(firings):
    with pytest.raises(RunError) as error:
        firings(lambda: MinValue("valid/los", EACH), 3, reports=lambda i: {"loss": 1, "valid/loss": 2})
    assert "iteration 1: a trigger waits for the value 'valid/los'" in str(error.value)
    assert "Reported were: loss, valid/loss. Did you mean 'valid/loss'?" in str(error.value)


def test_a_key_that_stops_being_reported_is_an_error_too(firings):
    with pytest.raises(
        RunError, match=r"iteration 4: a trigger waits for the value 'loss'.*Reported were: no values at all"
    ):
        firings(lambda: MinValue("loss", (2, "iteration")), 5, reports=lambda i: {"loss": 1} if i < 3 else {})


def test_shared_by_two_extensions_it_fires_for_both(tmp_path):
    trainer = mock_trainer((3, "iteration"), out=tmp_path, reports=values(3, 4, 2))
    shared, calls = MinValue("loss", EACH), []
    trainer.extend(lambda t: calls.append(("a", t.updater.iteration)), name="a", trigger=shared)
    trainer.extend(lambda t: calls.append(("b", t.updater.iteration)), name="b", trigger=shared)
    trainer.run()
    assert calls == [("a", 1), ("b", 1), ("a", 3), ("b", 3)]
    assert shared.best_value == 2


def test_values_are_read_only_when_the_interval_ends(firings):
    class Unread:
        shape = ()
        reads = 0

        def detach(self):
            return self

        def item(self):
            Unread.reads += 1
            return 1.0

    seen = []

    def reports(iteration):
        seen.append(Unread.reads)
        return {"loss": Unread()}

    firings(lambda: MinValue("loss", (5, "iteration")), 6, reports=reports)
    assert seen == [0, 0, 0, 0, 0, 5]


def test_the_mode_must_be_min_or_max():
    with pytest.raises(ValueError, match="mode must be 'min' \\(lower is better\\) or 'max'; it is 'lowest'"):
        BestValue("loss", mode="lowest")
