"""Train the net from mel spectra to linear ones: ``python examples/cbhg/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from functools import cached_property

import numpy as np

from parakeet.models.cbhg import linear_loss
from parakeet.preparation.linear import LinearSpectra
from parakeet.preparation.store import PreparedData
from parakeet.training import Experiment, report
from parakeet.training.extensions import AudioSamples
from parakeet.training.extensions.evaluation_mode import evaluation_mode

from data import build_cargoes
from utils import CBHGConfig, build_model, sound


class CBHGExperiment(Experiment):
    """Mel spectra to linear ones, of which Griffin-Lim makes sound."""

    config_class = CBHGConfig
    printed = ("iteration", "epoch", "elapsed_time", "loss", "valid/loss", "learning_rate")

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on."""
        return PreparedData(self.config.data.path)

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def build_model(self):
        """The net, which knows the statistics of both spectra."""
        known, (mean, std) = self.prepared.statistics, LinearSpectra(self.prepared).statistics()
        statistics = {"mel_mean": known["mel_mean"], "mel_std": known["mel_std"], "linear_mean": mean, "linear_std": std}
        return build_model(self.config, self.prepared.mel_config, **statistics)

    def compute_loss(self, model, batch):
        """The distance of the spectra of one batch."""
        predicted = model(batch["mel"], batch["mel_lengths"])
        loss = linear_loss(predicted, batch["linear"], batch["mel_lengths"], model.linear_std)
        report({"loss": (loss, self.batch_weight(batch))})
        return loss

    def batch_weight(self, batch):
        """What a batch counts among several: its frames."""
        return batch["mel_lengths"].sum()

    def build_extensions(self, trainer):
        """The usual ones, and copies to listen to."""
        yield from super().build_extensions(trainer)
        copies = AudioSamples(self.copy, self.prepared.indices("valid")[:3], model=self.model, context=self.averaged)
        yield copies, self.training.samples

    def say(self, index):
        """The sound of a recorded utterance's mel spectrum: (N,) float32 in [-1, 1]."""
        with evaluation_mode(self.model):
            return sound(self.model, self.prepared[index]["mel"], self.prepared.mel_config)

    def copy(self, index):
        """A recording through its mel spectrum and back."""
        mel = np.array(self.prepared[index]["mel"])
        return {"wav": self.say(index), "sample_rate": self.prepared.mel_config.sample_rate, "mel": mel}


if __name__ == "__main__":
    CBHGExperiment.main()
