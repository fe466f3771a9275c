"""What refines a spectrum as a whole."""

import paddle

from parakeet.modules.conv import ChannelNorm, ConvStack


class PostNet(ConvStack):
    """Convolutions that refine a spectrum, which is added (Tacotron 2, arXiv:1712.05884, sec. 2.2).

    Args:
        n_mels (int): bands.
        channels (int): between the convolutions.
        n_blocks (int): at least 2.
        kernel_size (int): odd.
        dropout (float): probability of dropping a value.
        norm (type): of the convolutions; see `parakeet.modules.conv.ConvStack`.
        bias (bool): whether they have one.

    Shape: mel (B, T, n_mels), mask (B, T, 1) -> (B, T, n_mels), zero on padding.
    """

    def __init__(self, n_mels, channels=256, n_blocks=5, kernel_size=5, dropout=0.5, norm=ChannelNorm, bias=False):
        widths = [n_mels, *[channels] * (n_blocks - 1), n_mels]
        super().__init__(widths, kernel_size, dropout, paddle.tanh, bend_last=False, norm=norm, bias=bias)

    def forward(self, mel, mask):
        """Refine mel, (B, T, n_mels)."""
        return (mel + super().forward(mel, mask)) * mask
