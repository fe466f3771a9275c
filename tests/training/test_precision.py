"""Mixed precision: refused where it can't be, and its scaler's state kept. No GPU is here: the scaler is a stand-in that scales."""

import contextlib

import numpy as np
import pytest

from parakeet.data import DataCargo
from parakeet.errors import ConfigError, ResumeError
from parakeet.training.precision import Precision
from parakeet.training.updater import StandardUpdater

paddle = pytest.importorskip("paddle")


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_a_processor_is_refused_with_the_reason(name):
    with pytest.raises(ConfigError, match=f"precision {name} needs a GPU: Paddle has no kernels for it on processors"):
        Precision(name, ["main"])


def test_another_precision_is_refused():
    with pytest.raises(ConfigError, match=r"precision is one of float32, float16, bfloat16; it is 'bf16'"):
        Precision("bf16", ["main"])


def test_float32_changes_nothing_and_keeps_nothing():
    precision = Precision("float32", ["main"])
    loss = paddle.to_tensor(2.0)
    assert precision.scale(loss, "main") is loss
    assert precision.state_dict() == {}


class Scaler:
    """Does what a `paddle.amp.GradScaler` does, in float32; doubles its scale after every step."""

    def __init__(self):
        self.state = {"scale": np.array([4.0], "f4")}

    def scale(self, loss):
        return loss * float(self.state["scale"][0])

    def step(self, optimizer):
        for parameter in optimizer._parameter_list:
            parameter.grad.set_value(parameter.grad / float(self.state["scale"][0]))
        optimizer.step()

    def update(self):
        self.state = {"scale": self.state["scale"] * 2}

    def state_dict(self):
        return dict(self.state)

    def load_state_dict(self, state):
        self.state = dict(state)


@pytest.fixture
def gpu(monkeypatch):
    monkeypatch.setattr(paddle, "get_device", lambda: "gpu:0")
    monkeypatch.setattr(paddle.amp, "GradScaler", Scaler)
    casts = []
    monkeypatch.setattr(paddle.amp, "auto_cast", lambda dtype: casts.append(dtype) or contextlib.nullcontext())
    return casts


def build(precision, accumulate=1):
    paddle.seed(2)
    model = paddle.nn.Linear(2, 1)
    cargo = DataCargo(
        list(np.arange(12, dtype="f4").reshape(6, 2) / 10), lambda rows: {"x": np.stack(rows)}, batch_size=2
    )
    optimizer = paddle.optimizer.Adam(0.1, parameters=model.parameters())
    return StandardUpdater(
        cargo, model, optimizer, lambda model, batch: (model(batch["x"]) ** 2).mean(), accumulate, precision=precision
    )


@pytest.mark.parametrize("accumulate", [1, 2])
def test_scaled_losses_train_as_unscaled_ones_and_the_scale_is_in_the_state(gpu, accumulate):
    scaled, plain = build("float16", accumulate), build("float32", accumulate)
    for updater in (scaled, plain):
        for _ in range(3):
            updater.update()
    assert gpu == ["float16"] * (3 if accumulate == 1 else 5)  # three updates take five of the batches, over an epoch's end
    np.testing.assert_allclose(scaled.model.weight.numpy(), plain.model.weight.numpy(), rtol=1e-6)
    assert scaled.state_dict()["precision"]["main"]["scale"] == 32
    rest = build("float16", accumulate)
    rest.set_model_states(scaled.model_states())
    rest.set_optimizer_states(scaled.optimizer_states())
    rest.set_state_dict(scaled.state_dict())
    for updater in (scaled, rest):
        updater.update()
    assert np.array_equal(rest.model.weight.numpy(), scaled.model.weight.numpy())
    assert rest.state_dict()["precision"] == scaled.state_dict()["precision"] == {"main": {"scale": 64}}
    with pytest.raises(ResumeError, match="the snapshot is of a run in float16, this one computes in another precision"):
        plain.set_state_dict(scaled.state_dict())
    for updater in (scaled, plain, rest):
        updater.finalize()
