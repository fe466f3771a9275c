"""Train a Vocos vocoder on prepared data: ``python examples/vocos/train.py train --data DIR --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from functools import cached_property

from parakeet.functions.adversarial import feature_distance, hinge_generator, hinge_made, hinge_real
from parakeet.models.vocos import spectral_distances
from parakeet.preparation.store import PreparedData
from parakeet.training import Experiment, GANUpdater, report
from parakeet.training.extensions import AudioSamples
from parakeet.training.optimizer import adamw
from parakeet.training.updaters.gan import GENERATOR

from data import build_cargoes
from utils import VocosConfig, build_mel_distance, build_models


class VocosExperiment(Experiment):
    """Mel spectrum to sound: distances of spectra from the beginning, discriminators from some iteration on."""

    config_class = VocosConfig
    printed = ("iteration", "epoch", "elapsed_time", "generator_loss", "mel_loss", "spectral_loss", "adversarial_loss", "valid/mel_loss")

    @cached_property
    def prepared(self):
        """PreparedData: what is trained on."""
        return PreparedData(self.config.data.path)

    @cached_property
    def mel_distance(self):
        """MelDistance: of what is made from what was recorded."""
        return build_mel_distance(self.prepared.mel_config)

    def build_data(self):
        """Crops to train on, and held-out recordings."""
        return build_cargoes(self.prepared, self.config.data, self.config.training.seed)

    def build_model(self):
        """The vocoder and its discriminators."""
        return build_models(self.prepared, self.config)

    def build_optimizer(self, model):
        """One for each model; the discriminators have a learning rate of their own."""
        discriminators = self.training.model_copy(update={"learning_rate": self.config.discriminators.learning_rate, "warmup": 0})
        return {name: adamw(layer, self.training if name == GENERATOR else discriminators, name) for name, layer in model.items()}

    def build_updater(self, data, model, optimizer):
        """The adversarial procedure."""
        start = self.config.discriminators.start
        return GANUpdater(
            self.load(data),
            model,
            optimizer,
            lambda generator, batch: generator(batch["mel"]),
            self.discriminator_loss,
            self.generator_loss,
            starts={name: start for name in model if name != GENERATOR},
            in_turn=True,
            **self.updater_options,
        )

    def discriminator_loss(self, name, discriminator, fake, batch):
        """Recordings are to be told from what is made."""
        return hinge_real(discriminator(batch["wav"])[0]) + hinge_made(discriminator(fake)[0])

    def generator_loss(self, discriminators, fake, batch):
        """What is made is to have the recording's spectra, and to pass for one."""
        weights = self.config.weights
        mel = self.mel_distance(fake, batch["wav"])
        spectral = sum(spectral_distances(fake, batch["wav"]))
        report({"mel_loss": mel, "spectral_loss": spectral})
        loss = weights.mel * mel + weights.spectral * spectral
        if discriminators:
            adversarial, features = self.judged(discriminators, fake, batch["wav"])
            report({"adversarial_loss": adversarial, "feature_loss": features})
            loss = loss + weights.adversarial * adversarial + weights.features * features
        return loss

    def judged(self, discriminators, fake, wav):
        """What the discriminators say: two means over them."""
        import paddle

        adversarial = features = 0.0
        for discriminator in discriminators.values():
            scores, made = discriminator(fake)
            with paddle.no_grad():
                real = discriminator(wav)[1]
            adversarial = adversarial + hinge_generator(scores)
            features = features + feature_distance(made, real)
        return adversarial / len(discriminators), features / len(discriminators)

    def compute_loss(self, model, batch):
        """How far the spectra of held-out recordings are from those of their copies."""
        fake = model[GENERATOR](batch["mel"])
        mel = self.mel_distance(fake, batch["wav"])
        report({"loss": mel, "mel_loss": mel, "spectral_loss": sum(spectral_distances(fake, batch["wav"]))})
        return mel

    def build_extensions(self, trainer):
        """The usual ones, and copies of held-out recordings to listen to."""
        yield from super().build_extensions(trainer)
        yield AudioSamples(self.copy, self.prepared.indices("valid")[:3], model=self.model[GENERATOR]), self.config.training.samples

    def copy(self, index):
        """A recording through its mel spectrum and back."""
        import paddle

        mel = self.prepared[index]["mel"]
        wav = self.model[GENERATOR].infer(paddle.to_tensor(mel[None]))
        return {"wav": wav.numpy()[0], "sample_rate": self.prepared.mel_config.sample_rate, "mel": mel}


if __name__ == "__main__":
    VocosExperiment.main()
