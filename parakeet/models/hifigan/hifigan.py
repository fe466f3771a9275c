"""HiFi-GAN's generator (J. Kong et al., arXiv:2010.05646): from a log-mel spectrum to samples, step by step.

Nearly all of its work is done at the rate of the samples, by convolutions of few channels: on a processor it is some twenty times
slower than Vocos. It is here to be compared with, and for graphics cards.
"""

import math

import paddle
from paddle import nn

from parakeet.functions.activations import leaky_relu
from parakeet.modules.weight_norm import with_weight_norm

SLOPE = 0.1
LAST_SLOPE = 0.01
"""Before the last convolution, where the published code leaves the slope at its library's default."""

SIZES = {
    "v1": {
        "channels": 512,
        "upsample_rates": (8, 8, 2, 2),
        "upsample_kernels": (16, 16, 4, 4),
        "kernels": (3, 7, 11),
        "dilations": (((1, 1), (3, 1), (5, 1)),) * 3,
    },
    "v2": {
        "channels": 128,
        "upsample_rates": (8, 8, 2, 2),
        "upsample_kernels": (16, 16, 4, 4),
        "kernels": (3, 7, 11),
        "dilations": (((1, 1), (3, 1), (5, 1)),) * 3,
    },
    "v3": {
        "channels": 256,
        "upsample_rates": (8, 8, 4),
        "upsample_kernels": (16, 16, 8),
        "kernels": (3, 5, 7),
        "dilations": (((1,), (2,)), ((2,), (6,)), ((3,), (12,))),
    },
}
"""The published sizes (appendix A.1, table 4, and the configurations that came with it): 13,926,017, 925,985 and 1,462,273 parameters
once weight normalisation is folded."""


class ResidualStack(nn.Layer):
    """Residual branches of dilated convolutions, one after another (appendix A.1).

    Args:
        channels (int): C.
        kernel_size (int): odd.
        dilations (Sequence[Sequence[int]]): for each branch, those of its convolutions.

    Shape: (B, C, N) -> (B, C, N).
    """

    def __init__(self, channels, kernel_size, dilations):
        super().__init__()
        self.branches = nn.LayerList(
            [
                nn.LayerList(
                    [
                        with_weight_norm(
                            nn.Conv1D(channels, channels, kernel_size, padding=dilation * (kernel_size // 2), dilation=dilation)
                        )
                        for dilation in branch
                    ]
                )
                for branch in dilations
            ]
        )

    def forward(self, x):
        """Transform x, (B, C, N)."""
        for branch in self.branches:
            y = x
            for conv in branch:
                y = conv(leaky_relu(y, SLOPE))
            x = x + y
        return x


class HiFiGAN(nn.Layer):
    """Log-mel spectrum to waveform.

    Args:
        n_mels (int): bands.
        channels (int): behind the first convolution; each step upwards halves them.
        upsample_rates (Sequence[int]): samples that each step makes of one; their product is the hop length.
        upsample_kernels (Sequence[int]): sizes of the transposed convolutions.
        kernels (Sequence[int]): of the residual stacks behind each step, whose results are averaged (multi-receptive field fusion).
        dilations (Sequence): for each kernel, those of its stack.

    The defaults are V1; `SIZES` holds V2 and V3.
    """

    def __init__(
        self,
        n_mels=80,
        channels=SIZES["v1"]["channels"],
        upsample_rates=SIZES["v1"]["upsample_rates"],
        upsample_kernels=SIZES["v1"]["upsample_kernels"],
        kernels=SIZES["v1"]["kernels"],
        dilations=SIZES["v1"]["dilations"],
    ):
        super().__init__()
        self.upsample_rates, self.upsample_kernels = tuple(upsample_rates), tuple(upsample_kernels)
        self.kernels, self.dilations = tuple(kernels), tuple(dilations)
        self.first = with_weight_norm(nn.Conv1D(n_mels, channels, 7, padding=3))
        self.steps, self.stacks = nn.LayerList(), nn.LayerList()
        for rate, kernel in zip(upsample_rates, upsample_kernels, strict=True):
            step = nn.Conv1DTranspose(channels, channels // 2, kernel, stride=rate, padding=(kernel - rate) // 2)
            self.steps.append(with_weight_norm(step))
            channels //= 2
            self.stacks.append(
                nn.LayerList([ResidualStack(channels, size, each) for size, each in zip(kernels, dilations, strict=True)])
            )
        self.last = with_weight_norm(nn.Conv1D(channels, 1, 7, padding=3))

    @property
    def hop_length(self):
        """int: samples made of a frame."""
        return math.prod(self.upsample_rates)

    @property
    def context(self):
        """int: frames on each side that a frame's samples depend on, rounded up."""
        samples = 3.0  # of the last convolution, then back through the steps, counted at the rate before each of them
        widest = max(
            sum(d * (kernel // 2) for branch in branches for d in branch)
            for kernel, branches in zip(self.kernels, self.dilations, strict=True)
        )
        for rate, kernel in zip(reversed(self.upsample_rates), reversed(self.upsample_kernels), strict=True):
            samples = (samples + widest + (kernel + rate) // 2 - 1) / rate
        return math.ceil(samples + 3)

    def forward(self, mel):
        """The waveform of a spectrum.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.

        Returns:
            Tensor: wav (B, T * hop_length), in [-1, 1].
        """
        x = self.first(mel.transpose([0, 2, 1]))
        for step, stacks in zip(self.steps, self.stacks, strict=True):
            x = step(leaky_relu(x, SLOPE))
            x = sum(stack(x) for stack in stacks) / len(stacks)
        return paddle.tanh(self.last(leaky_relu(x, LAST_SLOPE))).squeeze(1)

    @paddle.no_grad()
    def infer(self, mel):
        """As ``forward``, without gradients."""
        return self(mel)
