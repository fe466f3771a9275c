"""The configuration."""

from typing import Annotated

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.vocoder import VocoderConfig, WeightsConfig

Count = Annotated[int, Field(gt=0)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.vocos.HarmonicVocos`; bands, transform and sample rate are those of the data.

    ``feedback`` counts only when it speaks; training is without.
    """

    channels: Count = 256
    intermediate_channels: Count = 768
    n_blocks: Count = 8
    feedback: Annotated[float, Field(ge=0, le=1)] = 0.5


class WeightsSection(WeightsConfig):
    """What each part of the generator's loss counts; ``pitch``: how far the pitch in voiced frames is off, in natural logarithms."""

    pitch: Annotated[float, Field(ge=0)] = 10.0


class HarmonicVocosConfig(VocoderConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
    weights: WeightsSection = WeightsSection()
