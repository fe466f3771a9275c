"""How large parameters and gradients are, and how much they spread."""

import fnmatch

from parakeet.errors import RunError, nearest
from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.reporter import report

STATISTICS = {
    "mean": lambda tensor: tensor.mean(),
    "std": lambda tensor: ((tensor - tensor.mean()) ** 2).mean().sqrt(),  # Paddle's own complains of mixed types on stderr
    "min": lambda tensor: tensor.min(),
    "max": lambda tensor: tensor.max(),
    "norm": lambda tensor: (tensor * tensor).sum().sqrt(),
    "zeros": lambda tensor: (tensor == 0).astype("float32").mean(),
}
"""Name -> function of a tensor that gives a scalar; ``std`` is that of the population, ``zeros`` a share."""


class ParameterStatistics(Extension):
    """Reports statistics of every parameter, and of the gradient it had in the last update, as unread tensors.

    They are named ``parameters/<model>/<parameter>/<statistic>`` and ``gradients/...``; the model is left out where it is ``main``. The
    gradient is that of the whole update, before clipping; a parameter that had none has none here.

    Args:
        statistics (Iterable[str]): which of `STATISTICS`.
        parameters, gradients (bool): of what.
        only (Iterable[str]): patterns such as ``"*.weight"`` or ``"generator/*"``; a parameter counts if one of them fits its name.

    Raises:
        RunError: if there is no such statistic, or a pattern fits no parameter.
    """

    replayed = False
    trigger = (1, "epoch")
    priority = PRIORITY_WRITER

    def __init__(self, statistics=("mean", "std", "norm"), parameters=True, gradients=True, only=("*",)):
        for name in statistics:
            if name not in STATISTICS:
                raise RunError(f"there is no statistic '{name}'; there are: {', '.join(STATISTICS)}.{nearest(name, STATISTICS)}")
        self._statistics = {name: STATISTICS[name] for name in statistics}
        self._parameters = parameters
        self._gradients = gradients
        self._only = [only] if isinstance(only, str) else list(only)
        self._chosen = {}

    def initialize(self, trainer):
        named = {
            path if model == "main" else f"{model}/{path}": parameter
            for model, layer in trainer.updater.models.items()
            for path, parameter in layer.named_parameters()
        }
        for pattern in self._only:
            if not fnmatch.filter(named, pattern):
                raise RunError(f"ParameterStatistics: '{pattern}' fits no parameter. The first ones are {', '.join(list(named)[:5])}")
        self._chosen = {name: p for name, p in named.items() if any(fnmatch.fnmatchcase(name, each) for each in self._only)}

    def __call__(self, trainer):
        values = {}
        for name, parameter in self._chosen.items():
            if self._parameters:
                values.update(self._of(f"parameters/{name}", parameter))
            if self._gradients and parameter.grad is not None:
                values.update(self._of(f"gradients/{name}", parameter.grad))
        report(values)

    def _of(self, name, tensor):
        tensor = tensor.detach()
        if str(tensor.dtype).endswith("float16"):  # sums of squares overflow in half precision
            tensor = tensor.astype("float32")
        return {f"{name}/{statistic}": function(tensor) for statistic, function in self._statistics.items()}
