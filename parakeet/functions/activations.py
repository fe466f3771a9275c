"""Activations that survive an export."""

import paddle
from paddle.nn import functional as F


def leaky_relu(x, slope):
    """x where it is positive, ``slope * x`` elsewhere.

    While a graph is recorded it is written as a maximum: paddle2onnx 2.1 writes Paddle's own with an uninitialised slope, without an
    error.

    Args:
        x (Tensor): any shape.
        slope (float): from 0 to 1.

    Returns:
        Tensor: of x's shape.
    """
    return F.leaky_relu(x, slope) if paddle.in_dynamic_mode() else paddle.maximum(x, slope * x)
