"""What tells recordings from what a vocoder makes: HiFi-GAN's discriminators, and forms that a processor can bear.

The discriminators of HiFi-GAN cost several times what a vocoder such as Vocos costs itself, and most of that in convolutions of few
channels over long sequences, which is where a processor is slowest. In :class:`SpectrumDiscriminator` a spectrum's bins are the channels
of convolutions over its frames: all is products of large matrices.
"""

import itertools

import paddle
from paddle import nn
from paddle.nn import functional as F
from paddle.nn.utils import spectral_norm

from parakeet.functions.activations import leaky_relu
from parakeet.functions.stft import stft_magnitude
from parakeet.modules.weight_norm import with_weight_norm

SLOPE = 0.1

LOG_MAGNITUDE_MEAN, LOG_MAGNITUDE_STD = -3.5, 2.0
"""Of the log magnitudes of speech at the loudness that `parakeet prepare` gives it, about alike for transforms of 256 to 2,048 samples.
Without them, what all bins have in common hides from a discriminator of spectra what they differ in: it then learns next to nothing."""


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
        x = (x - LOG_MAGNITUDE_MEAN) / LOG_MAGNITUDE_STD
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


SCALE_LAYERS = ((1, 15, 1, 1), (1, 41, 2, 4), (2, 41, 2, 16), (4, 41, 4, 16), (8, 41, 4, 16), (8, 41, 1, 16), (8, 5, 1, 1))
"""Of each layer of a discriminator of scales: how many times the first width it has, kernel, stride and groups."""


class ScaleDiscriminator(nn.Layer):
    """Judges the samples of a waveform, or of the averages of some of them (MelGAN, arXiv:1910.06711, sec. 2.2; HiFi-GAN's three, with
    scales 1, 2 and 4, have 29,610,627 parameters).

    Args:
        scale (int): samples that count as one, a power of two. At scale 1 the weights have spectral norm 1, at others they are
            normalised by weight (HiFi-GAN, sec. 2.3).
        channels (int): of the first layer, a multiple of 16; the last ones have eight times as many.
    """

    def __init__(self, scale, channels=128):
        super().__init__()
        if scale < 1 or scale & (scale - 1) or channels % 16:
            raise ValueError(
                f"ScaleDiscriminator: expected a scale that is a power of two and a multiple of 16 channels, received {scale} and "
                f"{channels}."
            )
        self.halvings = scale.bit_length() - 1
        normalised = spectral_norm if scale == 1 else with_weight_norm
        self.layers, before = nn.LayerList(), 1
        for factor, kernel, stride, groups in SCALE_LAYERS:
            layer = nn.Conv1D(before, factor * channels, kernel, stride=stride, groups=groups, padding=kernel // 2)
            self.layers.append(normalised(layer))
            before = factor * channels
        self.output = normalised(nn.Conv1D(before, 1, 3, padding=1))

    def forward(self, wav):
        """Judge waveforms, (B, N); see `SpectrumDiscriminator.forward`."""
        x = wav.unsqueeze(1)
        for _ in range(self.halvings):
            x = F.avg_pool1d(x, 4, stride=2, padding=2, exclusive=False)
        features = []
        for layer in self.layers:
            x = leaky_relu(layer(x), SLOPE)
            features.append(x)
        return self.output(x), features


def build_discriminators(spectra=(), periods=(), period_channels=(32, 128, 512, 1024), scales=(), scale_channels=128):
    """Discriminators by what they look at.

    Args:
        spectra (Sequence[tuple[int, int, int]]): n_fft, hop_length and channels of each discriminator of spectra.
        periods (Sequence[int]): of each discriminator of periods.
        period_channels (Sequence[int]): of all of those.
        scales (Sequence[int]): of each discriminator of scales.
        scale_channels (int): of all of those.

    Returns:
        dict: ``spectrum_<n_fft>``, ``period_<period>`` and ``scale_<scale>`` -> Layer.
    """
    return {
        **{f"spectrum_{n_fft}": SpectrumDiscriminator(n_fft, hop, channels) for n_fft, hop, channels in spectra},
        **{f"period_{period}": PeriodDiscriminator(period, period_channels) for period in periods},
        **{f"scale_{scale}": ScaleDiscriminator(scale, scale_channels) for scale in scales},
    }
