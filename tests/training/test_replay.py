"""A step that went wrong is written down, made once more to the bit, and the beginning of it found."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import click.testing
import numpy as np
import pytest
import toy_experiment as toy

from parakeet.checkpoint import SnapshotStore
from parakeet.cli import cli
from parakeet.data import DataCargo
from parakeet.errors import RunError
from parakeet.training.bundle import read_bundle
from parakeet.training.cli import resume, train
from parakeet.training.extensions import FailOnNonNumber
from parakeet.training.replay import replay_run

BAD = "point-00"  # in the fifth batch of the first epoch
STOP = "training.stop=[14, iteration]"


class PointsWithOneBad(toy.Points):
    """One example holds what is no number, when the configuration says so."""

    def get_example(self, i):
        example = super().get_example(i)
        return {**example, "x": np.full(3, np.nan, "float32")} if self.describe(i) == BAD else example


class WrongExperiment(toy.ToyExperiment):
    """The toy, with a bad example, a state that is kept every five iterations, and a policy."""

    policy = "raise"
    patience = 10

    def build_data(self):
        return DataCargo(PointsWithOneBad(22, 1), toy.batch, batch_size=4, shuffle=True, seed=5), super().build_data()[1]

    def build_extensions(self, trainer):
        for item in super().build_extensions(trainer):
            if isinstance(item, FailOnNonNumber):
                yield FailOnNonNumber(policy=self.policy, keep=3, limits=self.training.limits, patience=self.patience)
            else:
                yield item


class Skipping(WrongExperiment):
    policy = "skip"


class RollingBack(WrongExperiment):
    policy = "roll back"


class Impatient(WrongExperiment):
    policy = "roll back"
    patience = 2

    def compute_loss(self, model, batch):
        loss = super().compute_loss(model, batch)
        return loss * float("nan") if model.training and self.updater.iteration >= 5 else loss


def batches_of(data=None):
    """(epoch, consumed, names) of the batches of the first epochs."""
    cargo = DataCargo(toy.Points(22, 1), toy.batch, batch_size=4, shuffle=True, seed=5)
    for epoch in range(3):
        iterator = cargo.iterator(epoch)
        before = 0
        while next(iterator, None) is not None:
            yield epoch, before, iterator.last_names
            before = iterator.consumed


def bad_iterations():
    return [n for n, (_, _, names) in enumerate(batches_of(), 1) if BAD in names]


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """A run that was ended by its bad example in the second epoch; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("failed") / "run"
    toy_limits = "training.limits={loss: 1e6}"
    with pytest.raises(RunError) as error:
        train(WrongExperiment, folder, overrides=[STOP, toy_limits])
    return folder, str(error.value)


def test_a_bundle_holds_where_it_happened_what_was_seen_and_the_state_before(failed):
    folder, message = failed
    first = bad_iterations()[0]
    path = folder / "bundles" / f"iteration-{first:08d}"
    assert message.startswith(f"iteration {first}: 'gradient_norm' is nan") or message.startswith(f"iteration {first}: 'loss' is nan")
    assert message.endswith(f"\nTo make the step once more and see where it began: parakeet replay {path}")
    bundle = read_bundle(path)
    epoch, consumed, names = list(batches_of())[first - 1]
    assert (bundle.failed.epoch, bundle.failed.consumed, bundle.failed.names) == (epoch, consumed, names)
    assert np.isnan(bundle.failed.values["loss"])
    assert np.isnan(bundle.gradient_norms["main/main.0.weight"])
    state = bundle.state()
    assert state["updater"]["iteration"] == bundle.steps[0].iteration - 1
    assert first - 3 <= state["updater"]["iteration"] < first
    assert set(state["random"]) >= {"python", "numpy", "paddle"}
    assert {file.suffix for file in path.rglob("*") if file.is_file()} <= {".json", ".safetensors", ""}


def test_a_replay_makes_the_step_again_to_the_bit_and_names_the_culprit(failed):
    folder, _ = failed
    before = sorted(folder.rglob("*"))
    (path,) = (folder / "bundles").iterdir()
    result = replay_run(path, WrongExperiment)
    first = bad_iterations()[0]
    assert result.reproduced, result.differences
    assert result.iteration == first
    assert result.findings[0] == f"the batch['x'], of {BAD}"
    assert result.findings[1] == "the output of the layer main/main.0 (Linear), from inputs that are none already"
    assert np.isnan(result.values["loss"])
    text = "\n".join(result.lines())
    assert f"the first value that is no number, in iteration {first}: the batch['x'], of {BAD}" in text
    assert "reproduced to the bit, from iteration" in text
    assert BAD in text
    assert sorted(folder.rglob("*")) == before  # nothing is changed


def test_a_replay_of_other_data_says_that_it_is_another_step(failed, monkeypatch):
    folder, _ = failed
    (path,) = (folder / "bundles").iterdir()
    monkeypatch.setattr(PointsWithOneBad, "get_example", toy.Points.get_example)
    result = replay_run(path, WrongExperiment)
    assert not result.reproduced
    assert f"iteration {bad_iterations()[0]}: loss " in result.differences[0]
    assert "in the run nan" in result.differences[0]
    assert "all values, layers, gradients and parameters are numbers" in result.lines()


def test_the_layer_in_which_it_begins_is_named(tmp_path):
    class Diverging(toy.ToyExperiment):
        def compute_loss(self, model, batch):
            if model.training and self.updater.iteration == 6:
                model.main[0].weight.set_value(np.full((3, 6), np.inf, "float32"))
            return super().compute_loss(model, batch)

    with pytest.raises(RunError):
        train(Diverging, tmp_path / "run", overrides=[STOP])
    result = replay_run(tmp_path / "run" / "bundles" / "iteration-00000007", Diverging)
    assert result.reproduced, result.differences
    assert result.findings[0] == "the output of the layer main/main.0 (Linear), from inputs that are numbers"


def test_a_value_beyond_its_limit_is_a_step_gone_wrong(tmp_path):
    with pytest.raises(RunError, match=r"^iteration 1: 'loss' is [\d.]+, beyond its limit of 1e-09\. The batch: point"):
        train(toy.ToyExperiment, tmp_path / "run", overrides=["training.limits={loss: 1e-9}"])
    result = replay_run(tmp_path / "run" / "bundles" / "iteration-00000001", toy.ToyExperiment)
    assert result.reproduced, result.differences
    assert result.lines()[2] == "all values, layers, gradients and parameters are numbers"
    assert result.lines()[4].startswith("norm of the gradient: ")


def test_without_a_state_of_its_own_a_bundle_is_replayed_from_a_snapshot(failed, tmp_path):
    folder = shutil.copytree(failed[0], tmp_path / "run")
    (path,) = (folder / "bundles").iterdir()
    shutil.rmtree(path / "state")
    newest = SnapshotStore(folder / "snapshots").newest().step
    result = replay_run(path, WrongExperiment)
    assert result.reproduced
    assert result.steps == bad_iterations()[0] - newest
    shutil.rmtree(folder / "snapshots")
    with pytest.raises(RunError, match="holds no state, and .*snapshots no snapshot from before iteration"):
        replay_run(path, WrongExperiment)


def test_the_command_replays_by_the_folder_alone(tmp_path):
    train_with_limit = pytest.raises(RunError, match="beyond its limit")
    with train_with_limit:
        train(toy.ToyExperiment, tmp_path / "run", overrides=["training.limits={loss: 1e-9}"])
    shutil.move(tmp_path / "run", tmp_path / "moved")
    result = click.testing.CliRunner().invoke(cli, ["replay", str(tmp_path / "moved" / "bundles" / "iteration-00000001")])
    assert result.exit_code == 0, result.output
    assert "iteration 1, epoch 0, after 0 samples of it: 'loss' is" in result.output
    assert "reproduced to the bit, from iteration 0 on: 1 step" in result.output
    result = click.testing.CliRunner().invoke(cli, ["replay", str(tmp_path / "moved")])
    assert result.exit_code == 2
    assert "no bundle; a bundle is a folder such as RUN/bundles/iteration-00000123 with a bundle.json." in result.output
    assert f"There are: {tmp_path}" in result.output


def test_a_skipped_step_leaves_the_model_as_it_was_and_the_run_goes_on(tmp_path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        every = ["training.log=[1, iteration]", "training.snapshot=[1, iteration]", "training.keep_last=50"]
        experiment = train(Skipping, tmp_path / "run", overrides=[STOP, *every])
    assert experiment.updater.iteration == 14
    bad = [n for n in bad_iterations() if n <= 14]
    assert len(bad) >= 2
    told = [str(w.message) for w in caught if "The step is skipped" in str(w.message)]
    assert [int(text.split(":")[0].split()[1]) for text in told] == bad
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows if row.get("skipped")] == bad
    assert all("loss" not in row for row in rows if row.get("skipped"))
    states = {s.step: s.load() for s in SnapshotStore(tmp_path / "run" / "snapshots").snapshots()}
    for n in bad:
        for part in ("models", "optimizers"):
            assert_same(states[n][part], states[n - 1][part])
    for path in (tmp_path / "run" / "bundles").iterdir():
        assert replay_run(path, Skipping).reproduced


def test_a_skipped_first_step_leaves_optimizers_without_a_memory(tmp_path, monkeypatch):
    first = next(batches_of())[2][0]
    monkeypatch.setitem(globals(), "BAD", first)
    with pytest.warns(UserWarning, match="^iteration 1: .* The step is skipped"):
        experiment = train(Skipping, tmp_path / "run", overrides=["training.stop=[1, iteration]"])
    state = experiment.trainer.state_dict()
    assert state["optimizers"]["main"]["tensors"] == {}
    assert state["models"]["main"]["calls"].tolist() == [0.0]
    resume(tmp_path / "run", Skipping, overrides=["training.stop=[3, iteration]"])


def assert_same(after, before):
    if isinstance(after, dict):
        for key in after:
            if key not in ("schedule", "learning_rate"):
                assert_same(after[key], before[key])
    else:
        np.testing.assert_array_equal(after, before)


def test_a_run_rolls_back_and_passes_over_the_batch_in_later_resumes_too(tmp_path):
    bad = bad_iterations()
    experiment = train(RollingBack, tmp_path / "run", overrides=[STOP, "training.log=[1, iteration]"])
    assert experiment.updater.iteration == 14
    noted = json.loads((tmp_path / "run" / "bundles" / "passed_over.json").read_text())
    assert [row["iteration"] for row in noted] == [n for n in bad if n <= 14]
    rows = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [row["iteration"] for row in rows] == list(range(1, 15))
    assert [row["iteration"] for row in rows if row.get("passed_over")] == [n for n in bad if n <= 14]
    assert all(np.isfinite(row["loss"]) for row in rows if not row.get("passed_over"))
    resume(tmp_path / "run", RollingBack, overrides=["training.stop=[16, iteration]"])


def test_two_processes_roll_back_together_and_one_replays_what_they_did(tmp_path):
    script = tmp_path / "bad_toy.py"
    text = Path(toy.__file__).read_text()
    given = '"x": self.x[i],'
    assert given in text
    script.write_text(text.replace(given, f'"x": self.x[i] * (np.inf if self.describe(i) == "{BAD}" else 1),'))
    words = [sys.executable, str(script), "train", "--nproc", "2", "--output", str(tmp_path / "run"), "training.stop=[6, iteration]"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*words, "training.wrong_step=roll back"], capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout + done.stderr
    assert said.count("Its batch is passed over from now on.") == 1
    assert "rolled back to " in said
    (row,) = json.loads((tmp_path / "run" / "bundles" / "passed_over.json").read_text())
    assert row["iteration"] == 5
    assert BAD in row["names"]
    assert len(row["names"]) == 4  # of both processes
    bundle = read_bundle(tmp_path / "run" / "bundles" / "iteration-00000005")
    assert bundle.processes == 2
    assert replay_run(bundle.folder).findings[0] == f"the batch['x'], of {BAD}"


def test_when_rolling_back_does_not_help_the_run_ends(tmp_path):
    with pytest.raises(RunError, match=r"2 batches after iteration 4 are passed over already; it is not theirs\."):
        train(Impatient, tmp_path / "run", overrides=[STOP])


def test_skipping_every_step_ends_the_run(tmp_path):
    class Hopeless(Impatient):
        policy = "skip"

    with pytest.warns(UserWarning, match="skipped"), pytest.raises(RunError, match="skipped step number 2 in a row"):
        train(Hopeless, tmp_path / "run", overrides=[STOP])


def test_wrong_arguments_are_refused():
    with pytest.raises(RunError, match=r"is one of raise, skip, roll back; it is 'skipp'\. Did you mean 'skip'\?"):
        FailOnNonNumber(policy="skipp")
    with pytest.raises(RunError, match="has to look at each step"):
        FailOnNonNumber(policy="skip", every=5)
