"""From attention to durations: which symbol each frame looks at, and how surely."""

import paddle
from paddle.nn import functional as F

from parakeet.functions.masking import sequence_mask


def focus_rate(weights, mel_lengths):
    """How sharply each head attends: the mean over the frames of the largest weight (FastSpeech, arXiv:1905.09263, sec. 3.3).

    Args:
        weights (Tensor): (B, H, T, S), rows sum to 1 where they are not padding.
        mel_lengths (Tensor): (B,), int64, T of each utterance.

    Returns:
        Tensor: (B, H), from ``1 / S`` to 1: 1 where every frame looks at one symbol alone, which a diagonal alignment does.
    """
    inside = sequence_mask(mel_lengths, weights.shape[2], weights.dtype).unsqueeze(1)
    return (weights.max(axis=-1) * inside).sum(axis=-1) / mel_lengths.astype(weights.dtype).unsqueeze(1)


def most_focused(weights, mel_lengths):
    """The head of the greatest focus rate, for each utterance by itself.

    Args:
        weights (Tensor): (B, H, T, S).
        mel_lengths (Tensor): (B,), int64, T of each utterance.

    Returns:
        tuple[Tensor, Tensor]: its weights (B, T, S), its focus rate (B,).
    """
    rates = focus_rate(weights, mel_lengths)
    chosen = F.one_hot(rates.argmax(axis=1), weights.shape[1]).astype(weights.dtype)
    return (weights * chosen.unsqueeze(-1).unsqueeze(-1)).sum(axis=1), rates.max(axis=1)


def attended_durations(weights, text_lengths, mel_lengths):
    """How many frames look most at each symbol: ``d_i = sum_t [argmax_s a_ts = i]`` (FastSpeech, arXiv:1905.09263, sec. 3.3).

    Args:
        weights (Tensor): (B, T, S).
        text_lengths (Tensor): (B,), int64, S of each utterance: what lies behind is never taken.
        mel_lengths (Tensor): (B,), int64, T of each utterance.

    Returns:
        Tensor: (B, S), int64; the sum of each utterance is its number of frames, 0 on padding.
    """
    text_mask = sequence_mask(text_lengths, weights.shape[2], weights.dtype).unsqueeze(1)
    looked_at = (weights * text_mask + text_mask).argmax(axis=-1)
    inside = sequence_mask(mel_lengths, weights.shape[1], "int64").unsqueeze(-1)
    return (F.one_hot(looked_at, weights.shape[2]).astype("int64") * inside).sum(axis=1)


def frames_of_steps(weights, frames_per_step):
    """Attention of steps that make several frames each, as attention of frames.

    Args:
        weights (Tensor): (..., T, S).
        frames_per_step (int): frames a step makes.

    Returns:
        Tensor: (..., T * frames_per_step, S).
    """
    return weights if frames_per_step == 1 else paddle.repeat_interleave(weights, frames_per_step, axis=-2)
