"""Convolutional blocks for sequences of ragged length."""

import itertools

import paddle
from paddle import nn
from paddle.nn import functional as F


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each frame (arXiv:1607.06450): padding never changes a result.

    Shape: (B, C, T) -> (B, C, T).
    """

    def forward(self, x, mask=None):
        """Normalise x, (B, C, T); the mask, which other normalisations need, changes nothing."""
        return super().forward(x.transpose([0, 2, 1])).transpose([0, 2, 1])


class MaskedBatchNorm(nn.Layer):
    """Batch normalisation (S. Ioffe and C. Szegedy, arXiv:1502.03167, alg. 1) by what is not padding: the statistics of a batch do not
    depend on how it was padded.

    Args:
        channels (int): C.
        momentum (float): how much of the running statistics stays in a step.
        epsilon (float): added to the variance.

    Shape: x (B, C, T), mask (B, 1, T) of ones and zeros -> (B, C, T); padding is whatever it becomes.
    """

    def __init__(self, channels, momentum=0.9, epsilon=1e-5):
        super().__init__()
        self.weight = self.create_parameter([channels], default_initializer=nn.initializer.Constant(1.0))
        self.bias = self.create_parameter([channels], is_bias=True)
        self.register_buffer("mean", paddle.zeros([channels]))
        self.register_buffer("variance", paddle.ones([channels]))
        self.momentum, self.epsilon = momentum, epsilon

    def forward(self, x, mask):
        """Normalise x, (B, C, T)."""
        mean, variance = self._of_batch(x, mask) if self.training else (self.mean, self.variance)
        scale = self.weight * paddle.rsqrt(variance + self.epsilon)
        return x * scale.unsqueeze(-1) + (self.bias - mean * scale).unsqueeze(-1)

    def _of_batch(self, x, mask):
        count = mask.sum()
        mean = (x * mask).sum(axis=[0, 2]) / count
        variance = (((x - mean.unsqueeze(-1)) * mask) ** 2).sum(axis=[0, 2]) / count
        with paddle.no_grad():
            unbiased = variance * (count / paddle.clip(count - 1, min=1.0))
            self.mean.set_value(self.momentum * self.mean + (1 - self.momentum) * mean)
            self.variance.set_value(self.momentum * self.variance + (1 - self.momentum) * unbiased)
        return mean, variance


class ConvStack(nn.Layer):
    """Convolutions one after another, each normalised, bent and dropped out.

    Args:
        widths (Sequence[int]): channels, from the first convolution's input to the last one's output.
        kernel_size (int): odd.
        dropout (float): probability of dropping a value.
        bend (Callable): what bends, such as ``paddle.tanh``.
        bend_last (bool): whether the last one is bent, too.
        norm (type): `ChannelNorm` or `MaskedBatchNorm`.
        bias (bool): whether the convolutions have one.

    Shape: x (B, T, widths[0]), mask (B, T, 1) -> (B, T, widths[-1]); what lies on padding does not enter.
    """

    def __init__(self, widths, kernel_size, dropout, bend, bend_last=True, norm=ChannelNorm, bias=False):
        super().__init__()
        bias_attr = None if bias else False
        self.convs = nn.LayerList(
            [nn.Conv1D(a, b, kernel_size, padding=kernel_size // 2, bias_attr=bias_attr) for a, b in itertools.pairwise(widths)]
        )
        self.norms = nn.LayerList([norm(width) for width in widths[1:]])
        self.dropout, self.bend = dropout, bend
        self.n_bent = len(self.convs) if bend_last else len(self.convs) - 1

    def forward(self, x, mask):
        """Transform x, (B, T, widths[0])."""
        columns, x = mask.transpose([0, 2, 1]), x.transpose([0, 2, 1])
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True)):
            x = norm(conv(x * columns), columns)
            x = self.bend(x) if i < self.n_bent else x
            if self.dropout and self.training:
                x = F.dropout(x, self.dropout)
        return x.transpose([0, 2, 1])


class ResidualConvBlock(nn.Layer):
    """A residual block: normalise, rectify, dilated convolution, drop out; the input is added (He et al., arXiv:1603.05027, fig. 4e).

    Args:
        channels (int): C.
        kernel_size (int): odd.
        dilation (int): frames between the taps.
        dropout (float): probability of dropping a value.

    Shape: x (B, C, T), mask (B, 1, T) of ones and zeros -> (B, C, T), zero on padding.
    """

    def __init__(self, channels, kernel_size, dilation=1, dropout=0.0):
        super().__init__()
        self.norm = ChannelNorm(channels)
        self.conv = nn.Conv1D(channels, channels, kernel_size, padding=dilation * (kernel_size // 2), dilation=dilation)
        self.dropout = dropout

    def forward(self, x, mask):
        """Transform x, (B, C, T); what lies on padding neither enters nor leaves."""
        y = self.conv(F.relu(self.norm(x)) * mask)
        if self.dropout and self.training:
            y = F.dropout(y, self.dropout)
        return (x + y) * mask
