"""Gated convolutions, as Deep Voice 3 is built of (W. Ping et al., arXiv:1710.07654, "Convolution blocks for sequential
processing")."""

import math

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.weight_norm import normalised_linear, with_weight_norm

ROOT_HALF = math.sqrt(0.5)
"""Of a sum of two that vary alike: with it, the sum varies as each did."""


class SpeakerBias(nn.Layer):
    """What a speaker adds to every frame: a linear layer and a softsign, so that it stays within -1 and 1.

    Args:
        speaker_channels (int): D of a speaker's embedding.
        channels (int): C.

    Shape: (B, D) -> (B, 1, C).
    """

    def __init__(self, speaker_channels, channels):
        super().__init__()
        self.project = normalised_linear(speaker_channels, channels)

    def forward(self, speaker):
        """What to add for speaker, (B, D)."""
        return F.softsign(self.project(speaker)).unsqueeze(1)


class ConvGLUBlock(nn.Layer):
    """Drop out, convolve, gate one half with the other (Y. Dauphin et al., arXiv:1612.08083, eq. 1), add the input, times the root of a
    half. The filter begins so that what comes out varies as what goes in (J. Gehring et al., arXiv:1705.03122, "Initialization").

    Args:
        channels (int): C.
        kernel_size (int): frames; odd, if the block is not causal.
        causal (bool): whether a frame sees itself and what came before alone.
        dropout (float): probability of dropping a value of the input.
        speaker_channels (int, optional): D of a speaker's embedding, which is added to the half that is gated; None for one speaker.
    """

    def __init__(self, channels, kernel_size, causal=False, dropout=0.0, speaker_channels=None):
        super().__init__()
        if not causal and kernel_size % 2 == 0:
            raise ValueError(f"ConvGLUBlock: a kernel that sees both sides has a middle, so its size is odd; it is {kernel_size}.")
        spread = nn.initializer.Normal(0.0, math.sqrt(4 * (1 - dropout) / (kernel_size * channels)))
        padding = 0 if causal else kernel_size // 2
        self.conv = with_weight_norm(nn.Conv1D(channels, 2 * channels, kernel_size, padding=padding, weight_attr=spread))
        self.speaker = None if speaker_channels is None else SpeakerBias(speaker_channels, channels)
        self.memory, self.dropout = kernel_size - 1 if causal else 0, dropout

    def forward(self, x, mask=None, speaker=None):
        """Transform a sequence.

        Args:
            x (Tensor): (B, T, C).
            mask (Tensor, optional): (B, T, 1); what lies on padding neither enters nor leaves.
            speaker (Tensor, optional): (B, D).

        Returns:
            Tensor: (B, T, C).
        """
        x = x if mask is None else x * mask
        y, _ = self.go_on(x, self.beginning(x), speaker)
        return y if mask is None else y * mask

    def beginning(self, x):
        """What a causal block remembers before the first frame.

        Args:
            x (Tensor): (B, T, C), whose B and kind of number are taken.

        Returns:
            Tensor: (B, kernel_size - 1, C), zeros; none of a block that is not causal.
        """
        return paddle.zeros([x.shape[0], self.memory, x.shape[2]], x.dtype)

    def go_on(self, x, past, speaker=None):
        """Transform the next frames of a sequence; piece after piece gives what :meth:`forward` gives of the whole.

        Args:
            x (Tensor): (B, T, C), one frame or more.
            past (Tensor): (B, kernel_size - 1, C), what :meth:`beginning` or the last call gave.
            speaker (Tensor, optional): (B, D).

        Returns:
            tuple[Tensor, Tensor]: (B, T, C), and what is to be remembered.
        """
        seen = F.dropout(x, self.dropout) if self.dropout and self.training else x
        if self.memory:
            seen = paddle.concat([past, seen], axis=1)
            past = seen[:, seen.shape[1] - self.memory :]
        values, gates = self.conv(seen.transpose([0, 2, 1])).transpose([0, 2, 1]).chunk(2, axis=-1)
        if self.speaker is not None:
            values = values + self.speaker(speaker)
        return (values * F.sigmoid(gates) + x) * ROOT_HALF, past
