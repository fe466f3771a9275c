"""The configuration, the model it describes, and the voice that training leaves behind."""

import shutil
from pathlib import Path

from parakeet.config import Config
from parakeet.models.speedyspeech import SpeedySpeech
from parakeet.training import TrainingConfig, make_extension
from parakeet.voice.description import LEXICON, VoiceDescription


class DataSection(Config):
    """``path``: the folder that ``parakeet prepare`` made (``--data``); ``batch_frames``: frames in a batch, padding included."""

    path: str
    batch_frames: int = 2400


class ModelSection(Config):
    """The options of :class:`parakeet.models.speedyspeech.SpeedySpeech`."""

    channels: int = 192
    kernel_size: int = 5
    encoder_dilations: tuple[int, ...] = (1, 1, 2, 4)
    decoder_dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 1)
    predictor_channels: int = 128
    dropout: float = 0.1
    decoder_dropout: float = 0.0


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
    info = prepared.info
    return VoiceDescription(
        model="speedyspeech",
        model_options=options.model_dump(mode="json"),
        symbols=prepared.symbols,
        frontend=prepared.frontend,
        mel=prepared.mel_config,
        corpus={key: info["corpus"].get(key, {}) for key in ("name", "licence", "attribution", "options")},
        has_lexicon=(prepared.directory / LEXICON).is_file(),
    )


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
