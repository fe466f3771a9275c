"""The configuration."""

from typing import Annotated, Literal

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.plain_vocoder import PlainVocoderConfig
from parakeet.experiments.vocoder import Count


class ModelSection(Config):
    """The options of :class:`parakeet.models.wavenet.WaveNet`; bands are those of the data."""

    upsample_scales: tuple[Count, ...] = (16, 16)
    channels: Count = 128
    kernel_size: Annotated[int, Field(ge=2)] = 2
    layers: Count = 10
    cycles: Count = 3
    output: Literal["softmax", "gaussian", "mixture"] = "gaussian"
    classes: Annotated[int, Field(ge=2)] = 2048
    components: Count = 10
    least_log_scale: float = -9.0
    projected: bool = False


class WaveNetConfig(PlainVocoderConfig):
    """All of the experiment.

    Attributes:
        context: so many samples at the beginning of each crop are only looked back upon: nothing is learnt from them.
    """

    model: ModelSection = ModelSection()
    context: Annotated[int, Field(ge=0)] = 0
