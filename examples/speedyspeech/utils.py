"""The configuration, the model it describes, and the voice that training leaves behind."""

import shutil
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from parakeet.config import Config
from parakeet.models.speedyspeech import SpeedySpeech
from parakeet.training import TrainingConfig, make_extension
from parakeet.voice.description import LEXICON, ModelDescription, VoiceDescription


def _odd(value):
    if value % 2 == 0:
        raise ValueError(f"a kernel has a middle, so its size is odd; it is {value}")
    return value


Count = Annotated[int, Field(gt=0)]
Dilations = Annotated[tuple[Count, ...], Field(min_length=1)]
Probability = Annotated[float, Field(ge=0, lt=1)]


class DataSection(Config):
    """``path``: the folder that ``parakeet prepare`` made (``--data``); ``batch_frames``: frames in a batch, padding included."""

    path: str
    batch_frames: Count = 2400


class ModelSection(Config):
    """The options of :class:`parakeet.models.speedyspeech.SpeedySpeech`."""

    channels: Count = 192
    kernel_size: Annotated[Count, AfterValidator(_odd)] = 5
    encoder_dilations: Dilations = (1, 1, 2, 4)
    decoder_dilations: Dilations = (1, 2, 4, 8, 1, 2, 4, 1)
    predictor_channels: Count = 128
    dropout: Probability = 0.1
    decoder_dropout: Probability = 0.0


class SpeedySpeechConfig(Config):
    """All of the experiment. ``samples`` are sentences to speak while it trains."""

    data: DataSection
    model: ModelSection = ModelSection()
    training: TrainingConfig = TrainingConfig()
    samples: tuple[str, ...] = ()


def describe_voice(prepared, options):
    """The voice of a model trained on this data.

    Args:
        prepared (PreparedData): the data.
        options (ModelSection): of the model.

    Returns:
        VoiceDescription: what ``voice.json`` will hold.
    """
    return VoiceDescription.of_data(prepared, ModelDescription("speedyspeech", options.model_dump(mode="json")))


def build_model(prepared, options):
    """The model of this configuration for this data, with fresh weights.

    Args:
        prepared (PreparedData): gives vocabulary, bands and statistics.
        options (ModelSection): of the model.

    Returns:
        SpeedySpeech: in training mode.
    """
    statistics = prepared.statistics
    return SpeedySpeech(
        vocab_size=len(prepared.symbols) + 1,
        n_mels=prepared.mel_config.n_mels,
        mel_mean=statistics["mel_mean"],
        mel_std=statistics["mel_std"],
        **options.model_dump(),
    )


def leave_voice(description, prepared):
    """An extension that writes ``voice.json`` (and the lexicon) into the run folder when training begins."""

    def initializer(trainer):
        if description.has_lexicon:
            shutil.copyfile(prepared.directory / LEXICON, Path(trainer.out) / LEXICON)
        description.save(trainer.out)

    return make_extension(default_name="voice", trigger=(1, "epoch"), initializer=initializer)(lambda trainer: None)
