"""What WaveNet may say of a sample: a class out of many, a normal distribution, or a mixture of such."""

import numpy as np
from paddle.nn import functional as F

from parakeet.functions.likelihoods import mixture_nll


class Softmax:
    """Samples are codes, such as those of `parakeet.audio.codes` (WaveNet, arXiv:1609.03499, sec. 2.2).

    Args:
        classes (int): how many codes there are.
    """

    def __init__(self, classes):
        self.classes = self.channels = classes

    def nll(self, numbers, samples):
        """Nats of samples (B, N), int64, given numbers (B, N, channels): (B, N)."""
        return F.cross_entropy(numbers, samples.unsqueeze(-1), reduction="none").squeeze(-1)

    def draw(self, numbers, uniform, normal):
        """Codes for numbers (B, channels), by one uniform number for each, (B,)."""
        return _draw_classes(numbers, uniform)


class Gaussians:
    """Samples are floats of a mixture of normal distributions; of one, ClariNet's (arXiv:1807.07281, sec. 3.1).

    A single one has a weight as well, which says nothing, so that the numbers mean the same however many there are.

    Args:
        components (int): K; numbers are K logits, K means and K logarithms of the scale.
        least_log_scale (float): smaller ones count as this: silence would have a density without bounds.
    """

    classes = None

    def __init__(self, components, least_log_scale):
        self.components, self.channels, self.least_log_scale = components, 3 * components, least_log_scale

    def split(self, numbers):
        """Logits, means and log-scales, (..., K) each, of numbers (..., channels), tensors or arrays."""
        k = self.components
        return numbers[..., :k], numbers[..., k : 2 * k], numbers[..., 2 * k :].clip(min=self.least_log_scale)

    def nll(self, numbers, samples):
        """Nats of samples (B, N), floats, given numbers (B, N, channels): (B, N)."""
        return mixture_nll(samples, *self.split(numbers))

    def draw(self, numbers, uniform, normal):
        """Samples in [-1, 1] for numbers (B, channels), by a uniform and a normal number for each, (B,)."""
        logits, means, log_scales = self.split(numbers)
        chosen = (np.arange(len(numbers)), _draw_classes(logits, uniform) if self.components > 1 else 0)
        return np.clip(means[chosen] + np.exp(log_scales[chosen]) * normal, -1.0, 1.0)


def _draw_classes(logits, uniform):
    """The classes (B,) of unnormalised logarithms (B, n) at which their cumulated probabilities exceed uniform numbers (B,)."""
    cumulated = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64).cumsum(axis=1)
    return (cumulated <= uniform[:, None] * cumulated[:, -1:]).sum(axis=1)
