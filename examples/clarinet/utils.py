"""The configuration."""

from typing import Annotated

from pydantic import Field

from parakeet.config import Config
from parakeet.experiments.plain_vocoder import PlainVocoderConfig
from parakeet.experiments.vocoder import Count

Weight = Annotated[float, Field(ge=0)]


class ModelSection(Config):
    """The options of :class:`parakeet.models.clarinet.ClariNet`; bands are those of the data, upsampling is the teacher's."""

    flows: Count = 6
    channels: Count = 64
    kernel_size: Annotated[int, Field(ge=2)] = 3
    layers: Count = 10


class WeightsSection(Config):
    """What each part of the loss counts: ``kl`` the divergence from the teacher, ``frames`` the spectra; ``scales``, within the first, the
    penalty on scales that differ (lambda); ``least_log_scale``: smaller scales count as this."""

    kl: Weight = 1.0
    frames: Weight = 1.0
    scales: Weight = 4.0
    least_log_scale: float = -7.0


class TransformSection(Config):
    """The transform whose magnitudes are compared, in samples."""

    n_fft: Count = 2048
    hop_length: Count = 256
    win_length: Count = 1024


class ClariNetConfig(PlainVocoderConfig):
    """All of the experiment.

    Attributes:
        teacher: the run folder of a WaveNet with a single Gaussian, trained on the same kind of spectra.
    """

    teacher: str
    model: ModelSection = ModelSection()
    weights: WeightsSection = WeightsSection()
    transform: TransformSection = TransformSection()
