"""ClariNet's student (W. Ping et al., arXiv:1807.07281): noise to sound, all samples at once, by an inverse autoregressive flow."""

from typing import NamedTuple

import numpy as np
import paddle
from paddle import nn

from parakeet.modules.gated import GatedCausalNet
from parakeet.modules.upsampling import UpsampleNet


class Drawn(NamedTuple):
    """Samples, and the normal distribution each was drawn from, given the noise before it.

    Attributes:
        wav, mean, log_scale (Tensor): (B, N); wav = mean + exp(log_scale) * noise.
    """

    wav: paddle.Tensor
    mean: paddle.Tensor
    log_scale: paddle.Tensor


class GaussianFlow(nn.Layer):
    """One inverse autoregressive flow: each sample is moved and scaled as those before it say (sec. 3.2).

    Mean and scale at n come from a causal network that has been given the samples up to n - 1: its input is shifted by one. Without the
    shift the sample would be scaled by what depends on itself, the derivative would not be the scale, and nothing that follows from it, the
    divergence in closed form among it, would hold.

    Args:
        channels, condition_channels, kernel_size (int), dilations (Sequence[int]): of `parakeet.modules.gated.GatedCausalNet`.

    Shape: z (B, N), condition (B, D, N) -> next z, mean, log_scale, (B, N) each.
    """

    def __init__(self, channels, condition_channels, kernel_size, dilations):
        super().__init__()
        # As of a WaveNet of one Gaussian: the first of the three numbers is the weight of a mixture's only component, which says nothing.
        self.net = GatedCausalNet(3, channels, condition_channels, kernel_size, dilations)

    def forward(self, z, condition):
        """Transform z, (B, N)."""
        before = paddle.concat([paddle.zeros_like(z[:, :1]), z[:, :-1]], axis=1)
        _, mean, log_scale = paddle.unbind(self.net(before, condition), axis=2)
        return mean + paddle.exp(log_scale) * z, mean, log_scale


class ClariNet(nn.Layer):
    """Noise and a mel spectrum to sound.

    Args:
        n_mels (int): bands.
        upsample_scales (Sequence[int]): whose product is the hop length; the teacher's.
        flows (int): one after another.
        channels (int): of each network.
        kernel_size (int): taps of each convolution.
        layers (int): convolutions of a flow, with dilations 1, 2, 4, ...

    The defaults are those that Parakeet published: 2,156,178 parameters once weight normalisation is folded, and 194 of the upsampling,
    which are the teacher's (`take_upsampling`).
    """

    def __init__(self, n_mels=80, upsample_scales=(16, 16), flows=6, channels=64, kernel_size=3, layers=10):
        super().__init__()
        dilations = [2**layer for layer in range(layers)]
        self.upsample = UpsampleNet(upsample_scales)
        self.flows = nn.LayerList([GaussianFlow(channels, n_mels, kernel_size, dilations) for _ in range(flows)])

    @property
    def hop_length(self):
        """int: samples made of a frame."""
        return self.upsample.hop_length

    @property
    def receptive_field(self):
        """int: how many numbers of noise, its own among them, a sample depends on."""
        return 1 + sum(flow.net.receptive_field for flow in self.flows)

    def take_upsampling(self, upsample):
        """Make spectra conditions as another network does, and leave it at that: these weights learn no more.

        Args:
            upsample (UpsampleNet): of the teacher, folded or not.

        Raises:
            ValueError: if its scales are others.
        """
        if upsample.scales != self.upsample.scales:
            raise ValueError(f"ClariNet: its upsample_scales are {self.upsample.scales}, the teacher's {upsample.scales}.")
        self.upsample.take(upsample)

    def forward(self, noise, mel):
        """Draw samples.

        Args:
            noise (Tensor): (B, N), of a standard normal distribution.
            mel (Tensor): (B, T, n_mels), T * hop_length = N.

        Returns:
            Drawn: the samples, (B, N), and their distributions. Of several flows x = a + b (c + d z) = (a + b c) + b d z: scales are
            multiplied, and each flow moves and scales the means of those before it (sec. 3.2).

        Raises:
            ValueError: if there is more or less noise than the spectrum has samples.
        """
        condition = self.upsample(mel)
        if condition.shape[2] != noise.shape[1]:
            raise ValueError(
                f"ClariNet: expected noise of {condition.shape[2]} samples, {mel.shape[1]} frames of {self.hop_length}; received "
                f"{noise.shape[1]}."
            )
        z, mean, log_scale = noise, paddle.zeros_like(noise), paddle.zeros_like(noise)
        for flow in self.flows:
            z, shift, log_factor = flow(z, condition)
            mean = shift + paddle.exp(log_factor) * mean
            log_scale = log_scale + log_factor
        return Drawn(z, mean, log_scale)

    @paddle.no_grad()
    def infer(self, mel, seed=0):
        """The sound of a spectrum.

        Args:
            mel (Tensor): (B, T, n_mels).
            seed (int): of the noise.

        Returns:
            Tensor: wav (B, T * hop_length), in [-1, 1].
        """
        noise = np.random.default_rng(seed).standard_normal((mel.shape[0], mel.shape[1] * self.hop_length))
        return self(paddle.to_tensor(noise).astype(mel.dtype), mel).wav.clip(-1.0, 1.0)
