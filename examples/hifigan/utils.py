"""The configuration."""

from typing import Annotated

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.vocoder import VocoderConfig
from parakeet.models.hifigan import SIZES

Count = Annotated[int, Field(gt=0)]
V1 = SIZES["v1"]


class ModelSection(Config):
    """The options of :class:`parakeet.models.hifigan.HiFiGAN`; the bands are those of the data. The defaults are V1."""

    channels: Count = V1["channels"]
    upsample_rates: tuple[Count, ...] = V1["upsample_rates"]
    upsample_kernels: tuple[Count, ...] = V1["upsample_kernels"]
    kernels: tuple[Count, ...] = V1["kernels"]
    dilations: tuple[tuple[tuple[Count, ...], ...], ...] = V1["dilations"]


class HiFiGANConfig(VocoderConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
