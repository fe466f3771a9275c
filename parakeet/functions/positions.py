"""Where something stands, as a vector."""

import numpy as np
import paddle


def sinusoid_positions(length, channels, start=0, rate=1.0):
    """Sinusoidal position encoding (A. Vaswani et al., arXiv:1706.03762, sec. 3.5): sines in even channels, cosines in odd ones.

    Args:
        length (int): T.
        channels (int): C, even.
        start (int): the first position.
        rate (float): how fast positions go by (Deep Voice 3, arXiv:1710.07654, sec. 3.5).

    Returns:
        Tensor: (T, C), float32.
    """
    position = (start + np.arange(length, dtype=np.float64))[:, None] * rate
    angle = position / 10000 ** (np.arange(0, channels, 2, dtype=np.float64) / channels)
    encoding = np.empty((length, channels), np.float32)
    encoding[:, 0::2], encoding[:, 1::2] = np.sin(angle), np.cos(angle)
    return paddle.to_tensor(encoding)
