"""The learning rate, among the reported values."""

from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.reporter import report


class ObserveLR(Extension):
    """Reports the learning rate the next update will use, as ``learning_rate``, or ``learning_rate/<optimizer>`` if there are several."""

    replayed = False
    priority = PRIORITY_WRITER

    def __call__(self, trainer):
        report(learning_rates(trainer.updater))


def learning_rates(updater):
    """Give the learning rates of an updater's optimizers.

    Returns:
        dict[str, float]: the name to report it under -> the rate.
    """
    rates = {f"learning_rate/{name}": float(optimizer.get_lr()) for name, optimizer in updater.optimizers.items()}
    if len(rates) == 1:
        (rate,) = rates.values()
        return {"learning_rate": rate}
    return rates
