"""Attention without parameters."""

import paddle
from paddle.nn import functional as F

FAR_BELOW = -1e9
"""Added to what must not be attended to, so that it has no part in the sum of the weights."""


def attend(queries, keys, values, mask=None, scale=None):
    """Scaled dot-product attention (A. Vaswani et al., arXiv:1706.03762, eq. 1).

    Args:
        queries (Tensor): (..., T, C).
        keys (Tensor): (..., S, C).
        values (Tensor): (..., S, D).
        mask (Tensor, optional): broadcastable to (..., T, S); 1 where a query may look, 0 where not.
        scale (float, optional): of the scores; the root of 1 / C when None.

    Returns:
        tuple[Tensor, Tensor]: (..., T, D), and the weights (..., T, S), whose rows sum to 1, and are exactly 0
        where a query may not look; all 0 where it may look nowhere.
    """
    scale = queries.shape[-1] ** -0.5 if scale is None else scale
    scores = paddle.matmul(queries * scale, keys, transpose_y=True)
    if mask is None:
        weights = F.softmax(scores, axis=-1)
    else:
        mask = mask.astype(scores.dtype)
        # Paddle's softmax on a CPU knows nothing below exp(-64): what is masked has to be taken away once more.
        weights = F.softmax(scores + (1.0 - mask) * FAR_BELOW, axis=-1) * mask
    return paddle.matmul(weights, values), weights


def causal_mask(length, dtype="float32"):
    """Ones where a position may look: at itself and what came before.

    Args:
        length (int): T.
        dtype (str): of the mask.

    Returns:
        Tensor: (T, T).
    """
    return paddle.tril(paddle.ones([length, length], dtype))


def window_mask(first, size, length, dtype="float32"):
    """Ones where a query may look that goes on from where the last one looked (Deep Voice 3, arXiv:1710.07654,
    "Attention block").

    Args:
        first (Tensor): (B,), int64, the first place of each window.
        size (int): places in a window.
        length (int): S.
        dtype (str): of the mask.

    Returns:
        Tensor: (B, S).
    """
    ahead = paddle.arange(length).unsqueeze(0) - first.unsqueeze(1)
    return paddle.logical_and(ahead >= 0, ahead < size).astype(dtype)
