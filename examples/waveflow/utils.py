"""The configuration."""

from typing import Annotated

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.plain_vocoder import PlainVocoderConfig
from parakeet.experiments.vocoder import Count


class ModelSection(Config):
    """The options of :class:`parakeet.models.waveflow.WaveFlow`; bands and their statistics are those of the data."""

    channels: Count = 64
    n_flows: Count = 8
    height: Count = 16
    kernel_size: tuple[Count, Count] = (3, 3)
    row_dilations: tuple[Count, ...] | None = None
    upsample_scales: tuple[Count, ...] = (16, 16)
    temperature: Annotated[float, Field(ge=0)] = 1.0


class WaveFlowConfig(PlainVocoderConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
