"""Taking an update back: copies of all tensors that it changes."""

from parakeet.training import optimizer_state


class Undo:
    """Copies of parameters, buffers and what optimizers remember, as they are when this is made.

    Learning rate schedules, counters and random generators are left alone: they go on as if the step had been made.

    Args:
        updater (Updater): has the models and the optimizers.
    """

    def __init__(self, updater):
        self._updater = updater
        self._copies = [(tensor, tensor.detach().clone()) for tensor in self._tensors()]
        self._made = [optimizer_state.memories(optimizer) for optimizer in updater.optimizers.values()]

    def __call__(self):
        """Put the copies back; what an optimizer has only begun to remember is forgotten."""
        for tensor, copy in self._copies:
            tensor.set_value(copy)
        for optimizer, made in zip(self._updater.optimizers.values(), self._made, strict=True):
            optimizer_state.forget(optimizer, [key for key in optimizer_state.memories(optimizer) if key not in made])

    def _tensors(self):
        for model in self._updater.models.values():
            yield from model.parameters()
            yield from model.buffers()
        for optimizer in self._updater.optimizers.values():
            yield from optimizer_state.memories(optimizer).values()
