"""Reports and summaries: nothing is read before somebody asks, and the sums are right."""

import json
import math
import random
import threading
from fractions import Fraction

import numpy as np
import pytest

from parakeet.training.reporter import DictSummary, Summary, is_scalar, read, report, scope


class Tensor:
    """What the reporter takes for a tensor; it notes when it is read."""

    def __init__(self, value, shape=(), log=None):
        self.value, self.shape, self.log = value, shape, [] if log is None else log
        self.detached = False

    def detach(self):
        copy = Tensor(self.value, self.shape, self.log)
        copy.detached = True
        return copy

    def clone(self):
        return self.detach()

    def item(self):
        self.log.append(self.value)
        return self.value

    __float__ = item


def test_a_report_lands_in_the_innermost_scope():
    outer, inner = {}, {}
    with scope(outer):
        report({"a": 1})
        with scope(inner):
            report({"b": 2})
        report({"c": 3})
    assert (outer, inner) == ({"a": 1, "c": 3}, {"b": 2})


def test_a_report_outside_of_any_scope_does_nothing():
    report({"a": 1})
    observation = {}
    with scope(observation):
        pass
    report({"a": 1})
    assert observation == {}


def test_a_scope_that_raises_is_left():
    outer = {}
    with scope(outer):
        with pytest.raises(ZeroDivisionError), scope({}):
            raise ZeroDivisionError
        report({"a": 1})
    assert outer == {"a": 1}


def test_each_thread_has_its_own_scope():
    mine, theirs = {}, {}

    def work():
        report({"lost": 1})
        with scope(theirs):
            report({"theirs": 2})

    with scope(mine):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        report({"mine": 3})
    assert (mine, theirs) == ({"mine": 3}, {"theirs": 2})


def test_the_later_report_of_a_name_counts():
    with scope({}) as observation:
        report({"a": 1})
        report({"a": 2})
    assert observation == {"a": 2}


def test_tensors_are_detached_and_not_read():
    log = []
    with scope({}) as observation:
        report(
            {
                "loss": Tensor(1.5, log=log),
                "weighted": (Tensor(2.5, log=log), Tensor(3.0, log=log)),
                "mel": Tensor(0, (2, 80), log),
            }
        )
    summary = DictSummary()
    summary.add(observation)
    assert log == []
    assert observation["loss"].detached
    assert observation["weighted"][0].detached
    assert summary.compute_mean() == {"loss": 1.5, "weighted": 2.5}
    assert sorted(log) == [1.5, 2.5, 3.0]


def test_what_is_reported_does_not_change_with_what_it_was_taken_from():
    scale = np.array(1.0)
    with scope({}) as observation:
        report({"scale": scale, "pair": (scale, scale)})
    scale += 1
    assert read(observation["scale"]) == 1.0
    assert read(observation["pair"]) == 1.0


def test_a_parameter_reported_today_is_not_tomorrows():
    paddle = pytest.importorskip("paddle")
    parameter = paddle.create_parameter([1], "float32", default_initializer=paddle.nn.initializer.Constant(1.0))
    with scope({}) as observation:
        report({"scale": parameter})
    parameter.set_value(np.array([5.0], "float32"))
    assert read(observation["scale"]) == 1.0
    assert observation["scale"].stop_gradient


@pytest.mark.parametrize("values", [[("a", 1)], 1.0, {1: 2}])
def test_only_a_dict_of_names_is_reported(values):
    with scope({}), pytest.raises(TypeError, match="report\\(\\) takes a dict of name to value"):
        report(values)


@pytest.mark.parametrize(
    ("value", "scalar"),
    [
        (1, True),
        (1.5, True),
        (True, True),
        (np.float32(1), True),
        (np.array(1.0), True),
        (np.array([1.0]), True),
        (np.zeros(2), False),
        (np.zeros(0), False),
        ("1", False),
        (None, False),
        ([1], False),
        (Tensor(1), True),
        (Tensor(1, (2,)), False),
        (np.ndarray, False),
    ],
)
def test_one_number_is_a_scalar(value, scalar):
    assert is_scalar(value) is scalar


def test_a_scalar_of_any_kind_is_read():
    assert [
        read(v)
        for v in (1, 2.5, np.float32(0.5), np.array(3), np.array([4.0]), Tensor(5.0), (6.0, 2), (np.array([7.0]), 1))
    ] == [
        1,
        2.5,
        0.5,
        3,
        4,
        5,
        6,
        7,
    ]


def oracle(values, weights):
    """The weighted mean and population standard deviation, by fractions."""
    values, weights = [Fraction(v) for v in values], [Fraction(w) for w in weights]
    total = sum(weights)
    mean = sum(v * w for v, w in zip(values, weights, strict=True)) / total
    variance = sum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True)) / total
    return float(mean), math.sqrt(variance)


def test_a_summary_is_the_weighted_mean_and_population_deviation():
    generator = random.Random(0)
    for offset in (0.0, 1e6, -1e9, 1e12):
        values = [offset + generator.gauss(0, 1) for _ in range(1500)]
        weights = [generator.choice([0, 1, 2, 0.5, 100]) for _ in values]
        summary = Summary()
        for value, weight in zip(values, weights, strict=True):
            summary.add(value, weight)
        mean, deviation = summary.make_statistics()
        true_mean, true_deviation = oracle(values, weights)
        assert mean == pytest.approx(true_mean, rel=1e-14, abs=1e-12)
        assert deviation == pytest.approx(true_deviation, rel=1e-3 if abs(offset) == 1e12 else 1e-6)


def test_equal_values_have_no_deviation_however_large():
    summary = Summary()
    for _ in range(10):
        summary.add(1e15 + 0.25)
    assert summary.make_statistics() == (1e15 + 0.25, 0.0)


def test_an_empty_summary_is_nan():
    assert all(math.isnan(x) for x in Summary().make_statistics())
    only_weightless = Summary()
    only_weightless.add(3.0, 0)
    assert math.isnan(only_weightless.compute_mean())


def test_a_negative_weight_is_refused():
    summary = Summary()
    summary.add(1.0, -1)
    with pytest.raises(ValueError, match="a weight must not be negative; it is -1"):
        summary.compute_mean()


def test_the_result_does_not_depend_on_when_it_was_read():
    generator = random.Random(1)
    values = [generator.gauss(5, 2) for _ in range(3000)]
    lazy, eager, restored = Summary(), Summary(), Summary()
    for value in values:
        lazy.add(value, 3)
        eager.add(value, 3)
        eager.compute_mean()
        restored.add(value, 3)
        if generator.random() < 0.01:
            state = json.loads(json.dumps(restored.state_dict()))
            restored = Summary()
            restored.set_state_dict(state)
    assert lazy.make_statistics() == eager.make_statistics() == restored.make_statistics()


def test_a_long_interval_does_not_hold_all_its_tensors():
    log = []
    summary = Summary()
    for n in range(5000):
        summary.add(Tensor(float(n), log=log))
    assert len(summary._pending) < 1024
    assert log == sorted(log)  # read in order, the oldest first
    assert summary.compute_mean() == pytest.approx(2499.5)


def test_merged_summaries_are_the_summary_of_all():
    parts = [[1.0, 2.0, 4.0], [], [8.0], [16.0, 32.0]]
    whole, merged = DictSummary(), DictSummary()
    for part in parts:
        summary = DictSummary()
        for value in part:
            summary.add({"a": (value, value)})
            whole.add({"a": (value, value)})
        merged.merge(summary)
    assert merged.make_statistics() == pytest.approx(whole.make_statistics(), rel=1e-14)


def test_a_dict_summary_ignores_what_is_no_scalar():
    summary = DictSummary()
    summary.add(
        {"a": 1, "text": "x", "mel": np.zeros((2, 3)), "none": None, "weight": (1, "much"), "triple": (1, 2, 3)}
    )
    summary.add({"a": np.float32(2), "b": (4.0, 3)})
    summary.add({"b": (8.0, 1)})
    assert summary.compute_mean() == {"a": 1.5, "b": 5.0}
    assert summary.make_statistics() == {"a": 1.5, "a.std": 0.5, "b": 5.0, "b.std": math.sqrt(3)}


def test_nan_makes_the_mean_nan():
    summary = Summary()
    summary.add(1.0)
    summary.add(math.nan)
    assert math.isnan(summary.compute_mean())
