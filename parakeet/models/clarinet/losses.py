"""What the student learns from: the teacher's opinion of its samples, and the recording's spectrum (ClariNet, sec. 3.3)."""

import paddle

from parakeet.functions.likelihoods import gaussian_kl, regularised_gaussian_kl
from parakeet.functions.stft import stft_magnitude

LEAST_LOG_SCALE = -7.0
"""Scales are compared down to this: where both are sure there is nothing to be learnt, and the divergence would be steep without bounds."""


def distillation_losses(drawn, teacher, mel, strength=4.0, least_log_scale=LEAST_LOG_SCALE):
    """How far the student's distributions are from the teacher's, given the student's own samples (sec. 3.3.1).

    The student's q(x_n | z before n) and the teacher's p(x_n | x before n) are both normal: the divergence of each sample is a formula, and
    only what is before it is drawn. The gradient goes through the samples that the teacher is given, too.

    Args:
        drawn (Drawn): of the student.
        teacher (Callable): previous (B, N), mel -> mean and log_scale, (B, N) each, such as ``WaveNet.moments``; its weights do not learn.
        mel (Tensor): (B, T, n_mels).
        strength (float): lambda, of the penalty on scales that differ.
        least_log_scale (float): scales below it count as this, on both sides.

    Returns:
        dict: ``kl_loss``, regularised, to be minimised, and ``kl``, the divergence itself: scalars, means over the samples, nats.
    """
    before = paddle.concat([paddle.zeros_like(drawn.wav[:, :1]), drawn.wav[:, :-1]], axis=1)
    mean_p, log_scale_p = teacher(before, mel)
    log_scale_q, log_scale_p = drawn.log_scale.clip(min=least_log_scale), log_scale_p.clip(min=least_log_scale)
    loss = regularised_gaussian_kl(drawn.mean, log_scale_q, mean_p, log_scale_p, strength)
    with paddle.no_grad():
        divergence = gaussian_kl(drawn.mean, log_scale_q, mean_p, log_scale_p).mean()
    return {"kl_loss": loss.mean(), "kl": divergence}


def frame_loss(wav, target, n_fft=2048, hop_length=256, win_length=1024):
    """The mean squared difference of magnitudes (sec. 3.3.2): what keeps the student from whispering, which the divergence permits.

    Args:
        wav, target (Tensor): (B, N), N >= n_fft.
        n_fft, hop_length, win_length (int): of the transform, samples.

    Returns:
        Tensor: scalar.
    """
    error = stft_magnitude(wav, n_fft, hop_length, win_length) - stft_magnitude(target.detach(), n_fft, hop_length, win_length)
    return (error * error).mean()
