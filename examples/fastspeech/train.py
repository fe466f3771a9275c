"""Train FastSpeech on prepared data: ``python examples/fastspeech/train.py train --data DIR --output RUN [data.durations=FILE]``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from functools import cached_property

from parakeet.experiments.acoustic import AcousticExperiment
from parakeet.experiments.teacher import TaughtData
from parakeet.models.fastspeech import fastspeech_losses

from data import build_cargoes
from utils import FastSpeechConfig


class FastSpeechExperiment(AcousticExperiment):
    """Phones to mel spectrum by feed-forward transformers, as long as a teacher's attention says."""

    config_class = FastSpeechConfig
    model_name = "fastspeech"

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on, with a teacher's durations where there is one."""
        data = self.config.data
        return super().prepared if data.durations is None else TaughtData(data.path, data.durations)

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def losses(self, outputs, batch):
        """The losses of one batch."""
        return fastspeech_losses(outputs, batch, self.model.mel_std)


if __name__ == "__main__":
    FastSpeechExperiment.main()
