"""An experiment in which a generator learns from discriminators."""

from parakeet.training.experiment import Experiment
from parakeet.training.updaters.gan import GENERATOR, GANUpdater


class GANExperiment(Experiment):
    """An experiment whose `build_model` gives a ``generator`` and discriminators by name; they learn by a `GANUpdater`.

    A subclass writes `generate`, `discriminator_loss` and `generator_loss` beside what every experiment writes; `compute_loss` serves
    evaluation alone, and is given the dict of all models.
    """

    starts = {}
    """dict: name of a discriminator -> the iteration in which it joins; 0 where it says nothing."""

    in_turn = False
    """bool: whether one discriminator judges and learns in each iteration, one after another, or all do."""

    def generate(self, generator, batch):
        """What the generator makes of a batch: a tensor, or a structure of tensors."""
        raise NotImplementedError(f"{type(self).__name__} must define generate(self, generator, batch)")

    def discriminator_loss(self, name, discriminator, fake, batch):
        """What a discriminator pays: a scalar tensor; `fake` is what was generated, detached."""
        raise NotImplementedError(f"{type(self).__name__} must define discriminator_loss(self, name, discriminator, fake, batch)")

    def generator_loss(self, discriminators, fake, batch):
        """What the generator pays: a scalar tensor; `discriminators` are those that judge in this iteration, by name."""
        raise NotImplementedError(f"{type(self).__name__} must define generator_loss(self, discriminators, fake, batch)")

    @property
    def discriminator_training(self):
        """TrainingConfig: of the discriminators' optimizers; the generator's is ``training``."""
        return self.training

    def build_optimizer(self, model):
        """One AdamW for each model.

        A schedule counts the steps of its own optimizer. A discriminator that joins later, or whose turn comes seldom, makes fewer; its
        learning rate falls to the end in as many as it makes, together with the generator's.
        """
        from parakeet.training.optimizer import adamw

        return {name: adamw(layer, self._settings(name, len(model) - 1), name) for name, layer in model.items()}

    def _settings(self, name, discriminators):
        if name == GENERATOR:
            return self.training
        settings = self.discriminator_training
        if settings.decay_until is None:
            return settings
        steps = settings.decay_until - self.starts.get(name, 0)
        steps = steps // discriminators if self.in_turn else steps
        return settings.model_copy(update={"decay_until": max(steps, settings.warmup + 1)})

    def build_updater(self, data, model, optimizer):
        """Build the adversarial procedure."""
        return GANUpdater(
            self.load(data),
            model,
            optimizer,
            self.generate,
            self.discriminator_loss,
            self.generator_loss,
            starts=self.starts,
            in_turn=self.in_turn,
            **self.updater_options,
        )
