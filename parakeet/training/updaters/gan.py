"""A generator and its discriminators, trained against one another."""

import contextlib

from parakeet.errors import RunError, nearest
from parakeet.training.reporter import report, scope
from parakeet.training.updater import Updater, loaded

GENERATOR = "generator"


class GANUpdater(Updater):
    """One iteration: what is generated for a batch is judged by each discriminator, which makes a step; then the generator makes one
    (I. Goodfellow et al., arXiv:1406.2661, alg. 1).

    While one model learns, the parameters of all others are frozen: no gradient leaks into them, and none is computed for them. Each
    model has its optimizer, with its own learning rate schedule, which moves on when the optimizer steps; triggers can count the steps:
    ``(1000, "generator_step")``. Every loss is reported as ``<model>_loss``.

    With accumulation, what the discriminators judge is generated once without gradients, and once more when the generator learns.

    Args:
        data: gives batches; see `Updater`. A `DataCargo` is wrapped in a `DataLoader`, so that its batches hold tensors.
        models (dict): ``generator`` -> Layer, and the name of each discriminator -> Layer; discriminators step in this order.
        optimizers (dict): the same names -> Optimizer.
        generate (callable): ``generate(generator, batch)`` returns what is generated: a tensor, or dicts, lists and tuples of tensors.
        discriminator_loss (callable): ``discriminator_loss(name, discriminator, fake, batch)`` returns a scalar tensor; `fake` is what was
            generated, detached.
        generator_loss (callable): ``generator_loss(discriminators, fake, batch)`` returns a scalar tensor; `discriminators` is a dict of
            those that have started, empty in a warm-up without any.
        starts (dict, optional): name of a model -> the iteration, counted from 0, in which it makes its first step; 0 where it says
            nothing.
        in_turn (bool): only one discriminator judges and learns in each iteration, one after another: many judges for the price of one.
        accumulate, weight, precision: see `Updater`.

    Raises:
        RunError: if the names do not agree, there is no generator or no discriminator, or nobody starts at iteration 0.
    """

    def __init__(
        self,
        data,
        models,
        optimizers,
        generate,
        discriminator_loss,
        generator_loss,
        starts=None,
        in_turn=False,
        accumulate=1,
        weight=None,
        precision="float32",
    ):
        super().__init__(loaded(data), models, optimizers, accumulate, weight, precision)
        self.discriminators = {name: model for name, model in self.models.items() if name != GENERATOR}
        self.starts = {**dict.fromkeys(self.models, 0), **(starts or {})}
        self.in_turn = in_turn
        self.generate = generate
        self.discriminator_loss = discriminator_loss
        self.generator_loss = generator_loss
        self._check_names()

    def _check_names(self):
        if GENERATOR not in self.models or not self.discriminators:
            raise RunError(
                f"a GANUpdater needs a model named '{GENERATOR}' and at least one discriminator under another name; it got "
                f"{', '.join(self.models) or 'none'}"
            )
        if set(self.optimizers) != set(self.models):
            raise RunError(
                f"a GANUpdater needs an optimizer for each model: the models are {', '.join(self.models)}, the optimizers "
                f"{', '.join(self.optimizers) or 'none'}"
            )
        for name, start in self.starts.items():
            if name not in self.models:
                raise RunError(f"starts: there is no model '{name}'.{nearest(name, self.models)}")
            if isinstance(start, bool) or not isinstance(start, int) or start < 0:
                raise RunError(f"starts: '{name}' starts in an iteration, a whole number from 0; it is {start!r}")
        if min(self.starts.values()) > 0:
            raise RunError(f"starts: at least one model must start at iteration 0; they are {self.starts}")

    def has_started(self, name):
        """bool: whether a model makes a step in the iteration that runs, a function of the iteration alone."""
        return self.iteration >= self.starts[name]

    def iterations_a_step(self, name):
        """int: how many iterations pass from one step of a model to its next, once all have started."""
        return len(self.discriminators) if self.in_turn and name != GENERATOR else 1

    def update_core(self, batch):
        """Make a step of each discriminator that has started, then of the generator.

        Args:
            batch (dict): of tensors.
        """
        started = self._judges()
        learns = self.has_started(GENERATOR)
        # One graph serves all where it is to be kept for one batch only.
        shared = self._generated(batch) if learns and len(self.batches) == 1 else None
        if started:
            self._update_discriminators(started, shared)
        if learns:
            self._update_generator(started, shared)

    def _judges(self):
        started = {name: model for name, model in self.discriminators.items() if self.has_started(name)}
        if not self.in_turn or not started:
            return started
        name = list(started)[self.iteration % len(started)]
        return {name: started[name]}

    def _update_discriminators(self, discriminators, shared):
        fakes = {id(batch): detached(shared) if shared is not None else self._judged(batch) for batch in self.batches}
        for name, discriminator in discriminators.items():

            def loss(batch, name=name, discriminator=discriminator):
                value = self.discriminator_loss(name, discriminator, fakes[id(batch)], batch)
                report({f"{name}_loss": value})
                return value

            with self._alone(name):
                self.minimize(loss, name)

    def _update_generator(self, discriminators, shared):
        def loss(batch):
            fake = self._generated(batch) if shared is None else shared
            value = self.generator_loss(discriminators, fake, batch)
            report({f"{GENERATOR}_loss": value})
            return value

        with self._alone(GENERATOR):
            self.minimize(loss, GENERATOR)

    def _generated(self, batch):
        with self.precision.autocast():
            return self.generate(self.models[GENERATOR], batch)

    def _judged(self, batch):
        import paddle

        with paddle.no_grad(), scope({}):  # what it reports, it reports again when the generator learns
            return detached(self._generated(batch))

    @contextlib.contextmanager
    def _alone(self, name):
        """Freeze all parameters but those of one model; those that were frozen before stay so."""
        own = {id(parameter) for parameter in self.models[name].parameters()}
        frozen = [
            parameter
            for model in self.models.values()
            for parameter in model.parameters()
            if id(parameter) not in own and not parameter.stop_gradient
        ]
        for parameter in frozen:
            parameter.stop_gradient = True
        try:
            yield
        finally:
            for parameter in frozen:
                parameter.stop_gradient = False


def detached(value):
    """Cut tensors off the graph they come from.

    Args:
        value: a tensor, or dicts, lists and tuples that hold some, to any depth; all else is left as it is.

    Returns:
        the same structure.
    """
    if isinstance(value, dict):
        return {key: detached(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [detached(item) for item in value]
        return items if isinstance(value, list) else type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value.detach() if hasattr(value, "detach") else value
