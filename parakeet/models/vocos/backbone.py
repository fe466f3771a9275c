"""What the forms of Vocos have in common (H. Siuzdak, arXiv:2306.00814, sec. 3.2): all layers work at the rate of the frames."""

import paddle
from paddle import nn

from parakeet.functions.masking import sequence_mask
from parakeet.modules.convnext import ConvNeXtBlock
from parakeet.modules.statistics import statistic

LARGEST_MAGNITUDE = 100.0
"""Where magnitudes are cut off, as in the published code, so that no step of the training can make a sound explode."""


class Backbone(nn.Layer):
    """Log-mel spectrum to some numbers for each frame.

    Args:
        outputs (int): numbers a frame.
        n_mels (int): bands.
        channels (int): C.
        intermediate_channels (int): of the blocks' bottlenecks.
        n_blocks (int): how many blocks.
        n_fft (int): samples.
        hop_length (int): samples from frame to frame.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.
    """

    def __init__(self, outputs, n_mels, channels, intermediate_channels, n_blocks, n_fft, hop_length, mel_mean, mel_std):
        super().__init__()
        self.n_fft, self.hop_length = n_fft, hop_length
        self.embed = nn.Conv1D(n_mels, channels, 7, padding=3)
        self.norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.blocks = nn.LayerList(
            [ConvNeXtBlock(channels, intermediate_channels, scale=1 / n_blocks) for _ in range(n_blocks)]
        )
        self.last_norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.head = nn.Linear(channels, outputs)
        truncated = nn.initializer.TruncatedNormal(std=0.02)
        for layer in self.sublayers():
            if isinstance(layer, (nn.Conv1D, nn.Linear)):
                truncated(layer.weight)
                nn.initializer.Constant(0.0)(layer.bias)
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    @property
    def context(self):
        """Frames on each side that a frame's numbers depend on."""
        return 3 + 3 * len(self.blocks)

    def numbers(self, mel, mel_lengths=None):
        """The numbers of each frame.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            tuple[Tensor, Tensor | None]: (B, T, outputs), and where there are lengths a mask of the frames, (B, T, 1).
        """
        mask = None if mel_lengths is None else sequence_mask(mel_lengths, mel.shape[1], mel.dtype).unsqueeze(1)
        x = ((mel - self.mel_mean) / self.mel_std).transpose([0, 2, 1])
        x = self.embed(x if mask is None else x * mask)
        x = self.norm(x.transpose([0, 2, 1])).transpose([0, 2, 1])
        if mask is not None:
            x = x * mask
        for block in self.blocks:
            x = block(x, mask)
        return self.head(self.last_norm(x.transpose([0, 2, 1]))), None if mask is None else mask.transpose([0, 2, 1])


def magnitudes(logarithms, mask=None):
    """Magnitudes of their logarithms, cut off at :data:`LARGEST_MAGNITUDE`; zero where the mask is."""
    found = paddle.clip(paddle.exp(logarithms), max=LARGEST_MAGNITUDE)
    return found if mask is None else found * mask
