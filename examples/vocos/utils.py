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


class VocosConfig(VocoderConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
