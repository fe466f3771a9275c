"""Train Tacotron 2 on prepared data: ``python examples/tacotron2/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.acoustic import AcousticExperiment
from parakeet.models.tacotron2 import tacotron2_losses

from data import build_cargoes
from utils import Tacotron2Config


class Tacotron2Experiment(AcousticExperiment):
    """Phones to mel spectrum, frame by frame, by an attention that finds its own way."""

    config_class = Tacotron2Config
    model_name = "tacotron2"
    printed = (
        "iteration", "epoch", "elapsed_time", "loss", "mel_loss", "stop_loss", "attention_loss", "valid/mel_loss", "learning_rate",
    )  # fmt: skip

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def losses(self, outputs, batch):
        """The losses of one batch."""
        weights = self.config.weights
        return tacotron2_losses(outputs, batch, self.model.mel_std, weights.stop, weights.attention)


if __name__ == "__main__":
    Tacotron2Experiment.main()
