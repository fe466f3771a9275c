"""Train SpeedySpeech on prepared data: ``python examples/speedyspeech/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.acoustic import AcousticExperiment
from parakeet.models.speedyspeech import speedyspeech_losses

from data import build_cargoes
from utils import SpeedySpeechConfig


class SpeedySpeechExperiment(AcousticExperiment):
    """Phones to mel spectrum by convolutions."""

    config_class = SpeedySpeechConfig
    model_name = "speedyspeech"

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def losses(self, outputs, batch):
        """The losses of one batch."""
        return speedyspeech_losses(outputs, batch, self.model.mel_std)


if __name__ == "__main__":
    SpeedySpeechExperiment.main()
