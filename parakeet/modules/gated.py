"""Gated residual networks over samples, which WaveNet is made of and each flow of a parallel one."""

import math

import numpy as np
import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.causal import CausalConv1D
from parakeet.modules.weight_norm import folded_weight, with_weight_norm

HALF = math.sqrt(0.5)
"""A sum of two is multiplied by it, so that the variance stays what it was however many blocks there are."""


def receptive_field(kernel_size, dilations):
    """int: samples, its own among them, that an output of causal convolutions with these dilations depends on."""
    return 1 + (kernel_size - 1) * sum(dilations)


class GatedBlock(nn.Layer):
    """A causal convolution, the condition added, tanh gated by a sigmoid (WaveNet, arXiv:1609.03499, sec. 2.3, 2.5, eq. 2 and 5).

    What leaves the gate is added to the input and is the contribution to the output as well; ``projected``, a convolution of width 1 makes
    the two of it (fig. 4).

    Args:
        channels (int): C.
        condition_channels (int): D.
        kernel_size (int): taps.
        dilation (int): samples between them.
        projected (bool): see above.

    Shape: x (B, C, N), condition (B, D, N) -> next x, contribution, (B, C, N) each.
    """

    def __init__(self, channels, condition_channels, kernel_size, dilation, projected=False):
        super().__init__()
        self.conv = with_weight_norm(CausalConv1D(channels, 2 * channels, kernel_size, dilation))
        self.condition = with_weight_norm(nn.Conv1D(condition_channels, 2 * channels, 1))
        self.projection = with_weight_norm(nn.Conv1D(channels, 2 * channels, 1)) if projected else None

    def forward(self, x, condition):
        """Transform x, (B, C, N)."""
        content, gate = paddle.split(self.conv(x) + self.condition(condition), 2, axis=1)
        gated = paddle.tanh(content) * F.sigmoid(gate)
        change, contribution = (gated, gated) if self.projection is None else paddle.split(self.projection(gated), 2, axis=1)
        return (x + change) * HALF, contribution


class GatedCausalNet(nn.Layer):
    """From samples to numbers about what follows: gated blocks, whose contributions are added, and three convolutions of width 1.

    Args:
        out_channels (int): numbers for each sample.
        channels (int): C, of residual and contributions.
        condition_channels (int): D.
        kernel_size (int): taps of each block.
        dilations (Sequence[int]): one block each.
        classes (int, optional): samples are codes of so many classes; None for floats.
        projected (bool): see `GatedBlock`.

    Shape: samples (B, N), floats or int64 codes, condition (B, D, N) -> (B, N, out_channels). Numbers at n depend on the sample n and those
    before it, `receptive_field` of them.
    """

    def __init__(self, out_channels, channels, condition_channels, kernel_size, dilations, classes=None, projected=False):
        super().__init__()
        self.channels, self.classes = channels, classes
        self.receptive_field = receptive_field(kernel_size, dilations)
        self.first = nn.Conv1D(1, channels, 1) if classes is None else nn.Embedding(classes, channels)
        sizes = channels, condition_channels, kernel_size
        self.blocks = nn.LayerList([GatedBlock(*sizes, dilation, projected) for dilation in dilations])
        self.head = nn.LayerList([with_weight_norm(nn.Conv1D(channels, n, 1)) for n in (channels, channels, out_channels)])

    def forward(self, samples, condition):
        """The numbers for each of samples, (B, N)."""
        x = self.first(samples.unsqueeze(1)) if self.classes is None else self.first(samples).transpose([0, 2, 1])
        total = None
        for block in self.blocks:
            x, contribution = block(x, condition)
            total = contribution if total is None else (total + contribution) * HALF
        first, second, last = self.head
        return last(F.relu(second(F.relu(first(total))))).transpose([0, 2, 1])

    def steps(self, batch=1):
        """The same network, one sample at a time: `GatedSteps` that begin, with the weights as they are now."""
        return GatedSteps(self, batch)


class GatedSteps:
    """A `GatedCausalNet` that is given one sample after another, in numpy; equal to its forward pass but for rounding.

    What depends on the condition alone is computed for many samples at once (`conditions`); each sample then costs one small matrix product
    a block, and the samples that came before are remembered, not computed again (Fast WaveNet, arXiv:1611.09482).

    Args:
        net (GatedCausalNet): whose weights are copied, folded.
        batch (int): B, sequences at once.
    """

    def __init__(self, net, batch=1):
        self._codes = net.classes is not None
        self._first = net.first.weight.numpy() if self._codes else net.first.weight.numpy()[:, 0, 0]
        self._offset = 0.0 if self._codes else net.first.bias.numpy()
        # sigmoid(b) = (1 + tanh(b / 2)) / 2: with the gate's half halved, one tanh serves both.
        halves = np.repeat(np.array([1.0, 0.5], self._first.dtype), net.channels)
        self._convs, conditions, biases = [], [], []
        for block in net.blocks:
            self._convs.append(block.conv.steps(batch).scaled(halves))
            conditions.append(folded_weight(block.condition)[:, :, 0].T * halves)
            biases.append((block.conv.bias.numpy() + block.condition.bias.numpy()) * halves)
        self._conditions, self._biases = np.concatenate(conditions, axis=1), np.concatenate(biases)
        self._projections = [None if block.projection is None else _matrix(block.projection) for block in net.blocks]
        self._head = [_matrix(conv) for conv in net.head]
        self._channels, self._batch = net.channels, batch

    def conditions(self, condition):
        """What the condition adds in each block.

        Args:
            condition (ndarray): (B, n, D).

        Returns:
            ndarray: (n, blocks, B, 2C), to be given to calls one by one.
        """
        projected = condition @ self._conditions + self._biases
        return np.ascontiguousarray(projected.reshape(self._batch, condition.shape[1], len(self._convs), -1).transpose(1, 2, 0, 3))

    def __call__(self, samples, conditions):
        """The numbers for the next samples.

        Args:
            samples (ndarray): (B,), floats or codes.
            conditions (ndarray): (blocks, B, 2C), of `conditions`.

        Returns:
            ndarray: (B, out_channels).
        """
        channels, half = self._channels, self._first.dtype.type(HALF)
        x = self._first[samples] if self._codes else samples[:, None].astype(self._first.dtype) * self._first + self._offset
        total = None
        for conv, condition, projection in zip(self._convs, conditions, self._projections, strict=True):
            both = conv.without_bias(x)
            both += condition
            np.tanh(both, out=both)
            gated = both[:, channels:]
            gated += 1
            gated *= both[:, :channels]
            gated *= 0.5
            change = contribution = gated
            if projection is not None:
                both = gated @ projection[0] + projection[1]
                change, contribution = both[:, :channels], both[:, channels:]
            x = (x + change) * half
            total = contribution if total is None else (total + contribution) * half
        (w1, b1), (w2, b2), (w3, b3) = self._head
        return np.maximum(np.maximum(total @ w1 + b1, 0) @ w2 + b2, 0) @ w3 + b3


def _matrix(conv):
    """A convolution of width 1 as matrix and bias, for rows from the left."""
    return np.ascontiguousarray(folded_weight(conv)[:, :, 0].T), conv.bias.numpy()
