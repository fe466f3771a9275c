"""A model as it is when it is listened to or measured, for as long as a ``with`` block lasts."""

import contextlib

from parakeet.training import random


@contextlib.contextmanager
def evaluation_mode(model=None, seed=0):
    """Put a model into evaluation mode, without gradients, with random numbers of their own; leave all as it was.

    Args:
        model (Layer | dict[str, Layer] | None): what is put into evaluation mode; afterwards every sublayer is in the mode it was
            in, those that were frozen in evaluation mode too.
        seed (int | None): the seed inside of the block, so that every evaluation draws the same numbers and training draws what
            it would have drawn without it; None leaves the generators alone.
    """
    import paddle

    models = [] if model is None else model.values() if isinstance(model, dict) else [model]
    layers = [layer for each in models for layer in each.sublayers(include_self=True)]
    modes = [layer.training for layer in layers]
    state = None if seed is None else random.capture()
    try:
        for each in models:
            each.eval()
        if seed is not None:
            random.seed_everything(seed)
        with paddle.no_grad():
            yield
    finally:
        for layer, mode in zip(layers, modes, strict=True):
            layer.training = mode
        if state is not None:
            random.restore(state)
