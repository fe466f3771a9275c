"""From the rate of frames to that of samples."""

import math

from paddle import nn

from parakeet.functions.activations import leaky_relu
from parakeet.modules.weight_norm import folded_weight, set_folded_weight, with_weight_norm

SLOPE = 0.4


class UpsampleNet(nn.Layer):
    """Spectra at the rate of samples, by transposed convolutions over bands and time (Deep Voice's conditioner as in ClariNet,
    arXiv:1807.07281, sec. 5, and WaveFlow, arXiv:1912.01219, sec. 5.1; leaky ReLU of 0.4 behind each).

    Args:
        scales (Sequence[int]): what each step multiplies the rate by; their product is the hop length.

    Shape: mel (B, T, n_mels) -> (B, n_mels, T * hop_length), as convolutions over time want it.
    """

    def __init__(self, scales=(16, 16)):
        super().__init__()
        self.scales = tuple(scales)
        self.steps = nn.LayerList([with_weight_norm(self._step(scale)) for scale in self.scales])

    @staticmethod
    def _step(scale):
        kernel = 2 * scale + scale % 2  # of the parity of the scale, so that T frames become T * scale exactly
        return nn.Conv2DTranspose(1, 1, (3, kernel), stride=(1, scale), padding=(1, (kernel - scale) // 2))

    @property
    def hop_length(self):
        """int: samples made of a frame."""
        return math.prod(self.scales)

    def forward(self, mel):
        """Upsample mel, (B, T, n_mels)."""
        x = mel.transpose([0, 2, 1]).unsqueeze(1)
        for step in self.steps:
            x = leaky_relu(step(x), SLOPE)
        return x.squeeze(1)

    def take(self, other):
        """Upsample as another net of the same scales does: its weights, copied, which learn no more.

        Args:
            other (UpsampleNet): folded or not.
        """
        for own, theirs in zip(self.steps, other.steps, strict=True):
            set_folded_weight(own, folded_weight(theirs))
            own.bias.set_value(theirs.bias)
        for parameter in self.parameters():
            parameter.stop_gradient = True
