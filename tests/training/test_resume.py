"""Resumed equals uninterrupted: random sets of extensions and triggers, cut anywhere, between iterations and within them.

PARAKEET_CASES is how many sets are drawn, 500 when it is not set.
"""

import json
import os
import random

import numpy as np
import pytest

from parakeet.training.extension import Extension, GiveUp
from parakeet.training.reporter import DictSummary, report
from parakeet.training.signals import Interrupted
from parakeet.training.testing import MockClock, MockData, MockUpdater
from parakeet.training.trainer import Trainer
from parakeet.training.triggers import (
    AllOf,
    AnyOf,
    EarlyStopping,
    Limit,
    ManualSchedule,
    MaxValue,
    MinValue,
    Once,
    Time,
)

CASES = int(os.environ.get("PARAKEET_CASES", "500"))
WAYS = ("between iterations", "within one", "killed")


class Work(Extension):
    """Notes its calls with all it can see; reports, counts, draws random numbers; gives up when told to."""

    def __init__(self, log, key, gives_up_at):
        self.log, self.key, self.gives_up_at = log, key, gives_up_at
        self.count = 0
        self.summary = DictSummary()

    def __call__(self, trainer):
        iteration = trainer.updater.iteration
        if iteration == self.gives_up_at:
            trainer.request_stop("cut")
            raise GiveUp
        self.count += 1
        self.summary.add(trainer.observation)
        drawn = random.random()
        if self.key is not None:
            report({self.key: (drawn, 1 + iteration % 3)})
        seen = {name: list(value) if isinstance(value, tuple) else value for name, value in trainer.observation.items()}
        self.log.append((self.name, iteration, self.count, drawn, sorted(seen.items()), self.summary.make_statistics()))

    def state_dict(self):
        return {"count": self.count, "summary": self.summary.state_dict()}

    def set_state_dict(self, state):
        self.count = state["count"]
        self.summary.set_state_dict(state["summary"])


class Save(Extension):
    """Keeps the newest state as a snapshot does, and how long the log was then."""

    commit = True

    def __init__(self, log, at_end):
        self.log, self.commit_at_end = log, at_end
        self.saved, self.length = None, 0

    def __call__(self, trainer):
        self.saved, self.length = json.dumps(trainer.state_dict(), default=array_as_json), len(self.log)


def array_as_json(array):
    return {"array": array.tolist()}


def json_as_array(value):
    return np.array(value["array"]) if set(value) == {"array"} else value


def random_trigger(draw, keys, depth=0):
    kind = draw.choice(
        ["iteration", "epoch", "sample", "time", "once", "manual", "best", "and", "or"][: 7 if depth else 9]
    )
    if kind == "iteration":
        return draw.randint(1, 7), "iteration"
    if kind == "epoch":
        return draw.choice([0.1, 0.25, 0.5, 1, 1.5, 2]), "epoch"
    if kind == "sample":
        return draw.randint(1, 30), "sample"
    if kind == "time":
        return Time(draw.choice([1, 2.5, 10]))
    if kind == "once":
        return Once(random_trigger(draw, keys, depth=1) if draw.random() < 0.5 else None)
    if kind == "manual":
        return ManualSchedule([round(draw.uniform(0, 4), 2) for _ in range(4)], "epoch")
    if kind == "best":
        return draw.choice([MinValue, MaxValue])(draw.choice(keys), (draw.randint(1, 5), "iteration"))
    parts = [random_trigger(draw, keys, depth=1) for _ in range(2)]
    return (AllOf if kind == "and" else AnyOf)(*parts)


def random_stop(draw, iterations):
    if draw.random() < 0.5:
        return iterations, "iteration"
    limit = Limit(iterations, "iteration")
    return EarlyStopping("loss", draw.randint(2, 6), check_trigger=(draw.randint(1, 5), "iteration")) | limit


def build(seed, log, out, gives_up=(None, None), cut=None, at_end=True):
    """Build a run from a seed; each call builds the same with new objects."""
    draw = random.Random(seed)
    samples, batch_size = draw.choice([draw.randint(1, 23), draw.randint(1, 200)]), draw.randint(1, 7)
    iterations = draw.randint(1, 40)
    clock = MockClock()
    durations = [draw.choice([0.125, 1, 1, 30]) for _ in range(iterations)]
    losses = [draw.choice([draw.random(), draw.random(), 0.5, float("nan")]) for _ in range(iterations)]

    def reports(iteration):
        clock.advance(durations[iteration - 1])
        return {
            "loss": losses[iteration - 1],
            "noise": random.random(),
            "numpy": np.random.rand(),
            "vector": np.ones(2),
        }

    updater = MockUpdater(MockData(samples, batch_size), reports)
    trainer = Trainer(updater, random_stop(draw, iterations), out, clock=clock)
    for i in range(draw.randint(1, 6)):
        extension = Work(log, draw.choice([None, f"value{i}", "loss"]), gives_up[1] if gives_up[0] == i else None)
        keys = ["loss", "noise"]
        trainer.extend(
            extension, f"work{i}", random_trigger(draw, keys), draw.choice([100, 200, 300, draw.randint(0, 400)])
        )
    save = Save(log, at_end)
    trainer.extend(save, "save", (draw.randint(1, 10), "iteration"), draw.choice([-1, 150, 1000]))
    if cut is not None:
        # At the very end of the iteration, so that its own trigger and random numbers change nothing.
        trainer.extend(lambda t: t.updater.iteration == cut and t.request_stop("cut"), "cut", priority=-1000)
    return trainer, save, iterations


def final_state(trainer):
    state = trainer.state_dict()
    state["extensions"].pop("cut", None)
    state["triggers"].pop("cut", None)
    return json.dumps(state)


@pytest.mark.parametrize("how", WAYS)
def test_random_runs_resumed_equal_uninterrupted(tmp_path, how):
    interrupted = 0
    seeds = range(WAYS.index(how), CASES, len(WAYS))
    for seed in seeds:
        random.seed(seed)
        np.random.seed(seed)
        whole_log = []
        whole, _, iterations = build(seed, whole_log, tmp_path)
        whole.run()

        draw = random.Random(-1 - seed)
        at = draw.randint(1, iterations)
        log = []
        random.seed(seed)
        np.random.seed(seed)
        if how == "within one" and whole_log:
            name, at, *_ = draw.choice(whole_log)
            gives_up = (int(name.removeprefix("work")), at)
        else:
            gives_up = (None, None)
        cut = at if how != "within one" else None
        first, save, _ = build(seed, log, tmp_path, gives_up, cut, at_end=how != "killed")
        try:
            first.run()
        except Interrupted:
            interrupted += 1
        random.seed(12345)
        np.random.seed(12345)
        rest, _, _ = build(seed, log, tmp_path)
        del log[save.length :]  # what was done after the last snapshot is lost, and done again
        if save.saved is not None:
            rest.set_state_dict(json.loads(save.saved, object_hook=json_as_array))
        else:
            random.seed(seed)
            np.random.seed(seed)
        rest.run()
        assert repr(log) == repr(whole_log), f"seed {seed}, cut at {at}"
        assert final_state(rest) == final_state(whole), f"seed {seed}, cut at {at}"
    assert interrupted > len(seeds) / 2  # most runs were really cut
