"""Sounds as matrices: neighbouring samples below each other (WaveFlow, arXiv:1912.01219, sec. 3)."""

import paddle


def fold(x, height):
    """Write a sequence into the columns of a matrix, one after another: adjacent numbers are adjacent in a column.

    Args:
        x (Tensor): (..., N), N a multiple of the height.
        height (int): rows.

    Returns:
        Tensor: (..., height, N // height).

    Raises:
        ValueError: if the numbers don't fill the columns.
    """
    *batch, length = x.shape
    if length % height:
        raise ValueError(f"expected a length that is a multiple of {height}, received {length}.")
    axes = list(range(len(batch)))
    return x.reshape([*batch, length // height, height]).transpose([*axes, len(axes) + 1, len(axes)])


def unfold(x):
    """Read the columns of a matrix, one after another; undoes `fold`.

    Args:
        x (Tensor): (..., height, width).

    Returns:
        Tensor: (..., height * width).
    """
    *batch, height, width = x.shape
    axes = list(range(len(batch)))
    return x.transpose([*axes, len(axes) + 1, len(axes)]).reshape([*batch, height * width])


def reverse_rows(x, parts=1):
    """Turn the order of the rows round, in each of some equally high parts; twice is as if nothing was done.

    Args:
        x (Tensor): (..., height, width).
        parts (int): how many.

    Returns:
        Tensor: of x's shape.
    """
    *batch, height, width = x.shape
    return paddle.flip(x.reshape([*batch, parts, height // parts, width]), axis=-2).reshape(x.shape)
