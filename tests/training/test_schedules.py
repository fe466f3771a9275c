"""Learning rates: tables of their values, and the same after a resume at any step."""

import itertools

import numpy as np
import pytest

from parakeet.config import load_config
from parakeet.errors import ConfigError
from parakeet.training import TrainingConfig, optimizer_state, schedules
from parakeet.training.schedules import DECAYS, learning_rate_factor

CASES = {
    "constant": ({}, {0: 1, 10**6: 1}),
    "linear": ({"decay_until": 14}, {0: 1, 5: 0.55, 10: 0.1, 99: 0.1}),
    "polynomial": ({"decay_until": 14}, {0: 1, 5: 0.1 + 0.9 / 4, 10: 0.1, 99: 0.1}),
    "cosine": ({"decay_until": 14}, {0: 1, 5: 0.55, 10: 0.1, 99: 0.1}),
    "exponential": ({"decay_rate": 0.5, "decay_every": 2}, {0: 1, 1: 0.5**0.5, 2: 0.5, 4: 0.25, 99: 0.1}),
    "multistep": ({"decay_rate": 0.5, "decay_at": (6, 9)}, {0: 1, 1: 1, 2: 0.5, 4: 0.5, 5: 0.25, 99: 0.25}),
    "inverse_square_root": ({}, {0: (4 / 5) ** 0.5, 11: 0.5, 95: 0.2, 10**6: 0.1}),
}


def settings_of(decay):
    return TrainingConfig(decay=decay, learning_rate=0.5, warmup=4, final_learning_rate=0.05, **CASES[decay][0])


def test_every_row_of_the_table_has_its_case_and_its_name_in_the_configuration():
    assert set(CASES) == set(DECAYS)
    assert set(TrainingConfig.model_fields["decay"].annotation.__args__) == set(DECAYS)


@pytest.mark.parametrize("decay", CASES)
def test_a_rate_rises_over_the_warm_up_and_then_falls_by_its_table(decay):
    settings = settings_of(decay)
    assert [learning_rate_factor(n, settings) for n in range(4)] == [0.25, 0.5, 0.75, 1.0]
    for step, factor in CASES[decay][1].items():
        assert learning_rate_factor(4 + step, settings) == pytest.approx(factor), step


@pytest.mark.parametrize("decay", CASES)
def test_a_rate_never_rises_after_the_warm_up_and_never_falls_below_its_end(decay):
    factors = [learning_rate_factor(n, settings_of(decay)) for n in range(3, 300)]
    assert all(after <= before for before, after in itertools.pairwise(factors))
    assert min(factors) >= 0.1 - 1e-12


def test_without_an_end_the_rate_stays():
    settings = TrainingConfig(warmup=2)
    assert [learning_rate_factor(i, settings) for i in (0, 1, 2, 10**6)] == [0.5, 1, 1, 1]
    assert learning_rate_factor(0, TrainingConfig()) == 1


@pytest.mark.parametrize("decay", CASES)
def test_a_rate_is_the_same_after_a_resume_at_any_step(decay):
    import paddle

    from parakeet.training.optimizer import adamw

    model = paddle.nn.Linear(2, 2)

    def steps(optimizer, count):
        rates = []
        for _ in range(count):
            rates.append(optimizer.get_lr())
            optimizer.clear_grad(set_to_zero=False)
            model(paddle.ones([1, 2])).sum().backward()
            optimizer.step()
            optimizer_state.step_schedule(optimizer)
        return rates

    settings = settings_of(decay)
    whole = steps(adamw(model, settings), 20)
    assert whole == [0.5 * learning_rate_factor(n, settings) for n in range(20)]
    for cut in range(0, 20, 3):
        first, rest = adamw(model, settings), adamw(model, settings)
        steps(first, cut)
        optimizer_state.restore_optimizer(rest, {"m": model}, optimizer_state.optimizer_state(first, {"m": model}))
        assert steps(rest, 20 - cut) == whole[cut:]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["decay=linear"], "decay: linear needs decay_until"),
        (["decay=multistep"], "decay: multistep needs decay_at and decay_rate"),
        (["decay=exponential"], "decay: exponential needs decay_rate"),
        (["decay=inverse_square_root"], "decay: inverse_square_root needs warmup"),
        (["decay=cosin"], "decay"),
        (["decay=exponential", "decay_rate=1.5"], "decay_rate"),
    ],
)
def test_a_decay_that_is_not_described_is_an_error(overrides, message):
    with pytest.raises(ConfigError, match=message):
        load_config(TrainingConfig, None, overrides)


def test_the_functions_can_be_used_by_themselves():
    assert schedules.linear(5, 10) == 0.5
    assert schedules.polynomial(5, 10, power=3) == 0.125
    assert schedules.cosine(10, 10, final=0.25) == pytest.approx(0.25)
    assert schedules.warm_up(0, 0) == 1
    assert np.allclose([schedules.inverse_square_root(n, 100) for n in (0, 300, 9900)], [0.995, 0.4994, 0.1], atol=1e-3)
