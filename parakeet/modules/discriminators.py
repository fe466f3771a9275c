"""What tells recordings from what a vocoder makes, in forms that a processor can bear.

The discriminators of HiFi-GAN cost several times what a vocoder such as Vocos costs itself, and most of that in convolutions of few
channels over long sequences, which is where a processor is slowest. Here a spectrum's bins are the channels of convolutions over its
frames: all is products of large matrices.
"""

import itertools

import paddle
from paddle import nn

from parakeet.functions.activations import leaky_relu
from parakeet.functions.stft import stft_magnitude
from parakeet.modules.weight_norm import with_weight_norm

SLOPE = 0.1


class SpectrumDiscriminator(nn.Layer):
    """Judges the frames of a log-magnitude spectrum; several of them, each with another resolution, make a multi-resolution
    discriminator (UnivNet, arXiv:2106.07889, sec. 2.3), with convolutions over time alone.

    Args:
        n_fft (int): samples.
        hop_length (int): samples from frame to frame.
        channels (int): C of the hidden layers.
        dilations (Sequence[int]): of the hidden layers' convolutions, one each.
    """

    def __init__(self, n_fft, hop_length, channels=128, dilations=(1, 2, 4)):
        super().__init__()
        self.n_fft, self.hop_length = n_fft, hop_length
        bins = 1 + n_fft // 2
        self.layers = nn.LayerList(
            [nn.Conv1D(bins, channels, 3, padding=1)]
            + [nn.Conv1D(channels, channels, 3, padding=dilation, dilation=dilation) for dilation in dilations]
        )
        for layer in self.layers:
            with_weight_norm(layer)
        self.output = with_weight_norm(nn.Conv1D(channels, 1, 3, padding=1))

    def forward(self, wav):
        """Judge waveforms.

        Args:
            wav (Tensor): (B, N).

        Returns:
            tuple[Tensor, list[Tensor]]: scores (B, 1, T), high for what is real, and what each layer made of it, (B, C, T).
        """
        magnitude = stft_magnitude(wav, self.n_fft, self.hop_length, self.n_fft)
        x = paddle.log(paddle.clip(magnitude, min=1e-4)).transpose([0, 2, 1])
        features = []
        for layer in self.layers:
            x = leaky_relu(layer(x), SLOPE)
            features.append(x)
        return self.output(x), features


class PeriodDiscriminator(nn.Layer):
    """Judges the samples a period apart (HiFi-GAN, arXiv:2010.05646, sec. 2.3 and appendix B), with as many channels as given.

    Args:
        period (int): samples.
        channels (Sequence[int]): of the layers that shorten the sequence to a third; the paper's are (32, 128, 512, 1024), and one more
            layer of the last width that keeps the length.
    """

    def __init__(self, period, channels=(32, 128, 512, 1024)):
        super().__init__()
        self.period = period
        widths = [1, *channels]
        # Phases are examples of their own: a kernel of (5, 1) in the paper's words.
        self.layers = nn.LayerList(
            [nn.Conv1D(wide, wider, 5, stride=3, padding=2) for wide, wider in itertools.pairwise(widths)]
            + [nn.Conv1D(widths[-1], widths[-1], 5, padding=2)]
        )
        for layer in self.layers:
            with_weight_norm(layer)
        self.output = with_weight_norm(nn.Conv1D(widths[-1], 1, 3, padding=1))

    def forward(self, wav):
        """Judge waveforms, (B, N); see `SpectrumDiscriminator.forward`; B is B * period in what it returns."""
        batch, length = wav.shape
        rows = -(-length // self.period)
        if rows * self.period != length:
            wav = paddle.concat([wav, wav[:, -(rows * self.period - length) - 1 : -1].flip(1)], axis=1)
        x = wav.reshape([batch, rows, self.period]).transpose([0, 2, 1]).reshape([batch * self.period, 1, rows])
        features = []
        for layer in self.layers:
            x = leaky_relu(layer(x), SLOPE)
            features.append(x)
        return self.output(x), features
