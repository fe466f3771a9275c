"""Train a WaveFlow on prepared data: ``python examples/waveflow/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.errors import ConfigError
from parakeet.experiments.plain_vocoder import PlainVocoderExperiment
from parakeet.experiments.vocoder import build_vocoder
from parakeet.models.waveflow import waveflow_loss
from parakeet.training import report

from data import build_cargoes
from utils import WaveFlowConfig


class WaveFlowExperiment(PlainVocoderExperiment):
    """Sound to noise, by likelihood (arXiv:1912.01219); the way back is the vocoder."""

    config_class = WaveFlowConfig
    vocoder = "waveflow"

    def build_data(self):
        """Crops to train on, and held-out recordings."""
        return build_cargoes(self.prepared, self.config)

    def vocoder_options(self):
        """As configured."""
        return self.config.model.model_dump(mode="json")

    def build_model(self):
        """The configured model, with fresh weights, for spectra like those of the data.

        Raises:
            ConfigError: if its sizes do not go together, or it makes more or fewer samples of a frame than the data have.
        """
        statistics = {name: self.prepared.statistics[name] for name in ("mel_mean", "mel_std")}
        try:
            return build_vocoder(self.vocoder, self.prepared, **statistics, **self.vocoder_options())
        except ValueError as error:
            raise ConfigError(f"model: {error}") from error

    def compute_loss(self, model, batch):
        """How unlikely the recordings are, in nats a sample."""
        loss = waveflow_loss(*model(batch["wav"], batch["mel"]))
        report({"loss": loss})
        return loss


if __name__ == "__main__":
    WaveFlowExperiment.main()
