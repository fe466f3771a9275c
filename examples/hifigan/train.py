"""Train a HiFi-GAN vocoder on prepared data: ``python examples/hifigan/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.vocoder import VocoderExperiment
from parakeet.functions.adversarial import (
    feature_matching,
    judgements,
    least_squares_generator,
    least_squares_made,
    least_squares_real,
)

from data import build_cargoes
from utils import HiFiGANConfig


class HiFiGANExperiment(VocoderExperiment):
    """Mel spectrum to sound by transposed convolutions, against discriminators (HiFi-GAN, arXiv:2010.05646, sec. 2.3)."""

    config_class = HiFiGANConfig
    vocoder = "hifigan"

    def build_data(self):
        """Crops to train on, and held-out recordings."""
        return build_cargoes(self.prepared, self.config)

    def vocoder_options(self):
        """The configured size."""
        return self.config.model.model_dump(mode="json")

    def discriminator_loss(self, name, discriminator, fake, batch):
        """Recordings are to be told from what is made (eq. 1)."""
        return least_squares_real(discriminator(batch["wav"])[0]) + least_squares_made(discriminator(fake)[0])

    def judged(self, discriminators, fake, wav):
        """What the discriminators say: two sums over them (eq. 2 and 6)."""
        adversarial = features = 0.0
        for scores, made, real_scores, real in judgements(discriminators, fake, wav):
            adversarial = adversarial + least_squares_generator(scores)
            features = features + feature_matching([*made, scores], [*real, real_scores])
        return adversarial, features


if __name__ == "__main__":
    HiFiGANExperiment.main()
