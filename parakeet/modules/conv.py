"""Convolutional blocks for sequences of ragged length."""

from paddle import nn
from paddle.nn import functional as F


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of each frame (arXiv:1607.06450): padding never changes a result.

    Shape: (B, C, T) -> (B, C, T).
    """

    def forward(self, x):
        """Normalise x, (B, C, T)."""
        return super().forward(x.transpose([0, 2, 1])).transpose([0, 2, 1])


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
