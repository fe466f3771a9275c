"""ConvNeXt blocks over time (Z. Liu et al., arXiv:2201.03545, as in Vocos, arXiv:2306.00814)."""

from paddle import nn
from paddle.nn import functional as F


class ConvNeXtBlock(nn.Layer):
    """A depthwise convolution over time, then a bottleneck turned inside out at each frame; the input is added.

    Args:
        channels (int): C.
        intermediate_channels (int): of the bottleneck.
        kernel_size (int): odd.
        scale (float): what the block's own contribution begins with.

    Shape: x (B, C, T), mask (B, 1, T) or None -> (B, C, T), zero on padding.
    """

    def __init__(self, channels, intermediate_channels, kernel_size=7, scale=0.125):
        super().__init__()
        self.depthwise = nn.Conv1D(channels, channels, kernel_size, padding=kernel_size // 2, groups=channels)
        self.norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.widen = nn.Linear(channels, intermediate_channels)
        self.narrow = nn.Linear(intermediate_channels, channels)
        self.scale = self.create_parameter([channels], default_initializer=nn.initializer.Constant(scale))

    def forward(self, x, mask=None):
        """Transform x, (B, C, T); what lies on padding neither enters nor leaves."""
        y = self.norm(self.depthwise(x).transpose([0, 2, 1]))
        y = self.narrow(F.gelu(self.widen(y)))
        x = x + (y * self.scale).transpose([0, 2, 1])
        return x if mask is None else x * mask
