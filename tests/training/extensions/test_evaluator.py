"""Evaluator and the mode it evaluates in: right means, and nothing else changed."""

import random

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.errors import DataError
from parakeet.training.extensions import Evaluator
from parakeet.training.extensions.evaluation_mode import evaluation_mode
from parakeet.training.reporter import report, scope
from parakeet.training.testing import MockData, mock_trainer


class Data(MockData):
    """Batches of ragged size, as tensors."""

    closed = False

    def iterator(self, epoch, consumed):
        assert (epoch, consumed) == (0, 0)
        return _Tensors(super().iterator(epoch, consumed))

    def close(self):
        self.closed = True


class _Tensors:
    def __init__(self, iterator):
        self._iterator = iterator

    def __next__(self):
        return {"x": paddle.to_tensor(np.array(next(self._iterator), "f4"))}

    @property
    def last_indices(self):
        return self._iterator.last_indices


def compute_loss(model, batch):
    assert not paddle.is_grad_enabled()
    loss = batch["x"].mean()
    report({"loss": loss, "square": (batch["x"] ** 2).mean(), "by frames": (batch["x"].sum(), 2), "note": "text"})
    return loss


def model():
    return nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1D(2)))


def test_means_are_weighted_by_the_number_of_samples():
    evaluator = Evaluator(Data(7, 3), model(), compute_loss)
    means = evaluator.evaluate()
    assert means == pytest.approx({"valid/loss": 3.0, "valid/square": 91 / 7, "valid/by frames": 21 / 3})
    assert evaluator.evaluate() == means


def test_means_may_be_weighted_by_something_else():
    evaluator = Evaluator(Data(7, 3), model(), compute_loss, name="test", weight=lambda batch: batch["x"].sum())
    assert evaluator.evaluate()["test/loss"] == pytest.approx((3 * 1 + 12 * 4 + 6 * 6) / 21)


def test_a_loss_that_is_only_returned_is_reported_too():
    assert Evaluator(Data(4, 2), model(), lambda m, batch: batch["x"].mean()).evaluate() == {"valid/loss": 1.5}


def test_the_results_are_reported_to_the_trainer_and_the_data_closed(tmp_path):
    seen, data = [], Data(7, 3)
    trainer = mock_trainer((4, "iteration"), 2, tmp_path, [Evaluator(data, model(), compute_loss, name="held out")])
    trainer.extend(lambda t: seen.append(dict(t.observation)), name="look")
    trainer.run()
    assert [sorted(observation) for observation in seen] == [
        [],
        ["held out/by frames", "held out/loss", "held out/square"],
    ] * 2
    assert trainer.get_extension("held out").prefix == "held out"
    assert data.closed


def test_without_a_trainer_nothing_leaks_into_a_scope_around():
    with scope({}) as observation:
        Evaluator(Data(2), model(), compute_loss).evaluate()
    assert observation == {}


def test_two_evaluators_of_one_name_report_under_their_own_prefix(tmp_path):
    trainer = mock_trainer(out=tmp_path, extensions=[Evaluator(Data(2), None, compute_loss) for _ in range(2)])
    assert trainer.get_extension("valid_1").prefix == "valid"


@pytest.mark.parametrize("fail", [False, True])
def test_every_sublayer_gets_back_the_mode_it_was_in(fail):
    net = model()
    net.train()
    net[2].eval()  # frozen on purpose
    before = [layer.training for layer in net.sublayers(include_self=True)]

    def loss(net, batch):
        assert not any(layer.training for layer in net.sublayers(include_self=True))
        if fail:
            raise ZeroDivisionError
        return batch["x"].mean()

    evaluator = Evaluator(Data(2), net, loss)
    if fail:
        with pytest.raises(ZeroDivisionError):
            evaluator.evaluate()
    else:
        evaluator.evaluate()
    assert [layer.training for layer in net.sublayers(include_self=True)] == before
    assert len(set(before)) == 2
    assert paddle.is_grad_enabled()


def test_several_models_are_all_put_into_evaluation_mode():
    nets = {"a": model(), "b": model()}
    nets["b"].eval()
    with evaluation_mode(nets):
        assert not any(layer.training for net in nets.values() for layer in net.sublayers(include_self=True))
    assert (nets["a"].training, nets["b"].training) == (True, False)


def draws():
    return [random.random(), float(np.random.rand()), paddle.rand([]).item()]


def test_training_draws_what_it_would_have_drawn_without_an_evaluation():
    noise = []

    def loss(net, batch):
        noise.append(draws())
        return batch["x"].mean()

    sequences = []
    for evaluations in (0, 2):
        random.seed(1), np.random.seed(1), paddle.seed(1)
        sequence = [draws()]
        for _ in range(evaluations):
            Evaluator(Data(2), None, loss).evaluate()
        sequences.append([*sequence, draws()])
    assert sequences[0] == sequences[1]
    assert noise[:2] == noise[2:]  # and each evaluation draws the same
    assert noise[0] != noise[1]


def test_an_evaluation_is_given_up_when_the_run_is_asked_to_stop(tmp_path):
    batches = []

    def loss(net, batch):
        batches.append(batch)
        if len(batches) == 2:
            trainer.request_stop("SIGTERM")
        return batch["x"].mean()

    seen = []
    trainer = mock_trainer((3, "iteration"), 1, tmp_path, [Evaluator(Data(100), None, loss)])
    trainer.extend(lambda t: seen.append("valid/loss" in t.observation), name="look")
    with pytest.raises(KeyboardInterrupt):
        trainer.run()
    assert len(batches) == 2
    assert True not in seen


def test_a_context_surrounds_the_evaluation():
    events = []

    class Context:
        def __enter__(self):
            events.append("in")

        def __exit__(self, *error):
            events.append("out")

    Evaluator(Data(2), None, lambda m, batch: (events.append("loss"), batch["x"].mean())[1], context=Context).evaluate()
    assert events == ["in", "loss", "loss", "out"]


def test_data_without_a_batch_are_an_error():
    with pytest.raises(
        DataError, match=r"^the evaluation data 'valid' hold no batch: is the set empty, or smaller than one batch\?$"
    ):
        Evaluator(Data(0), None, compute_loss).evaluate()
