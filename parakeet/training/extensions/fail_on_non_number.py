"""A step that has gone wrong: it is noticed, written down so that it can be made once more, and not built upon."""

import collections
import math
import warnings
from pathlib import Path

from parakeet.errors import RunError, nearest
from parakeet.training.bundle import BUNDLES, Bundle, RollBack, Step, pass_over, read_passed_over
from parakeet.training.distributed import current
from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.inspection import bad_tensors, digest, gradient_norms
from parakeet.training.reporter import is_scalar, read, report
from parakeet.training.undo import Undo

POLICIES = ("raise", "skip", "roll back")


class FailOnNonNumber(Extension):
    """Looks after every step: is a value that training reports NaN, infinite or beyond its limit, or a parameter no number?

    Such a step is written to ``bundles/iteration-N/`` below the run folder; ``parakeet replay`` makes it again and tells where it went
    wrong first. Then, by policy,

    - ``"raise"`` ends the run. The error names the value, the iteration, the utterances of its batch and the bad parameters. No
      snapshot is taken of a run that has gone wrong: before each one, all values and parameters are looked at.
    - ``"skip"`` takes the update back (parameters, buffers, what optimizers remember; not the learning rate schedule) and goes on; the
      step reports ``skipped`` instead of its values. For that, every step is copied beforehand, and waited for afterwards.
    - ``"roll back"`` raises `RollBack`: ``train`` and ``resume`` go back to the newest snapshot and pass over that batch from now on,
      in later resumes too (``bundles/passed_over.json``; delete it to train by them again).

    A step does not wait for this: on a processor the values are there anyway and are read in each iteration; on other devices they
    are kept unread and looked at together. Only ``"skip"`` needs them at once.

    Args:
        every (int, optional): after how many iterations the values are read; when None, 1 on a processor, else 10.
        keys (Iterable[str], optional): the values to look at; all that are reported before the extensions when None.
        limits (dict, optional): reported name -> the largest absolute value that is still right, as in ``{"gradient_norm": 100.0}``.
        policy (str): one of `POLICIES`.
        keep (int, optional): after how many iterations the state is copied, in memory, as the beginning of a replay; None leaves replays
            to begin at a snapshot.
        patience (int): how many steps in a row may be skipped, or batches passed over since the same snapshot, before the run is ended
            all the same.

    Raises:
        RunError: if an argument is out of range.
    """

    # Above all others: evaluators have reported nothing yet, averages and logs have taken nothing in.
    priority = PRIORITY_WRITER + 100
    every_process = True
    replayed = False

    def __init__(self, every=None, keys=None, limits=None, policy="raise", keep=100, patience=10):
        for name, number in (("every", every), ("keep", keep), ("patience", patience)):
            if number is not None and number < 1:
                raise RunError(f"FailOnNonNumber({name}=...) must be at least 1; it is {number!r}")
        if policy not in POLICIES:
            raise RunError(f"FailOnNonNumber(policy=...) is one of {', '.join(POLICIES)}; it is {policy!r}.{nearest(policy, POLICIES)}")
        if policy == "skip" and every not in (None, 1):
            raise RunError("FailOnNonNumber(policy='skip') has to look at each step before the next one is made: leave `every` out")
        self.every = 1 if policy == "skip" else every
        self.limits = {} if limits is None else dict(limits)
        self.policy = policy
        self.keep = keep
        self.patience = patience
        self._keys = None if keys is None else set(keys)
        self._waiting = collections.deque()  # steps whose values are not read yet
        self._steps = []  # steps since the state that is kept, read
        self._state = self._undo = self._trainer = None
        self._skipped = 0
        self._unseen = set(self.limits)

    def initialize(self, trainer):
        self._trainer = trainer
        self._waiting.clear()
        self._steps, self._state, self._skipped = [], None, 0
        self._first = trainer.updater.iteration
        self._infinite = set(bad_tensors(trainer.updater.models))  # masks of minus infinity, say
        if self.every is None:
            self.every = 1 if _on_processor(trainer.updater.models) else 10
        passed_over = {(row["epoch"], row["consumed"]) for row in read_passed_over(self._folder)}
        if passed_over:
            trainer.updater.passed_over |= passed_over

    def before_update(self, trainer):
        updater = trainer.updater
        # Not in between two looks, or steps would wait for the device more often than they have to.
        steps = len(self._steps) + len(self._waiting)
        if self.keep is not None and (self._state is None or steps >= max(self.keep, self.every)):
            self._look()
            self._steps = []
            self._state = trainer.state_dict()  # which looks at the parameters, too: it is a good one
        if self.policy == "skip":
            self._undo = Undo(updater)
        self._waiting.append(Step(updater.iteration + 1, updater.epoch, updater.consumed, [], []))

    def __call__(self, trainer):
        scalars = {
            k: v
            for k, v in trainer.observation.items()
            if (self._keys is None or k in self._keys or k in self.limits) and is_scalar(_value(v))
        }
        step = self._waiting[-1]
        step.indices, step.names, step.values = trainer.updater.last_indices, trainer.updater.last_names, scalars
        if self.policy == "skip":
            self._look_and_skip()
        elif len(self._waiting) >= self.every:
            self._look()

    def state_dict(self):
        """dict: nothing.

        Raises:
            RunError: if a value or a parameter is no number; a snapshot of that would be of no use.
        """
        if self._trainer is not None:
            self._look()
            parameters = self._bad_tensors()
            if parameters:
                self._fail(self._last_step(), f"the parameter {parameters[0]} holds values that are no numbers", parameters)
        return {}

    @property
    def _folder(self):
        return Path(self._trainer.out) / BUNDLES

    # ---- noticing

    def _look(self):
        """Read what waits to be read, and fail at the first step that is wrong."""
        while self._waiting:
            what = self._read(self._waiting[0])
            self._steps.append(self._waiting.popleft())
            if what is not None:
                last = not self._waiting
                self._waiting.clear()
                self._fail(self._steps[-1], what, self._bad_tensors(), fresh=last)

    def _read(self, step):
        """Read the values of a step; tell what is wrong with them, or None."""
        step.values = {key: read(value) for key, value in step.values.items()}
        self._unseen -= set(step.values)
        if self._unseen and step.values:
            warnings.warn(f"FailOnNonNumber: nothing reports {', '.join(sorted(self._unseen))}, which has a limit", stacklevel=2)
            self._unseen = set()
        for key, number in step.values.items():
            if not math.isfinite(number) and not self._is_the_scalers(key):
                return f"'{key}' is {number}"
            if key in self.limits and abs(number) > self.limits[key]:
                return f"'{key}' is {number:g}, beyond its limit of {self.limits[key]:g}"
        return None

    def _is_the_scalers(self, key):
        """bool: whether this is the norm of gradients that overflow now and then, until float16's scale is found."""
        scalers = getattr(getattr(self._trainer.updater, "precision", None), "scalers", None)
        return bool(scalers) and key.startswith("gradient_norm") and key not in self.limits

    # ---- doing something about it

    def _fail(self, step, what, parameters, fresh=True):
        _gather(step)
        bundle = self._write(what, fresh)
        message, again = _message(step, what, parameters), _again(bundle)
        if self.policy != "roll back":
            raise RunError(
                f"{message} Look at these utterances, lower the learning rate or clip the gradients, and resume from the last "
                f"snapshot.{again}"
            )
        # Another process may have noted this one already.
        since = [row for row in read_passed_over(self._folder) if self._first < row["iteration"] != step.iteration]
        if len(since) >= self.patience:
            raise RunError(
                f"{message} {len(since)} batches after iteration {self._first} are passed over already; it is not theirs. Lower the "
                f"learning rate or clip the gradients.{again}"
            )
        if current().leads:
            pass_over(self._folder, step, what)
        raise RollBack(f"{message} Its batch is passed over from now on.{again}")

    def _look_and_skip(self):
        step = self._waiting.pop()
        what = self._read(step)
        self._steps.append(step)
        parameters = self._bad_tensors()
        if not _any(what is not None or parameters):
            self._skipped = 0
            return
        if what is None:
            what = f"the parameter {parameters[0]} holds values that are no numbers" if parameters else "it went wrong in another process"
        _gather(step)
        if self._skipped == 0 or self._skipped + 1 >= self.patience:  # one bundle for the first of a row is enough
            bundle = self._write(what, fresh=True)
        else:
            bundle = None
        message, again = _message(step, what, parameters), _again(bundle)
        self._undo()
        self._skipped += 1
        if self._skipped >= self.patience:
            raise RunError(f"{message} That was skipped step number {self._skipped} in a row: it is not the batches'.{again}")
        if current().leads:
            warnings.warn(f"{message} The step is skipped.{again}", stacklevel=2)
        self._trainer.observation.clear()
        report({"skipped": 1})
        self._state = None  # replays must not go over a step that was taken back

    def _bad_tensors(self):
        return [name for name in bad_tensors(self._trainer.updater.models) if name not in self._infinite]

    def _last_step(self):
        if self._steps:
            return self._steps[-1]
        updater = self._trainer.updater
        return Step(updater.iteration, updater.epoch, updater.consumed, updater.last_indices, updater.last_names)

    def _write(self, what, fresh):
        """Write the bundle, in one process for all; that it can't be written must not hide what it is about."""
        team, models = current(), self._trainer.updater.models
        path = None
        if team.leads:
            try:
                bundle = Bundle(
                    what,
                    self.policy,
                    self._steps or [self._last_step()],
                    gradient_norms(models) if fresh else None,
                    digest(models) if fresh else None,
                    sorted(self._trainer.updater.passed_over),
                    _json(Path(self._trainer.out) / "run.json"),
                    team.size,
                )
                path = str(bundle.write(self._folder, self._state))
            except Exception as error:
                warnings.warn(f"what went wrong can't be written down for a replay: {type(error).__name__}: {error}", stacklevel=2)
        return team.broadcast(path) if _together(team) else path


def _together(team):
    """bool: whether the other processes are here, too, and not waiting for orders."""
    return team.size > 1 and not team.leading


def _any(wrong):
    return any(current().all_gather(bool(wrong))) if _together(current()) else wrong


def _gather(step):
    """Add the samples that other processes had in a step."""
    if _together(current()):
        parts = current().all_gather([step.indices, step.names])
        step.indices, step.names = ([each for part in parts for each in part[i]] for i in (0, 1))


def _message(step, what, parameters):
    names = step.names
    batch = ", ".join(map(str, names[:32])) + (f" and {len(names) - 32} more" if len(names) > 32 else "")
    state = f"Parameters that are no numbers now: {parameters[0]}" if parameters else "All parameters are numbers still"
    state += f" and {len(parameters) - 1} more" if len(parameters) > 1 else ""
    return f"iteration {step.iteration}: {what}. The batch: {batch or 'without names'}. {state}."


def _again(bundle):
    return "" if bundle is None else f"\nTo make the step once more and see where it began: parakeet replay {bundle}"


def _json(path):
    import json

    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _on_processor(models):
    first = next((p for model in models.values() for p in model.parameters()), None)
    return first is None or first.place.is_cpu_place()


def _value(value):
    return value[0] if isinstance(value, tuple) else value
