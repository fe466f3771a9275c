"""Vocos (H. Siuzdak, arXiv:2306.00814): from a log-mel spectrum to magnitudes and phases, and by one inverse transform to sound.

All layers work at the rate of the frames: the dear part is products of matrices, and what brings the frames to samples is an inverse
Fourier transform. What differs from the paper: the mel spectrum is normalised by statistics that travel with the weights, and frame t
is centred at sample ``t * hop_length``, as everywhere in parakeet.
"""

import paddle

from parakeet.functions.stft import istft
from parakeet.models.vocos.backbone import Backbone, magnitudes


class Vocos(Backbone):
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
        super().__init__(n_fft + 2, n_mels, channels, intermediate_channels, n_blocks, n_fft, hop_length, mel_mean, mel_std)

    def spectrum(self, mel, mel_lengths=None):
        """The spectrum of the sound.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            tuple[Tensor, Tensor]: real and imaginary part, (B, T, 1 + n_fft // 2).
        """
        numbers, mask = self.numbers(mel, mel_lengths)
        logarithms, phase = paddle.chunk(numbers, 2, axis=-1)
        magnitude = magnitudes(logarithms, mask)
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
