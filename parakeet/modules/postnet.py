"""What refines a spectrum as a whole."""

import itertools

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.conv import ChannelNorm


class PostNet(nn.Layer):
    """Convolutions that refine a spectrum, which is added (Tacotron 2, arXiv:1712.05884, sec. 2.2).

    Args:
        n_mels (int): bands.
        channels (int): between the convolutions.
        n_blocks (int): at least 2.
        kernel_size (int): odd.
        dropout (float): probability of dropping a value.

    Shape: mel (B, T, n_mels), mask (B, T, 1) -> (B, T, n_mels), zero on padding.
    """

    def __init__(self, n_mels, channels=256, n_blocks=5, kernel_size=5, dropout=0.5):
        super().__init__()
        widths = [n_mels, *[channels] * (n_blocks - 1), n_mels]
        self.convs = nn.LayerList(
            [
                nn.Conv1D(wide, wider, kernel_size, padding=kernel_size // 2, bias_attr=False)
                for wide, wider in itertools.pairwise(widths)
            ]
        )
        self.norms = nn.LayerList([ChannelNorm(wider) for wider in widths[1:]])
        self.dropout = dropout

    def forward(self, mel, mask):
        """Refine mel, (B, T, n_mels)."""
        columns = mask.transpose([0, 2, 1])
        x = mel.transpose([0, 2, 1])
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            x = norm(conv(x * columns))
            x = paddle.tanh(x) if i < len(self.convs) else x
            if self.training:
                x = F.dropout(x, self.dropout)
        return (mel + x.transpose([0, 2, 1])) * mask
