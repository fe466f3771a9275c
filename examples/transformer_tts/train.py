"""Train Transformer TTS on prepared data: ``python examples/transformer_tts/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.acoustic import AcousticExperiment
from parakeet.models.transformer_tts import transformer_tts_losses

from data import build_cargoes
from utils import TransformerTTSConfig


class TransformerTTSExperiment(AcousticExperiment):
    """Phones to mel spectrum, step after step, by attention alone."""

    config_class = TransformerTTSConfig
    model_name = "transformer_tts"
    printed = (
        "iteration", "epoch", "elapsed_time", "loss", "mel_loss", "stop_loss", "attention_loss", "valid/mel_loss", "learning_rate",
    )  # fmt: skip

    def build_data(self):
        """Training and validation batches."""
        return build_cargoes(self.prepared, self.config)

    def losses(self, outputs, batch):
        """The losses of one batch."""
        weights = self.config.weights
        return transformer_tts_losses(outputs, batch, self.model.mel_std, weights.stop, weights.attention)


if __name__ == "__main__":
    TransformerTTSExperiment.main()
