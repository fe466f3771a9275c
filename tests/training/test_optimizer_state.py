"""Models and optimizers find their state again in a process where Paddle counts differently."""

import json

import numpy as np
import pytest

from parakeet.errors import ResumeError, RunError
from parakeet.training.optimizer_state import (
    copy_of_state,
    optimizer_state,
    restore_model,
    restore_optimizer,
    step_schedule,
)

paddle = pytest.importorskip("paddle")
nn = paddle.nn


class Net(nn.Layer):
    def __init__(self, width=4):
        super().__init__()
        self.encoder = nn.Linear(3, width)
        self.norm = nn.BatchNorm1D(width)
        self.rare = nn.Linear(width, width)

    def forward(self, x, rare):
        x = self.norm(self.encoder(x))
        return self.rare(x) if rare else x


OPTIMIZERS = {
    "adamw": lambda p: paddle.optimizer.AdamW(0.01, parameters=p, weight_decay=0.1),
    "adam with a schedule": lambda p: paddle.optimizer.Adam(
        paddle.optimizer.lr.LinearWarmup(paddle.optimizer.lr.NoamDecay(8, 4), 3, 0.0, 0.1), parameters=p
    ),
    "momentum": lambda p: paddle.optimizer.Momentum(0.01, 0.9, parameters=p),
    "sgd": lambda p: paddle.optimizer.SGD(0.01, parameters=p),
    "lamb": lambda p: paddle.optimizer.Lamb(0.01, parameters=p),
    "rmsprop": lambda p: paddle.optimizer.RMSProp(0.01, parameters=p),
    "adagrad": lambda p: paddle.optimizer.Adagrad(0.01, parameters=p),
    "many tensors at once": lambda p: paddle.optimizer.Adam(0.01, parameters=p, use_multi_tensor=True),
}


# Whether the part that is used at times is, in five steps; the state is taken after the second.
PLANS = {"later": [False, False, True, False, True], "at once": [True, True, True, False, True], "always": [True] * 5}


def train(model, optimizer, plan):
    for rare in plan:
        optimizer.clear_grad(set_to_zero=False)
        (model(paddle.arange(15, dtype="float32").reshape([5, 3]) / 15, rare) ** 2).mean().backward()
        optimizer.step()
        step_schedule(optimizer)


def through_a_file(state):
    """What comes back from safetensors and json: arrays and json values."""
    arrays = {key: np.array(value) for key, value in state["tensors"].items()}
    return {
        **json.loads(json.dumps({key: value for key, value in state.items() if key != "tensors"})),
        "tensors": arrays,
    }


@pytest.mark.parametrize("build", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_a_restored_optimizer_goes_on_to_the_bit_although_a_layer_was_created_first(build, plan):
    if build is OPTIMIZERS["many tensors at once"] and not all(plan):
        pytest.skip("Paddle's own limit: this optimizer needs a gradient of every parameter in every step")
    paddle.seed(1)
    model = Net()
    optimizer = build(model.parameters())
    train(model, optimizer, plan[:2])
    weights, state = copy_of_state(model), through_a_file(optimizer_state(optimizer, {"main": model}))
    train(model, optimizer, plan[2:])

    nn.Linear(7, 7)  # all of Paddle's names are other ones now
    paddle.seed(2)
    fresh = Net()
    restored = build(fresh.parameters())
    restore_model(fresh, weights)
    restore_optimizer(restored, {"main": fresh}, state)
    assert restored.get_lr() == state["learning_rate"]
    train(fresh, restored, plan[2:])
    for (name, a), b in zip(model.state_dict().items(), fresh.state_dict().values(), strict=True):
        assert np.array_equal(a.numpy(), b.numpy()), name
    first, second = (optimizer_state(*pair) for pair in ((optimizer, {"main": model}), (restored, {"main": fresh})))
    assert list(first["tensors"]) == list(second["tensors"])
    assert all(np.array_equal(first["tensors"][key], second["tensors"][key]) for key in first["tensors"])
    assert first["schedule"] == second["schedule"]


def test_the_names_tell_where_in_the_model_a_moment_belongs():
    model = Net()
    optimizer = OPTIMIZERS["adamw"](model.parameters())
    train(model, optimizer, [False])
    names = set(optimizer_state(optimizer, {"generator": model})["tensors"])
    assert {"generator/encoder.weight//moment1", "generator/norm.bias//beta2_pow_acc"} < names
    assert not any("rare" in name for name in names)


def test_before_the_first_step_there_is_nothing_to_restore():
    model = Net()
    optimizer = OPTIMIZERS["adamw"](model.parameters())
    state = optimizer_state(optimizer, {"main": model})
    assert state == {"tensors": {}, "learning_rate": 0.01, "schedule": None}
    restore_optimizer(OPTIMIZERS["adamw"](model.parameters()), {"main": model}, state)


def test_a_learning_rate_set_by_hand_is_kept():
    model = Net()
    optimizer = OPTIMIZERS["adamw"](model.parameters())
    optimizer.set_lr(0.003)
    restored = OPTIMIZERS["adamw"](model.parameters())
    restore_optimizer(restored, {"main": model}, optimizer_state(optimizer, {"main": model}))
    assert restored.get_lr() == 0.003


def test_states_are_copies():
    model = Net()
    optimizer = OPTIMIZERS["adamw"](model.parameters())
    train(model, optimizer, [True])
    weights, state = copy_of_state(model), optimizer_state(optimizer, {"main": model})
    kept = {key: value.copy() for key, value in {**weights, **state["tensors"]}.items()}
    train(model, optimizer, [True, True])
    assert all(np.array_equal(kept[key], value) for key, value in {**weights, **state["tensors"]}.items())


def test_half_precision_keeps_its_masters_and_its_bits():
    def build():
        layer = nn.Linear(3, 3)
        layer.to(dtype="bfloat16")
        optimizer = paddle.optimizer.AdamW(parameters=layer.parameters(), multi_precision=True)
        optimizer._create_accumulators(paddle.base.framework.default_main_program().global_block(), layer.parameters())
        return layer, optimizer

    layer, optimizer = build()
    weights, state = copy_of_state(layer), optimizer_state(optimizer, {"main": layer})
    assert "main/weight//master_weight" in state["tensors"]
    fresh, restored = build()
    restore_model(
        fresh, {name: tensor.numpy() for name, tensor in weights.items()}
    )  # uint16 bit patterns, as from a file
    restore_optimizer(restored, {"main": fresh}, state)
    assert np.array_equal(layer.weight.numpy(), fresh.weight.numpy())
    after = optimizer_state(restored, {"main": fresh})["tensors"]
    assert all(np.array_equal(state["tensors"][key], after[key]) for key in state["tensors"])


def test_a_model_of_another_shape_is_refused_by_name_and_left_as_it_was():
    model, other = Net(4), Net(5)
    before = copy_of_state(other)
    state = {**copy_of_state(model), "gone.weight": np.zeros(3, "float32")}
    del state["rare.bias"]
    with pytest.raises(ResumeError) as error:
        restore_model(other, state, "the model 'main'")
    message = str(error.value)
    assert message.startswith(
        "the snapshot does not fit the model 'main'; build it as it was built when the snapshot was taken:"
    )
    assert "\n  gone.weight: only in the snapshot" in message
    assert "\n  rare.bias: not in the snapshot" in message
    assert "\n  encoder.weight: shape [3, 4] in the snapshot, [3, 5] here" in message
    assert all(np.array_equal(before[name], value) for name, value in copy_of_state(other).items())


def test_another_type_is_refused():
    model = Net()
    state = {name: array.astype("float64") for name, array in copy_of_state(model).items()}
    with pytest.raises(ResumeError, match=r"encoder\.weight: float64 in the snapshot, float32 here"):
        restore_model(model, state)


def test_a_long_list_of_differences_is_cut():
    with pytest.raises(ResumeError, match=r"\.\.\. and 14 more"):
        restore_model(Net(), {f"w{i}": np.zeros(1, "float32") for i in range(16)})


def test_another_kind_of_optimizer_is_refused():
    model = Net()
    adam, momentum = OPTIMIZERS["adamw"](model.parameters()), OPTIMIZERS["momentum"](model.parameters())
    train(model, adam, [True])
    with pytest.raises(ResumeError) as error:
        restore_optimizer(momentum, {"main": model}, optimizer_state(adam, {"main": model}), "the optimizer 'main'")
    assert "main/encoder.weight//moment1: only in the snapshot" in str(error.value)
    with pytest.raises(ResumeError, match="has one learning rate schedule here and none in the snapshot"):
        restore_optimizer(
            OPTIMIZERS["adam with a schedule"](model.parameters()),
            {"main": model},
            optimizer_state(adam, {"main": model}),
        )


def test_a_parameter_of_no_known_model_is_an_error():
    model, stranger = Net(), Net()
    optimizer = OPTIMIZERS["adamw"](model.parameters() + stranger.parameters())
    train(stranger, optimizer, [True])
    with pytest.raises(
        RunError, match="the optimizer AdamW moves 'linear_.*', which is a parameter of none of the models"
    ):
        optimizer_state(optimizer, {"main": model})


def test_a_schedule_that_waits_for_a_metric_is_left_to_its_owner():
    model = Net()
    schedule = paddle.optimizer.lr.ReduceOnPlateau(0.1)
    step_schedule(paddle.optimizer.SGD(schedule, parameters=model.parameters()))
    assert schedule.last_epoch == 0
