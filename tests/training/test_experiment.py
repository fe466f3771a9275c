"""Experiments: what they build, and that a resumed one equals an uninterrupted one to the bit."""

import contextlib
import json

import numpy as np
import pytest
import toy_experiment as toy
from pydantic import ValidationError

from parakeet.config import load_config
from parakeet.errors import ConfigError, RunError
from parakeet.training import Experiment, Interrupted, TrainingConfig
from parakeet.training.testing import MockData

paddle = pytest.importorskip("paddle")


def build(out, *overrides, cut=None):
    experiment = toy.ToyExperiment(load_config(toy.ToyConfig, None, overrides), out)
    experiment.setup()
    if cut is not None:
        experiment.trainer.extend(
            lambda t: t.updater.iteration == cut and t.request_stop("cut"), name="cut", priority=999
        )
    return experiment


def comparable(trainer):
    """The state, but for what the clock says and the files of the dashboard."""
    state = trainer.state_dict()
    for name in ("cut", "VisualDLWriter"):
        state["extensions"].pop(name, None)
        state["triggers"].pop(name, None)
    del state["trainer"]["elapsed_time"], state["trainer"]["ticks"]
    return state


def assert_same(a, b, path="state"):
    assert type(a) is type(b), path
    if isinstance(a, dict):
        assert list(a) == list(b), path
        for key in a:
            assert_same(a[key], b[key], f"{path}.{key}")
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype, path
        assert np.array_equal(a, b, equal_nan=True), path
    else:
        assert a == b, path


def log_of(out):
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if key != "elapsed_time"} for row in rows]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted run: its final state and its log."""
    out = tmp_path_factory.mktemp("whole")
    experiment = build(out)
    experiment.run()
    return comparable(experiment.trainer), log_of(out)


# Before the first firings, in the warm-up, in the middle of an epoch, at a snapshot, and just before the end.
@pytest.mark.parametrize("cut", [1, 5, 13, 28, 29])
def test_a_resumed_run_equals_an_uninterrupted_one_to_the_bit(tmp_path, whole, cut):
    from parakeet.checkpoint import SnapshotStore

    with pytest.raises(Interrupted, match=f"cut, at iteration {cut}"):
        build(tmp_path, cut=cut).run()
    paddle.nn.Linear(3, 3)  # Paddle counts differently now, and so do its random numbers
    rest = build(tmp_path)
    snapshot = SnapshotStore(tmp_path / "snapshots").newest()
    assert snapshot.step == cut
    rest.trainer.set_state_dict(snapshot.load())
    rest.run()
    assert_same(comparable(rest.trainer), whole[0])
    assert log_of(tmp_path) == whole[1]


def test_two_runs_of_a_seed_are_the_same_and_of_another_one_are_not(tmp_path, whole):
    same = build(tmp_path / "same")
    same.run()
    assert_same(comparable(same.trainer), whole[0])
    build(tmp_path / "other", "training.seed=1").run()
    assert log_of(tmp_path / "other") != whole[1]


def test_the_number_of_batches_read_ahead_changes_nothing(tmp_path, whole):
    experiment = build(tmp_path, "training.read_ahead=5")
    experiment.run()
    assert_same(comparable(experiment.trainer), whole[0])


def test_the_defaults_are_what_the_training_section_says(tmp_path):
    experiment = build(
        tmp_path,
        "training.betas=[0.8, 0.95]",
        "training.weight_decay=0.125",
        "training.gradient_norm=0.5",
        "training.stop=[2, epoch]",
    )
    optimizer = experiment.optimizer
    assert (optimizer._beta1, optimizer._beta2) == (0.8, 0.95)
    assert optimizer._grad_clip.norm == 0.5
    assert repr(experiment.trainer.stop_trigger) == "Limit(2, 'epoch')"
    names = {parameter.name: path for path, parameter in experiment.model.named_parameters()}
    decayed = {path for name, path in names.items() if optimizer._apply_decay_param_fun(name)}
    assert decayed == {"main.0.weight", "main.4.weight", "rare.weight"}  # no bias, no norm
    assert list(experiment.trainer.state_dict()["extensions"]) == [
        "FailOnNonNumber",
        "ObserveLR",
        "valid",
        "LogReport",
        "PrintReport",
        "VisualDLWriter",
        "ProgressBar",
        "Snapshot",
    ]


def test_frozen_parameters_are_not_the_optimizers(tmp_path):
    experiment = toy.ToyExperiment(toy.ToyConfig(), tmp_path)
    model = toy.build_net(4)
    model.rare.weight.stop_gradient = True
    optimizer = experiment.build_optimizer(model)
    assert model.rare.weight.name not in {parameter.name for parameter in optimizer._parameter_list}


def test_accumulation_counts_batches_as_the_experiment_says_and_evaluation_too(tmp_path):
    class Weighted(toy.ToyExperiment):
        def batch_weight(self, batch):
            return batch["y"].shape[0] ** 2

    settings = load_config(toy.ToyConfig, None, ["training.accumulate=3", "training.stop=[2, iteration]"])
    experiment = Weighted(settings, tmp_path)
    experiment.setup()
    experiment.updater.update()
    assert len(experiment.updater.last_names) == 12
    assert experiment.updater.weight == experiment.batch_weight == experiment.trainer.get_extension("valid").weight
    means = experiment.trainer.get_extension("valid").evaluate()
    experiment.updater.finalize()
    assert means["valid/loss"] > 0


def test_a_time_limit_and_a_profile_are_asked_for_by_name(tmp_path, capsys):
    experiment = build(tmp_path, "training.time_limit=3600", "training.profile=[2, iteration]", "training.stop=[3, iteration]")
    assert experiment.trainer.get_extension("TimeLimit").seconds == 3600
    experiment.run()
    assert "backward" in capsys.readouterr().err
    assert "time/backward" in log_of(tmp_path)[0]
    assert {"training.time_limit", "training.profile"} <= set(experiment.harmless)


def test_where_a_moving_average_is_kept_it_is_what_is_evaluated(tmp_path):
    experiment = build(tmp_path, "training.average=0.9", "training.stop=[12, iteration]")
    experiment.run()
    evaluator = experiment.trainer.get_extension("valid")
    averaged = evaluator.evaluate()
    evaluator.context = contextlib.nullcontext
    assert evaluator.evaluate() != averaged
    with experiment.averaged():
        assert evaluator.evaluate() == averaged
    assert "EMA" not in build(tmp_path / "without").trainer.state_dict()["extensions"]


def test_half_precision_on_a_processor_is_an_error_that_says_why(tmp_path):
    with pytest.raises(ConfigError, match="precision bfloat16 needs a GPU: Paddle has no kernels for it on processors"):
        build(tmp_path, "training.precision=bfloat16")


def test_the_rate_of_the_first_update_is_the_first_of_the_schedule(tmp_path):
    experiment = build(tmp_path, "training.stop=[3, iteration]")
    rates = []
    experiment.trainer.extend(lambda t: rates.append(experiment.optimizer.get_lr()), name="see")
    first = experiment.optimizer.get_lr()
    experiment.run()
    assert [first, *rates] == pytest.approx([0.002, 0.004, 0.006, 0.008])


def test_a_configuration_without_a_training_section_has_the_defaults(tmp_path):
    assert Experiment(toy.DataSection(), tmp_path).training == TrainingConfig()


@pytest.mark.parametrize("method", ["build_data", "build_model", "compute_loss"])
def test_what_has_to_be_written_says_so(tmp_path, method):
    class Empty(Experiment):
        pass

    with pytest.raises(NotImplementedError, match=f"Empty must define {method}\\(self"):
        getattr(Empty(None, tmp_path), method)(*[None] * (2 if method == "compute_loss" else 0))


def test_data_must_be_two_things(tmp_path):
    class One(toy.ToyExperiment):
        def build_data(self):
            return MockData(3)

    with pytest.raises(RunError, match=r"One\.build_data must return two things.*it returned MockData"):
        One(toy.ToyConfig(), tmp_path).setup()


def test_several_models_need_an_optimizer_of_their_own(tmp_path):
    class Two(toy.ToyExperiment):
        def build_model(self):
            return {"generator": toy.build_net(2), "critic": toy.build_net(2)}

    with pytest.raises(RunError, match="Two has several models: define build_optimizer\\(self, model\\)"):
        Two(toy.ToyConfig(), tmp_path).setup()


def test_validation_data_are_optional(tmp_path):
    class Blind(toy.ToyExperiment):
        def build_data(self):
            return super().build_data()[0], None

    experiment = Blind(load_config(toy.ToyConfig, None, ["training.stop=[2, iteration]"]), tmp_path)
    experiment.setup()
    experiment.run()
    with pytest.raises(ValueError, match="there is no extension 'valid'"):
        experiment.trainer.get_extension("valid")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.stop=[1, epochs]", "Did you mean 'epoch'?"),
        ("training.log=[0, iteration]", "the period of a trigger must be positive"),
        ("training.log=5", "training.log"),
        ("training.seed=-1", "training.seed"),
        ("training.learning_rate=0", "training.learning_rate"),
        ("training.betas=[0.9, 1.0]", "training.betas"),
        ("training.warm_up=3", "Did you mean 'warmup'?"),
    ],
)
def test_a_wrong_training_section_is_refused_by_key(override, message):
    with pytest.raises(ConfigError) as error:
        load_config(toy.ToyConfig, None, [override])
    assert message in str(error.value)


@pytest.mark.parametrize("cut", [6, 24])
def test_a_run_left_in_the_middle_of_an_evaluation_equals_an_uninterrupted_one_to_the_bit(tmp_path, whole, cut):
    from parakeet.checkpoint import SnapshotStore

    first = build(tmp_path, cut=cut)
    with pytest.raises(Interrupted, match=f"cut, at iteration {cut}"):
        first.run()
    rest = build(tmp_path)
    rest.trainer.set_state_dict(SnapshotStore(tmp_path / "snapshots").newest().load())
    rest.run()
    assert_same(comparable(rest.trainer), whole[0])
    assert log_of(tmp_path) == whole[1]


def test_a_run_that_would_go_on_with_a_learning_rate_of_zero_is_refused():
    with pytest.raises(ValidationError, match="from iteration 50 on .decay_until. the learning rate is 0 and nothing is learnt"):
        TrainingConfig(stop=(60, "iteration"), decay_until=50)
    TrainingConfig(stop=(60, "iteration"), decay_until=50, final_learning_rate=1e-5)
    TrainingConfig(stop=(60, "iteration"), decay_until=60)


@pytest.mark.parametrize(("device", "policy", "every"), [("cpu", "raise", None), ("gpu:0", "raise", 3), ("gpu:0", "skip", 1)])
def test_a_step_waits_for_a_device_no_more_often_than_the_log(tmp_path, device, policy, every):
    config = toy.ToyConfig()
    config = config.model_copy(update={"training": config.training.model_copy(update={"wrong_step": policy})})
    guard = next(iter(toy.ToyExperiment(config, tmp_path, device).build_extensions(None)))
    assert (guard.every, guard.policy) == (every, policy)
