"""GANExperiment: a generator and discriminators, each with its optimizer, whose learning rates fall together."""

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.config import Config
from parakeet.data import DataCargo
from parakeet.training import GANExperiment, TrainingConfig
from parakeet.training.start import plan_run


class Settings(Config):
    training: TrainingConfig = TrainingConfig(
        stop=(24, "iteration"), learning_rate=0.1, decay_until=24, final_learning_rate=0.01, warmup=2, log=(1, "iteration")
    )


class Numbers(GANExperiment):
    config_class = Settings
    starts = {"a": 6, "b": 6}
    in_turn = True

    def build_data(self):
        rows = np.random.default_rng(0).normal(size=(8, 3)).astype("f4")
        return DataCargo(list(rows), lambda batch: {"x": np.stack(batch)}, 2, seed=1), None

    def build_model(self):
        return {"generator": nn.Linear(3, 3), "a": nn.Linear(3, 1), "b": nn.Linear(3, 1)}

    @property
    def discriminator_training(self):
        return self.training.model_copy(update={"learning_rate": 0.2, "warmup": 0})

    def generate(self, generator, batch):
        return generator(batch["x"])

    def discriminator_loss(self, name, discriminator, fake, batch):
        return ((discriminator(batch["x"]) - 1) ** 2).mean() + (discriminator(fake) ** 2).mean()

    def generator_loss(self, discriminators, fake, batch):
        return ((fake - batch["x"]) ** 2).mean() + sum(((judge(fake) - 1) ** 2).mean() for judge in discriminators.values())


def run(tmp_path, experiment=Numbers):
    experiment = experiment(Settings(), tmp_path / "run")
    experiment.setup()
    experiment.run()
    return experiment


def test_the_learning_rates_of_those_that_take_turns_fall_to_the_end_with_the_generators(tmp_path):
    optimizers = run(tmp_path).optimizer
    rates = {name: optimizer.get_lr() for name, optimizer in optimizers.items()}
    assert rates == pytest.approx({"generator": 0.01, "a": 0.01, "b": 0.01}, rel=0.02)


def test_the_plan_tells_the_same(tmp_path):
    rates = plan_run(Numbers).rates
    assert rates["a"][-1][1] == rates["generator"][-1][1] == 24
    assert rates["a"][0][0] == 7
    assert rates["a"][-1][3] < 0.02 < rates["a"][0][2]


def test_each_learns_from_its_iteration_on_when_it_is_its_turn(tmp_path):
    assert run(tmp_path).updater.steps == {"generator": 24, "a": 9, "b": 9}


def test_who_always_learns_has_the_generators_schedule(tmp_path):
    class Always(Numbers):
        starts = {}
        in_turn = False

    experiment = run(tmp_path, Always)
    assert experiment.updater.steps == {"generator": 24, "a": 24, "b": 24}
    assert experiment.optimizer["a"].get_lr() == pytest.approx(0.01, rel=0.02)


@pytest.mark.parametrize("method", ["generate", "discriminator_loss", "generator_loss"])
def test_what_is_not_written_is_named(tmp_path, method):
    class Unfinished(Numbers):
        pass

    setattr(Unfinished, method, getattr(GANExperiment, method))
    with pytest.raises(NotImplementedError, match=rf"Unfinished must define {method}\(self"):
        run(tmp_path, Unfinished)


def test_the_generator_learns(tmp_path):
    learnt = run(tmp_path)
    fresh = Numbers(Settings(), tmp_path / "fresh")
    fresh.setup()
    x = paddle.to_tensor(np.random.default_rng(1).normal(size=(50, 3)).astype("f4"))
    errors = [((each.model["generator"](x) - x) ** 2).mean().item() for each in (learnt, fresh)]
    assert errors[0] < 0.5 * errors[1]
