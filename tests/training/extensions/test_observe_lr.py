"""ObserveLR: the learning rate, among the reported values."""

import paddle
from paddle import nn

from parakeet.training.extensions import ObserveLR
from parakeet.training.testing import MockData, MockUpdater
from parakeet.training.trainer import Trainer


def observed(tmp_path, optimizers):
    seen = []
    trainer = Trainer(MockUpdater(MockData(2), None, {}, optimizers), (2, "iteration"), tmp_path, [ObserveLR()])
    trainer.extend(lambda t: seen.append(dict(t.observation)), name="look")
    trainer.extend(lambda t: [o._learning_rate.step() for o in optimizers.values()], name="step")
    trainer.run()
    return seen


def schedule(rate):
    parameters = nn.Linear(1, 1).parameters()
    return paddle.optimizer.SGD(paddle.optimizer.lr.ExponentialDecay(rate, 0.5), parameters=parameters)


def test_one_rate_has_a_short_name(tmp_path):
    assert observed(tmp_path, {"main": schedule(1.0)}) == [{"learning_rate": 1.0}, {"learning_rate": 0.5}]


def test_several_rates_carry_the_names_of_their_optimizers(tmp_path):
    assert observed(tmp_path, {"generator": schedule(1.0), "critic": schedule(4.0)})[1] == {
        "learning_rate/generator": 0.5,
        "learning_rate/critic": 2.0,
    }
