"""The configuration."""

from typing import Annotated

from pydantic import Field, field_validator

from parakeet.config import Config
from parakeet.experiments.acoustic import AcousticConfig, Count, KernelSize, Probability

Weight = Annotated[float, Field(ge=0)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.tacotron2.Tacotron2`."""

    channels: Count = 512
    encoder_blocks: Count = 3
    kernel_size: KernelSize = 5
    prenet_channels: Count = 256
    decoder_channels: Count = 1024
    attention_channels: Count = 128
    location_filters: Count = 32
    location_kernel_size: KernelSize = 31
    postnet_channels: Count = 512
    postnet_blocks: Annotated[int, Field(ge=2)] = 5
    frames_per_step: Count = 1
    dropout: Probability = 0.5
    prenet_dropout: Probability = 0.5
    zoneout: Probability = 0.1

    @field_validator("channels")
    @classmethod
    def _two_directions_share_them(cls, value):
        if value % 2:
            raise ValueError(f"two directions share the encoder's channels, so they are even; they are {value}")
        return value


class WeightsSection(Config):
    """What the last frame counts among the others, and the guided attention; see `parakeet.models.tacotron2.tacotron2_losses`."""

    stop: Weight = 5.0
    attention: Weight = 0.0


class Tacotron2Config(AcousticConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
    weights: WeightsSection = WeightsSection()
