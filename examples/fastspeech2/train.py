"""Train FastSpeech 2 on prepared data: ``python examples/fastspeech2/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.acoustic import AcousticExperiment
from parakeet.models.fastspeech2 import fastspeech2_losses

from data import build_cargoes
from utils import FastSpeech2Config


class FastSpeech2Experiment(AcousticExperiment):
    """Phones to mel spectrum by feed-forward transformers."""

    config_class = FastSpeech2Config
    model_name = "fastspeech2"

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def losses(self, outputs, batch):
        """The losses of one batch."""
        return fastspeech2_losses(outputs, batch, self.model.mel_std)


if __name__ == "__main__":
    FastSpeech2Experiment.main()
