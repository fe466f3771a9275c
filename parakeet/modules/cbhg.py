"""CBHG: a bank of convolutions, highways and a recurrence in both directions (Tacotron, arXiv:1703.10135, sec. 3.1, figure 2)."""

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.masking import sequence_mask
from parakeet.modules.conv import ConvStack, MaskedBatchNorm


class Highway(nn.Layer):
    """A layer that decides, number by number, what it changes and what it lets pass (R. Srivastava et al., arXiv:1505.00387, eq. 3).

    Args:
        channels (int): C.

    Shape: (..., C) -> (..., C).
    """

    def __init__(self, channels):
        super().__init__()
        self.change = nn.Linear(channels, channels)
        # It begins as a layer that lets most pass (sec. 2.2).
        self.gate = nn.Linear(channels, channels, bias_attr=nn.initializer.Constant(-1.0))

    def forward(self, x):
        """Change x, (..., C), in part."""
        share = F.sigmoid(self.gate(x))
        return share * F.relu(self.change(x)) + (1.0 - share) * x


class ConvBank(nn.Layer):
    """Convolutions of 1, 2, ... K frames side by side, each normalised by batch and rectified, then the greater of each two neighbours.

    Args:
        in_channels (int): C.
        channels (int): of each convolution.
        size (int): K.

    Shape: x (B, C, T), mask (B, 1, T) -> (B, K * channels, T), zero on padding.
    """

    def __init__(self, in_channels, channels, size):
        super().__init__()
        self.convs = nn.LayerList([nn.Conv1D(in_channels, channels, k, bias_attr=False) for k in range(1, size + 1)])
        self.norms = nn.LayerList([MaskedBatchNorm(channels) for _ in range(size)])

    def forward(self, x, mask):
        """Look at x, (B, C, T), so many frames at a time."""
        found = []
        for k, (conv, norm) in enumerate(zip(self.convs, self.norms, strict=True), 1):
            # An even kernel has no middle: the further half looks ahead.
            around = F.pad(x * mask, [(k - 1) // 2, k // 2], data_format="NCL")
            found.append(F.relu(norm(conv(around), mask)) * mask)
        found = paddle.concat(found, axis=1)
        # Nothing is below 0, so that the zeros behind the end are never the greater.
        ahead = paddle.concat([found[:, :, 1:], paddle.zeros_like(found[:, :, :1])], axis=2)
        return paddle.maximum(found, ahead) * mask


class CBHG(nn.Layer):
    """A bank of convolutions, projections whose result is added to the input, highways, and a recurrence from both ends.

    Sizes by default are those of Tacotron's post-processing net (table 1).

    Args:
        in_channels (int): C.
        bank_size (int): convolutions of 1 to so many frames.
        bank_channels (int): of each of them.
        projection_channels (int): between the two projections.
        highway_channels (int): of the highways.
        n_highways (int): how many.
        recurrent_channels (int): of each direction.

    Shape: x (B, T, C), lengths (B,) -> (B, T, 2 * recurrent_channels), zero on padding.
    """

    def __init__(
        self, in_channels, bank_size=8, bank_channels=128, projection_channels=256, highway_channels=128, n_highways=4,
        recurrent_channels=128,
    ):  # fmt: skip
        super().__init__()
        self.bank = ConvBank(in_channels, bank_channels, bank_size)
        widths = [bank_size * bank_channels, projection_channels, in_channels]
        self.projections = ConvStack(widths, 3, 0.0, F.relu, bend_last=False, norm=MaskedBatchNorm)
        self.enter = nn.Linear(in_channels, highway_channels)
        self.highways = nn.LayerList([Highway(highway_channels) for _ in range(n_highways)])
        self.recurrence = nn.GRU(highway_channels, recurrent_channels, direction="bidirect")

    def forward(self, x, lengths):
        """Read x, (B, T, C)."""
        mask = sequence_mask(lengths, x.shape[1], x.dtype).unsqueeze(-1)
        columns = mask.transpose([0, 2, 1])
        y = self.bank(x.transpose([0, 2, 1]), columns).transpose([0, 2, 1])
        y = self.enter((x + self.projections(y, mask)) * mask)
        for highway in self.highways:
            y = highway(y)
        return self.recurrence(y * mask, sequence_length=lengths)[0] * mask
