"""Statistics of parameters and gradients: against numpy, unread, of chosen ones."""

import numpy as np
import pytest

from parakeet.errors import RunError
from parakeet.training.extensions import ParameterStatistics
from parakeet.training.testing import MockData, MockUpdater
from parakeet.training.trainer import Trainer

paddle = pytest.importorskip("paddle")
nn = paddle.nn

EXPECTED = {
    "mean": np.mean, "std": np.std, "min": np.min, "max": np.max, "norm": lambda a: np.linalg.norm(a.ravel()),
    "zeros": lambda a: np.mean(a == 0),
}  # fmt: skip


def run(statistics, models, out):
    seen = {}
    trainer = Trainer(MockUpdater(MockData(1), models=models), (1, "iteration"), out)
    trainer.extend(statistics, trigger=(1, "iteration"))
    trainer.extend(lambda t: seen.update(t.observation), name="see")
    trainer.run()
    return seen


def test_all_statistics_of_parameters_and_gradients_are_what_numpy_says(tmp_path):
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    model[0](paddle.randn([5, 3])).tanh().sum().backward()
    seen = run(ParameterStatistics(EXPECTED), {"main": model}, tmp_path)
    assert len(seen) == 6 * (4 + 2)  # the second layer has no gradient
    for name, parameter in model.named_parameters():
        for statistic, function in EXPECTED.items():
            value = seen[f"parameters/{name}/{statistic}"]
            assert isinstance(value, paddle.Tensor)
            assert value.item() == pytest.approx(function(parameter.numpy()), rel=1e-5, abs=1e-7)
            if name.startswith("0."):
                found = seen[f"gradients/{name}/{statistic}"].item()
                assert found == pytest.approx(function(parameter.grad.numpy()), rel=1e-5, abs=1e-6)


def test_models_are_named_where_there_are_several_and_patterns_choose(tmp_path):
    models = {"generator": nn.Linear(2, 2), "critic": nn.Linear(2, 1)}
    statistics = ParameterStatistics(["norm"], gradients=False, only=["*weight"])
    assert set(run(statistics, models, tmp_path)) == {"parameters/generator/weight/norm", "parameters/critic/weight/norm"}
    statistics = ParameterStatistics(["norm"], gradients=False, only="critic/*")
    assert set(run(statistics, models, tmp_path)) == {"parameters/critic/weight/norm", "parameters/critic/bias/norm"}


def test_one_number_has_a_spread_of_zero_and_half_precision_does_not_overflow(tmp_path):
    layer = nn.Linear(1, 1)
    assert run(ParameterStatistics(["std"]), {"main": layer}, tmp_path)["parameters/weight/std"].item() == 0
    half = nn.Layer()
    half.weight = half.create_parameter([4], dtype="float16", default_initializer=nn.initializer.Constant(60000.0))
    seen = run(ParameterStatistics(["norm", "mean"]), {"main": half}, tmp_path)
    assert seen["parameters/weight/norm"].item() == pytest.approx(120000, rel=1e-3)


def test_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(RunError, match="there is no statistic 'nrom'; there are: mean, std, .*Did you mean 'norm'"):
        ParameterStatistics(["nrom"])
    with pytest.raises(RunError, match=r"'\*\.wieght' fits no parameter\. The first ones are weight, bias"):
        run(ParameterStatistics(only=["*.wieght"]), {"main": nn.Linear(1, 1)}, tmp_path)
