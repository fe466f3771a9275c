"""Attention that knows where it has looked."""

from typing import NamedTuple

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.attention import FAR_BELOW


class Memory(NamedTuple):
    """What is looked at, made ready once: ``values`` (B, S, D), ``keys`` (B, S, A), ``mask`` (B, S) of ones and zeros."""

    values: paddle.Tensor
    keys: paddle.Tensor
    mask: paddle.Tensor


class LocationSensitiveAttention(nn.Layer):
    """Additive attention that sees its own past (J. Chorowski et al., arXiv:1506.07503, eq. 8 and 9): what it looked at in the step before,
    and, as Tacotron 2 adds (arXiv:1712.05884, sec. 2.2), in all steps together.

    Args:
        query_channels (int): of what asks.
        memory_channels (int): D, of what is looked at.
        channels (int): A, where they meet.
        filters (int): of the convolution over past weights.
        kernel_size (int): of it, odd.

    Shape: see :meth:`forward`.

    Raises:
        ValueError: if the kernel has no middle.
    """

    def __init__(self, query_channels, memory_channels, channels=128, filters=32, kernel_size=31):
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"LocationSensitiveAttention: a kernel has a middle, so its size is odd; it is {kernel_size}.")
        self.query = nn.Linear(query_channels, channels, bias_attr=False)
        self.key = nn.Linear(memory_channels, channels, bias_attr=False)
        self.location = nn.Conv1D(2, filters, kernel_size, padding=kernel_size // 2, bias_attr=False)
        self.place = nn.Linear(filters, channels, bias_attr=False)
        self.score = nn.Linear(channels, 1, bias_attr=False)

    def remember(self, values, mask):
        """Make ready what is looked at.

        Args:
            values (Tensor): (B, S, D).
            mask (Tensor): (B, S), 1 where there is something and 0 on padding.

        Returns:
            Memory: for :meth:`forward`.
        """
        return Memory(values, self.key(values), mask)

    def no_past(self, memory):
        """tuple[Tensor, Tensor]: (B, S) each: nothing was looked at yet."""
        nothing = paddle.zeros_like(memory.mask)
        return nothing, nothing

    def forward(self, query, memory, past):
        """Look once.

        Args:
            query (Tensor): (B, query_channels).
            memory (Memory): what :meth:`remember` gave.
            past (tuple[Tensor, Tensor]): (B, S) each: the weights of the step before, and the sum of all.

        Returns:
            tuple: what was found (B, D), the weights (B, S), which sum to 1 and are 0 on padding, and the past of the next step.
        """
        place = self.place(self.location(paddle.stack(past, axis=1)).transpose([0, 2, 1]))
        scores = self.score(paddle.tanh(self.query(query).unsqueeze(1) + memory.keys + place)).squeeze(-1)
        weights = F.softmax(scores + (1.0 - memory.mask) * FAR_BELOW, axis=-1) * memory.mask  # softmax leaves 1e-28 on padding
        found = paddle.matmul(weights.unsqueeze(1), memory.values).squeeze(1)
        return found, weights, (weights, past[1] + weights)
