"""Attention that begins as a diagonal (arXiv:1710.07654, "Attention block")."""

from typing import NamedTuple

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.attention import attend
from parakeet.functions.positions import encode_positions
from parakeet.modules.weight_norm import normalised_linear


class Source(NamedTuple):
    """What all attention blocks look at: ``keys`` and ``values`` (B, S, E), where they stand as ``positions`` (B, S), ``mask`` (B, 1, S),
    how many symbols each utterance has as ``lengths`` (B,), and how fast positions go by from frame to frame as ``rate`` (B, 1)."""

    keys: paddle.Tensor
    values: paddle.Tensor
    positions: paddle.Tensor
    mask: paddle.Tensor
    lengths: paddle.Tensor
    rate: paddle.Tensor


class Memory(NamedTuple):
    """What one block makes of a source, once for all steps: ``keys`` and ``values``, (B, S, A)."""

    keys: paddle.Tensor
    values: paddle.Tensor


class AttentionBlock(nn.Layer):
    """Dot products of what the decoder asks and what the encoder offers, each with its position added.

    Queries and keys are projected by the same weights at first: so their positions meet, and the weights are a diagonal whose slope is
    the ratio of the rates. What is found is multiplied by the root of the number of symbols (J. Gehring et al., arXiv:1705.03122,
    "Normalization strategy"): of those the utterance has, not of those it is padded to.

    Args:
        channels (int): C of queries, keys and values.
        hidden (int): A.
        position_weight (float): of positions beside what they are added to.
        dropout (float): probability of dropping a weight.
    """

    def __init__(self, channels, hidden, position_weight=1.0, dropout=0.0):
        super().__init__()
        self.queries, self.keys = normalised_linear(channels, hidden), normalised_linear(channels, hidden)
        self.keys.set_state_dict(self.queries.state_dict())
        self.values = normalised_linear(channels, hidden)
        self.output = normalised_linear(hidden, channels)
        self.position_weight, self.dropout = position_weight, dropout

    def remember(self, source):
        """What of a source does not change from step to step.

        Args:
            source (Source): of S symbols.

        Returns:
            Memory: of it.
        """
        return Memory(self.keys(self._placed(source.keys, source.positions)), self.values(source.values))

    def forward(self, x, positions, memory, source, mask):
        """Look.

        Args:
            x (Tensor): (B, T, C), of T steps.
            positions (Tensor): (B, T), where they stand.
            memory (Memory): of the source.
            source (Source): what is looked at.
            mask (Tensor): (B, 1, S), where a step may look.

        Returns:
            tuple[Tensor, Tensor]: what is found, (B, T, C), and the weights, (B, T, S), whose rows sum to 1.
        """
        queries = self.queries(self._placed(x, positions))
        found, weights = attend(queries, memory.keys, memory.values, mask, scale=1.0)
        if self.dropout and self.training:
            found = F.dropout(weights, self.dropout).matmul(memory.values)
        many = paddle.sqrt(source.lengths.astype(x.dtype)).reshape([-1, 1, 1])
        return self.output(found * many), weights

    def _placed(self, x, positions):
        return x + self.position_weight * encode_positions(positions, x.shape[-1])
