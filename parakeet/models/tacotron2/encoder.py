"""Tacotron 2's reader."""

from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.conv import ConvStack, MaskedBatchNorm
from parakeet.modules.recurrent import BidirectionalZoneoutLSTM


class Encoder(nn.Layer):
    """Convolutions that see a few symbols, then a memory that hears all of them from both ends (arXiv:1712.05884, sec. 2.2).

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        channels (int): C, even.
        n_blocks (int): convolutions.
        kernel_size (int): odd.
        dropout (float): after each convolution.
        zoneout (float): of the memory.

    Shape: text (B, S) ids, mask (B, S, 1) -> (B, S, C), zero on padding.
    """

    def __init__(self, vocab_size, channels, n_blocks, kernel_size, dropout, zoneout):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, channels, padding_idx=0)
        self.convs = ConvStack([channels] * (n_blocks + 1), kernel_size, dropout, F.relu, norm=MaskedBatchNorm, bias=True)
        self.memory = BidirectionalZoneoutLSTM(channels, channels, zoneout)

    def forward(self, text, mask):
        """Read text, (B, S)."""
        return self.memory(self.convs(self.embedding(text), mask), mask)
