"""Statistics of the data, as they travel with a model's weights."""

import math

import numpy as np
import paddle


def statistic(values, shape, default):
    """A buffer for a statistic of each band of the data.

    Args:
        values (Sequence[float] or None): in order; None where they are not known, or will come with the weights.
        shape (Sequence[int]): to be broadcast against what the model makes.
        default (float): what stands everywhere when ``values`` is None.

    Returns:
        Tensor: of the shape, float32.

    Raises:
        ValueError: if there are more or fewer values than the shape holds.
    """
    size = math.prod(shape)
    values = np.full(size, default) if values is None else np.asarray(values)
    if values.shape != (size,):
        raise ValueError(f"expected {size} values, one a band, received {values.shape}.")
    return paddle.to_tensor(values.astype("float32").reshape(shape))
