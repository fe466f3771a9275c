"""Making a step that went wrong once more, from its bundle, with an eye on everything in it."""

import contextlib
import math
import tempfile
from dataclasses import dataclass, field

from parakeet.errors import RunError
from parakeet.training.bundle import read_bundle
from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.inspection import bad_tensors, digest, gradient_norms
from parakeet.training.reporter import is_scalar, read
from parakeet.training.triggers.limit import Limit

_LONGEST_LIST = 5


@dataclass
class Replay:
    """What came of it.

    Attributes:
        bundle (Bundle): what was replayed.
        steps (int): how many steps were made again.
        differences (list[str]): where they were not to the bit what they were in the run, in words; those of the first that differs.
        iteration (int | None): the first one in which something was no number; None if all were.
        findings (list[str]): what was no number in it, in the order in which it came up, in words.
        values (dict): what the last step reported.
        gradient_norms (dict): parameter -> norm of its gradient in the last step.
    """

    bundle: object
    steps: int = 0
    differences: list = field(default_factory=list)
    iteration: int | None = None
    findings: list = field(default_factory=list)
    values: dict = field(default_factory=dict)
    gradient_norms: dict = field(default_factory=dict)

    @property
    def reproduced(self):
        """bool: whether every step was the same to the bit; where several processes had made it, to three digits."""
        return not self.differences

    def lines(self):
        """list[str]: for a person to read."""
        failed, lines = self.bundle.failed, []
        lines.append(f"iteration {failed.iteration}, epoch {failed.epoch}, after {failed.consumed} samples of it: {self.bundle.what}")
        lines.append(f"the batch: {', '.join(map(str, failed.names))} (examples {', '.join(map(str, failed.indices))})")
        if self.findings:
            lines.append(f"the first value that is no number, in iteration {self.iteration}: {self.findings[0]}")
            lines += [f"  then: {finding}" for finding in self.findings[1:_LONGEST_LIST]]
            more = len(self.findings) - _LONGEST_LIST
            lines += [f"  and {more} more"] if more > 0 else []
        else:
            lines.append("all values, layers, gradients and parameters are numbers")
        lines.append("reported: " + ", ".join(f"{name} {value:.7g}" for name, value in self.values.items()))
        if self.gradient_norms:
            total = math.sqrt(sum(norm**2 for norm in self.gradient_norms.values()))
            largest = sorted(self.gradient_norms.items(), key=lambda item: (not math.isnan(item[1]), -item[1]))[:3]
            listed = ", ".join(f"{name} {norm:.4g}" for name, norm in largest)
            lines.append(f"norm of the gradient: {total:.4g}; the largest: {listed}")
        steps = f"{self.steps} step{'s' if self.steps != 1 else ''}"
        if self.reproduced and self.bundle.processes > 1:
            lines.append(f"reproduced but for rounding: {steps} that {self.bundle.processes} processes made, by one")
        elif self.reproduced:
            lines.append(f"reproduced to the bit, from iteration {failed.iteration - self.steps} on: {steps}")
        else:
            lines.append(f"not reproduced to the bit: {'; '.join(self.differences[:_LONGEST_LIST])}")
        return lines


def replay(bundle, build):
    """Make the steps of a bundle again.

    Args:
        bundle (Bundle or str or Path): the bundle, or its folder.
        build (callable): ``build(out)`` gives the trainer as it was built for the run, not run yet, with `out` for its folder; nothing
            that it writes is kept. Its extensions that only show or store are removed.

    Returns:
        Replay

    Raises:
        RunError: if there is no such bundle, or no state to begin with.
        ResumeError: if the trainer is another than that of the run.
    """
    bundle = bundle if hasattr(bundle, "steps") else read_bundle(bundle)
    state = bundle.state()
    base = int(state["updater"]["iteration"])
    with tempfile.TemporaryDirectory(prefix="parakeet-replay-") as out:
        trainer = build(out)
        for name, extension in trainer.extensions.items():
            if not getattr(extension, "replayed", True):
                trainer.remove(name)
        kept = set(trainer.extensions)
        state["extensions"] = {name: own for name, own in state["extensions"].items() if name in kept}
        state["triggers"] = {name: own for name, own in state["triggers"].items() if name in kept}
        trainer.stop_trigger = Limit(bundle.failed.iteration, "iteration")
        trainer.set_state_dict(state)
        trainer.updater.passed_over = {tuple(position) for position in bundle.passed_over}
        watch = _Watch(Replay(bundle), base)
        trainer.extend(watch)
        with contextlib.suppress(_Done):
            trainer.run()
        return watch.result


class _Done(Exception):
    """All steps of the bundle are made."""


class _Watch(Extension):
    """Looks into every update as it is made, and compares it with what was seen in the run."""

    priority = PRIORITY_WRITER + 1000

    def __init__(self, result, base):
        self.result = result
        self._recorded = {step.iteration: step for step in result.bundle.steps}
        self._findings = []
        self._looking = False
        self._base = base

    def initialize(self, trainer):
        self._updater = updater = trainer.updater
        self._infinite = set(bad_tensors(updater.models))
        update_core = updater.update_core

        def looked_after(batch):
            for own in getattr(updater, "batches", None) or [batch]:
                self._look_at(own, updater.last_names, "")
            self._looking = True
            try:
                return update_core(batch)
            finally:
                self._looking = False

        updater.update_core = looked_after
        self._hooks = [
            layer.register_forward_post_hook(self._hook(f"{name}/{path}" if path else name))
            for name, model in updater.models.items()
            for path, layer in model.named_sublayers(include_self=True)
        ]

    def finalize(self, trainer):
        for hook in self._hooks:
            hook.remove()

    def before_update(self, trainer):
        self._findings = []

    def __call__(self, trainer):
        iteration, models = self._updater.iteration, self._updater.models
        values = {k: read(_value(v)) for k, v in trainer.observation.items() if is_scalar(_value(v))}
        norms = gradient_norms(models)
        self._findings += [f"'{key}', a reported value, is {number}" for key, number in values.items() if not math.isfinite(number)]
        self._findings += [f"the gradient of {name}" for name, norm in norms.items() if not math.isfinite(norm)]
        self._findings += [f"{name}, a parameter or buffer, after the step" for name in bad_tensors(models) if name not in self._infinite]
        result = self.result
        result.steps += 1
        if self._findings and not result.findings:
            result.iteration, result.findings = iteration, self._findings
        if result.reproduced:
            self._compare(iteration, values, norms)
        if iteration >= result.bundle.failed.iteration:
            result.values, result.gradient_norms = values, norms
            raise _Done

    def _compare(self, iteration, values, norms):
        recorded, bundle = self._recorded.get(iteration), self.result.bundle
        if recorded is None:
            return
        alone = bundle.processes == 1  # the sums of several are rounded in another order, and each has random numbers of its own
        differ = ["other samples"] if alone and recorded.indices != self._updater.last_indices else []
        for key, number in recorded.values.items():
            if not (_same if alone else _close)(values.get(key), number):
                differ.append(f"{key} {values.get(key, 'not reported')!r}, in the run {number!r}")
        if alone and iteration == bundle.failed.iteration and bundle.gradient_norms is not None:
            names = [name for name, norm in bundle.gradient_norms.items() if not _same(norms.get(name), norm)]
            differ += [f"the norm of the gradient of {name}" for name in names]
            differ += ["the parameters after the step"] if digest(self._updater.models) != bundle.digest else []
        self.result.differences = [f"iteration {iteration}: {difference}" for difference in differ]

    # ---- looking into an update

    def _hook(self, name):
        def look(layer, inputs, outputs):
            if self._looking and not _finite(outputs):
                kind = type(layer).__name__
                cause = "from inputs that are numbers" if _finite(inputs) else "from inputs that are none already"
                self._findings.append(f"the output of the layer {name} ({kind}), {cause}")

        return look

    def _look_at(self, value, names, path):
        if isinstance(value, dict):
            for key, item in value.items():
                self._look_at(item, names, f"{path}['{key}']")
        elif isinstance(value, (list, tuple)):
            for i, item in enumerate(value):
                self._look_at(item, names, f"{path}[{i}]")
        elif not _finite(value):
            whose = ""
            if value.ndim and value.shape[0] == len(names):
                whose = ", of " + ", ".join(str(name) for name, row in zip(names, value, strict=True) if not _finite(row))
            self._findings.append(f"the batch{path}{whose}")


def _finite(value):
    """bool: whether all tensors in a value are numbers."""
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_finite, value))
    if not hasattr(value, "is_floating_point") or not value.is_floating_point() or not value.size:
        return True
    import paddle

    return bool(paddle.isfinite(value.detach()).all().item())


def _same(a, b):
    return a is not None and (a == b or (math.isnan(a) and math.isnan(b)))


def _close(a, b):
    return _same(a, b) or (a is not None and math.isclose(a, b, rel_tol=1e-3))


def _value(value):
    return value[0] if isinstance(value, tuple) else value


def replay_run(folder, experiment_class=None, data=None, device=None):
    """Replay a bundle of a run that an experiment made.

    Args:
        folder (str or Path): the bundle.
        experiment_class (type, optional): found as the bundle tells when None.
        data (str or Path, optional): where the data are now, if they were moved.
        device (str, optional): that of the run when None.

    Returns:
        Replay

    Raises:
        RunError: if it is no bundle, or not of an experiment.
    """
    from parakeet.training.resumption import build_again

    bundle = read_bundle(folder)
    if bundle.run is None:
        raise RunError(
            f"{folder}: its run was not begun by `train`, so nothing tells how to build it; call "
            "parakeet.training.replay.replay(bundle, build)"
        )
    return replay(bundle, lambda out: build_again(bundle.run, bundle.folder.parent.parent, out, experiment_class, data, device).trainer)
