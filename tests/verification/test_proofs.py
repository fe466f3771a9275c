"""Measurements that checks share."""

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.modules.conv import MaskedBatchNorm
from parakeet.verification import checks_of, verified_models
from parakeet.verification.check import run_check
from parakeet.verification.proofs import share_of_loss_left, stirred

COMPANY = [
    pytest.param(check, id=f"{model}: {check.name}")
    for model in verified_models()
    for check in checks_of(model)
    if check.name.startswith("change by padding") and model != "cbhg"  # single precision throughout: Paddle's GRU knows no other
]


def test_a_model_is_stirred_with_its_statistics_and_no_deviation_becomes_negative():
    norm = stirred(MaskedBatchNorm(50), scale=3.0)
    mean, variance = norm.mean.numpy(), norm.variance.numpy()
    assert mean.dtype == variance.dtype == np.float64
    assert (mean > 0).all()
    assert (variance > 1).all()
    assert not norm.training


def test_what_is_left_of_a_loss_is_the_last_beside_the_first():
    layer, x = nn.Linear(3, 1), paddle.ones([4, 3])
    assert share_of_loss_left(layer, lambda: (layer(x) ** 2).mean() + 1.0, 1, 0.1) == 1.0
    assert share_of_loss_left(layer, lambda: ((layer(x) - 7.0) ** 2).mean(), 100, 0.1) < 0.1


@pytest.mark.parametrize("check", COMPANY)
def test_a_model_in_double_precision_multiplies_nothing_by_single_precision(monkeypatch, check):
    mixed, times = set(), paddle.Tensor.__mul__

    def multiplied(one, other):
        if paddle.is_tensor(other) and other.dtype != one.dtype:
            mixed.add((str(one.dtype), str(other.dtype)))
        return times(one, other)

    monkeypatch.setattr(paddle.Tensor, "__mul__", multiplied)
    assert run_check(check).holds
    assert not mixed
