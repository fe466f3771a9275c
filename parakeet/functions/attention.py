"""Attention without parameters."""

import paddle
from paddle.nn import functional as F

FAR_BELOW = -1e9
"""Added to what must not be attended to: its weight is exactly 0 in float32."""


def attend(queries, keys, values, mask=None):
    """Scaled dot-product attention (A. Vaswani et al., arXiv:1706.03762, eq. 1).

    Args:
        queries (Tensor): (..., T, C).
        keys (Tensor): (..., S, C).
        values (Tensor): (..., S, D).
        mask (Tensor, optional): broadcastable to (..., T, S); 1 where a query may look, 0 where not. A query that may look nowhere
            looks everywhere alike: mask what it gives.

    Returns:
        tuple[Tensor, Tensor]: (..., T, D), and the weights (..., T, S), whose rows sum to 1.
    """
    scores = paddle.matmul(queries * queries.shape[-1] ** -0.5, keys, transpose_y=True)
    if mask is not None:
        scores = scores + (1.0 - mask.astype(scores.dtype)) * FAR_BELOW
    weights = F.softmax(scores, axis=-1)
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
