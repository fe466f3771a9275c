"""The configuration."""

from typing import Annotated

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.vocoder import VocoderConfig

Count = Annotated[int, Field(gt=0)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.vocos.Vocos`; bands and transform are those of the data."""

    channels: Count = 256
    intermediate_channels: Count = 768
    n_blocks: Count = 8


class WeightsSection(Config):
    """What each part of the generator's loss counts: distances of mel and of linear spectra, scores and features of discriminators."""

    mel: float = 15.0
    spectral: float = 2.0
    adversarial: float = 1.0
    features: float = 2.0


class VocosConfig(VocoderConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
    weights: WeightsSection = WeightsSection()
