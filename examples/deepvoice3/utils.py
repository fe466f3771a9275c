"""The configuration."""

from typing import Annotated

from pydantic import Field, model_validator

from parakeet.config import Config
from parakeet.experiments.acoustic import AcousticConfig, Count, KernelSize, Probability

Weight = Annotated[float, Field(ge=0)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.deepvoice3.DeepVoice3`; ``key_rate`` is that of the data when it is null."""

    embedding_channels: Count = 256
    encoder_channels: Count = 64
    encoder_blocks: Count = 7
    encoder_kernel_size: KernelSize = 5
    decoder_widths: Annotated[tuple[Count, ...], Field(min_length=1)] = (128, 256)
    decoder_layers: Count = 4
    decoder_kernel_size: Count = 5
    attention_channels: Count = 128
    converter_channels: Count = 256
    converter_blocks: Count = 5
    converter_kernel_size: KernelSize = 5
    frames_per_step: Count = 4
    position_weight: Annotated[float, Field(ge=0)] = 1.0
    key_rate: Annotated[float, Field(gt=0)] | None = None
    dropout: Probability = 0.05

    @model_validator(mode="after")
    def _parts_fit(self):
        hidden = self.decoder_widths[-1]
        if hidden != self.embedding_channels:
            raise ValueError(
                f"decoder_widths: the last is {hidden}, embedding_channels {self.embedding_channels}; "
                "queries and keys have as many channels"
            )
        if hidden % 2:
            raise ValueError(f"embedding_channels: {hidden} is odd; positions are sines and as many cosines")
        if hidden % self.frames_per_step:
            raise ValueError(f"frames_per_step: {self.frames_per_step} frames do not share {hidden} channels, the last of decoder_widths")
        return self


class WeightsSection(Config):
    """What the last step counts among the others, and the guided attention; see `parakeet.models.deepvoice3.deepvoice3_losses`."""

    stop: Weight = 1.0
    attention: Weight = 0.0


class DeepVoice3Config(AcousticConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
    weights: WeightsSection = WeightsSection()
