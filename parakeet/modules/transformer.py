"""Transformer blocks, as acoustic models use them."""

from typing import NamedTuple

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.attention import causal_mask
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

    def forward(self, x, start=0):
        """Add positions to x, (B, T, C), of which the first stands at ``start``."""
        x = x + self.scale * sinusoid_positions(x.shape[1], self.channels, start).astype(x.dtype)
        return F.dropout(x, self.dropout) if self.dropout and self.training else x


class FFTBlock(nn.Layer):
    """Self-attention, then convolutions in the place of the position-wise layer (FastSpeech, arXiv:1905.09263, sec. 3.1); each is
    normalised before, and added. With a kernel of 1 it is the encoder's block of the Transformer (arXiv:1706.03762, sec. 3.3).

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


class DecoderMemory(NamedTuple):
    """What a :class:`DecoderBlock` has seen when it goes on step by step.

    ``source`` and ``own`` are keys and values, (B, H, S, C / H) and (B, H, T, C / H) each; ``own`` is None before the first step.
    """

    source: tuple
    own: tuple | None = None


class DecoderBlock(nn.Layer):
    """Attention to what came before, attention to a source, a position-wise layer (A. Vaswani et al., arXiv:1706.03762, sec. 3.1); each
    is normalised before, and added.

    Args:
        channels (int): C.
        heads (int): of both attentions.
        intermediate_channels (int): within the position-wise layer.
        dropout (float): behind each part.
        source_channels (int, optional): C of the source; the same when None.

    Shape: x (B, T, C), source (B, S, C), source_mask (B, 1, S) -> (B, T, C), weights of the source (B, H, T, S).
    """

    def __init__(self, channels, heads, intermediate_channels, dropout=0.1, source_channels=None):
        super().__init__()
        self.attention_norm = nn.LayerNorm(channels)
        self.attention = MultiHeadAttention(channels, heads)
        self.source_norm = nn.LayerNorm(channels)
        self.source_attention = MultiHeadAttention(channels, heads, source_channels=source_channels)
        self.wide_norm = nn.LayerNorm(channels)
        self.widen = nn.Linear(channels, intermediate_channels)
        self.narrow = nn.Linear(intermediate_channels, channels)
        self.dropout = dropout

    def forward(self, x, source, source_mask):
        """Transform all of x, (B, T, C), at once; a step sees itself and what came before."""
        y = self.attention_norm(x)
        found, _ = self.attention(y, y, causal_mask(x.shape[1], x.dtype).unsqueeze(0))
        return self._rest(x, found, self.source_attention.project(source), source_mask)

    def remember(self, source):
        """The memory of a sequence that begins: keys and values of its source, (B, S, C), are made once.

        Returns:
            DecoderMemory: for the first :meth:`step`.
        """
        return DecoderMemory(self.source_attention.project(source))

    def step(self, x, memory, source_mask):
        """Transform the next step, (B, 1, C): but for the last bits what :meth:`forward` gives for it.

        Returns:
            tuple: (B, 1, C), weights (B, H, 1, S), the DecoderMemory for the next step.
        """
        y = self.attention_norm(x)
        own = self.attention.project(y)
        if memory.own is not None:
            own = tuple(paddle.concat(parts, axis=2) for parts in zip(memory.own, own, strict=True))
        found, _ = self.attention.look(y, *own)
        return *self._rest(x, found, memory.source, source_mask), memory._replace(own=own)

    def _rest(self, x, found, source, source_mask):
        x = x + self._drop(found)
        found, weights = self.source_attention.look(self.source_norm(x), *source, source_mask)
        x = x + self._drop(found)
        return x + self._drop(self.narrow(self._drop(F.relu(self.widen(self.wide_norm(x)))))), weights

    def _drop(self, x):
        return F.dropout(x, self.dropout) if self.dropout and self.training else x
