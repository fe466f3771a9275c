"""What is predicted of each symbol."""

from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.conv import ChannelNorm


class VariancePredictor(nn.Layer):
    """One number a symbol: convolutions, each rectified, normalised and dropped out (FastSpeech 2,
    arXiv:2006.04558, sec. 2.3, figure 1c; FastSpeech, arXiv:1905.09263, sec. 3.3).

    Args:
        channels (int): C.
        hidden (int): between the convolutions.
        n_blocks (int): how many.
        kernel_size (int): odd.
        dropout (float): probability of dropping a value.

    Shape: x (B, S, C), mask (B, S, 1) -> (B, S), zero on padding.
    """

    def __init__(self, channels, hidden=256, n_blocks=2, kernel_size=3, dropout=0.5):
        super().__init__()
        widths = [channels, *[hidden] * n_blocks]
        self.convs = nn.LayerList(
            [nn.Conv1D(wide, hidden, kernel_size, padding=kernel_size // 2) for wide in widths[:-1]]
        )
        self.norms = nn.LayerList([ChannelNorm(hidden) for _ in range(n_blocks)])
        self.output = nn.Linear(hidden, 1)
        self.dropout = dropout

    def forward(self, x, mask):
        """Predict from x, (B, S, C)."""
        columns = mask.transpose([0, 2, 1])
        x = x.transpose([0, 2, 1])
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = norm(F.relu(conv(x * columns)))
            if self.training:
                x = F.dropout(x, self.dropout)
        return (self.output(x.transpose([0, 2, 1])) * mask).squeeze(-1)
