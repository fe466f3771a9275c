"""EMA: the average a formula gives, lent to the model and taken back to the bit."""

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ResumeError, RunError
from parakeet.training.extensions import EMA, Snapshot
from parakeet.training.testing import mock_trainer


def set_weight(net, value):
    net.weight.set_value(paddle.full([2, 3], value))


def test_the_average_follows_the_formula():
    net = nn.Linear(2, 3)
    set_weight(net, 1.0)
    ema = EMA(net, decay=0.5)
    expected = 1.0
    for n in range(1, 20):
        set_weight(net, float(n))
        ema.update()
        decay = min(0.5, (1 + n) / (10 + n))
        expected += (1 - decay) * (n - expected)
    average = ema.state_dict()["average"]["main"]["weight"]
    np.testing.assert_allclose(average, np.full((2, 3), expected, "f4"), rtol=1e-6)


def test_the_models_hold_the_averages_within_and_their_own_weights_after():
    net = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1D(4))
    ema = EMA({"net": net})
    net[0].weight.set_value(paddle.rand([4, 4]))
    net(paddle.rand([8, 4]))  # moves the statistics
    ema.update()
    before = {name: tensor.numpy().tobytes() for name, tensor in net.state_dict().items()}
    with ema.average():
        within = {name: tensor.numpy() for name, tensor in net.state_dict().items()}
    assert {name: tensor.numpy().tobytes() for name, tensor in net.state_dict().items()} == before
    np.testing.assert_array_equal(within["0.weight"], ema.state_dict()["average"]["net"]["0.weight"])
    assert within["0.weight"].tobytes() != before["0.weight"]
    assert within["1._mean"].tobytes() == before["1._mean"]


def test_the_weights_come_back_after_an_error_too():
    net = nn.Linear(2, 3)
    ema = EMA(net)
    set_weight(net, 7.0)
    with pytest.raises(ZeroDivisionError), ema.average():
        raise ZeroDivisionError
    assert (net.weight.numpy() == 7.0).all()
    with ema.average():
        assert not (net.weight.numpy() == 7.0).any()


def test_only_what_is_trained_is_averaged():
    net = nn.Linear(2, 3)
    net.bias.stop_gradient = True
    assert list(EMA(net).state_dict()["average"]["main"]) == ["weight"]


def test_no_gradient_flows_through_the_average():
    net = nn.Linear(2, 3)
    ema = EMA(net, decay=0.9)
    loss = net(paddle.ones([1, 2])).sum()
    ema.update()
    with ema.average():
        pass
    loss.backward()
    assert net.weight.grad is not None
    assert not net.weight.stop_gradient


def test_weights_loaded_after_it_was_made_are_where_the_average_begins(tmp_path):
    net = nn.Linear(2, 3)
    ema = EMA(net)
    set_weight(net, 5.0)
    trainer = mock_trainer((1, "iteration"), out=tmp_path, extensions=[ema])
    trainer.run()
    np.testing.assert_allclose(ema.state_dict()["average"]["main"]["weight"], 5.0)


def test_a_resumed_average_equals_the_uninterrupted_one_to_the_bit(tmp_path):
    def make(out, stop):
        net = nn.Linear(2, 3)
        set_weight(net, 0.0)
        trainer = mock_trainer((stop, "iteration"), 4, out, [EMA(net, 0.9), (Snapshot(), (1, "iteration"))])
        trainer.extend(lambda t: set_weight(net, float(np.sin(t.updater.iteration))), name="train", priority=1000)
        return trainer

    def average(trainer):
        return trainer.get_extension("EMA").state_dict()["average"]["main"]["weight"].tobytes()

    whole = make(tmp_path / "whole", 9)
    whole.run()
    make(tmp_path / "parts", 5).run()
    snapshot = SnapshotStore(tmp_path / "parts" / "snapshots").newest()
    resumed = make(tmp_path / "parts", 9)
    assert list(snapshot.load_part("extensions")["EMA"]["average"]["main"]) == ["weight", "bias"]
    resumed.set_state_dict(snapshot.load())
    resumed.run()
    assert average(resumed) == average(whole)


def test_a_run_resumed_before_the_first_average_was_taken_begins_it_where_the_uninterrupted_one_did(tmp_path):
    def build():
        net = nn.Linear(2, 3)
        set_weight(net, 1.0)
        trainer = mock_trainer((8, "iteration"), out=tmp_path)
        trainer.extend(lambda t: set_weight(net, float(t.updater.iteration + 1)), name="learn", priority=999)
        ema = EMA(net)
        trainer.extend(ema, trigger=(4, "iteration"))
        return trainer, net, ema

    trainer, _, ema = build()
    states = {}
    trainer.extend(lambda t: states.setdefault(t.updater.iteration, t.state_dict()), name="save", priority=1)
    trainer.run()
    resumed, other, average = build()
    set_weight(other, 3.0)  # as the models' part of the snapshot says
    resumed.set_state_dict(states[2])
    resumed.run()
    assert average.state_dict()["average"]["main"]["weight"].tobytes() == (
        ema.state_dict()["average"]["main"]["weight"].tobytes()
    )


def test_half_precision_is_averaged_in_single():
    net = nn.Linear(2, 3)
    net.to(dtype="bfloat16")
    ema = EMA(net, decay=0.999)
    assert ema.state_dict()["average"]["main"]["weight"].dtype == np.float32
    with ema.average():
        assert net.weight.dtype == paddle.bfloat16


def test_a_state_of_another_model_is_refused_and_changes_nothing():
    ema = EMA({"net": nn.Linear(2, 3)})
    before = ema.state_dict()
    state = {"updates": 3, "average": {"net": {"weight": np.zeros((2, 4), "f4"), "scale": np.zeros(1, "f4")}}}
    with pytest.raises(ResumeError) as error:
        ema.set_state_dict(state)
    assert str(error.value) == (
        "the snapshot's moving average does not fit the models:\n  net/scale: only in the snapshot\n  net/bias: not in the snapshot\n"
        "  net/weight: shape [2, 4] in the snapshot, [2, 3] here"
    )
    assert ema.updates == 0
    np.testing.assert_array_equal(ema.state_dict()["average"]["net"]["weight"], before["average"]["net"]["weight"])


def test_wrong_use_is_an_error():
    with pytest.raises(RunError, match=r"the decay of a moving average must be at least 0 and below 1; it is 1\.0"):
        EMA(nn.Linear(1, 1), 1.0)
    ema = EMA(nn.Linear(1, 1))
    with ema.average():
        with pytest.raises(RunError, match="can't be updated inside"):
            ema.update()
        with pytest.raises(RunError, match="inside of itself"), ema.average():
            pass
