"""The configuration, the models, their losses, and how far apart two sets of sounds are."""

import math

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.config import Config
from parakeet.training import TrainingConfig
from parakeet.training.updaters.gan import GENERATOR

from data import LENGTH, SAMPLE_RATE


class DataSection(Config):
    """How many plucks there are to learn from and to be compared with, and how many a batch holds."""

    plucks: int = 8192
    valid: int = 1024
    batch_size: int = 64


class ModelSection(Config):
    """``noise``: numbers that a sound is made of; ``channels``: width of all models."""

    noise: int = 16
    channels: int = 256


class AdversarialSection(Config):
    """What is not in ``training``, where the generator's learning rate is.

    ``discriminator_learning_rate``; ``spectrum_starts``: the iteration in which the second discriminator joins; ``penalty`` on the
    gradients of the discriminators, and ``penalty_every`` how many iterations it is computed.
    """

    discriminator_learning_rate: float = 1e-3
    spectrum_starts: int = 200
    penalty: float = 0.1
    penalty_every: int = 4


class GANConfig(Config):
    """All of the experiment."""

    data: DataSection = DataSection()
    model: ModelSection = ModelSection()
    adversarial: AdversarialSection = AdversarialSection()
    training: TrainingConfig = TrainingConfig()


# models ---------------------------------------------------------------------------------------------------------------------------


class Generator(nn.Layer):
    """Noise -> sounds.

    Args:
        noise (int): numbers a sound is made of.
        channels (int): width.
    """

    def __init__(self, noise, channels):
        super().__init__()
        self.noise = noise
        self.layers = nn.Sequential(
            nn.Linear(noise, channels),
            nn.LeakyReLU(0.2),
            nn.Linear(channels, channels),
            nn.LeakyReLU(0.2),
            nn.Linear(channels, channels),
            nn.LeakyReLU(0.2),
            nn.Linear(channels, LENGTH),
        )

    def forward(self, count):
        """Make sounds of fresh noise.

        Args:
            count (int): B.

        Returns:
            Tensor: wav (B, N).
        """
        return paddle.tanh(self.layers(paddle.randn([count, self.noise])))


class Discriminator(nn.Layer):
    """Tells real sounds from made ones, by one view of them.

    Args:
        view (callable): wav (B, N) -> (B, F), what is judged.
        features (int): F.
        channels (int): width.
    """

    def __init__(self, view, features, channels):
        super().__init__()
        self.view = view
        self.layers = nn.Sequential(
            nn.Linear(features, channels),
            nn.LeakyReLU(0.2),
            nn.Linear(channels, channels),
            nn.LeakyReLU(0.2),
            nn.Linear(channels, 1),
        )

    def forward(self, wav):
        """Judge sounds.

        Args:
            wav (Tensor): (B, N).

        Returns:
            Tensor: (B, 1), log-odds of being real.
        """
        return self.layers(self.view(wav))


class Spectrum:
    """The logarithmic magnitudes of a sound's Fourier transform, as a product of matrices, whose gradient is quick."""

    def __init__(self):
        angle = paddle.arange(LENGTH, dtype="float32").unsqueeze(1) * paddle.arange(LENGTH // 2 + 1, dtype="float32")
        angle = angle * (2 * math.pi / LENGTH)
        self._cos, self._sin = paddle.cos(angle), paddle.sin(angle)

    def __call__(self, wav):
        """wav (B, N) -> (B, N / 2 + 1)."""
        power = paddle.matmul(wav, self._cos) ** 2 + paddle.matmul(wav, self._sin) ** 2
        return 0.5 * paddle.log(power + 1e-3)


def build_models(section):
    """The three models with fresh weights.

    Args:
        section (ModelSection): their sizes.

    Returns:
        dict: ``generator``, ``wave`` and ``spectrum`` -> Layer.
    """
    return {
        GENERATOR: Generator(section.noise, section.channels),
        "wave": Discriminator(lambda wav: wav, LENGTH, section.channels),
        "spectrum": Discriminator(Spectrum(), LENGTH // 2 + 1, section.channels),
    }


# losses of the first generative adversarial networks, in the form that does not saturate (arXiv:1406.2661, sec. 3) -----------------


def passed_for_real(scores):
    """Tensor: the negative logarithm of the probability that sounds are real."""
    return F.softplus(-scores).mean()


def passed_for_made(scores):
    """Tensor: the negative logarithm of the probability that sounds are made."""
    return F.softplus(scores).mean()


def gradient_penalty(discriminator, wav):
    """How steep a discriminator is at real sounds (L. Mescheder et al., arXiv:1801.04406, eq. 9); without it, it wins and teaches nothing.

    Args:
        discriminator (Layer): wav (B, N) -> scores (B, 1).
        wav (Tensor): (B, N), real ones.

    Returns:
        Tensor: the mean squared norm of the gradient; it has a gradient of its own.
    """
    wav = wav.detach()
    wav.stop_gradient = False
    (gradient,) = paddle.grad(discriminator(wav).sum(), wav, create_graph=True)
    return (gradient * gradient).sum(-1).mean()


# measures -------------------------------------------------------------------------------------------------------------------------


def features(wav):
    """What can be heard of sounds.

    Args:
        wav (Tensor): (B, N).

    Returns:
        dict[str, Tensor]: ``pitch`` (B,): the centre of the power spectrum in kHz; ``decay`` (B,): the share of energy in the first
        quarter; ``loudness`` (B,): root mean square.
    """
    power = paddle.exp(2 * Spectrum()(wav))
    frequency = paddle.arange(power.shape[1], dtype="float32") * (SAMPLE_RATE / LENGTH / 1000)
    energy = wav**2
    return {
        "pitch": (power * frequency).sum(-1) / power.sum(-1),
        "decay": energy[:, : LENGTH // 4].sum(-1) / (energy.sum(-1) + 1e-6),
        "loudness": energy.mean(-1).sqrt(),
    }


def distances(made, real):
    """How far apart the distributions of two sets of sounds are: 1-Wasserstein distances, in standard deviations of the real ones.

    Args:
        made, real (Tensor): wav (B, N); as many of each.

    Returns:
        dict[str, Tensor]: a scalar for each of `features`; 0 for the same set.
    """
    ours, theirs = features(made), features(real)
    found = {}
    for name, real_values in theirs.items():
        deviation = ((real_values - real_values.mean()) ** 2).mean().sqrt()
        found[name] = (ours[name].sort() - real_values.sort()).abs().mean() / deviation
    return found
