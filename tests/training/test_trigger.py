"""Triggers: when they fire, exactly, fresh and resumed."""

import math
import os
from decimal import Decimal
from fractions import Fraction

import pytest

from parakeet.training.testing import MockData, MockUpdater, mock_trainer
from parakeet.training.trigger import AllOf, AnyOf, IntervalTrigger, Never, exact, get_trigger
from parakeet.training.triggers import Limit, Once


def every(*points):
    """A trigger that any callable can be."""
    return lambda trainer: trainer.updater.iteration in points


TABLE = [
    # trigger, iterations per epoch, the iterations at which it fires, out of 24
    ((1, "iteration"), 10, list(range(1, 25))),
    ((3, "iteration"), 10, [3, 6, 9, 12, 15, 18, 21, 24]),
    ((2.5, "iteration"), 10, [3, 5, 8, 10, 13, 15, 18, 20, 23]),
    ((1, "epoch"), 10, [10, 20]),
    ((2, "epoch"), 10, [20]),
    ((1, "epoch"), 7, [7, 14, 21]),
    ((0.5, "epoch"), 7, [4, 7, 11, 14, 18, 21]),
    ((0.1, "epoch"), 4, list(range(1, 25))),
    ((Fraction(1, 3), "epoch"), 10, [4, 7, 10, 14, 17, 20, 24]),
    ((1.5, "epoch"), 10, [15]),
    ((5, "sample"), 10, [5, 10, 15, 20]),
    ((100, "iteration"), 10, []),
]


@pytest.mark.parametrize(("trigger", "iterations_per_epoch", "expected"), TABLE)
def test_an_interval_fires_by_the_table_fresh_and_resumed_anywhere(
    same_when_resumed, trigger, iterations_per_epoch, expected
):
    assert same_when_resumed(lambda: trigger, 24, iterations_per_epoch=iterations_per_epoch) == expected


# All lengths of an epoch up to 1,000 with PARAKEET_CASES=10000, a part of them otherwise.
LENGTHS = range(1, 1001) if int(os.environ.get("PARAKEET_CASES", "0")) >= 10_000 else [*range(1, 41), *range(41, 1001, 48)]
PERIODS = [(0.1, "epoch"), (0.25, "epoch"), (Fraction(1, 3), "epoch"), (1.5, "epoch"), (7, "iteration"), (13, "sample")]


def _passes_a_multiple(period, before, now):
    """Whether a multiple of a fraction lies in (before, now]; by looking for it, with integers over a common denominator."""
    unit = math.lcm(period.denominator, Fraction(before).denominator, Fraction(now).denominator)
    step, low, high = int(period * unit), int(before * unit), int(now * unit)
    return any(position % step == 0 for position in range(low + 1, high + 1)) if high - low < step else True


def test_an_interval_equals_an_oracle_of_fractions_for_epochs_of_any_length():
    for length in LENGTHS:
        batch_size = 1 + length % 5
        updater = MockUpdater(MockData(length, batch_size))
        trainer = type("Trainer", (), {"updater": updater, "observation": {}})()
        triggers = [IntervalTrigger(*period) for period in PERIODS]
        batches = -(-length // batch_size)
        for iteration in range(1, 2 * batches + 2):
            updater.update()
            fired = [trigger(trainer) for trigger in triggers]
            # Counted anew from the number of the iteration, apart from what the updater counts.
            ends = []
            for i in (iteration - 1, iteration):
                samples = i // batches * length + min(i % batches * batch_size, length)
                ends.append({"iteration": i, "sample": samples, "epoch": Fraction(samples, length)})
            oracle = [_passes_a_multiple(Fraction(str(period)), *(end[unit] for end in ends)) for period, unit in PERIODS]
            assert fired == oracle, f"epochs of {length} samples in batches of {batch_size}, iteration {iteration}"


def test_a_tenth_of_an_epoch_of_100_iterations_is_10_20_to_100(firings):
    assert firings(lambda: (0.1, "epoch"), 100, iterations_per_epoch=100) == list(range(10, 101, 10))


def test_a_ragged_last_batch_ends_the_epoch():
    trainer = mock_trainer()
    updater = MockUpdater(MockData(samples=105, batch_size=10))
    trainer.updater = updater
    fired = []
    for iteration in range(1, 23):
        updater.update()
        if IntervalTrigger(1, "epoch")(trainer):
            fired.append(iteration)
    assert fired == [11, 22]
    assert updater.span("epoch") == (1 + Fraction(100, 105), 2)
    assert updater.span("sample") == (205, 210)


def test_every_iteration_fires_at_the_first_iteration_after_a_resume(firings):
    assert firings(lambda: (1, "iteration"), 5, cut=3) == [1, 2, 3, 4, 5]


def test_resumed_at_99_every_100th_iteration_fires_at_100(firings):
    assert firings(lambda: (100, "iteration"), 101, cut=99) == [100]


def test_an_interval_trigger_has_no_state():
    assert IntervalTrigger(0.1, "epoch").state_dict() == {}


def test_one_trigger_object_shared_by_two_extensions_fires_for_both(tmp_path):
    trainer = mock_trainer((6, "iteration"), out=tmp_path)
    shared = IntervalTrigger(2, "iteration")
    calls = []
    trainer.extend(lambda t: calls.append(("a", t.updater.iteration)), name="a", trigger=shared)
    trainer.extend(lambda t: calls.append(("b", t.updater.iteration)), name="b", trigger=shared)
    trainer.run()
    assert calls == [("a", 2), ("b", 2), ("a", 4), ("b", 4), ("a", 6), ("b", 6)]


def test_or_fires_when_one_of_them_fires(same_when_resumed):
    assert same_when_resumed(lambda: IntervalTrigger(4, "iteration") | IntervalTrigger(6, "iteration"), 12) == [
        4,
        6,
        8,
        12,
    ]


def test_and_fires_when_both_fire(same_when_resumed):
    assert same_when_resumed(lambda: IntervalTrigger(4, "iteration") & IntervalTrigger(6, "iteration"), 24) == [12, 24]


def test_triggers_compose_with_tuples_and_callables_on_either_side(firings):
    assert firings(lambda: every(3) | IntervalTrigger(5, "iteration"), 10) == [3, 5, 10]
    assert firings(lambda: IntervalTrigger(5, "iteration") | every(3), 10) == [3, 5, 10]
    assert firings(lambda: (2, "iteration") & IntervalTrigger(5, "iteration"), 20) == [10, 20]
    assert firings(lambda: AllOf((2, "iteration"), every(3, 4)), 10) == [4]
    assert firings(lambda: AnyOf(every(1), (1, "epoch"), None), 10) == [1, 10]


def test_a_composition_asks_each_of_its_triggers_in_every_iteration(firings):
    asked = []

    def counting(trainer):
        asked.append(trainer.updater.iteration)
        return False

    firings(lambda: IntervalTrigger(1, "iteration") | counting, 3)
    firings(lambda: AllOf(Never(), counting), 3)
    assert asked == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize(
    "make_stop",
    [
        lambda: IntervalTrigger(4, "iteration") | Limit(100, "iteration"),
        lambda: (4, "iteration") | Once((100, "iteration")),
        lambda: IntervalTrigger(4, "iteration") & Limit(3, "iteration"),
        lambda: Limit(100, "iteration") | (IntervalTrigger(4, "iteration") & Limit(3, "iteration")),
    ],
)
def test_a_run_that_a_composition_stopped_makes_no_update_when_it_is_resumed(tmp_path, make_stop):
    finished = mock_trainer(make_stop(), out=tmp_path)
    finished.run()
    resumed = mock_trainer(make_stop(), out=tmp_path)
    resumed.set_state_dict(finished.state_dict())
    resumed.run()
    assert (finished.updater.iteration, resumed.updater.iteration) == (4, 4)


def test_a_limit_within_a_composition_may_be_raised_for_the_resumed_run(tmp_path):
    finished = mock_trainer(Limit(4, "iteration") | Never(), out=tmp_path)
    finished.run()
    resumed = mock_trainer(Limit(6, "iteration") | Never(), out=tmp_path)
    resumed.set_state_dict(finished.state_dict())
    resumed.run()
    assert resumed.updater.iteration == 6


def test_none_is_a_trigger_that_never_fires(firings):
    assert firings(lambda: get_trigger(None), 20) == []


def test_a_callable_is_kept_as_it_is():
    trigger = every(1)
    assert get_trigger(trigger) is trigger


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (0.1, Fraction(1, 10)),
        (1e-05, Fraction(1, 100000)),
        (2.0, 2),
        (Fraction(1, 3), Fraction(1, 3)),
        (Decimal("0.3"), Fraction(3, 10)),
    ],
)
def test_a_number_is_what_its_decimals_say(value, number):
    assert exact(value) == number


@pytest.mark.parametrize(
    ("trigger", "error", "message"),
    [
        ((0, "epoch"), ValueError, "the period of a trigger must be positive; it is 0"),
        ((-1, "epoch"), ValueError, "must be positive; it is -1"),
        ((float("nan"), "epoch"), ValueError, "must be finite; it is nan"),
        (("1", "epoch"), TypeError, "must be a number; it is '1'"),
        ((True, "epoch"), TypeError, "must be a number; it is True"),
        ((1, "epochs"), ValueError, "it is 'epochs'. Did you mean 'epoch'?"),
        ((1, 1), ValueError, "the unit of a trigger is one of iteration, epoch, sample, second"),
        ((1, "epoch", 2), TypeError, "a trigger is None, a callable"),
        ("epoch", TypeError, "a trigger is None, a callable"),
        (5, TypeError, "it got 5"),
    ],
)
def test_what_is_no_trigger_is_refused(trigger, error, message):
    with pytest.raises(error) as raised:
        get_trigger(trigger)
    assert message in str(raised.value)


def test_a_unit_the_updater_does_not_count_is_named_with_those_it_does(firings):
    with pytest.raises(ValueError, match="this updater counts iteration, epoch, sample, not 'generator_step'"):
        firings(lambda: (1, "generator_step"), 3)
