"""The configuration, the net, and the sound of what it says."""

import numpy as np
import paddle

from parakeet.audio.griffin_lim import sound_of_magnitude
from parakeet.config import Config
from parakeet.experiments.acoustic import Count, PreparedSection
from parakeet.models.cbhg import MelToLinear
from parakeet.training import TrainingConfig


class ModelSection(Config):
    """The options of :class:`parakeet.models.cbhg.MelToLinear`."""

    channels: Count = 128
    bank_size: Count = 8
    projection_channels: Count = 256


class CBHGConfig(Config):
    """All of the experiment."""

    data: PreparedSection
    model: ModelSection = ModelSection()
    training: TrainingConfig = TrainingConfig()


def build_model(config, mel_config, **statistics):
    """The net of a configuration, with fresh weights.

    Args:
        config (CBHGConfig): all of the experiment.
        mel_config (MelConfig): of the spectra.
        **statistics: of the training data; they come with the weights of a net that is trained.

    Returns:
        MelToLinear: in training mode.
    """
    return MelToLinear(mel_config.n_mels, mel_config.n_fft, **config.model.model_dump(), **statistics)


def sound(model, mel, mel_config):
    """What is heard of a mel spectrum: its linear one, with phases estimated by Griffin-Lim.

    Args:
        model (MelToLinear): in evaluation mode.
        mel (ndarray): (T, n_mels), natural-log amplitude.
        mel_config (MelConfig): how it was made.

    Returns:
        ndarray: (N,) float32 in [-1, 1].
    """
    linear = model.infer(paddle.to_tensor(np.array(mel)[None]), paddle.to_tensor([len(mel)])).numpy()[0]
    return np.clip(sound_of_magnitude(np.exp(linear), mel_config), -1.0, 1.0)
