"""What WaveFlow is trained with: likelihood, and nothing else (arXiv:1912.01219, sec. 2 and 3)."""

import math


def waveflow_loss(noise, log_det):
    """How unlikely recordings are: the negative logarithm of their density, for each sample.

    Args:
        noise (Tensor): (B, N), what the flows make of them, to be of a standard normal distribution.
        log_det (Tensor): (B,), the logarithm of the determinant of the flows' Jacobian.

    Returns:
        Tensor: scalar, nats a sample; the log-likelihood that the paper reports is its negative.
    """
    return 0.5 * math.log(2 * math.pi) + 0.5 * (noise * noise).mean() - log_det.mean() / noise.shape[1]
