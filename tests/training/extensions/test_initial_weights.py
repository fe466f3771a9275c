"""InitialWeights: a run begins where another one ended, and only then."""

import numpy as np
import pytest
from paddle import nn

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ConfigError
from parakeet.training.extensions import EMA, InitialWeights
from parakeet.training.optimizer_state import copy_of_state
from parakeet.training.testing import mock_trainer


def build(width=3):
    return {"generator": nn.Linear(2, width), "judge": nn.Sequential(nn.Linear(width, 4), nn.BatchNorm1D(4))}


@pytest.fixture
def run(tmp_path):
    """A run that keeps an average of one of its models."""
    models = build()
    ema = EMA({"generator": models["generator"]})
    models["generator"].weight.set_value(models["generator"].weight + 1.0)
    ema.update()
    state = {"models": {name: copy_of_state(model) for name, model in models.items()}, "extensions": {"EMA": ema.state_dict(), "log": {}}}
    SnapshotStore(tmp_path / "run" / "snapshots").save(7, state)
    return tmp_path / "run", state


def begin(models, run, out, *others, iteration=0):
    trainer = mock_trainer(stop=(iteration + 1, "iteration"), out=out)
    trainer.updater.iteration = iteration
    for extension in (*others, InitialWeights(models, run)):
        trainer.extend(extension)
    trainer.run()


def equal(model, state):
    return all(np.array_equal(value, state[name]) for name, value in copy_of_state(model).items())


def test_all_models_begin_with_the_others_weights_and_with_its_average_where_it_kept_one(run, tmp_path):
    folder, state = run
    models = build()
    begin(models, folder, tmp_path / "new")
    assert equal(models["judge"], state["models"]["judge"])
    assert equal(models["generator"], state["extensions"]["EMA"]["average"]["generator"])
    assert not equal(models["generator"], state["models"]["generator"])


def test_a_moving_average_begins_with_them_too(run, tmp_path):
    folder, state = run
    models = build()
    ema = EMA({"generator": models["generator"]})
    begin(models, folder, tmp_path / "new", ema)
    average = ema.state_dict()["average"]["generator"]["weight"]
    np.testing.assert_allclose(average, state["extensions"]["EMA"]["average"]["generator"]["weight"], rtol=1e-6)


def test_models_may_be_left_out(run, tmp_path):
    folder, state = run
    models = build()
    before = copy_of_state(models["judge"])
    begin({"generator": models["generator"]}, folder, tmp_path / "new")
    assert equal(models["judge"], before)
    assert equal(models["generator"], state["extensions"]["EMA"]["average"]["generator"])


def test_a_run_that_is_resumed_keeps_its_own(run, tmp_path):
    models = build()
    before = {name: copy_of_state(model) for name, model in models.items()}
    begin(models, run[0], tmp_path / "new", iteration=3)
    begin(models, tmp_path / "gone", tmp_path / "newer", iteration=3)
    assert all(equal(models[name], before[name]) for name in models)


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (lambda: {**build(), "other": nn.Linear(1, 1)}, r"holds no weights of other; it has generator, judge"),
        (lambda: build(width=5), r"does not fit generator.*weight: shape \[2, 3\] in the snapshot, \[2, 5\] here"),
        (lambda: {**build(), "judge": nn.Linear(3, 4)}, r"does not fit judge.*0.weight: only in the snapshot"),
    ],
)
def test_a_misfit_is_named_and_nothing_is_changed(run, tmp_path, models, message):
    models = models()
    before = {name: copy_of_state(model) for name, model in models.items()}
    with pytest.raises(ConfigError, match=f"(?s)initial: .*{message}"):
        begin(models, run[0], tmp_path / "new")
    assert all(equal(models[name], before[name]) for name in models)


def test_a_folder_without_a_snapshot_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"initial: .*nowhere holds no valid snapshot to begin with"):
        begin(build(), tmp_path / "nowhere", tmp_path / "new")
    assert not (tmp_path / "nowhere").exists()
