"""Told beforehand is what happens: the plan of a run beside the run itself; what is made to measure leaves nothing behind."""

import json
import math

import pytest
import toy_experiment as toy

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import RunError
from parakeet.training import Extension
from parakeet.training.cli import begin, plan_run, rehearse_run, train
from parakeet.training.plan import Course, in_words, outline
from parakeet.training.testing import MockData, mock_trainer
from parakeet.training.triggers import (
    AllOf,
    AnyOf,
    EarlyStopping,
    IntervalTrigger,
    Limit,
    ManualSchedule,
    MinValue,
    Once,
    Time,
)

OVERRIDES = ["training.stop=[23, iteration]", "training.accumulate=2", "training.evaluate=[0.5, epoch]"]
TRIGGERS = {
    "tenths": (0.1, "epoch"),
    "samples": (7, "sample"),
    "steps": (4, "main_step"),
    "points": ManualSchedule([0.4, 1, 2.5], "epoch"),
    "once": Once((2, "epoch")),
    "either": IntervalTrigger(5, "iteration") | Limit(21, "iteration"),
    "both": IntervalTrigger(2, "iteration") & IntervalTrigger(3, "iteration"),
}


class Mark(Extension):
    """Notes the iterations in which it is called, and the learning rate they had."""

    seen = {}

    def __call__(self, trainer):
        self.seen.setdefault(self.name, []).append(trainer.updater.iteration)


class Marked(toy.ToyExperiment):
    def build_extensions(self, trainer):
        yield from super().build_extensions(trainer)
        for name, trigger in TRIGGERS.items():
            mark = Mark()
            mark.name = name
            yield mark, trigger


@pytest.fixture(scope="module")
def planned():
    return plan_run(Marked, overrides=OVERRIDES)


def test_the_plan_of_a_run_is_what_the_run_does(planned, tmp_path):
    Mark.seen = {}
    TRIGGERS["once"] = Once((2, "epoch"))  # the rehearsal has used the other one
    experiment = train(Marked, tmp_path / "run", overrides=[*OVERRIDES, "training.keep_last=100"])
    told = {firing.name: firing.iterations for firing in planned.firings}
    assert {name: told[name] for name in TRIGGERS} == Mark.seen
    assert planned.iterations == experiment.updater.iteration == 23
    assert planned.epochs == experiment.updater.span("epoch")[1]
    assert told["Snapshot"] == [s.step for s in SnapshotStore(tmp_path / "run" / "snapshots").snapshots()]
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert told["LogReport"] == [row["iteration"] for row in rows]
    assert sum("valid/loss" in row for row in rows) > 0
    assert not any(firing.note for firing in planned.firings)


def test_the_learning_rate_is_told_by_its_rises_and_falls(planned):
    (rise, fall) = planned.rates["main"]
    assert rise == (1, 10, pytest.approx(0.002), pytest.approx(0.02))
    assert fall[:2] == (11, 23)
    last = 0.02 * (1 + math.cos(math.pi * (22 - 10) / 30)) / 2
    assert fall[3] == pytest.approx(last)


def test_disk_and_time_are_those_of_a_run(planned, tmp_path):
    train(toy.ToyExperiment, tmp_path / "run", overrides=OVERRIDES)
    kept = sum(path.stat().st_size for path in (tmp_path / "run" / "snapshots").rglob("*") if path.is_file())
    size, words = planned.disk["Snapshot"]
    assert words.startswith("4 x ")  # three are kept, and the newest is written before the oldest goes
    assert 0.9 * kept < 0.75 * size < 1.2 * kept
    log = (tmp_path / "run" / "log.jsonl").stat().st_size
    assert 0.7 * log < planned.disk["LogReport"][0] < 1.4 * log
    assert planned.seconds["updates"] > 0


def test_the_plan_in_words_leaves_out_no_firing(planned):
    text = in_words(planned, "Marked")
    assert text.startswith("Plan of Marked: 23 iterations, ")
    assert "  in every iteration: FailOnNonNumber, ObserveLR" in text
    assert "  LogReport: 7 times, at 3, 6, ... 21" in text
    assert "  both: 3 times, at 6, 12, 18" in text
    assert "  main_step" not in text
    assert "  iterations 1 to 10: rises from 0.002 to 0.02" in text
    assert "Disk: at most about " in text
    assert "Time: about " in text


def test_what_depends_on_values_is_said_to():
    late = (4, "iteration")
    inner, note = outline(MinValue("valid/loss", late))
    assert (inner.period, note) == (4, "at most: only where 'valid/loss' is better than before")
    limit, note = outline(EarlyStopping("valid/loss", max_trigger=(9, "epoch")))
    assert (limit.limit, note) == (9, "or earlier, when 'valid/loss' gets no better")
    assert outline(Time(5))[1] == "by the clock, estimated"
    assert outline(lambda trainer: 1 / 0) == (None, "decided while it trains")
    assert outline(AnyOf((1, "epoch"), lambda trainer: True)) == (None, "decided while it trains")
    inner, note = outline(AllOf((1, "epoch"), lambda trainer: True))
    assert len(inner.triggers) == 1
    assert note == "at most; decided while it trains"


def test_an_outline_does_not_use_up_the_trigger():
    once = Once((3, "iteration"))
    copy, _ = outline(once)
    course = Course(MockData(5), {})
    fired = []
    for _ in range(7):
        course.update()
        if copy(course):
            fired.append(course.iteration)
    assert fired == [3]
    assert once.state_dict()["fired"] is False


def test_a_course_stands_where_a_run_stands():
    trainer = mock_trainer((40, "iteration"), iterations_per_epoch=7)
    course = Course(trainer.updater.data, {}, seconds=0.5)
    for _ in range(40):
        trainer.updater.update()
        course.update()
        assert all(course.span(unit) == trainer.updater.span(unit) for unit in ("iteration", "epoch", "sample"))
    assert course.span("second") == (19.5, 20)


def test_an_optimizer_that_starts_later_makes_its_steps_later():
    course = Course(MockData(5), {"generator": 1, "critic": 2}, starts={"critic": 3})
    for _ in range(5):
        course.update()
    assert course.span("generator_step") == (4, 5)
    assert course.span("critic_step") == (2, 4)


def test_an_optimizer_that_takes_turns_makes_a_step_in_each_turn():
    course = Course(MockData(5), {"generator": 1, "critic": 1}, starts={"critic": 2}, apart={"critic": 3})
    for _ in range(9):
        course.update()
    assert course.span("generator_step") == (8, 9)
    assert course.span("critic_step") == (2, 3)  # in the iterations 3, 6 and 9


def test_a_run_without_an_end_is_planned_for_three_epochs():
    plan = plan_run(toy.ToyExperiment, overrides=["training.stop=null"])
    assert (plan.iterations, plan.epochs) == (18, 3)
    assert "18 iterations, 3 epochs, the first 3 epochs; its end is not set" in in_words(plan, "Toy")


def test_a_fast_development_run_calls_every_extension_and_leaves_nothing(tmp_path):
    Mark.seen = {}
    overrides = ["training.evaluate=[100, epoch]", "training.log=[1000, iteration]"]
    rehearsal = rehearse_run(Marked, tmp_path / "runs" / "first", overrides=overrides)
    assert list(tmp_path.iterdir()) == []
    assert rehearsal.iterations == 2
    assert all(cost.seconds for cost in rehearsal.costs.values())
    assert {"FailOnNonNumber", "valid", "LogReport", "VisualDLWriter", "Snapshot", *TRIGGERS} <= set(rehearsal.costs)
    assert {name: calls[-1] for name, calls in Mark.seen.items()} == dict.fromkeys(TRIGGERS, 2)
    assert rehearsal.costs["Snapshot"].bytes[-1] > 1000
    assert rehearsal.costs["LogReport"].bytes[-1] > 50
    assert "valid/loss" in rehearsal.values


def test_an_error_in_an_extension_that_would_come_in_hours_comes_now_and_leaves_nothing(tmp_path):
    class Broken(toy.ToyExperiment):
        def build_extensions(self, trainer):
            yield from super().build_extensions(trainer)

            def broken(trainer):
                raise RuntimeError("the plot is broken")

            yield broken, (50, "epoch")

    with pytest.raises(RuntimeError, match="the plot is broken"):
        rehearse_run(Broken, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_overfitting_takes_the_same_batches_in_every_epoch(tmp_path):
    names = []

    class Named(toy.ToyExperiment):
        def compute_loss(self, model, batch):
            if model.training:
                names.append(batch["utt_id"])
            return super().compute_loss(model, batch)

    overrides = ["training.stop=[3, epoch]", "training.overfit_batches=2", "training.evaluate=[100, epoch]"]
    train(Named, tmp_path / "run", overrides=overrides)
    assert names == names[:2] * 3
    assert names[0] != names[1]
    assert (tmp_path / "run" / "config.yaml").read_text().count("overfit_batches: 2") == 1


def test_more_batches_than_there_are_can_not_be_overfitted(tmp_path):
    with pytest.raises(RunError, match="overfit_batches=9, but the training data hold 6 batches in epoch 0: take fewer"):
        train(toy.ToyExperiment, tmp_path / "run", overrides=["training.overfit_batches=9"])


def test_data_that_are_no_cargo_can_not_be_cut_short(tmp_path):
    class Foreign(toy.ToyExperiment):
        def build_data(self):
            return MockData(4), None

    with pytest.raises(RunError, match="needs a DataCargo for training; build_data returned a MockData"):
        train(Foreign, tmp_path / "run", overrides=["training.overfit_batches=1"])


def test_the_options_of_train_ask_for_one_thing(tmp_path, capsys):
    with pytest.raises(RunError, match="--plan and --fast-dev-run each make a small run of their own: choose one"):
        begin(toy.ToyExperiment, plan=True, fast_dev_run=True)
    with pytest.raises(RunError, match=r"where shall the run go\? Pass --output FOLDER, one that holds no run"):
        begin(toy.ToyExperiment)
    begin(toy.ToyExperiment, fast_dev_run=True, overfit_batches=1)
    assert "fast development run: 2 iterations" in capsys.readouterr().out
    begin(toy.ToyExperiment, plan=True, overrides=["training.stop=[5, iteration]"])
    assert capsys.readouterr().out.startswith("Plan of ToyExperiment: 5 iterations, ")
