"""Feed-forward transformer blocks, as acoustic models use them."""

from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.positions import sinusoid_positions
from parakeet.modules.attention import MultiHeadAttention


class ScaledPositions(nn.Layer):
    """Adds sinusoidal positions, as strongly as it learns to (Transformer TTS, arXiv:1809.08895, sec. 3.2, eq. 5).

    Args:
        channels (int): C.
        dropout (float): probability of dropping a value of the sum.

    Shape: (B, T, C) -> (B, T, C).
    """

    def __init__(self, channels, dropout=0.0):
        super().__init__()
        self.scale = self.create_parameter([1], default_initializer=nn.initializer.Constant(1.0))
        self.channels, self.dropout = channels, dropout

    def forward(self, x):
        """Add positions to x, (B, T, C)."""
        x = x + self.scale * sinusoid_positions(x.shape[1], self.channels)
        return F.dropout(x, self.dropout) if self.dropout and self.training else x


class FFTBlock(nn.Layer):
    """Self-attention, then convolutions in the place of the position-wise layer (FastSpeech, arXiv:1905.09263, sec. 3.1); each is
    normalised before, and added.

    Args:
        channels (int): C.
        heads (int): of the attention.
        intermediate_channels (int): between the convolutions.
        kernel_size (int): of both convolutions, odd.
        dropout (float): in both parts.
        attention_dropout (float): of attention weights.

    Shape: x (B, T, C), mask (B, T, 1) -> (B, T, C), zero on padding.
    """

    def __init__(self, channels, heads, intermediate_channels, kernel_size=3, dropout=0.1, attention_dropout=0.0):
        super().__init__()
        self.attention_norm = nn.LayerNorm(channels)
        self.attention = MultiHeadAttention(channels, heads, attention_dropout)
        self.conv_norm = nn.LayerNorm(channels)
        self.widen = nn.Conv1D(channels, intermediate_channels, kernel_size, padding=kernel_size // 2)
        self.narrow = nn.Conv1D(intermediate_channels, channels, kernel_size, padding=kernel_size // 2)
        self.dropout = dropout

    def forward(self, x, mask):
        """Transform x, (B, T, C); what lies on padding neither enters nor leaves."""
        y = self.attention_norm(x)
        x = x + self._drop(self.attention(y, y, mask.transpose([0, 2, 1]))[0])
        columns = mask.transpose([0, 2, 1])
        y = (self.conv_norm(x) * mask).transpose([0, 2, 1])
        y = self.narrow(self._drop(F.relu(self.widen(y))) * columns)
        return (x + self._drop(y.transpose([0, 2, 1]))) * mask

    def _drop(self, x):
        return F.dropout(x, self.dropout) if self.dropout and self.training else x
