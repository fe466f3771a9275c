"""Train a Vocos with a source on prepared data: ``python examples/harmonic_vocos/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

import numpy as np
import paddle

from parakeet.experiments.vocoder import VocoderExperiment
from parakeet.functions.adversarial import hinge_discrimination, hinge_judgement

from data import build_cargoes
from utils import HarmonicVocosConfig


class HarmonicVocosExperiment(VocoderExperiment):
    """Mel spectrum to filters of a source: distances of spectra and of pitch from the beginning, discriminators from some iteration on.

    The source has the recorded pitch while the model learns, and its own when it is listened to.
    """

    config_class = HarmonicVocosConfig
    vocoder = "harmonic_vocos"
    printed = (*VocoderExperiment.printed, "valid/pitch_loss")

    def build_data(self):
        """Crops to train on, and held-out recordings."""
        return build_cargoes(self.prepared, self.config)

    def vocoder_options(self):
        """The configured size; the transform is that of the mel spectra."""
        mel = self.prepared.mel_config
        return {**self.config.model.model_dump(), "n_fft": mel.n_fft, "hop_length": mel.hop_length, "sample_rate": mel.sample_rate}

    def vocoder_statistics(self):
        """Mean and deviation of each band; the speaker's pitch, where predictions begin."""
        statistics = self.prepared.statistics
        bands = {name: statistics[name] for name in ("mel_mean", "mel_std")}
        return {**bands, "middle_pitch": float(np.exp(statistics["log_pitch_mean"]))}

    def generate(self, generator, batch):
        """Sounds of the batch's spectra, and the pitch that was found in them."""
        wav, log_pitch = generator(batch["mel"], batch["harmonics"], batch["noise"])
        return {"wav": wav, "log_pitch": log_pitch}

    def distances(self, fake, batch):
        """Those of the spectra, and ``pitch_loss``, in natural logarithms, of the voiced frames."""
        error = paddle.abs(fake["log_pitch"] - paddle.log(batch["pitch"])) * batch["voiced"]
        pitch = error.sum() / (batch["voiced"].sum() + 1)
        return {**super().distances(fake["wav"], batch), "pitch_loss": pitch}

    def weighted(self, losses):
        """The pitch counts, too."""
        return super().weighted(losses) + self.config.weights.pitch * losses["pitch_loss"]

    def discriminator_loss(self, name, discriminator, fake, batch):
        """Recordings are to be told from what is made."""
        return hinge_discrimination(discriminator, fake["wav"], batch["wav"])

    def judged(self, discriminators, fake, wav):
        """What the discriminators say: two means over them."""
        return hinge_judgement(discriminators, fake["wav"], wav)


if __name__ == "__main__":
    HarmonicVocosExperiment.main()
