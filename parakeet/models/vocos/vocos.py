"""Vocos (H. Siuzdak, arXiv:2306.00814): from a log-mel spectrum to magnitudes and phases, and by one inverse transform to sound.

All layers work at the rate of the frames: the dear part is products of matrices, and what brings the frames to samples is an inverse
Fourier transform. What differs from the paper: the mel spectrum is normalised by statistics that travel with the weights, and frame t
is centred at sample ``t * hop_length``, as everywhere in parakeet.
"""

import paddle
from paddle import nn

from parakeet.functions.masking import sequence_mask
from parakeet.functions.stft import istft
from parakeet.modules.convnext import ConvNeXtBlock
from parakeet.modules.statistics import statistic

LARGEST_MAGNITUDE = 100.0
"""Where magnitudes are cut off, as in the published code, so that no step of the training can make a sound explode."""


class Vocos(nn.Layer):
    """Log-mel spectrum to waveform.

    Args:
        n_mels (int): bands.
        channels (int): C of the backbone.
        intermediate_channels (int): of its blocks' bottlenecks.
        n_blocks (int): how many blocks.
        n_fft (int): samples.
        hop_length (int): samples from frame to frame.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.

    The defaults are the paper's (mel, 24 kHz): 13,531,650 parameters.
    """

    def __init__(
        self,
        n_mels=100,
        channels=512,
        intermediate_channels=1536,
        n_blocks=8,
        n_fft=1024,
        hop_length=256,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        self.n_fft, self.hop_length = n_fft, hop_length
        self.embed = nn.Conv1D(n_mels, channels, 7, padding=3)
        self.norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.blocks = nn.LayerList(
            [ConvNeXtBlock(channels, intermediate_channels, scale=1 / n_blocks) for _ in range(n_blocks)]
        )
        self.last_norm = nn.LayerNorm(channels, epsilon=1e-6)
        self.head = nn.Linear(channels, n_fft + 2)
        truncated = nn.initializer.TruncatedNormal(std=0.02)
        for layer in self.sublayers():
            if isinstance(layer, (nn.Conv1D, nn.Linear)):
                truncated(layer.weight)
                nn.initializer.Constant(0.0)(layer.bias)
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    @property
    def context(self):
        """Frames on each side that a frame's spectrum depends on."""
        return 3 + 3 * len(self.blocks)

    def spectrum(self, mel, mel_lengths=None):
        """The spectrum of the sound.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            tuple[Tensor, Tensor]: real and imaginary part, (B, T, 1 + n_fft // 2).
        """
        mask = None if mel_lengths is None else sequence_mask(mel_lengths, mel.shape[1]).unsqueeze(1)
        x = ((mel - self.mel_mean) / self.mel_std).transpose([0, 2, 1])
        x = self.embed(x if mask is None else x * mask)
        x = self.norm(x.transpose([0, 2, 1])).transpose([0, 2, 1])
        if mask is not None:
            x = x * mask
        for block in self.blocks:
            x = block(x, mask)
        x = self.head(self.last_norm(x.transpose([0, 2, 1])))
        log_magnitude, phase = paddle.chunk(x, 2, axis=-1)
        magnitude = paddle.clip(paddle.exp(log_magnitude), max=LARGEST_MAGNITUDE)
        if mask is not None:
            magnitude = magnitude * mask.transpose([0, 2, 1])
        return magnitude * paddle.cos(phase), magnitude * paddle.sin(phase)

    def forward(self, mel, mel_lengths=None):
        """The waveform of a spectrum.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            Tensor: wav (B, T * hop_length).
        """
        real, imaginary = self.spectrum(mel, mel_lengths)
        return istft(real, imaginary, self.hop_length, self.n_fft, mel.shape[1] * self.hop_length)

    @paddle.no_grad()
    def infer(self, mel, mel_lengths=None):
        """As ``forward``, without gradients, in [-1, 1]."""
        return paddle.clip(self(mel, mel_lengths), -1.0, 1.0)
