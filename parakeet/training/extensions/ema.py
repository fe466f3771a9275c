"""A moving average of the weights, which speaks better than the weights of any one iteration."""

import contextlib

from parakeet.errors import ResumeError, RunError
from parakeet.training.extension import PRIORITY_EDITOR, Extension


class EMA(Extension):
    """Keeps an exponential moving average of the parameters that are trained: ``a += (1 - decay) * (p - a)`` in each iteration.

    In the first iterations the decay is smaller, ``min(decay, (1 + n) / (10 + n))`` after n updates, so that the random beginning
    is forgotten soon. Buffers (batch normalisation's statistics) are averages already and are left alone.

    ``with ema.average():`` puts the averages into the models for as long as the block lasts. The snapshot holds them under
    ``extensions/<name>/average/<model>/<parameter>``.

    Args:
        models (Layer or dict[str, Layer]): one model, known as ``main``, or several.
        decay (float): from 0 to below 1.

    Raises:
        RunError: if the decay is out of range.
    """

    priority = PRIORITY_EDITOR
    every_process = True

    def __init__(self, models, decay=0.999):
        if not 0 <= decay < 1:
            raise RunError(f"the decay of a moving average must be at least 0 and below 1; it is {decay!r}")
        self.decay = decay
        self.updates = 0
        models = models if isinstance(models, dict) else {"main": models}
        self._parameters = {
            name: {path: parameter for path, parameter in model.named_parameters() if not parameter.stop_gradient}
            for name, model in models.items()
        }
        self._averages = {name: {path: _copy(p) for path, p in own.items()} for name, own in self._parameters.items()}
        self._swapped = False
        self._restored = False

    def initialize(self, trainer):
        if self.updates == 0 and not self._restored:  # the models may have been given other weights since
            for parameter, average in self._pairs():
                average.set_value(parameter.astype(average.dtype))

    def __call__(self, trainer):
        self.update()

    def update(self):
        """Take in the weights as they are now."""
        import paddle

        if self._swapped:
            raise RunError(
                "the moving average can't be updated inside of `with ema.average()`: the models hold the averages there"
            )
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        with paddle.no_grad():
            for parameter, average in self._pairs():
                value = parameter.detach()
                value = value if value.dtype == average.dtype else value.astype(average.dtype)
                average.add_((value - average).scale_(1 - decay))  # lerp_ is three to seven times slower

    @contextlib.contextmanager
    def average(self):
        """Let the models hold the averages while the ``with`` block lasts, then their own weights again, to the bit.

        Raises:
            RunError: if they hold them already.
        """
        if self._swapped:
            raise RunError("`with ema.average()` inside of itself: the models hold the averages already")
        own = [parameter.detach().clone() for parameter, _ in self._pairs()]
        self._swapped = True
        try:
            for parameter, average in self._pairs():
                parameter.set_value(average.astype(parameter.dtype))
            yield
        finally:
            for (parameter, _), value in zip(self._pairs(), own, strict=True):
                parameter.set_value(value)
            self._swapped = False

    def state_dict(self):
        averages = {
            name: {path: average.numpy().copy() for path, average in own.items()}
            for name, own in self._averages.items()
        }
        return {"updates": self.updates, "average": averages}

    def set_state_dict(self, state):
        """Take back what `state_dict` gave.

        Raises:
            ResumeError: if a parameter or a shape differs; nothing is changed then.
        """
        saved = {(name, path): value for name, own in state["average"].items() for path, value in own.items()}
        here = {(name, path): average for name, own in self._averages.items() for path, average in own.items()}
        problems = [f"{'/'.join(key)}: only in the snapshot" for key in saved if key not in here]
        problems += [f"{'/'.join(key)}: not in the snapshot" for key in here if key not in saved]
        problems += [
            f"{'/'.join(key)}: shape {list(saved[key].shape)} in the snapshot, {list(average.shape)} here"
            for key, average in here.items()
            if key in saved and list(saved[key].shape) != list(average.shape)
        ]
        if problems:
            raise ResumeError(
                "the snapshot's moving average does not fit the models:" + "".join(f"\n  {p}" for p in problems[:10])
            )
        for key, average in here.items():
            average.set_value(saved[key])
        self.updates = int(state["updates"])
        self._restored = True

    def _pairs(self):
        return [(p, self._averages[name][path]) for name, own in self._parameters.items() for path, p in own.items()]


def _copy(parameter):
    """Copy a parameter; half precision becomes float32, in which small steps are not lost."""
    value = parameter.detach()
    return value.astype("float32") if str(value.dtype).endswith("float16") else value.clone()
