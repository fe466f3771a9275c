"""FailOnNonNumber: ends the run at once, says where, and lets no snapshot of it be taken."""

import math

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import RunError
from parakeet.training.bundle import read_bundle
from parakeet.training.extensions import FailOnNonNumber, Snapshot
from parakeet.training.testing import MockData, MockUpdater
from parakeet.training.trainer import Trainer


def make(out, reports, models=None, every=None, snapshot=(1, "iteration"), **options):
    updater = MockUpdater(MockData(8, batch_size=2), reports, models)
    return Trainer(updater, (50, "iteration"), out, [(Snapshot(), snapshot), FailOnNonNumber(every, **options)])


def loss(bad_at, value=math.nan):
    return lambda i: {"loss": paddle.to_tensor(value if i == bad_at else 1.0), "other": (2.0, 3)}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_error_names_value_iteration_and_batch(tmp_path, value):
    trainer = make(tmp_path, loss(6, value))
    with pytest.raises(RunError) as error:
        trainer.run()
    assert str(error.value) == (
        f"iteration 6: 'loss' is {value}. The batch: utterance 2, utterance 3. All parameters are numbers still. Look at these "
        "utterances, lower the learning rate or clip the gradients, and resume from the last snapshot."
        f"\nTo make the step once more and see where it began: parakeet replay {tmp_path}/bundles/iteration-00000006"
    )
    assert trainer.updater.iteration == 6
    assert SnapshotStore(tmp_path / "snapshots").newest().step == 5


def test_the_first_parameter_is_named(tmp_path):
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))

    def reports(iteration):
        if iteration == 3:
            net[0].bias.set_value(paddle.to_tensor([1.0, math.inf]))
            net[1].weight.set_value(paddle.full([2, 2], math.nan))
        return loss(3)(iteration)

    with pytest.raises(RunError, match=r"Parameters that are no numbers now: net/0\.bias and 1 more\."):
        make(tmp_path, reports, {"net": net}).run()


def test_values_are_read_together_and_the_first_bad_one_is_named(tmp_path):
    trainer = make(tmp_path, loss(6), every=5, snapshot=(100, "iteration"))
    with pytest.raises(RunError, match=r"^iteration 6: 'loss' is nan\. The batch: utterance 2, utterance 3\."):
        trainer.run()
    assert trainer.updater.iteration == 10


def test_unread_values_are_read_before_a_snapshot(tmp_path):
    trainer = make(tmp_path, loss(6), every=50, snapshot=(4, "iteration"))
    with pytest.raises(RunError, match=r"^iteration 6: 'loss' is nan"):
        trainer.run()
    assert trainer.updater.iteration == 8
    assert SnapshotStore(tmp_path / "snapshots").newest().step == 4


def test_a_parameter_gone_bad_behind_a_good_loss_is_not_saved(tmp_path):
    net = nn.Linear(2, 2)

    def reports(iteration):
        if iteration == 3:
            net.weight.set_value(paddle.full([2, 2], math.nan))
        return {"loss": 1.0}

    with pytest.raises(
        RunError, match=r"^iteration 3: the parameter main/weight holds values that are no numbers\. The batch: "
    ):
        make(tmp_path, reports, {"main": net}).run()
    assert SnapshotStore(tmp_path / "snapshots").newest().step == 2


def test_what_extensions_report_is_not_its_business(tmp_path):
    trainer = make(tmp_path, loss(None), snapshot=(100, "iteration"))
    trainer.extend(lambda t: t.observation.update({"valid/loss": math.nan}), name="valid", priority=300)
    trainer.run()
    assert trainer.updater.iteration == 50


def test_only_chosen_values_count(tmp_path):
    make(tmp_path, lambda i: {"loss": 1.0, "norm": math.inf}, keys=["loss"], snapshot=(100, "iteration")).run()


def test_arrays_texts_and_long_batches_do_no_harm(tmp_path):
    def reports(iteration):
        return {"attention": np.full((3, 3), np.nan), "text": "x", "loss": np.float32("nan") if iteration == 2 else 1}

    updater = MockUpdater(MockData(100, batch_size=40), reports)
    with pytest.raises(RunError, match=r"utterance 40, .*utterance 71 and 8 more\. All parameters"):
        Trainer(updater, (3, "iteration"), tmp_path, [FailOnNonNumber()]).run()


def test_every_must_be_positive():
    with pytest.raises(RunError, match=r"FailOnNonNumber\(every=\.\.\.\) must be at least 1; it is 0"):
        FailOnNonNumber(every=0)


def test_what_is_noticed_late_is_told_with_the_steps_since_a_state_before_it(tmp_path):
    trainer = make(tmp_path, loss(26), every=10, keep=4, snapshot=(100, "iteration"))
    with pytest.raises(RunError, match="^iteration 26: 'loss' is nan"):
        trainer.run()
    assert trainer.updater.iteration == 30
    bundle = read_bundle(tmp_path / "bundles" / "iteration-00000026")
    assert bundle.state()["updater"]["iteration"] == 20  # not in between two looks
    assert [step.iteration for step in bundle.steps] == list(range(21, 27))
    assert (bundle.gradient_norms, bundle.digest) == (None, None)  # of later steps, by then
    assert (bundle.failed.epoch, bundle.failed.consumed, bundle.failed.indices) == (6, 2, [2, 3])


def test_a_limit_of_what_nobody_reports_is_told_once(tmp_path):
    with pytest.warns(UserWarning, match="nothing reports") as warned:
        make(tmp_path, loss(None), limits={"norm": 1.0}, snapshot=(100, "iteration")).run()
    assert [str(w.message) for w in warned] == ["FailOnNonNumber: nothing reports norm, which has a limit"]


def test_what_was_infinite_before_training_may_stay_so(tmp_path):
    net = nn.Linear(2, 2)
    net.register_buffer("mask", paddle.to_tensor([0.0, -math.inf]))
    make(tmp_path, loss(None), {"main": net}).run()
    assert SnapshotStore(tmp_path / "snapshots").newest().step == 50


def test_a_bundle_that_can_not_be_written_does_not_hide_what_went_wrong(tmp_path):
    (tmp_path / "bundles").write_text("a file is in the way")
    with pytest.warns(UserWarning, match="can't be written down for a replay"), pytest.raises(RunError, match="'loss' is nan") as error:
        make(tmp_path, loss(3)).run()
    assert "parakeet replay" not in str(error.value)
