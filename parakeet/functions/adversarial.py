"""Losses of generators and discriminators that judge by scores."""

import paddle
from paddle.nn import functional as F


def hinge_real(scores):
    """What a discriminator pays for real examples scored below 1 (arXiv:1705.02894, sec. 3; as in Vocos)."""
    return F.relu(1.0 - scores).mean()


def hinge_made(scores):
    """What a discriminator pays for made examples scored above -1."""
    return F.relu(1.0 + scores).mean()


def hinge_generator(scores):
    """What the generator pays for made examples scored below 1 (SoundStream's form, arXiv:2107.03312, eq. 2)."""
    return F.relu(1.0 - scores).mean()


def least_squares_real(scores):
    """What a discriminator pays for real examples not scored 1 (LSGAN, arXiv:1611.04076, eq. 2, b = 1; as in HiFi-GAN, eq. 1)."""
    return ((scores - 1.0) ** 2).mean()


def least_squares_made(scores):
    """What a discriminator pays for made examples not scored 0 (eq. 2, a = 0)."""
    return (scores**2).mean()


def least_squares_generator(scores):
    """What the generator pays for made examples not scored 1 (eq. 2, c = 1; HiFi-GAN, eq. 2)."""
    return ((scores - 1.0) ** 2).mean()


def judgements(discriminators, made, real):
    """Let discriminators judge what was made, beside what is real.

    Args:
        discriminators (dict): name -> Layer, which gives scores and a list of features.
        made, real (Tensor): examples for them; nothing is learnt from the real ones.

    Yields:
        tuple: scores and features of the made examples, then those of the real ones.
    """
    for discriminator in discriminators.values():
        scores, features = discriminator(made)
        with paddle.no_grad():
            real_scores, real_features = discriminator(real)
        yield scores, features, real_scores, real_features


def feature_matching(made, real):
    """The L1 distances of what the layers of a discriminator make of two examples, summed (HiFi-GAN, arXiv:2010.05646, eq. 6).

    Args:
        made, real (list[Tensor]): of the same shapes.

    Returns:
        Tensor: scalar.
    """
    return sum(paddle.abs(ours - theirs.detach()).mean() for ours, theirs in zip(made, real, strict=True))


def feature_distance(made, real):
    """The mean L1 distance of what each layer of a discriminator makes of two examples, relative to the layer's size.

    Args:
        made, real (list[Tensor]): of the same shapes.

    Returns:
        Tensor: scalar; each layer relative to the mean absolute value of the real features, so that every layer counts alike,
        whatever the scale it has grown to.
    """
    total = 0.0
    for ours, theirs in zip(made, real, strict=True):
        theirs = theirs.detach()
        total = total + paddle.abs(ours - theirs).mean() / paddle.clip(paddle.abs(theirs).mean(), min=1e-4)
    return total / len(made)


def hinge_discrimination(discriminator, made, real):
    """What a discriminator pays in all: recordings are to be told from what is made. A scalar tensor."""
    return hinge_real(discriminator(real)[0]) + hinge_made(discriminator(made)[0])


def hinge_judgement(discriminators, made, real):
    """What discriminators say of what was made, as means over them.

    Args:
        discriminators (dict): see `judgements`; one at least.
        made, real (Tensor): examples for them.

    Returns:
        tuple[Tensor, Tensor]: of their scores, and the distance of their features; scalars.
    """
    adversarial = distance = 0.0
    for scores, features, _, real_features in judgements(discriminators, made, real):
        adversarial = adversarial + hinge_generator(scores)
        distance = distance + feature_distance(features, real_features)
    return adversarial / len(discriminators), distance / len(discriminators)
