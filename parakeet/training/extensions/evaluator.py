"""How good the model is on data it does not learn from."""

import contextlib

from parakeet.data.reader import NotWaitedFor
from parakeet.errors import DataError
from parakeet.training.distributed import current, shared
from parakeet.training.extension import PRIORITY_WRITER, Extension, GiveUp
from parakeet.training.extensions.evaluation_mode import evaluation_mode
from parakeet.training.reporter import DictSummary, merged, report, scope


class Evaluator(Extension):
    """Reports the mean, over a whole set of data, of everything the loss function reports, and of the loss.

    Each batch counts by its number of samples, or by what `weight` says (frames, say); a value reported as ``(value, weight)``
    counts by its own weight. The model computes in evaluation mode, without gradients, and is left in the mode it was in. Random
    numbers are the same at each evaluation, and training draws what it would have drawn without.

    If the run is asked to stop meanwhile, the evaluation is given up, and begun again when the run is resumed.

    Where several processes train, each evaluates its share of the batches, and the means are those over all.

    Without a trainer, ``evaluator.evaluate()`` returns the means.

    Args:
        data: a `DataCargo`, a `DataLoader` or what has their ``iterator(epoch, consumed)``; its epoch 0 is what is measured.
        model (Layer or dict): handed to the loss function.
        compute_loss (callable): ``compute_loss(model, batch)``, as the updater calls it; reports, and returns a scalar tensor.
        name (str): the name of the data; ``loss`` is reported as ``<name>/loss``.
        weight (callable, optional): ``weight(batch)`` returns what a batch counts, a number or a scalar tensor; None for its samples.
        context (callable): gives a context manager to evaluate in, such as ``ema.average``.
        seed (int, optional): of the random numbers; None draws from where training draws.
    """

    trigger = (1, "epoch")
    priority = PRIORITY_WRITER
    every_process = True

    def __init__(self, data, model, compute_loss, name="valid", weight=None, context=contextlib.nullcontext, seed=0):
        self.data = shared(_loader(data), "deal")
        self.model = model
        self.compute_loss = compute_loss
        self.prefix = name
        self.weight = weight
        self.context = context
        self.seed = seed

    @property
    def default_name(self):
        """str: the name of the data."""
        return self.prefix

    def __call__(self, trainer):
        means = self.evaluate(lambda: trainer.stop_requested is not None)
        if means is None:
            raise GiveUp
        report(means)

    def evaluate(self, stop=lambda: False):
        """Go through the data once.

        Args:
            stop (callable): asked after each batch and while one is waited for; True gives the evaluation up.

        Returns:
            dict[str, float] | None: ``<name>/<reported name>`` -> mean; None if the evaluation was given up.

        Raises:
            DataError: if the data hold no batch.
        """
        summary, stopped = DictSummary(), False
        with self.context(), evaluation_mode(self.model, self.seed):
            iterator = self.data.iterator(0, 0)
            stop_when = getattr(iterator, "stop_when", None)
            if stop_when is not None:
                stop_when(stop)
            while not stopped and (batch := _next(iterator)) is not None:
                if batch is _STOPPED:
                    stopped = True
                    break
                with scope({}) as observation:
                    loss = self.compute_loss(self.model, batch)
                weight = None if self.weight is None else self.weight(batch)
                weight = len(iterator.last_indices) if weight is None else weight
                values = {"loss": loss, **observation}
                summary.add(
                    {name: value if isinstance(value, tuple) else (value, weight) for name, value in values.items()}
                )
                stopped = stop()
            state = summary.state_dict()
        # Over the others' sums: the same numbers in every process, and nobody goes on before all are done.
        parts = current().all_gather([bool(stopped), state])
        summary, stopped = merged(state for _, state in parts), any(stopped for stopped, _ in parts)
        means = summary.compute_mean()
        if stopped:
            return None
        if not means:
            raise DataError(
                f"the evaluation data '{self.prefix}' hold no batch: is the set empty, or smaller than one batch?"
            )
        return {f"{self.prefix}/{name}": mean for name, mean in means.items()}

    def finalize(self, trainer):
        close = getattr(self.data, "close", None)
        if close is not None:
            close()


_STOPPED = object()


def _next(iterator):
    """Give the next batch, None where there is none, or `_STOPPED` where it is not waited for any longer."""
    try:
        return next(iterator, None)
    except NotWaitedFor:
        return _STOPPED


def _loader(data):
    """Let a cargo give tensors, as the updater does; anything else is taken as it is."""
    from parakeet.data.cargo import DataCargo

    if not isinstance(data, DataCargo):
        return data
    from parakeet.data.loader import DataLoader

    return DataLoader(data)
