"""Train a WaveNet on prepared data: ``python examples/wavenet/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.errors import ConfigError
from parakeet.experiments.plain_vocoder import PlainVocoderExperiment
from parakeet.training import report

from data import build_cargoes
from utils import WaveNetConfig


class WaveNetExperiment(PlainVocoderExperiment):
    """Each sample from those before it and the mel spectrum, by likelihood."""

    config_class = WaveNetConfig
    vocoder = "wavenet"

    def build_data(self):
        """Crops to train on, and held-out recordings.

        Raises:
            ConfigError: if nothing is left of a crop to be learnt from.
        """
        shortest = min(self.config.data.crop_frames, self.config.data.valid_frames) * self.prepared.mel_config.hop_length
        if self.config.context >= shortest:
            raise ConfigError(
                f"context: expected fewer than the {shortest} samples of the shortest crop (data.crop_frames, data.valid_frames), "
                f"received {self.config.context}. Make the crops longer, or the context shorter."
            )
        return build_cargoes(self.prepared, self.config)

    def vocoder_options(self):
        """As configured."""
        return self.config.model.model_dump()

    def compute_loss(self, model, batch):
        """How surprising the samples are, in nats each."""
        loss = model.loss(batch["wav" if model.output.classes is None else "codes"], batch["mel"], self.config.context)
        report({"loss": loss})
        return loss


if __name__ == "__main__":
    WaveNetExperiment.main()
