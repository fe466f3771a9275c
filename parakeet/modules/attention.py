"""Attention with parameters."""

from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.attention import attend


class MultiHeadAttention(nn.Layer):
    """Several heads look at a sequence, each in a subspace of its own (A. Vaswani et al., arXiv:1706.03762, sec. 3.2.2).

    Args:
        channels (int): C.
        heads (int): a divisor of C.
        dropout (float): probability of dropping a weight.
        source_channels (int, optional): C of what is looked at; the same when None.

    Shape: x (B, T, C), source (B, S, C), mask broadcastable to (B, T, S) -> (B, T, C), weights (B, H, T, S).
    """

    def __init__(self, channels, heads, dropout=0.0, source_channels=None):
        super().__init__()
        if channels % heads:
            raise ValueError(f"MultiHeadAttention: {heads} heads do not divide {channels} channels.")
        source_channels = channels if source_channels is None else source_channels
        self.heads, self.dropout = heads, dropout
        self.queries = nn.Linear(channels, channels)
        self.keys = nn.Linear(source_channels, channels)
        self.values = nn.Linear(source_channels, channels)
        self.output = nn.Linear(channels, channels)

    def forward(self, x, source, mask=None):
        """What x, (B, T, C), finds in source, (B, S, C), and where it looked."""
        return self.look(x, *self.project(source), mask)

    def project(self, source):
        """Keys and values of source, (B, S, C), to be kept where it is looked at more than once: (B, H, S, C / H) each."""
        return self._split(self.keys(source)), self._split(self.values(source))

    def look(self, x, keys, values, mask=None):
        """What x, (B, T, C), finds in what :meth:`project` gave, and where it looked."""
        mask = None if mask is None else mask.unsqueeze(1)
        found, weights = attend(self._split(self.queries(x)), keys, values, mask)
        if self.dropout and self.training:
            found = F.dropout(weights, self.dropout).matmul(values)
        return self.output(found.transpose([0, 2, 1, 3]).flatten(2)), weights

    def _split(self, x):
        batch, length, channels = x.shape
        return x.reshape([batch, length, self.heads, channels // self.heads]).transpose([0, 2, 1, 3])
