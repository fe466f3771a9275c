"""Where something stands, as a vector."""

import numpy as np
import paddle


def sinusoid_positions(length, channels, start=0, rate=1.0):
    """Sinusoidal position encoding (A. Vaswani et al., arXiv:1706.03762, sec. 3.5): sines in even channels, cosines in odd ones.

    Args:
        length (int): T; a tensor while a graph is recorded, where it is not known yet.
        channels (int): C, even.
        start (int): the first position.
        rate (float): how fast positions go by (Deep Voice 3, arXiv:1710.07654,
            "Attention block").

    Returns:
        Tensor: (T, C), float32.
    """
    frequency = rate / 10000 ** (np.arange(0, channels, 2, dtype=np.float64) / channels)
    if not paddle.in_dynamic_mode():
        return _recorded_positions(length, start, frequency)
    angle = (start + np.arange(length, dtype=np.float64))[:, None] * frequency
    encoding = np.empty((length, channels), np.float32)
    encoding[:, 0::2], encoding[:, 1::2] = np.sin(angle), np.cos(angle)
    return paddle.to_tensor(encoding)


def encode_positions(positions, channels):
    """Sinusoidal encoding of positions that need not be whole numbers, nor the same in every utterance, nor constant in training.

    Args:
        positions (Tensor): (...), float32 or float64, such as a rate times the number of a frame.
        channels (int): C, even.

    Returns:
        Tensor: (..., C), in the kind of number of ``positions``: as :func:`sinusoid_positions`.
    """
    frequency = paddle.to_tensor(10000 ** (-np.arange(0, channels, 2) / channels), dtype="float64")
    # Angles of some thousand radians keep four digits in float32.
    angle = positions.astype("float64").unsqueeze(-1) * frequency
    return paddle.stack([paddle.sin(angle), paddle.cos(angle)], axis=-1).flatten(-2).astype(positions.dtype)


def places(lengths, max_length):
    """Where each member of a sequence stands: how far from the beginning and how far from the end.

    Args:
        lengths (Tensor): (B,), int64.
        max_length (int): S, at least the longest of ``lengths``.

    Returns:
        Tensor: (B, S, 2), float32: a third of the natural logarithms of one plus how many come before, and of one plus how many come
        behind it: what is near an end is told apart finely, a sequence longer than any that was seen is not far from those, and the
        numbers are of the size of an embedding's; zeros on padding.
    """
    before = paddle.arange(max_length, dtype="float32").unsqueeze(0)
    lengths = lengths.astype("float32").unsqueeze(1)
    within = (before < lengths).astype("float32")
    behind = paddle.clip(lengths - 1 - before, min=0.0)
    return paddle.stack([paddle.log1p(before) * within, paddle.log1p(behind)], axis=-1) / 3


def waves(x, rates):
    """A number as sines and cosines of several rates, of which a linear layer can make sharp functions of it.

    Args:
        x (Tensor): any shape.
        rates (Sequence[float]): radians a unit.

    Returns:
        Tensor: (..., 1 + 2 * len(rates)), the number itself first.
    """
    turned = x.unsqueeze(-1) * paddle.to_tensor(list(rates), dtype=x.dtype)
    return paddle.concat([x.unsqueeze(-1), paddle.sin(turned), paddle.cos(turned)], axis=-1)


def _recorded_positions(length, start, frequency):
    # Angles of some thousand radians keep four digits in float32: whole turns are taken away before.
    turns = (paddle.arange(length).astype("float64") + start).unsqueeze(1) * paddle.to_tensor(frequency / (2 * np.pi))
    angle = ((turns - paddle.floor(turns)) * (2 * np.pi)).astype("float32")
    return paddle.stack([paddle.sin(angle), paddle.cos(angle)], axis=-1).flatten(1)
