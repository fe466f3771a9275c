"""Train a generator of sounds against two discriminators: ``python examples/gan/train.py train --output RUN``."""

from parakeet.cpu import import_paddle

import_paddle("Training")  # first of all: with the settings that make it fast on this processor

from parakeet.training import Experiment, GANUpdater, report
from parakeet.training.optimizer import adamw
from parakeet.training.updaters.gan import GENERATOR

from data import build_cargoes
from utils import GANConfig, build_models, distances, gradient_penalty, passed_for_made, passed_for_real


class PlucksExperiment(Experiment):
    """Plucked strings from noise: a generator, and two discriminators that look at the wave and at its spectrum."""

    config_class = GANConfig
    printed = ("iteration", "elapsed_time", "generator_loss", "wave_loss", "spectrum_loss", "valid/loss", "valid/pitch")

    def build_data(self):
        """Plucks to learn from, and others to be compared with."""
        return build_cargoes(self.config.data, self.config.training.seed)

    def build_model(self):
        """A generator and two discriminators."""
        return build_models(self.config.model)

    def build_optimizer(self, model):
        """One for each model; the discriminators have a learning rate of their own."""
        rate = self.config.adversarial.discriminator_learning_rate
        discriminators = self.training.model_copy(update={"learning_rate": rate})
        settings = {name: self.training if name == GENERATOR else discriminators for name in model}
        return {name: adamw(layer, settings[name], name) for name, layer in model.items()}

    def build_updater(self, data, model, optimizer):
        """The adversarial procedure; the discriminator of spectra joins later."""
        return GANUpdater(
            self.load(data),
            model,
            optimizer,
            self.generate,
            self.discriminator_loss,
            self.generator_loss,
            starts={"spectrum": self.config.adversarial.spectrum_starts},
            **self.updater_options,
        )

    def generate(self, generator, batch):
        """As many sounds as there are real ones."""
        return generator(len(batch["wav"]))

    def discriminator_loss(self, name, discriminator, fake, batch):
        """Real ones are to be told from made ones, without too steep a slope between them."""
        loss = passed_for_real(discriminator(batch["wav"])) + passed_for_made(discriminator(fake))
        adversarial = self.config.adversarial
        if self.updater.iteration % adversarial.penalty_every == 0:
            # Lazily, and the more each time (T. Karras et al., arXiv:1912.04958, sec. 3.1).
            strength = adversarial.penalty_every * adversarial.penalty / 2
            loss = loss + strength * gradient_penalty(discriminator, batch["wav"])
        return loss

    def generator_loss(self, discriminators, fake, batch):
        """Made ones are to pass for real ones, with each discriminator."""
        return sum(passed_for_real(discriminator(fake)) for discriminator in discriminators.values())

    def compute_loss(self, model, batch):
        """How far what is made is from the validation set, for evaluation alone."""
        found = distances(model[GENERATOR](len(batch["wav"])), batch["wav"])
        report(found)
        return sum(found.values()) / len(found)


if __name__ == "__main__":
    PlucksExperiment.main()
