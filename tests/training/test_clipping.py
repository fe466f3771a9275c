"""Clipping: as Paddle clips by norm, with the norm known."""

import numpy as np
import pytest

from parakeet.errors import RunError
from parakeet.training import optimizer_state
from parakeet.training.reporter import scope

paddle = pytest.importorskip("paddle")
from parakeet.training.clipping import Clip, norm_of  # noqa: E402

GRADIENTS = [np.array([[3.0, -4.0], [0.0, 0.0]], "f4"), np.array([12.0], "f4")]  # of norm 13


def clipped(clip, gradients=GRADIENTS, need_clip=(True, True)):
    parameters = [paddle.create_parameter(list(g.shape), "float32") for g in gradients]
    for parameter, need in zip(parameters, need_clip, strict=True):
        parameter.need_clip = need
    pairs = [(p, paddle.to_tensor(g)) for p, g in zip(parameters, gradients, strict=True)]
    with scope({}) as observation:
        result = clip([*pairs, (parameters[0], None)])
    assert result[-1][1] is None
    assert all(np.array_equal(given.numpy(), g) for (_, given), g in zip(pairs, gradients, strict=True))
    return [g.numpy() for _, g in result[:-1]], observation


@pytest.mark.parametrize("norm", [1.0, 12.9, 13.0, 13.1, 100.0])
def test_the_norm_is_limited_as_by_paddle_itself_and_reported_unread(norm):
    gradients, observation = clipped(Clip(norm=norm))
    theirs = paddle.nn.ClipGradByGlobalNorm(norm)(
        [(paddle.create_parameter(list(g.shape), "float32"), paddle.to_tensor(g)) for g in GRADIENTS]
    )
    for own, (_, other) in zip(gradients, theirs, strict=True):
        np.testing.assert_allclose(own, other.numpy(), rtol=1e-6)
    assert isinstance(observation["gradient_norm"], paddle.Tensor)
    assert observation["gradient_norm"].item() == 13


def test_a_norm_that_is_small_enough_changes_no_bit():
    gradients, _ = clipped(Clip(norm=13.5))
    assert all(np.array_equal(own, g) for own, g in zip(gradients, GRADIENTS, strict=True))


def test_components_are_cut_off_and_the_norm_reported_is_that_before():
    gradients, observation = clipped(Clip(value=3.5))
    assert [g.tolist() for g in gradients] == [[[3, -3.5], [0, 0]], [3.5]]
    assert observation["gradient_norm"].item() == 13


def test_both_limits_hold_together():
    gradients, observation = clipped(Clip(norm=2, value=3.5, name="gradient_norm/critic"))
    flat = np.concatenate([g.ravel() for g in gradients])
    assert np.linalg.norm(flat) == pytest.approx(2)
    expected = np.array([3, -3.5, 0, 0, 3.5])
    np.testing.assert_allclose(flat, expected * 2 / np.linalg.norm(expected), rtol=1e-6)
    assert observation["gradient_norm/critic"].item() == 13


def test_parameters_that_need_no_clipping_are_left_out_of_both():
    gradients, observation = clipped(Clip(norm=1), need_clip=(True, False))
    assert gradients[1] == 12
    assert np.linalg.norm(gradients[0]) == pytest.approx(1)
    assert observation["gradient_norm"].item() == 5


def test_nothing_to_clip_reports_nothing():
    with scope({}) as observation:
        pairs = [(paddle.create_parameter([1], "float32"), None)]
        assert Clip(norm=1)(pairs) == pairs
    assert observation == {}


def test_half_precision_does_not_overflow_in_the_norm():
    assert norm_of([paddle.full([4], 60000.0, "float16")]).item() == pytest.approx(120000, rel=1e-3)


@pytest.mark.parametrize("limits", [{}, {"norm": 0}, {"norm": -1.0}, {"value": 0}, {"norm": 1, "value": float("nan")}])
def test_limits_that_are_none_are_refused(limits):
    with pytest.raises(RunError, match="Clip takes a norm, a value or both, and they must be positive; it got"):
        Clip(**limits)


def test_sparse_gradients_are_refused_with_the_reason():
    embedding = paddle.nn.Embedding(4, 2, sparse=True)
    optimizer = paddle.optimizer.SGD(0.1, parameters=embedding.parameters(), grad_clip=Clip(norm=1.0))
    embedding(paddle.to_tensor([1, 2])).sum().backward()
    with pytest.raises(RunError, match=r"sparse gradients of paddle\.nn\.Embedding\(sparse=True\): leave sparse at False"):
        optimizer.step()


def test_it_limits_the_steps_of_an_optimizer_and_needs_no_state():
    def build():
        paddle.seed(1)
        model = paddle.nn.Linear(2, 1)
        return model, paddle.optimizer.Adam(0.1, parameters=model.parameters(), grad_clip=Clip(norm=0.5, value=0.4))

    def steps(model, optimizer, first, last):
        norms = []
        for n in range(first, last):
            optimizer.clear_grad(set_to_zero=False)
            (model(paddle.full([1, 2], float(n))) ** 2).sum().backward()
            with scope({}) as observation:
                optimizer.step()
            norms.append(observation["gradient_norm"].item())
        return norms

    model, optimizer = build()
    whole = steps(model, optimizer, 0, 6)
    assert whole[5] > 0.5
    first_model, first = build()
    assert steps(first_model, first, 0, 3) == whole[:3]
    rest_model, rest = build()
    rest_model.set_state_dict(first_model.state_dict())
    state = optimizer_state.optimizer_state(first, {"m": first_model})
    optimizer_state.restore_optimizer(rest, {"m": rest_model}, state)
    assert steps(rest_model, rest, 3, 6) == whole[3:]
    assert np.array_equal(rest_model.weight.numpy(), model.weight.numpy())
