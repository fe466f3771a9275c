"""Train Deep Voice 3 on prepared data: ``python examples/deepvoice3/train.py train --config ... --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.acoustic import AcousticExperiment
from parakeet.models.deepvoice3 import deepvoice3_losses

from data import build_cargoes, frames_a_symbol
from utils import DeepVoice3Config


class DeepVoice3Experiment(AcousticExperiment):
    """Phones to mel spectrum, some frames at a time, by gated convolutions and attention."""

    config_class = DeepVoice3Config
    model_name = "deepvoice3"

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def model_options(self):
        """The configured size; the slope of attention is that of the data, unless it is configured."""
        options = super().model_options()
        return options if options["key_rate"] is not None else {**options, "key_rate": frames_a_symbol(self.prepared)}

    def losses(self, outputs, batch):
        """The losses of one batch."""
        weights = self.config.weights
        return deepvoice3_losses(outputs, batch, self.model.mel_std, self.model.frames_per_step, weights.stop, weights.attention)


if __name__ == "__main__":
    DeepVoice3Experiment.main()
