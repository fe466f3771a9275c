"""WaveNet (A. van den Oord et al., arXiv:1609.03499): each sample given all before it and a mel spectrum."""

import numpy as np
import paddle
from paddle import nn

from parakeet.models.wavenet.outputs import Gaussians, Softmax
from parakeet.modules.gated import GatedCausalNet
from parakeet.modules.upsampling import UpsampleNet

OUTPUTS = ("softmax", "gaussian", "mixture")


class WaveNet(nn.Layer):
    """A distribution of each sample, given those before it and a mel spectrum.

    Args:
        n_mels (int): bands.
        upsample_scales (Sequence[int]): whose product is the hop length.
        channels (int): of residual and contributions.
        kernel_size (int): taps of each convolution.
        layers (int): convolutions of a cycle, with dilations 1, 2, 4, ...
        cycles (int): how often that is repeated.
        output (str): "softmax" (samples are int64 codes), "gaussian" or "mixture" (samples are floats in [-1, 1]).
        classes (int): of a softmax.
        components (int): of a mixture.
        least_log_scale (float): of normal distributions.
        projected (bool): a convolution of width 1 behind each gate, as in the paper's figure 4; see `parakeet.modules.gated.GatedBlock`.

    The defaults are the single-Gaussian teacher of ClariNet as Parakeet published it for 22.05 kHz: 2,629,701 parameters once weight
    normalisation is folded; 2,633,184 with ten components, 3,155,394 with 2,048 classes.

    Raises:
        ValueError: if there is no such output.
    """

    def __init__(
        self,
        n_mels=80,
        upsample_scales=(16, 16),
        channels=128,
        kernel_size=2,
        layers=10,
        cycles=3,
        output="gaussian",
        classes=2048,
        components=10,
        least_log_scale=-9.0,
        projected=False,
    ):
        super().__init__()
        if output not in OUTPUTS:
            raise ValueError(f"WaveNet: output is one of {', '.join(OUTPUTS)}; received {output!r}.")
        if output == "softmax":
            self.output = Softmax(classes)
        else:
            self.output = Gaussians(components if output == "mixture" else 1, least_log_scale)
        dilations = [2**layer for layer in range(layers)] * cycles
        self.upsample = UpsampleNet(upsample_scales)
        self.net = GatedCausalNet(self.output.channels, channels, n_mels, kernel_size, dilations, self.output.classes, projected)

    @property
    def hop_length(self):
        """int: samples made of a frame."""
        return self.upsample.hop_length

    @property
    def receptive_field(self):
        """int: how many samples before it a sample's distribution depends on."""
        return self.net.receptive_field

    def forward(self, previous, mel):
        """The numbers that describe each sample's distribution; `loss` shifts the samples, for which this waits.

        Args:
            previous (Tensor): (B, N), floats or codes; at n the sample n - 1.
            mel (Tensor): (B, T, n_mels) with T * hop_length >= N: sample n belongs to frame n // hop_length.

        Returns:
            Tensor: (B, N, numbers). Those at n depend on previous n - receptive_field + 1 to n.

        Raises:
            ValueError: if the spectrum is too short.
        """
        condition = self.upsample(mel)
        n = previous.shape[1]
        if condition.shape[2] < n:
            raise ValueError(
                f"WaveNet: {n} samples are given, the spectrum describes {condition.shape[2]}, {mel.shape[1]} frames of {self.hop_length}."
            )
        return self.net(previous, condition if condition.shape[2] == n else condition[:, :, :n])

    def loss(self, samples, mel, context=0):
        """How surprising the samples are, each given those before it; silence is before the first.

        Args:
            samples (Tensor): (B, N), floats or codes.
            mel (Tensor): (B, T, n_mels) with T * hop_length >= N.
            context (int): so many samples are only looked back upon, not judged.

        Returns:
            Tensor: scalar, the mean in nats a sample.
        """
        start = paddle.full([samples.shape[0], 1], self.silence, samples.dtype)
        numbers = self(paddle.concat([start, samples[:, :-1]], axis=1), mel)
        return self.output.nll(numbers, samples)[:, context:].mean()

    def moments(self, previous, mel):
        """The single Gaussian of each sample, for a student to learn from.

        Args:
            previous, mel: as of `forward`.

        Returns:
            tuple[Tensor, Tensor]: mean and logarithm of the scale, (B, N) each.

        Raises:
            ValueError: if its output is another.
        """
        if self.output.channels != 3 or self.output.classes is not None:
            raise ValueError("WaveNet.moments: only a single Gaussian (output='gaussian') has a mean and a scale.")
        _, mean, log_scale = self.output.split(self(previous, mel))
        return mean.squeeze(-1), log_scale.squeeze(-1)

    @property
    def silence(self):
        """float or int: what is before the first sample: 0, or of codes that in the middle."""
        return 0.0 if self.output.classes is None else self.output.classes // 2

    def steps(self, batch=1):
        """The network as `parakeet.modules.gated.GatedSteps`, one sample at a time, with the weights as they are now."""
        return self.net.steps(batch)

    @paddle.no_grad()
    def stream(self, mel, seed=0):
        """Draw samples, a frame at a time.

        Args:
            mel (Tensor): (B, T, n_mels).
            seed (int): of what is drawn.

        Yields:
            ndarray: (B, hop_length), float32 in [-1, 1], or int64 codes.
        """
        steps, condition = self.steps(len(mel)), self.upsample(mel).transpose([0, 2, 1]).numpy()
        rng, shape = np.random.default_rng(seed), (self.hop_length, len(mel))
        samples = np.full(len(mel), self.silence)
        for begin in range(0, condition.shape[1], self.hop_length):
            conditions = steps.conditions(condition[:, begin : begin + self.hop_length])
            uniform, normal = rng.random(shape), rng.standard_normal(shape)
            frame = np.empty(shape, np.float32 if self.output.classes is None else np.int64)
            for n, drawn in enumerate(zip(conditions, uniform, normal, strict=True)):
                samples = self.output.draw(steps(samples, drawn[0]), *drawn[1:])
                frame[n] = samples
            yield frame.T

    def infer(self, mel, seed=0):
        """All samples of `stream`.

        Args:
            mel (Tensor): (B, T, n_mels).
            seed (int): of what is drawn.

        Returns:
            Tensor: (B, T * hop_length), float32 in [-1, 1], or int64 codes.
        """
        return paddle.to_tensor(np.concatenate(list(self.stream(mel, seed)), axis=1))
