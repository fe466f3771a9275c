"""Train a Vocos vocoder on prepared data: ``python examples/vocos/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.experiments.vocoder import VocoderExperiment
from parakeet.functions.adversarial import hinge_discrimination, hinge_judgement

from data import build_cargoes
from utils import VocosConfig


class VocosExperiment(VocoderExperiment):
    """Mel spectrum to sound: distances of spectra from the beginning, discriminators from some iteration on."""

    config_class = VocosConfig
    vocoder = "vocos"

    def build_data(self):
        """Crops to train on, and held-out recordings."""
        return build_cargoes(self.prepared, self.config)

    def vocoder_options(self):
        """The configured size; the transform is that of the mel spectra."""
        mel = self.prepared.mel_config
        return {**self.config.model.model_dump(), "n_fft": mel.n_fft, "hop_length": mel.hop_length}

    def vocoder_statistics(self):
        """Mean and deviation of each band."""
        return {name: self.prepared.statistics[name] for name in ("mel_mean", "mel_std")}

    def discriminator_loss(self, name, discriminator, fake, batch):
        """Recordings are to be told from what is made."""
        return hinge_discrimination(discriminator, fake, batch["wav"])

    def judged(self, discriminators, fake, wav):
        """What the discriminators say: two means over them."""
        return hinge_judgement(discriminators, fake, wav)


if __name__ == "__main__":
    VocosExperiment.main()
