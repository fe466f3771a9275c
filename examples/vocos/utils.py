"""The configuration and the models it describes."""

from typing import Annotated

from pydantic import Field

from parakeet.audio.mel import mel_filters
from parakeet.config import Config
from parakeet.models.vocos import MelDistance, Vocos
from parakeet.modules.discriminators import PeriodDiscriminator, SpectrumDiscriminator
from parakeet.training import TrainingConfig
from parakeet.training.updaters.gan import GENERATOR

Count = Annotated[int, Field(gt=0)]


class DataSection(Config):
    """``path``: the folder that ``parakeet prepare`` made (``--data``); ``crop_frames``, ``batch_size``: what a step sees; ``gains``: in
    dB, see `data.Crops`; ``valid``: how many held-out recordings are looked at, ``valid_frames`` of each.
    """

    path: str
    crop_frames: Count = 64
    batch_size: Count = 16
    gains: tuple[float, float] = (-6.0, 3.0)
    valid: Count = 32
    valid_frames: Count = 64


class ModelSection(Config):
    """The options of :class:`parakeet.models.vocos.Vocos`."""

    channels: Count = 256
    intermediate_channels: Count = 768
    n_blocks: Count = 8


class DiscriminatorSection(Config):
    """``spectra``: n_fft, hop_length and channels of each discriminator of spectra; ``periods`` and their ``period_channels``;
    ``start``: the iteration in which they join; ``learning_rate``: theirs.
    """

    spectra: tuple[tuple[Count, Count, Count], ...] = ((1024, 256, 128), (512, 128, 128), (256, 64, 96))
    periods: tuple[Count, ...] = ()
    period_channels: tuple[Count, ...] = (8, 32, 64, 128)
    start: int = 2000
    learning_rate: float = 5e-4


class WeightsSection(Config):
    """What each part of the generator's loss counts."""

    mel: float = 15.0
    spectral: float = 2.0
    adversarial: float = 1.0
    features: float = 2.0


class VocosConfig(Config):
    """All of the experiment."""

    data: DataSection
    model: ModelSection = ModelSection()
    discriminators: DiscriminatorSection = DiscriminatorSection()
    weights: WeightsSection = WeightsSection()
    training: TrainingConfig = TrainingConfig()


def build_models(prepared, config):
    """The vocoder and its discriminators, with fresh weights.

    Args:
        prepared (PreparedData): gives bands and statistics.
        config (VocosConfig): sizes.

    Returns:
        dict: ``generator`` and a name for each discriminator -> Layer.
    """
    section = config.discriminators
    models = {GENERATOR: build_vocoder(prepared, config.model)}
    for n_fft, hop_length, channels in section.spectra:
        models[f"spectrum_{n_fft}"] = SpectrumDiscriminator(n_fft, hop_length, channels)
    for period in section.periods:
        models[f"period_{period}"] = PeriodDiscriminator(period, section.period_channels)
    return models


def build_vocoder(prepared, section):
    """The vocoder of a configuration for this data, with fresh weights."""
    mel = prepared.mel_config
    return Vocos(
        mel.n_mels,
        n_fft=mel.n_fft,
        hop_length=mel.hop_length,
        mel_mean=prepared.statistics["mel_mean"],
        mel_std=prepared.statistics["mel_std"],
        **section.model_dump(),
    )


def build_mel_distance(mel_config):
    """The distance of mel spectra like those the vocoder is given, but over the whole band."""
    return MelDistance(mel_filters(mel_config), mel_config.hop_length)
