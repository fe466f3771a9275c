"""WaveFlow (W. Ping et al., arXiv:1912.01219): from noise and a log-mel spectrum to sound, by flows that learn by likelihood alone.

Samples are written into the columns of a matrix of a few rows. What is long, the sequence of columns, is seen at once by dilated
convolutions; what is short, the rows of a column, is autoregressive. Synthesis takes as many steps a flow as there are rows, however long
the sound. What differs from the paper: the mel spectrum is normalised by statistics that travel with the weights.
"""

import numpy as np
import paddle
from paddle import nn

from parakeet.functions.folding import fold, reverse_rows, unfold
from parakeet.models.waveflow.flow import DILATIONS, Flow
from parakeet.modules.statistics import statistic
from parakeet.modules.upsampling import UpsampleNet


class WaveFlow(nn.Layer):
    """Sound to noise and back, given a log-mel spectrum.

    Args:
        n_mels (int): bands.
        channels (int): C of the flows' networks; the paper has 64, 96, 128 and 256.
        n_flows (int): even.
        height (int): rows, even, a divisor of the hop length.
        kernel_size (Sequence[int]): rows and columns of the convolutions.
        row_dilations (Sequence[int], optional): of the blocks of each flow; those of :data:`DILATIONS` when None.
        temperature (float): standard deviation of the noise that `infer` draws; that of training is 1, less is less rough.
        upsample_scales (Sequence[int]): of the steps from frames to samples; their product is the hop length.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.

    The defaults are the paper's small model: 5,916,372 parameters, 5,891,794 when weight normalisation is folded (5.91 M in the paper).

    Raises:
        ValueError: if flows or rows can't be halved, the rows don't divide the hop length, or no dilations are known for them.
    """

    def __init__(
        self,
        n_mels=80,
        channels=64,
        n_flows=8,
        height=16,
        kernel_size=(3, 3),
        row_dilations=None,
        upsample_scales=(16, 16),
        temperature=1.0,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        if row_dilations is None:
            if height not in DILATIONS:
                known = ", ".join(map(str, DILATIONS))
                raise ValueError(f"WaveFlow: dilations are known for heights of {known}; name row_dilations for one of {height}.")
            row_dilations = DILATIONS[height]
        self.upsample = UpsampleNet(upsample_scales)
        if n_flows % 2 or height % 2 or self.hop_length % height:
            raise ValueError(
                f"WaveFlow: expected even numbers of flows and rows, and rows that divide the hop length of {self.hop_length}; received "
                f"{n_flows} flows and {height} rows."
            )
        self.height, self.temperature = height, temperature
        self.flows = nn.LayerList([Flow(channels, n_mels, kernel_size, row_dilations) for _ in range(n_flows)])
        # Behind each flow of the first half all rows are turned round, behind the others those of each half (the paper's second strategy).
        self.parts = [1] * (n_flows // 2) + [2] * (n_flows // 2)
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    @property
    def hop_length(self):
        """int: samples made of a frame."""
        return self.upsample.hop_length

    def forward(self, wav, mel):
        """Sounds to noise, for training.

        Args:
            wav (Tensor): (B, T * hop_length).
            mel (Tensor): (B, T, n_mels), natural-log amplitude.

        Returns:
            tuple[Tensor, Tensor]: noise (B, T * hop_length), and the logarithm of the determinant of the Jacobian, (B,).

        Raises:
            ValueError: if there are more or fewer samples than the frames have.
        """
        x, condition = self._matrices(wav, mel)
        log_det = 0.0
        for flow, parts in zip(self.flows, self.parts, strict=True):
            x, log_scale = flow(x, condition)
            log_det = log_det + log_scale.sum([1, 2])
            x, condition = reverse_rows(x, parts), reverse_rows(condition, parts)
        return unfold(x), log_det

    @paddle.no_grad()
    def inverse(self, noise, mel):
        """Noise to sounds; undoes `forward`.

        Args:
            noise (Tensor): (B, T * hop_length).
            mel (Tensor): (B, T, n_mels), natural-log amplitude.

        Returns:
            Tensor: wav (B, T * hop_length).

        Raises:
            ValueError: if there are more or fewer numbers than the frames have samples.
        """
        x, condition = self._matrices(noise, mel)
        for parts in self.parts:
            condition = reverse_rows(condition, parts)
        for flow, parts in zip(reversed(self.flows), reversed(self.parts), strict=True):
            x, condition = reverse_rows(x, parts), reverse_rows(condition, parts)
            x = flow.inverse(x, condition)
        return unfold(x)

    def infer(self, mel, seed=0):
        """Sounds of noise that is drawn.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            seed (int): of the draw.

        Returns:
            Tensor: wav (B, T * hop_length), in [-1, 1].
        """
        batch, frames, _ = mel.shape
        noise = self.temperature * np.random.default_rng(seed).standard_normal((batch, frames * self.hop_length))
        return paddle.clip(self.inverse(paddle.to_tensor(noise).astype(mel.dtype), mel), -1.0, 1.0)

    def _matrices(self, samples, mel):
        expected = mel.shape[1] * self.hop_length
        if samples.shape[1] != expected:
            raise ValueError(
                f"WaveFlow: expected {expected} samples, {self.hop_length} for each of {mel.shape[1]} frames, received {samples.shape[1]}."
            )
        condition = self.upsample((mel - self.mel_mean) / self.mel_std)
        return fold(samples, self.height), fold(condition, self.height)
