"""The configuration."""

from typing import Annotated

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.acoustic import AcousticConfig, Count, KernelSize, Probability

Dilations = Annotated[tuple[Count, ...], Field(min_length=1)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.speedyspeech.SpeedySpeech`."""

    channels: Count = 224
    kernel_size: KernelSize = 5
    encoder_dilations: Dilations = (1, 2)
    decoder_dilations: Dilations = (1, 2, 1, 2)
    frames_per_step: Count = 2
    predictor_channels: Count = 128
    predictor_dilations: Dilations = (1, 2, 4, 1)
    dropout: Probability = 0.1
    decoder_dropout: Probability = 0.0


class SpeedySpeechConfig(AcousticConfig):
    """All of the experiment."""

    model: ModelSection = ModelSection()
