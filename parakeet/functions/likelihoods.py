"""How likely a sample is: normal distributions, mixtures of them, and how far two of them are apart; all in logarithms.

A density that is computed first and logged afterwards is 0 for a sample that is far off, and no gradient leads back from there. Here
nothing but logarithms are added (log-sum-exp): the further off a sample is, the larger its gradient.
"""

import math

import paddle
from paddle.nn import functional as F

HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def gaussian_nll(x, mean, log_scale):
    """The negative log-density of a normal distribution.

    Args:
        x, mean, log_scale (Tensor): of shapes that broadcast; the natural logarithm of the standard deviation.

    Returns:
        Tensor: of their common shape, in nats.
    """
    distance = (x - mean) * paddle.exp(-log_scale)
    return 0.5 * distance * distance + log_scale + HALF_LOG_TWO_PI


def mixture_nll(x, logits, means, log_scales):
    """The negative log-density of a mixture of normal distributions.

    Args:
        x (Tensor): any shape.
        logits (Tensor): x's shape and an axis of K behind it: unnormalised logarithms of the weights.
        means, log_scales (Tensor): of the same shape.

    Returns:
        Tensor: of x's shape, in nats.
    """
    densities = F.log_softmax(logits, axis=-1) - gaussian_nll(x.unsqueeze(-1), means, log_scales)
    # By hand: the gradient of paddle.logsumexp takes exp(density - sum) and loses what the sum was rounded by, a hundredth at -5e5.
    highest = densities.max(axis=-1, keepdim=True).detach()
    return -(highest.squeeze(-1) + paddle.log(paddle.exp(densities - highest).sum(axis=-1)))


def gaussian_kl(mean_q, log_scale_q, mean_p, log_scale_p):
    """The Kullback-Leibler divergence KL(q || p) of two normal distributions, in closed form.

    Args:
        mean_q, log_scale_q, mean_p, log_scale_p (Tensor): of shapes that broadcast.

    Returns:
        Tensor: of their common shape, in nats; never negative.
    """
    difference = log_scale_q - log_scale_p
    distance = (mean_q - mean_p) * paddle.exp(-log_scale_p)
    # expm1 keeps the sum of the first two terms exact where the scales are nearly the same, which is where training ends.
    return 0.5 * (paddle.expm1(2 * difference) - 2 * difference + distance * distance)


def regularised_gaussian_kl(mean_q, log_scale_q, mean_p, log_scale_p, strength=4.0):
    """The divergence KL(q || p) with a penalty on scales that differ (ClariNet, arXiv:1807.07281, sec. 3.3, lambda = 4).

    Both distributions are highly peaked: where the scales differ the divergence alone is steep, and has little to say where they agree.

    Args:
        mean_q, log_scale_q (Tensor): of the student.
        mean_p, log_scale_p (Tensor): of the teacher.
        strength (float): lambda.

    Returns:
        Tensor: of their common shape.
    """
    difference = log_scale_p - log_scale_q
    return gaussian_kl(mean_q, log_scale_q, mean_p, log_scale_p) + strength * difference * difference
