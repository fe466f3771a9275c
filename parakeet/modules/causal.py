"""Causal convolutions: over whole sequences, and one sample at a time with a memory of those before."""

import numpy as np
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.weight_norm import folded_weight


class CausalConv1D(nn.Conv1D):
    """A dilated convolution whose output at t depends on t and what came before alone (WaveNet, arXiv:1609.03499, sec. 2.1).

    Args:
        in_channels, out_channels, kernel_size (int): as of ``paddle.nn.Conv1D``.
        dilation (int): samples between the taps.

    Shape: (B, in_channels, N) -> (B, out_channels, N); before the first sample there are zeros.
    """

    def __init__(self, in_channels, out_channels, kernel_size, dilation=1):
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation)
        self.dilation = dilation
        self.memory = dilation * (kernel_size - 1)

    def forward(self, x):
        """Convolve x, (B, in_channels, N)."""
        return super().forward(F.pad(x, [self.memory, 0], data_format="NCL") if self.memory else x)

    def steps(self, batch=1):
        """The same convolution, one sample at a time: `CausalSteps` that begin."""
        return CausalSteps(folded_weight(self), self.bias.numpy(), self.dilation, batch)


class CausalSteps:
    """A causal convolution of one sample after another, in numpy: a ring of what is still to be seen, and one matrix product.

    For so small products the calls are what costs; numpy's take about a tenth of those of Paddle.

    Args:
        weight (ndarray): (out_channels, in_channels, kernel_size), weight normalisation folded.
        bias (ndarray): (out_channels,).
        dilation (int): samples between the taps.
        batch (int): sequences at once.
    """

    def __init__(self, weight, bias, dilation, batch=1):
        out_channels, self._width, kernel_size = weight.shape
        self._matrix = np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, out_channels))
        self._bias, self._dilation = bias, dilation
        self._ring = np.zeros((dilation * (kernel_size - 1), batch, self._width), weight.dtype)
        self._taps = np.empty((batch, kernel_size * self._width), weight.dtype)
        self._at = 0

    def scaled(self, factors):
        """CausalSteps: the same, whose outputs are multiplied by factors, (out_channels,); itself."""
        self._matrix, self._bias = self._matrix * factors, self._bias * factors
        return self

    def __call__(self, x):
        """The output for the next sample, x (B, in_channels): (B, out_channels)."""
        return self.without_bias(x) + self._bias

    def without_bias(self, x):
        """As a call, for those who have added the bias to something else already."""
        width, size, taps = self._width, len(self._ring), self._taps
        for begin in range(0, size, self._dilation):  # the ring holds the oldest sample at the place that this one takes
            tap = begin // self._dilation * width
            taps[:, tap : tap + width] = self._ring[(self._at + begin) % size]
        taps[:, -width:] = x
        if size:
            self._ring[self._at] = x
            self._at = (self._at + 1) % size
        return taps @ self._matrix
