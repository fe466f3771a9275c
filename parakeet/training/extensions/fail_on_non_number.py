"""A run that has gone wrong ends at once, and says where."""

import collections
import math

from parakeet.errors import RunError
from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.reporter import is_scalar, read


class FailOnNonNumber(Extension):
    """Ends the run when a value that training reports is NaN or infinite, before anything else sees it.

    The error names the value, the iteration, the utterances of its batch and the first parameter that is no number. No snapshot is
    taken of a run that has gone wrong: before each one, all values and parameters are looked at.

    A step does not wait for it: on a processor the values are there anyway and are read in each iteration; on other devices they
    are kept unread and looked at together.

    Args:
        every (int, optional): after how many iterations the values are read; when None, 1 on a processor, else 10.
        keys (Iterable[str], optional): the values to look at; all that are reported before the extensions when None.
    """

    # Above all others: evaluators have reported nothing yet, averages and logs have taken nothing in.
    priority = PRIORITY_WRITER + 100

    def __init__(self, every=None, keys=None):
        if every is not None and every < 1:
            raise RunError(f"FailOnNonNumber(every=...) must be at least 1; it is {every!r}")
        self.every = every
        self._keys = None if keys is None else set(keys)
        self._waiting = collections.deque()
        self._updater = None

    def initialize(self, trainer):
        self._updater = trainer.updater
        self._waiting.clear()
        if self.every is None:
            self.every = 1 if _on_processor(trainer.updater.models) else 10

    def __call__(self, trainer):
        scalars = {
            k: v
            for k, v in trainer.observation.items()
            if (self._keys is None or k in self._keys) and is_scalar(_value(v))
        }
        self._waiting.append((trainer.updater.iteration, trainer.updater.last_names, scalars))
        if len(self._waiting) >= self.every:
            self._look()

    def state_dict(self):
        """dict: nothing.

        Raises:
            RunError: if a value or a parameter is no number; a snapshot of that would be of no use.
        """
        if self._updater is not None:
            self._look()
            parameters = _bad_parameters(self._updater.models)
            if parameters:
                iteration, names = self._updater.iteration, self._updater.last_names
                raise RunError(
                    _message(
                        iteration, f"the parameter {parameters[0]} holds values that are no numbers", names, parameters
                    )
                )
        return {}

    def _look(self):
        while self._waiting:
            iteration, names, scalars = self._waiting.popleft()
            for key, value in scalars.items():
                number = read(value)
                if not math.isfinite(number):
                    self._waiting.clear()
                    what = f"'{key}' is {number}"
                    raise RunError(_message(iteration, what, names, _bad_parameters(self._updater.models)))


def _message(iteration, what, names, parameters):
    batch = ", ".join(map(str, names[:32])) + (f" and {len(names) - 32} more" if len(names) > 32 else "")
    state = f"Parameters that are no numbers now: {parameters[0]}" if parameters else "All parameters are numbers still"
    state += f" and {len(parameters) - 1} more" if len(parameters) > 1 else ""
    return (
        f"iteration {iteration}: {what}. The batch: {batch or 'without names'}. {state}. Look at these utterances, lower the learning "
        "rate or clip the gradients, and resume from the last snapshot."
    )


def _bad_parameters(models):
    """List the parameters that hold NaN or infinity, by model and name."""
    import paddle

    named = [(f"{name}/{path}", p) for name, model in models.items() for path, p in model.named_parameters() if p.size]
    if not named:
        return []
    finite = paddle.stack(
        [paddle.isfinite(p.detach()).all() for _, p in named]
    ).numpy()  # one wait for the device, not one each
    return [name for (name, _), fine in zip(named, finite, strict=True) if not fine]


def _on_processor(models):
    first = next((p for model in models.values() for p in model.parameters()), None)
    return first is None or first.place.is_cpu_place()


def _value(value):
    return value[0] if isinstance(value, tuple) else value
