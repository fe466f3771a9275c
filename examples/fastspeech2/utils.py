"""The configuration."""

from typing import Annotated

from pydantic import Field, model_validator

from parakeet.config import Config
from parakeet.experiments.acoustic import AcousticConfig, Count, KernelSize, Probability


class ModelSection(Config):
    """The options of :class:`parakeet.models.fastspeech2.FastSpeech2`."""

    channels: Count = 384
    encoder_blocks: Count = 4
    decoder_blocks: Count = 4
    heads: Count = 2
    intermediate_channels: Count = 1536
    kernel_size: KernelSize = 3
    pitch_blocks: Count = 5
    pitch_kernel_size: KernelSize = 5
    postnet_blocks: Annotated[int, Field(ge=0)] = 5
    dropout: Probability = 0.2

    @model_validator(mode="after")
    def _parts_fit(self):
        if self.channels % 2 or self.channels % self.heads:
            raise ValueError(f"channels: {self.channels} are no even number that {self.heads} heads can share")
        if self.postnet_blocks == 1:
            raise ValueError("postnet_blocks: a post-net has 2 convolutions at least; 0 is for none")
        return self


class FastSpeech2Config(AcousticConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
