"""Likelihoods and divergences, held against other ways to compute them."""

import math

import numpy as np
import paddle
import pytest
from scipy import integrate, stats

from parakeet.functions.likelihoods import gaussian_kl, gaussian_nll, mixture_nll, regularised_gaussian_kl


def tensors(*values):
    return [paddle.to_tensor(np.asarray(value, "float64")) for value in values]


def test_the_likelihood_of_a_normal_distribution_is_scipys():
    rng = np.random.default_rng(0)
    x, mean, log_scale = rng.standard_normal((3, 50)) * 3
    ours = gaussian_nll(*tensors(x, mean, log_scale)).numpy()
    np.testing.assert_allclose(ours, -stats.norm.logpdf(x, mean, np.exp(log_scale)), rtol=1e-12)


def test_the_likelihood_of_a_mixture_is_that_of_its_density():
    rng = np.random.default_rng(1)
    x, (logits, means, log_scales) = rng.standard_normal(40), rng.standard_normal((3, 40, 5))
    weights = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    density = (weights * stats.norm.pdf(x[:, None], means, np.exp(log_scales))).sum(axis=1)
    np.testing.assert_allclose(mixture_nll(*tensors(x, logits, means, log_scales)).numpy(), -np.log(density), rtol=1e-12)


def test_a_mixture_of_one_is_a_normal_distribution_whatever_its_weight():
    x, logit, mean, log_scale = tensors([0.3], [[7.0]], [[-1.0]], [[0.5]])
    assert mixture_nll(x, logit, mean, log_scale).item() == pytest.approx(gaussian_nll(x, mean[0], log_scale[0]).item(), rel=1e-14)


@pytest.mark.parametrize("far", [10.0, 1e3])
def test_a_sample_that_is_far_off_still_has_its_likelihood_and_a_gradient(far):
    x = paddle.to_tensor([far], dtype="float32", stop_gradient=False)
    loss = mixture_nll(x, *(paddle.zeros([1, 10]) for _ in range(3)))
    loss.sum().backward()
    assert loss.item() == pytest.approx(far * far / 2 + 0.9189385, rel=1e-6)
    assert x.grad.item() == pytest.approx(far, rel=1e-6)


@pytest.mark.parametrize(("classes", "nats"), [(2048, 7.624619), (256, 5.545177)])
def test_equal_logits_say_nothing(classes, nats):
    loss = paddle.nn.functional.cross_entropy(paddle.zeros([3, classes]), paddle.to_tensor([0, 5, classes - 1]))
    assert float(loss) == pytest.approx(nats, abs=1e-5)
    assert nats == pytest.approx(math.log(classes), abs=1e-6)


@pytest.mark.parametrize("parameters", [(0.0, 0.0, 0.0, 0.0), (0.3, -1.0, -0.2, 0.4), (2.0, 0.7, 1.0, -0.5)])
def test_the_divergence_is_the_integral_that_defines_it(parameters):
    mean_q, log_q, mean_p, log_p = parameters
    q, p = stats.norm(mean_q, math.exp(log_q)), stats.norm(mean_p, math.exp(log_p))
    numeric, _ = integrate.quad(lambda x: q.pdf(x) * (q.logpdf(x) - p.logpdf(x)), -20, 20)
    assert float(gaussian_kl(*tensors(*parameters))) == pytest.approx(numeric, abs=1e-10)


def test_the_divergence_of_nearly_equal_distributions_is_never_negative():
    apart = paddle.linspace(-1e-3, 1e-3, 2001)
    assert float(gaussian_kl(apart * 0, apart - 5, apart * 0, apart * 0 - 5).min()) >= 0


def test_scales_that_differ_cost_more_by_the_square_of_the_difference_of_their_logarithms():
    parameters = tensors(0.3, -1.0, -0.2, 0.4)
    assert float(regularised_gaussian_kl(*parameters) - gaussian_kl(*parameters)) == pytest.approx(4 * 1.4**2, rel=1e-12)
