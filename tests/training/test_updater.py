"""Updaters: the position, one step of one optimizer, and of several."""

from fractions import Fraction

import numpy as np
import pytest

from parakeet.data import DataCargo
from parakeet.errors import DataError, ResumeError, RunError
from parakeet.training.reporter import report, scope
from parakeet.training.testing import MockData, MockUpdater
from parakeet.training.updater import StandardUpdater, Updater

paddle = pytest.importorskip("paddle")
nn = paddle.nn


def positions(updater, count):
    seen = []
    for _ in range(count):
        updater.update()
        seen.append((updater.iteration, updater.epoch, updater.consumed, updater.samples, updater.span("epoch")[1]))
    return seen


# ---- the position


def test_the_position_is_exact_over_ragged_batches_and_epochs():
    assert positions(MockUpdater(MockData(samples=5, batch_size=2)), 7) == [
        (1, 0, 2, 2, Fraction(2, 5)),
        (2, 0, 4, 4, Fraction(4, 5)),
        (3, 1, 0, 5, 1),
        (4, 1, 2, 7, 1 + Fraction(2, 5)),
        (5, 1, 4, 9, 1 + Fraction(4, 5)),
        (6, 2, 0, 10, 2),
        (7, 2, 2, 12, 2 + Fraction(2, 5)),
    ]


def test_epochs_may_differ_in_length():
    data = MockData(samples=0)
    data.samples_per_epoch = lambda epoch: epoch + 1
    data.iterator = lambda epoch, consumed: MockData(epoch + 1).iterator(epoch, consumed)
    assert [position[1:3] for position in positions(MockUpdater(data), 6)] == [
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
        (2, 2),
        (3, 0),
    ]


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_restored_position_goes_on_as_if_nothing_had_happened(cut):
    whole = MockUpdater(MockData(samples=7, batch_size=3))
    seen = positions(whole, 12)
    first, rest = (MockUpdater(MockData(samples=7, batch_size=3)) for _ in range(2))
    positions(first, cut)
    rest.set_state_dict(first.state_dict())
    assert all(rest.span(unit) == first.span(unit) for unit in ("iteration", "epoch", "sample"))
    assert positions(rest, 12 - cut) == seen[cut:]
    assert rest.last_indices == whole.last_indices


def test_what_is_skipped_on_restoring_is_not_read():
    read = []

    class Dataset:
        def __len__(self):
            return 10

        def __getitem__(self, i):
            read.append(i)
            return i

    updater = type("Counting", (MockUpdater,), {})(DataCargo(Dataset(), batch_size=2))
    updater.set_state_dict(
        {**updater.state_dict(), "iteration": 3, "consumed": 6, "samples": 6, "samples_in_epoch": 10}
    )
    assert read == []
    updater.update()
    assert read == [6, 7]


def test_the_batch_is_known_by_index_and_name_even_if_the_update_fails():
    updater = MockUpdater(MockData(samples=4, batch_size=2))
    assert (updater.last_indices, updater.last_names) == ([], [])
    positions(updater, 2)
    assert updater.last_names == ["utterance 2", "utterance 3"]

    def fail(batch):
        raise ValueError

    updater.update_core = fail
    with pytest.raises(ValueError):
        updater.update()
    assert updater.last_names == ["utterance 0", "utterance 1"]
    assert updater.iteration == 2


def test_no_data_is_an_error_and_not_an_endless_loop():
    with pytest.raises(DataError, match=r"epoch 0 holds no batch\. Is the training set empty"):
        MockUpdater(MockData(samples=0)).update()


def test_data_that_end_too_early_are_an_error():
    data = MockData(samples=3)
    data.samples_per_epoch = lambda epoch: 5
    updater = MockUpdater(data)
    positions(updater, 3)
    with pytest.raises(DataError, match=r"epoch 0 ended after 3 samples, but samples_per_epoch\(0\) is 5"):
        updater.update()


def test_other_data_are_refused_on_restoring():
    state = MockUpdater(MockData(samples=10)).state_dict()
    with pytest.raises(ResumeError, match="epoch 0 holds 11 samples, but held 10 when the snapshot was taken"):
        MockUpdater(MockData(samples=11)).set_state_dict(state)


def test_what_gives_no_batches_is_refused_at_the_door():
    with pytest.raises(
        TypeError, match="an updater takes its batches from a DataCargo.*list lacks iterator and samples_per_epoch"
    ):
        Updater([1, 2], {}, {})


def test_an_updater_without_a_procedure_says_what_to_write():
    class Silent(Updater):
        pass

    with pytest.raises(NotImplementedError, match="Silent must define update_core\\(self, batch\\)"):
        Silent(MockData(1), {}, {}).update()


def test_passes_and_data_are_closed(tmp_path):
    closed = []

    class Data(MockData):
        def iterator(self, epoch, consumed):
            iterator = super().iterator(epoch, consumed)
            iterator.close = lambda: closed.append(f"pass {epoch}")
            return iterator

        def close(self):
            closed.append("data")

    updater = MockUpdater(Data(samples=2))
    positions(updater, 5)
    updater.finalize()
    assert closed == ["pass 0", "pass 1", "pass 2", "data"]


# ---- steps


def cargo(n=6, batch_size=2):
    x = np.arange(n * 3, dtype="float32").reshape(n, 3) / 10
    return DataCargo(list(x), lambda rows: {"x": np.stack(rows)}, batch_size=batch_size)


def loss_fn(model, batch):
    loss = (model(batch["x"]) ** 2).mean()
    report({"loss": loss})
    return loss


def test_a_standard_update_is_one_step_of_the_optimizer():
    paddle.seed(0)
    model, twin = nn.Linear(3, 2), nn.Linear(3, 2)
    twin.set_state_dict(model.state_dict())
    updater = StandardUpdater(cargo(), model, paddle.optimizer.SGD(0.1, parameters=model.parameters()), loss_fn)
    with scope({}) as observation:
        updater.update()
    loss = (twin(paddle.to_tensor(np.arange(6, dtype="float32").reshape(2, 3) / 10)) ** 2).mean()
    loss.backward()
    assert np.array_equal(model.weight.numpy(), (twin.weight - 0.1 * twin.weight.grad).numpy())
    assert isinstance(observation["loss"], paddle.Tensor)
    assert observation["loss"].stop_gradient
    assert observation["loss"].item() == loss.item()
    assert updater.span("main_step") == (0, 1)
    updater.finalize()


def test_the_loop_puts_models_into_training_mode_once():
    model = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
    model.eval()
    updater = StandardUpdater(cargo(), model, paddle.optimizer.SGD(0.1, parameters=model.parameters()), loss_fn)
    updater.start()
    assert all(layer.training for layer in model.sublayers(include_self=True))


def test_the_schedule_of_the_learning_rate_steps_with_the_optimizer():
    model = nn.Linear(3, 2)
    schedule = paddle.optimizer.lr.LambdaDecay(1.0, lambda n: 1 / (1 + n))
    updater = StandardUpdater(cargo(), model, paddle.optimizer.SGD(schedule, parameters=model.parameters()), loss_fn)
    rates = []
    for _ in range(4):
        rates.append(updater.optimizer.get_lr())
        updater.update()
    updater.finalize()
    assert rates == [1, 1 / 2, 1 / 3, 1 / 4]


def test_an_unused_parameter_has_no_gradient_and_is_not_moved():
    model = nn.LayerList([nn.Linear(3, 2), nn.Linear(3, 2)])
    optimizer = paddle.optimizer.AdamW(0.1, parameters=model.parameters())
    used = [True, False, False]

    def loss_fn(model, batch):
        y = model[0](batch["x"])
        return ((y + model[1](batch["x"]) if used.pop(0) else y) ** 2).mean()

    updater = StandardUpdater(cargo(), model, optimizer, loss_fn)
    updater.update()
    before = model[1].weight.numpy()
    updater.update()
    assert model[1].weight.grad is None
    assert np.array_equal(model[1].weight.numpy(), before)
    updater.finalize()


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "it got None. Take the mean or the sum of it, and mind the `return` of compute_loss"),
        (1.0, "it got 1.0"),
        ("tensor", "it got a tensor of shape \\[2, 2\\]"),
    ],
)
def test_a_loss_that_is_no_scalar_tensor_is_an_error(result, message):
    model = nn.Linear(3, 2)
    optimizer = paddle.optimizer.SGD(0.1, parameters=model.parameters())
    updater = StandardUpdater(
        cargo(), model, optimizer, lambda model, batch: model(batch["x"]) if result == "tensor" else result
    )
    with pytest.raises(RunError, match=f"iteration 1: a loss must be a scalar tensor; {message}"):
        updater.update()
    updater.finalize()


class Adversarial(StandardUpdater):
    """Two optimizers; the generator's steps in every second iteration only."""

    def update_core(self, batch):
        fake = self.model["generator"](batch["x"])
        self.minimize((self.model["critic"](fake.detach()) ** 2).mean(), "critic")
        if self.iteration % 2:
            self.minimize(((self.model["critic"](fake) - 1) ** 2).mean(), "generator")


def build_adversarial():
    models = {"generator": nn.Linear(3, 3), "critic": nn.Linear(3, 1)}
    optimizers = {name: paddle.optimizer.Adam(0.01, parameters=model.parameters()) for name, model in models.items()}
    return Adversarial(cargo(), models, optimizers)


def test_one_iteration_is_one_update_however_many_optimizers_step():
    updater = build_adversarial()
    for _ in range(5):
        updater.update()
    assert updater.iteration == 5
    assert updater.steps == {"generator": 2, "critic": 5}
    assert updater.span("critic_step") == (4, 5)
    assert updater.span("generator_step") == (2, 2)
    with pytest.raises(ValueError, match="not 'generator_steps'. Did you mean 'generator_step'\\?"):
        updater.span("generator_steps")
    updater.finalize()


def test_what_another_optimizers_loss_left_in_the_gradients_does_not_count():
    updater = build_adversarial()
    moved = []
    for _ in range(4):
        updater.update()
        critic = updater.model["critic"]
        weight = critic.weight.numpy()
        gradient = None if critic.weight.grad is None else critic.weight.grad.numpy()
        moved.append((weight, gradient))
    twin = build_adversarial()
    for name, model in twin.model.items():
        model.set_state_dict(updater.model[name].state_dict())
    # The critic's gradient after iteration 4 holds the generator's loss too; the next step of the critic must not.
    batch = {"x": paddle.ones([2, 3])}
    fake = twin.model["generator"](batch["x"])
    (twin.model["critic"](fake.detach()) ** 2).mean().backward()
    updater.minimize((updater.model["critic"](fake.detach()) ** 2).mean(), "critic")
    assert np.array_equal(updater.model["critic"].weight.grad.numpy(), twin.model["critic"].weight.grad.numpy())
    updater.finalize()


def test_several_models_and_optimizers_go_on_to_the_bit():
    paddle.seed(3)
    whole = build_adversarial()
    for _ in range(3):
        whole.update()
    states = whole.model_states(), whole.optimizer_states(), whole.state_dict()
    nn.Linear(2, 2)
    rest = build_adversarial()
    rest.set_model_states(states[0])
    rest.set_optimizer_states(states[1])
    rest.set_state_dict(states[2])
    for updater in (whole, rest):
        for _ in range(4):
            updater.update()
    assert whole.state_dict() == rest.state_dict()
    for name in ("generator", "critic"):
        assert np.array_equal(whole.model[name].weight.numpy(), rest.model[name].weight.numpy())
    for updater in (whole, rest):
        updater.finalize()


@pytest.mark.parametrize("part", ["models", "optimizers"])
def test_other_models_or_optimizers_are_refused(part):
    updater = build_adversarial()
    restore = getattr(updater, f"set_{part[:-1]}_states")
    with pytest.raises(
        ResumeError, match=f"the snapshot has the {part} \\['main'\\], this run has \\['critic', 'generator'\\]"
    ):
        restore({"main": {}})
    with pytest.raises(
        ResumeError, match="the snapshot has the optimizers \\['main'\\], this run \\['critic', 'generator'\\]"
    ):
        updater.set_state_dict({"steps": {"main": 1}})
