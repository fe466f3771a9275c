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


def feature_distance(made, real):
    """The mean L1 distance of what each layer of a discriminator makes of two examples (HiFi-GAN, arXiv:2010.05646, eq. 6).

    Args:
        made, real (list[Tensor]): of the same shapes.

    Returns:
        Tensor: scalar; each layer relative to the mean absolute value of the real features, so that every layer counts alike.
    """
    total = 0.0
    for ours, theirs in zip(made, real, strict=True):
        theirs = theirs.detach()
        total = total + paddle.abs(ours - theirs).mean() / paddle.clip(paddle.abs(theirs).mean(), min=1e-4)
    return total / len(made)
