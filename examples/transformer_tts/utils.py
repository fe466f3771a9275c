"""The configuration."""

from typing import Annotated

from pydantic import Field, model_validator

from parakeet.config import Config
from parakeet.experiments.acoustic import AcousticConfig, Count, Probability

Weight = Annotated[float, Field(ge=0)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.transformer_tts.TransformerTTS`."""

    embedding_channels: Count = 512
    channels: Count = 256
    encoder_blocks: Count = 3
    decoder_blocks: Count = 3
    heads: Count = 4
    intermediate_channels: Count = 1024
    prenet_channels: Count = 256
    postnet_channels: Count = 512
    postnet_blocks: Annotated[int, Field(ge=2)] = 5
    frames_per_step: Count = 1
    dropout: Probability = 0.1
    conv_dropout: Probability = 0.5
    prenet_dropout: Probability = 0.5

    @model_validator(mode="after")
    def _heads_share_the_channels(self):
        if self.channels % 2 or self.channels % self.heads:
            raise ValueError(f"channels: {self.channels} are no even number that {self.heads} heads can share")
        return self


class WeightsSection(Config):
    """What the last step counts among the others, and the guided attention; see
    `parakeet.models.transformer_tts.transformer_tts_losses`."""

    stop: Weight = 5.0
    attention: Weight = 0.0


class TransformerTTSConfig(AcousticConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
    weights: WeightsSection = WeightsSection()
