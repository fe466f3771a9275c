"""Guided attention: where a reader of text is to look while it speaks, roughly."""

import paddle

from parakeet.functions.masking import sequence_mask

WIDTH = 0.2
"""g, as published."""


def guided_attention_weights(text_lengths, mel_lengths, n_symbols, n_frames, width=WIDTH):
    """What it costs to look at a symbol in a frame (H. Tachibana et al., arXiv:1710.08969, sec. 4.1): nothing on the diagonal, 1 far off.

    ``1 - exp(-(s / S - t / T)^2 / (2 * width^2))``, S symbols and T frames of each utterance, both counted from 0.

    Args:
        text_lengths (Tensor): (B,), int64.
        mel_lengths (Tensor): (B,), int64, in steps of the attention: fewer than frames where several are made in a step.
        n_symbols (int): S, at least the longest of ``text_lengths``.
        n_frames (int): T, at least the longest of ``mel_lengths``.
        width (float): g, how wide the diagonal is, as a share of the whole.

    Returns:
        Tensor: (B, T, S), float32; 0 on padding.
    """
    symbol = paddle.arange(n_symbols, dtype="float32") / text_lengths.astype("float32").unsqueeze(1)
    frame = paddle.arange(n_frames, dtype="float32") / mel_lengths.astype("float32").unsqueeze(1)
    cost = 1.0 - paddle.exp(-((frame.unsqueeze(2) - symbol.unsqueeze(1)) ** 2) / (2.0 * width**2))
    return cost * sequence_mask(mel_lengths, n_frames).unsqueeze(2) * sequence_mask(text_lengths, n_symbols).unsqueeze(1)


def guided_attention_loss(attention, text_lengths, mel_lengths, width=WIDTH):
    """How far attention strays from the diagonal (arXiv:1710.08969, sec. 4.1), per frame.

    The paper takes the mean over symbols and frames. A row of attention sums to 1 whatever the number of symbols, so that the sum over
    symbols and the mean over frames says the same of long and of short texts: from 0 to 1, the expected cost of a frame's look.

    Args:
        attention (Tensor): (B, T, S), or (B, heads, T, S), of which each counts alike; rows sum to 1.
        text_lengths (Tensor): (B,), int64.
        mel_lengths (Tensor): (B,), int64, in steps of the attention.
        width (float): see :func:`guided_attention_weights`.

    Returns:
        Tensor: scalar.

    Raises:
        ValueError: if the attention has another number of axes.
    """
    if attention.ndim not in (3, 4):
        raise ValueError(f"guided attention: expected attention of shape (B, T, S) or (B, heads, T, S), received {tuple(attention.shape)}.")
    n_frames, n_symbols = attention.shape[-2:]
    cost = guided_attention_weights(text_lengths, mel_lengths, n_symbols, n_frames, width).astype(attention.dtype)
    heads = attention.shape[1] if attention.ndim == 4 else 1
    cost = cost.unsqueeze(1) if attention.ndim == 4 else cost
    return (attention * cost).sum() / (mel_lengths.sum().astype(attention.dtype) * heads)
