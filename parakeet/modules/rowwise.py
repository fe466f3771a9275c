"""Convolutions over matrices whose rows come one after another: over whole matrices, and a row at a time."""

from collections import deque

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.weight_norm import folded_weight


class RowCausalConv2D(nn.Conv2D):
    """A dilated convolution whose row i depends on row i and those above it alone, and on both sides of a column
    (WaveFlow, arXiv:1912.01219, sec. 3).

    Args:
        in_channels, out_channels (int): as of ``paddle.nn.Conv2D``.
        kernel_size (Sequence[int]): rows and columns; columns odd.
        dilation (Sequence[int]): rows and columns between the taps.

    Shape: (B, in_channels, H, W) -> (B, out_channels, H, W); above and beside the matrix there are zeros.
    """

    def __init__(self, in_channels, out_channels, kernel_size, dilation=(1, 1)):
        (rows, columns), (down, across) = kernel_size, dilation
        if columns % 2 == 0:
            raise ValueError(f"RowCausalConv2D: a column has two sides, so the columns of a kernel are odd; received {columns}.")
        side = across * (columns // 2)
        super().__init__(in_channels, out_channels, (rows, columns), padding=[down * (rows - 1), 0, side, side], dilation=dilation)
        self.taps, self.down, self.side, self.across = rows, down, side, across

    def steps(self):
        """The same convolution, one row at a time: `RowSteps` that begin, with the weights as they are now."""
        return RowSteps(self)


class RowSteps:
    """A `RowCausalConv2D` that is given one row after another; equal to its forward pass but for rounding.

    What a row adds to the rows below it is computed when it comes, by one convolution, and waits in a queue until they do: nothing is
    computed twice, and no earlier row is kept.

    Args:
        conv (RowCausalConv2D): whose weights are copied, folded.
    """

    def __init__(self, conv):
        weight = paddle.to_tensor(folded_weight(conv))  # (out, in, rows, columns)
        out, channels, taps, columns = weight.shape
        # The last tap is that of the row itself, those before it are what it adds to rows further below.
        self._weight = weight.flip(2).transpose([2, 0, 1, 3]).reshape([taps * out, channels, columns])
        self._bias = paddle.concat([conv.bias, paddle.zeros([(taps - 1) * out], conv.bias.dtype)])
        self._taps, self._side, self._across, self._down = taps, conv.side, conv.across, conv.down
        self._queue = deque([None] * (conv.down * (taps - 1) + 1))

    def __call__(self, row):
        """The convolved row.

        Args:
            row (Tensor): (B, in_channels, W).

        Returns:
            Tensor: (B, out_channels, W).
        """
        added = F.conv1d(row, self._weight, self._bias, padding=self._side, dilation=self._across)
        for tap, part in enumerate(paddle.split(added, self._taps, axis=1)):
            waiting = self._queue[tap * self._down]
            self._queue[tap * self._down] = part if waiting is None else waiting + part
        self._queue.append(None)
        return self._queue.popleft()
