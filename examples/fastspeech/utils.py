"""The configuration."""

from pydantic import model_validator

from parakeet.config import Config
from parakeet.experiments.acoustic import AcousticConfig, Count, KernelSize, PreparedSection, Probability


class DataSection(PreparedSection):
    """``durations``: what ``examples/fastspeech/durations.py`` read from a teacher's attention; those of the prepared data when None."""

    durations: str | None = None


class ModelSection(Config):
    """The options of :class:`parakeet.models.fastspeech.FastSpeech`."""

    channels: Count = 384
    encoder_blocks: Count = 6
    decoder_blocks: Count = 6
    heads: Count = 2
    intermediate_channels: Count = 1536
    kernel_size: KernelSize = 3
    dropout: Probability = 0.1

    @model_validator(mode="after")
    def _heads_share_the_channels(self):
        if self.channels % 2 or self.channels % self.heads:
            raise ValueError(f"channels: {self.channels} are no even number that {self.heads} heads can share")
        return self


class FastSpeechConfig(AcousticConfig):
    """All of the experiment."""

    data: DataSection
    model: ModelSection = ModelSection()
