"""One flow of WaveFlow: a bijection of matrices that is autoregressive over their rows (arXiv:1912.01219, sec. 3).

Row i of what comes out is row i of what goes in, scaled and shifted by what a network makes of the rows above it: all rows at once where
the matrix is known, one after another on the way back. Unlike in the published code, so is the first row, as the paper defines it: above
it there are zeros, and its scale and shift follow from the condition alone.
"""

import math

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.rowwise import RowCausalConv2D
from parakeet.modules.weight_norm import folded_weight, with_weight_norm

DILATIONS = {
    8: (1, 1, 1, 1, 1, 1, 1, 1),
    16: (1, 1, 1, 1, 1, 1, 1, 1),
    32: (1, 2, 4, 1, 2, 4, 1, 2),
    64: (1, 2, 4, 8, 16, 1, 2, 4),
    128: (1, 2, 4, 8, 16, 32, 64, 1),
}
"""Rows between the taps of each layer, for each height, so that the last row hears the first (sec. 3; 128 is of the published code)."""


def _normalised(conv, start=None):
    """A convolution under weight normalisation whose weights begin between plus and minus 1 / sqrt(numbers that go into one result)."""
    fan_in = math.prod(conv.weight.shape[1:])
    begin = nn.initializer.Uniform(-1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))
    begin(conv.weight)
    begin(conv.bias)
    return with_weight_norm(conv)


class GatedRowBlock(nn.Layer):
    """A row-causal convolution, the condition added, tanh gated by a sigmoid, and of that what goes on and what comes out (sec. 3).

    Args:
        channels (int): C.
        condition_channels (int): D.
        kernel_size (Sequence[int]): rows and columns.
        dilation (Sequence[int]): rows and columns.
        last (bool): nothing goes on behind the last block.

    Shape: x (B, C, H, W), condition (B, D, H, W) -> next x (None if last), contribution, (B, C, H, W) each.
    """

    def __init__(self, channels, condition_channels, kernel_size, dilation, last):
        super().__init__()
        self.last = last
        self.conv = _normalised(RowCausalConv2D(channels, 2 * channels, kernel_size, dilation))
        self.condition = _normalised(nn.Conv2D(condition_channels, 2 * channels, 1))
        self.output = _normalised(nn.Conv2D(channels, channels if last else 2 * channels, 1))

    def forward(self, x, condition):
        """Transform x, (B, C, H, W)."""
        return self.divided(x, self.output(_gated(self.conv(x) + self.condition(condition))))

    def divided(self, x, made):
        """What goes on, and what comes out, of what the last convolution made."""
        if self.last:
            return None, made
        onwards, contribution = paddle.split(made, 2, axis=1)
        return x + onwards, contribution


def _gated(both):
    content, gate = paddle.split(both, 2, axis=1)
    return paddle.tanh(content) * F.sigmoid(gate)


class Flow(nn.Layer):
    """A matrix to another, whose rows are scaled and shifted by what the rows above them say.

    Args:
        channels (int): C of the network.
        condition_channels (int): D.
        kernel_size (Sequence[int]): rows and columns.
        row_dilations (Sequence[int]): one block each; its columns are dilated by 1, 2, 4 and so on.

    It begins as the identity: the last convolution is zero.
    """

    def __init__(self, channels, condition_channels, kernel_size, row_dilations):
        super().__init__()
        self.first = _normalised(nn.Conv2D(1, channels, 1))
        last = len(row_dilations) - 1
        self.blocks = nn.LayerList(
            [
                GatedRowBlock(channels, condition_channels, kernel_size, (rows, 2**i), last=i == last)
                for i, rows in enumerate(row_dilations)
            ]
        )
        zeros = nn.initializer.Constant(0.0)
        self.last = nn.Conv2D(channels, 2, 1, weight_attr=zeros, bias_attr=zeros)

    def forward(self, x, condition):
        """Towards noise, all rows at once.

        Args:
            x (Tensor): (B, H, W).
            condition (Tensor): (B, D, H, W).

        Returns:
            tuple[Tensor, Tensor]: z (B, H, W), and the logarithms of what its numbers were scaled by, (B, H, W): of row i they depend on
            the rows above it alone, so that their sum is the logarithm of the Jacobian's determinant.
        """
        above = paddle.concat([paddle.zeros_like(x[:, :1]), x[:, :-1]], axis=1)
        y, total = self.first(above.unsqueeze(1)), None
        for block in self.blocks:
            y, contribution = block(y, condition)
            total = contribution if total is None else total + contribution
        log_scale, shift = paddle.unbind(self.last(total), axis=1)
        return x * paddle.exp(log_scale) + shift, log_scale

    @paddle.no_grad()
    def inverse(self, z, condition):
        """Back from noise, row after row; undoes `forward`.

        Args:
            z (Tensor): (B, H, W).
            condition (Tensor): (B, D, H, W).

        Returns:
            Tensor: x (B, H, W).
        """
        steps, row, rows = FlowSteps(self), paddle.zeros_like(z[:, 0]), []
        for i in range(z.shape[1]):
            log_scale, shift = steps(row, condition[:, :, i])
            row = (z[:, i] - shift) * paddle.exp(-log_scale)
            rows.append(row)
        return paddle.stack(rows, axis=1)


class FlowSteps:
    """The network of a `Flow`, given one row after another.

    Args:
        flow (Flow): whose weights are copied, folded.
    """

    def __init__(self, flow):
        self._first, self._last = _pointwise(flow.first), _pointwise(flow.last)
        self._blocks = [(block, block.conv.steps(), _pointwise(block.output)) for block in flow.blocks]
        # What the condition adds, in all blocks by one product.
        weights, biases = zip(*(_pointwise(block.condition) for block in flow.blocks), strict=True)
        self._condition = paddle.concat(weights), paddle.concat(biases)

    def __call__(self, above, condition):
        """What the next row is scaled and shifted by.

        Args:
            above (Tensor): (B, W), the row above it; zeros above the first.
            condition (Tensor): (B, D, W), of the row itself.

        Returns:
            tuple[Tensor, Tensor]: logarithm of the scale, and shift, (B, W) each.
        """
        y, total = F.conv1d(above.unsqueeze(1), *self._first), None
        conditions = paddle.split(F.conv1d(condition, *self._condition), len(self._blocks), axis=1)
        for (block, conv, output), added in zip(self._blocks, conditions, strict=True):
            y, contribution = block.divided(y, F.conv1d(_gated(conv(y) + added), *output))
            total = contribution if total is None else total + contribution
        return paddle.unbind(F.conv1d(total, *self._last), axis=1)


def _pointwise(conv):
    """Weight (out, in, 1) and bias of a convolution of one row and column, folded."""
    return paddle.to_tensor(folded_weight(conv)[..., 0]), conv.bias
