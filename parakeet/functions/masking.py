"""Masks made from lengths: lengths cross borders, masks do not."""

import paddle


def sequence_mask(lengths, max_length, dtype="float32"):
    """Ones within each sequence, zeros on its padding.

    Args:
        lengths (Tensor): (B,), int64.
        max_length (int): N, at least the longest of ``lengths``.
        dtype (str): of the mask.

    Returns:
        Tensor: (B, N).
    """
    return (paddle.arange(max_length).unsqueeze(0) < lengths.unsqueeze(1)).astype(dtype)


def masked_mean(values, mask):
    """The mean over what a mask keeps.

    Args:
        values (Tensor): any shape.
        mask (Tensor): broadcastable to ``values``, 1 where a value counts and 0 where it does not.

    Returns:
        Tensor: scalar; 0 where nothing counts.
    """
    mask = mask.astype(values.dtype).expand_as(values)
    return (values * mask).sum() / paddle.clip(mask.sum(), min=1.0)
