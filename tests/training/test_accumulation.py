"""Several batches in one update: as if they were one, weighted, exact at the end of an epoch and after a resume."""

import numpy as np
import pytest

from parakeet.data import DataCargo, batch_spec
from parakeet.errors import RunError
from parakeet.training.reporter import mean_of, report, scope
from parakeet.training.testing import MockData, MockUpdater
from parakeet.training.updater import StandardUpdater, Updater

paddle = pytest.importorskip("paddle")
nn = paddle.nn

FRAMES = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]  # of utterances; batches of two make 6, the last one of them ragged


def utterances():
    draw = np.random.default_rng(0)
    return [
        {"utt_id": f"u{i}", "x": draw.normal(size=(n, 3)).astype("f4"), "y": draw.normal(size=(n, 2)).astype("f4")}
        for i, n in enumerate(FRAMES)
    ]


def batch_fn(examples):
    x, lengths = batch_spec([e["x"] for e in examples])
    y, _ = batch_spec([e["y"] for e in examples])
    return {"utt_id": [e["utt_id"] for e in examples], "x": x, "y": y, "lengths": lengths}


def compute_loss(model, batch):
    mask = (paddle.arange(batch["x"].shape[1]).unsqueeze(0) < batch["lengths"].unsqueeze(1)).astype("float32").unsqueeze(-1)
    loss = (((model(batch["x"]) - batch["y"]) ** 2) * mask).sum() / (2 * mask.sum())
    report({"loss": loss, "weighted": (loss, batch["lengths"].sum()), "longest": batch["lengths"].max(), "kind": "L2"})
    return loss


def build(batch_size, accumulate, weight=lambda batch: batch["lengths"].sum(), rate=0.5):
    paddle.seed(7)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    cargo = DataCargo(utterances(), batch_fn, batch_size, shuffle=True, seed=3)
    optimizer = paddle.optimizer.SGD(rate, parameters=model.parameters())
    return StandardUpdater(cargo, model, optimizer, compute_loss, accumulate, weight)


def gradients(updater):
    return {name: p.grad.numpy() for name, p in updater.model.named_parameters()}


@pytest.mark.parametrize("update", range(4))
def test_the_gradient_is_that_of_the_whole_batch_at_the_ragged_end_of_an_epoch_too(update):
    # 11 utterances: batches of 2, three at a time, against batches of 6; an epoch is two updates, of 6 and of 5.
    parts, whole = build(2, 3), build(6, 1)
    for _ in range(update + 1):
        for updater in (parts, whole):
            with scope({}) as observation:
                updater.update()
            updater.seen = observation
    assert sorted(parts.last_names) == sorted(whole.last_names)
    assert len(parts.last_indices) == (6, 5, 6, 5)[update]
    for name, gradient in gradients(whole).items():
        np.testing.assert_allclose(gradients(parts)[name], gradient, rtol=1e-5, atol=1e-6)
    for name, parameter in whole.model.state_dict().items():
        np.testing.assert_allclose(parts.model.state_dict()[name].numpy(), parameter.numpy(), rtol=1e-5, atol=1e-6)
    assert parts.seen["loss"].item() == pytest.approx(whole.seen["loss"].item(), rel=1e-5)
    assert parts.seen["weighted"][0].item() == pytest.approx(whole.seen["loss"].item(), rel=1e-5)
    assert parts.seen["weighted"][1].item() == whole.seen["weighted"][1].item()
    assert parts.seen["kind"] == "L2"
    for updater in (parts, whole):
        updater.finalize()


def test_without_weights_by_frames_it_would_be_another_gradient():
    parts, whole = build(2, 3, weight=None), build(6, 1)
    for updater in (parts, whole):
        updater.update()
        updater.finalize()
    difference = max(np.abs(gradients(parts)[name] - g).max() for name, g in gradients(whole).items())
    assert difference > 1e-2


def test_batches_count_by_their_samples_where_nothing_else_is_said():
    def loss_fn(model, batch):
        return (model(batch["x"]).mean(axis=[1, 2])).mean()

    built = []
    for size, accumulate, weight in ((4, 3, None), (4, 3, lambda batch: None), (11, 1, None)):
        updater = build(size, accumulate, weight)
        updater.loss_fn = loss_fn
        updater.data.cargo.maker._batch_fn = lambda examples: {"x": np.stack([e["x"][:1] for e in examples])}
        updater.update()
        built.append(gradients(updater))
        updater.finalize()
    for parts in built[:2]:
        for name, gradient in built[2].items():
            np.testing.assert_allclose(parts[name], gradient, rtol=1e-5, atol=1e-7)


def test_one_iteration_is_one_step_and_none_reaches_over_the_end_of_an_epoch():
    updater = MockUpdater(MockData(samples=11, batch_size=2))
    updater.accumulate = 3
    seen = []
    for _ in range(5):
        updater.update()
        seen.append((updater.iteration, updater.epoch, updater.consumed, updater.samples, len(updater.last_indices)))
    assert seen == [(1, 0, 6, 6, 6), (2, 1, 0, 11, 5), (3, 1, 6, 17, 6), (4, 2, 0, 22, 5), (5, 2, 6, 28, 6)]
    assert updater.last_names == [f"utterance {i}" for i in range(6)]


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_an_accumulating_run_goes_on_to_the_bit(cut):
    whole, first, rest = build(2, 3), build(2, 3), build(2, 3)
    for _ in range(6):
        whole.update()
    for _ in range(cut):
        first.update()
    rest.set_model_states(first.model_states())
    rest.set_optimizer_states(first.optimizer_states())
    rest.set_state_dict(first.state_dict())
    for _ in range(6 - cut):
        rest.update()
    assert rest.state_dict() == whole.state_dict()
    for name, parameter in whole.model.state_dict().items():
        assert np.array_equal(rest.model.state_dict()[name].numpy(), parameter.numpy())
    for updater in (whole, first, rest):
        updater.finalize()


def test_the_batches_of_an_update_are_let_go_after_it_and_kept_if_it_fails():
    updater = build(2, 3)
    seen = []
    updater.loss_fn = lambda model, batch: (seen.append(len(updater.batches)), compute_loss(model, batch))[1]
    updater.update()
    assert seen == [3, 3, 3]
    assert updater.batches == []

    def fail(model, batch):
        raise ValueError

    updater.loss_fn = fail
    with pytest.raises(ValueError):
        updater.update()
    assert [len(batch["utt_id"]) for batch in updater.batches] == [2, 2, 1]
    assert [name for batch in updater.batches for name in batch["utt_id"]] == updater.last_names
    updater.finalize()


def test_a_procedure_that_has_its_loss_ready_is_told_to_pass_a_function():
    class Own(StandardUpdater):
        def update_core(self, batch):
            self.minimize(self.loss_fn(self.model, batch))

    updater = build(2, 3)
    own = Own(updater.data, updater.model, updater.optimizer, compute_loss, accumulate=3)
    with pytest.raises(RunError, match=r"this update takes 3 batches: pass minimize\(\) the loss as a function of a batch"):
        own.update()
    own.finalize()


def test_batches_that_count_nothing_are_an_error():
    updater = build(2, 3, weight=lambda batch: 0)
    with pytest.raises(RunError, match="the 3 batches of an update must count something; together they count 0"):
        updater.update()
    updater.finalize()


@pytest.mark.parametrize("accumulate", [0, -1, 1.5, True])
def test_a_number_of_batches_that_is_none_is_refused(accumulate):
    with pytest.raises(RunError, match="accumulate is how many batches an update takes, at least 1"):
        Updater(MockData(1), {}, {}, accumulate)


def test_a_batch_alone_is_computed_exactly_as_without_accumulation():
    # 3 of 4 utterances in one update, the last one alone in the next: a group of one.
    alone, plain = build(11, 3), build(11, 1)
    for updater in (alone, plain):
        updater.update()
        updater.finalize()
    for name, gradient in gradients(plain).items():
        assert np.array_equal(gradients(alone)[name], gradient)


# ---- means of observations


def test_observations_are_averaged_by_the_weights_of_their_batches_or_by_their_own():
    first = {"loss": 1.0, "frames": (2.0, 10), "picture": "a", "only here": 5.0}
    second = {"loss": 4.0, "frames": (5.0, 20), "picture": "b"}
    assert mean_of([first, second], [3.0, 1.0]) == {
        "loss": 1.75,
        "frames": (pytest.approx(4.0), 30),
        "picture": "b",
        "only here": 5.0,
    }


def test_tensors_of_any_kind_stay_unread_in_the_mean():
    values = [paddle.to_tensor([2], dtype="int64"), paddle.to_tensor(3.5, dtype="float64")]
    mean = mean_of([{"x": value} for value in values], [paddle.to_tensor(1.0), paddle.to_tensor(3.0)])["x"]
    assert isinstance(mean, paddle.Tensor)
    assert mean.item() == pytest.approx((2 + 3 * 3.5) / 4)
