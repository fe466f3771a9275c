"""The run loop: update, then call what is due, until it is time to stop."""

import contextlib
import time
import warnings
from fractions import Fraction
from pathlib import Path

from parakeet.errors import ResumeError, RunError, nearest
from parakeet.training import random
from parakeet.training.distributed import current
from parakeet.training.extension import PRIORITY_READER, Entry, GiveUp
from parakeet.training.reporter import is_scalar, read, scope
from parakeet.training.signals import Interrupted, forward_signals
from parakeet.training.timing import is_timed, section
from parakeet.training.trigger import get_trigger, reached, restore, state_of
from parakeet.training.triggers.limit import Limit

_ALONE = contextlib.nullcontext(True)


class Trainer:
    """Drives an updater and calls extensions as their triggers fire.

    Args:
        updater (Updater): makes the updates and knows the position.
        stop_trigger: None never stops; ``(n, unit)`` is a limit, so a run resumed at or past it makes no update; any callable that
            takes the trainer is kept as it is.
        out (str or Path): the run folder; made when the run begins.
        extensions (Iterable): each an extension or ``(extension, trigger)``.
        clock (callable): gives seconds; the elapsed time is measured by it.

    Attributes:
        observation (dict): what was reported in this iteration: name -> value.
        stop_requested (str or None): why the run shall stop before its end, once `request_stop` was called.
    """

    def __init__(self, updater, stop_trigger=None, out="result", extensions=(), clock=time.monotonic):
        self.updater = updater
        self.stop_trigger = (
            Limit(*stop_trigger) if isinstance(stop_trigger, (tuple, list)) else get_trigger(stop_trigger)
        )
        self.out = Path(out)
        self.observation = {}
        self.stop_requested = None
        self._clock = clock
        self._entries = {}
        self._used = False
        self._prepared = False  # whether the extensions that are called before training were called
        self._stops = False  # what the stop trigger last answered
        self._started_at = None
        self._elapsed_before = 0.0
        self._ticks = (0.0, 0.0)  # the elapsed time after the last update but one, and after the last
        self._given_up = (
            None  # where an iteration was left in the middle: the extension that gave up, and what is still to do
        )
        self._random_state = None
        for extension in extensions:
            extension, trigger = extension if isinstance(extension, tuple) else (extension, None)
            self.extend(extension, trigger=trigger)

    def extend(self, extension, name=None, trigger=None, priority=None, *, call_before_training=False):
        """Hang an extension on the run.

        Args:
            extension (callable): takes the trainer; see `parakeet.training.extension`.
            name (str, optional): ``extension.name``, ``extension.default_name`` or ``__name__`` when None. A name that is taken gets
                ``_1``, ``_2`` ...; the final one is written to ``extension.name``.
            trigger: when it is due; ``extension.trigger`` when None, else every iteration.
            priority (int, optional): ``extension.priority`` when None, else `PRIORITY_READER`.
            call_before_training (bool): whether it is also called once before the first iteration.

        Raises:
            TypeError: if it can't be called or has no name.
            ValueError: if the name is ``"training"``.
            RunError: if the run has begun.
        """
        if self._used:
            raise RunError("the run has begun: extensions are added before Trainer.run() is called")
        if not callable(extension):
            raise TypeError(f"an extension is a callable that takes the trainer; it got {extension!r}")
        wanted = _first(
            name, *(getattr(extension, attribute, None) for attribute in ("name", "default_name", "__name__"))
        )
        name = self._free_name(wanted, extension)
        trigger = get_trigger(_first(trigger, getattr(extension, "trigger", None), (1, "iteration")))
        priority = _first(priority, getattr(extension, "priority", None), PRIORITY_READER)
        self._entries[name] = Entry(extension, name, trigger, priority, call_before_training)
        with contextlib.suppress(AttributeError, TypeError):  # bound methods and the like hold no attributes
            extension.name = name

    def _free_name(self, name, extension):
        if not isinstance(name, str):
            raise TypeError(f"{extension!r} has no name (a str): pass one, as in trainer.extend(extension, name='...')")
        if name == "training":
            raise ValueError("no extension may be named 'training': the name is the trainer's own")
        final, n = name, 0
        while final in self._entries:
            n += 1
            final = f"{name}_{n}"
        return final

    def remove(self, name):
        """Take an extension off again, with its trigger; before the run begins.

        Raises:
            ValueError: if there is none of that name.
            RunError: if the run has begun.
        """
        if self._used:
            raise RunError("the run has begun: extensions are removed before Trainer.run() is called")
        self.get_extension(name)
        del self._entries[name]

    @property
    def extensions(self):
        """dict: name -> extension, in the order of registration."""
        return {name: entry.extension for name, entry in self._entries.items()}

    def get_extension(self, name):
        """Give the extension registered under a name.

        Raises:
            ValueError: if there is none.
        """
        if name not in self._entries:
            known = ", ".join(self._entries) or "none"
            raise ValueError(f"there is no extension '{name}'; there are: {known}.{nearest(name, self._entries)}")
        return self._entries[name].extension

    @property
    def entries(self):
        """list[Entry]: every extension with its final name, trigger and priority, in the order in which they are called."""
        # sorted() keeps the order of equal ones.
        return sorted(self._entries.values(), key=lambda entry: -entry.priority)

    @property
    def elapsed_time(self):
        """float: seconds of training, those before a restart included; extensions and evaluation count too."""
        return self._elapsed_before + (0.0 if self._started_at is None else self._clock() - self._started_at)

    def span(self, unit):
        """Tell where the run was before this iteration's update and where it is now, in seconds or any unit of the updater.

        Returns:
            tuple: (before, now), each an int or a Fraction.
        """
        return tuple(map(Fraction, self._ticks)) if unit == "second" else self.updater.span(unit)

    def request_stop(self, reason):
        """Ask the run to leave at the end of this iteration; what commits at the end is called, then `Interrupted` is raised.

        Args:
            reason (str): as in "SIGTERM" or "the time limit of 3600 s".
        """
        self.stop_requested = reason
        current().stop_reason = reason

    def run(self):
        """Train until the stop trigger fires.

        Where several processes train one model, process 0 decides: it asks the triggers, calls the extensions, and has those that
        run in every process called in the others at the same time. Each sees the observation of the whole batch.

        In each iteration the observation begins empty, the updater updates, and every extension whose trigger fires is called in
        the order of priority. Extensions that commit (snapshots) are called last, when the stop trigger was asked too.

        Raises:
            RunError: if this trainer was run before.
            Interrupted: if it was asked to stop; a KeyboardInterrupt. What commits at the end was called.
            BaseException: whatever an update or an extension raised. ``on_error`` and ``finalize`` of every initialised extension
                were called; errors among them are the context of the one that is raised.
        """
        if self._used:
            raise RunError(
                "this trainer was run already: build a new one and give it the state of a snapshot to go on from there"
            )
        self._used = True
        self.out.mkdir(parents=True, exist_ok=True)
        entries = self.entries if current().leads else [entry for entry in self.entries if entry.every_process]
        initialised = []
        error = None
        with forward_signals(self.request_stop):
            current().announce()
            try:
                self._begin(entries, initialised)
                self._loop(entries)
            except BaseException as raised:  # a KeyboardInterrupt, too, must not leave files and processes open
                error = raised
            # The hooks run outside of the handler above, or Python would chain each of their errors to the first by itself.
            others = _call_all((entry.on_error, self, error) for entry in initialised if error is not None)
            others += _call_all([*((entry.finalize, self) for entry in initialised), (self.updater.finalize,)])
        self._elapsed_before, self._started_at = self.elapsed_time, None
        if error is None and others:
            error = others.pop(0)
        if error is not None:
            _add_context(error, others)
            raise error

    def _begin(self, entries, initialised):
        self._started_at = self._clock()
        for entry in entries:
            entry.initialize(self)
            initialised.append(entry)
        self.updater.stop_asked = lambda: self.stop_requested is not None
        self.updater.start()
        if self.updater.iteration == 0 and not self._prepared:
            self._prepared = True
            self.observation = {}
            with scope(self.observation), self._lead(entries) as leads:
                try:
                    for entry in sorted(entries, key=lambda entry: entry.commit) if leads else ():
                        if entry.call_before_training:
                            self._call(entry)
                except GiveUp:
                    self._leave()
        if self._random_state is not None:
            # An `initialize` may have drawn numbers that an uninterrupted run would not have drawn here.
            random.restore(self._random_state)

    def _loop(self, entries):
        team = current()
        if self._given_up is not None:
            self._call_extensions(entries)
        else:
            stops = reached(self.stop_trigger, self, before=self._stops) if team.leads else None
            self._stops = team.broadcast(stops)
        before_update = [entry.before_update for entry in entries if entry.before_update is not None]
        while not self._stops:
            # Before the first iteration. Several processes agree on it when they meet, which is in the update.
            if self.stop_requested is not None and team.size == 1:
                self._leave_before_update(entries)
            for hook in before_update:
                hook(self)
            self.observation = {}
            with scope(self.observation):
                try:
                    self.updater.update()
                except GiveUp:  # while it waited for data, so that nothing has happened since the iteration before
                    self._leave_before_update(entries)
            if team.size > 1:
                team.average_observation(self.observation, self.updater.last_counted)
                self._hear_of_stop()
            self._ticks = (self._ticks[1], self.elapsed_time)
            self._call_extensions(entries)

    def _call_extensions(self, entries):
        """Call what is due in this iteration; if it was left in the middle before a restart, what was still to be called then."""
        first, due = None, []
        if self._given_up is not None:
            first, due = self._given_up["extension"], list(self._given_up["due"])
            kept = self._given_up["observation"]
            self.observation = {
                name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
            }
            self._given_up = None
        plain = current().size == 1 and not is_timed()  # as most runs are; ten calls in an iteration shall cost little
        with scope(self.observation), self._lead(entries) as leads:
            for entry in entries if leads else ():
                if first is not None and entry.name != first:
                    continue
                fires = first is not None or entry.trigger(self)
                first = None
                if fires and entry.commit:
                    due.append(entry.name)
                elif fires:
                    try:
                        if plain:
                            entry.extension(self)
                        else:
                            self._call(entry)
                    except GiveUp:
                        self._given_up = {"extension": entry.name, "due": due, "observation": _kept(self.observation)}
                        self._commit(entries, [])
                        self._leave()
            if leads:
                self._stops = bool(self.stop_trigger(self))
                # Looked at once: a request that comes during the commit must not leave before another one.
                asked = self.stop_requested is not None
                self._commit(entries, due, asked or self._stops)
                if asked and not self._stops:
                    self._leave()

    def _lead(self, entries):
        return _ALONE if current().size == 1 else self._leading(entries)

    @contextlib.contextmanager
    def _leading(self, entries):
        """Have the other processes wait for orders in the ``with`` block, and go on as this one does after it.

        Yields:
            bool: True in process 0; False in others, when they have done what they were ordered to do.
        """
        team = current()
        if not team.leads:
            self._follow(team, {entry.name: entry for entry in entries})
            yield False
            return
        team.leading = True
        try:
            yield True
        except Interrupted:
            self._release(team, leave=True)
            raise
        # Any other error ends this process, and the others with it: they are not told to go on.
        self._release(team, leave=False)

    def _release(self, team, leave):
        if team.leading:
            team.leading = False
            team.broadcast({"done": self._stops, "stop": self.stop_requested, "leave": leave})

    def _follow(self, team, entries):
        while "done" not in (order := team.broadcast()):
            if "ask" in order:
                team.answer(random.capture() if order["ask"] == "random" else self.stop_requested)
            else:
                with contextlib.suppress(GiveUp):  # process 0 gives up, too, and decides what follows
                    self._call(entries[order["call"]])
        self._stops = order["done"]
        if order["leave"]:
            self.stop_requested = order["stop"]
            self._leave()

    def _call(self, entry):
        team = current()
        together = entry.every_process and team.leading
        if together:
            team.broadcast({"call": entry.name})
            team.leading = False  # the others are at work with it
        try:
            with section(entry.section):
                entry.extension(self)
        except GiveUp:
            team.leading = team.leading or together
            raise
        team.leading = team.leading or together

    def _commit(self, entries, due, ends=True):
        for entry in entries if due or ends else ():
            if entry.name in due or (ends and entry.commit_at_end):
                self._call(entry)

    def _leave_before_update(self, entries):
        self._hear_of_stop()
        with self._lead(entries) as leads:
            if leads and self.stop_requested is not None:
                self._commit(entries, [])
        self._leave()

    def _hear_of_stop(self):
        """Take note of a request to stop that another process got."""
        if self.stop_requested is None:
            self.stop_requested = current().stop_reason

    def _leave(self):
        if self.stop_requested is None:
            self.stop_requested = _first(*current().ask("stop"))
        if self.stop_requested is None:
            raise RunError(
                "an extension raised GiveUp, but nobody asked the run to stop (trainer.stop_requested is None)"
            )
        raise Interrupted(f"{self.stop_requested}, at iteration {self.updater.iteration}") from None

    def state_dict(self):
        """Take the state of everything that makes the run go on as if it had never stopped.

        Returns:
            dict: ``models``, ``optimizers``, ``updater``, ``extensions``, ``triggers``, ``random`` and ``trainer``; json values,
            numpy arrays and tensors under str keys. A copy: further training does not change it.
        """
        entries = self._entries.items()
        return {
            "models": self.updater.model_states(),
            "optimizers": self.updater.optimizer_states(),
            "updater": self.updater.state_dict(),
            "extensions": {name: _dict(entry.state_dict()) for name, entry in entries},
            "triggers": {
                "training": state_of(self.stop_trigger),
                **{name: state_of(entry.trigger) for name, entry in entries},
            },
            "random": {**random.capture(), "others": current().ask("random")},
            "trainer": {
                "elapsed_time": self.elapsed_time,
                "ticks": list(self._ticks),
                "prepared": self._prepared,
                "stops": self._stops,
                "given_up": self._given_up,
            },
        }

    def set_state_dict(self, state):
        """Take back what `state_dict` gave; before `run`, so every ``initialize`` finds it there.

        Args:
            state (dict): of a trainer that was built the same way.

        Raises:
            ResumeError: if it does not fit the models, optimizers, data, extensions or triggers.
            RunError: if the run has begun.

        Warns:
            UserWarning: if an extension's state has no owner here, or an extension that keeps state finds none.
        """
        if self._used:
            raise RunError("the run has begun: state is given back before Trainer.run() is called")
        self.updater.set_model_states(state["models"])
        self.updater.set_optimizer_states(state["optimizers"])
        self.updater.set_state_dict(state["updater"])
        self._restore_extensions(state["extensions"])
        self._restore_triggers(state["triggers"])
        self._elapsed_before = float(state["trainer"]["elapsed_time"])
        self._ticks = tuple(state["trainer"]["ticks"])
        self._prepared = bool(state["trainer"]["prepared"])
        self._stops = bool(state["trainer"]["stops"])
        self._given_up = state["trainer"]["given_up"]
        if self._given_up is not None and self._given_up["extension"] not in self._entries:
            raise ResumeError(
                f"the run was left while its extension '{self._given_up['extension']}' was at work, which this run lacks: "
                "build the run as it was built then"
            )
        self._random_state = _own_random_state(state["random"])
        random.restore(self._random_state)

    def _restore_extensions(self, states):
        for name, entry in self._entries.items():
            if name in states:
                if states[name]:
                    _restoring(f"the extension '{name}'", entry.set_state_dict, states[name])
            elif entry.state_dict():
                warnings.warn(f"the snapshot holds no state of the extension '{name}': it begins anew", stacklevel=3)
        for name, lost in states.items():
            if lost and name not in self._entries:
                warnings.warn(
                    f"the snapshot holds state of an extension '{name}', which this run lacks: it is dropped",
                    stacklevel=3,
                )

    def _restore_triggers(self, states):
        triggers = {"training": self.stop_trigger, **{name: entry.trigger for name, entry in self._entries.items()}}
        for name, trigger in triggers.items():
            if states.get(name):
                owner = "the stop trigger" if name == "training" else f"the trigger of '{name}'"
                _restoring(owner, restore, trigger, states[name])


def _own_random_state(state):
    """Give this process's random state; one made of process 0's, where another number of processes left the snapshot."""
    team, others = current(), state.get("others", [])
    if team.leads:
        return state
    if len(others) == team.size - 1:
        return others[team.rank - 1]
    random.restore(state)
    random.seed_apart(team.rank)
    return random.capture()


def _first(*values):
    return next((value for value in values if value is not None), None)


def _dict(state):
    return {} if state is None else state


def _kept(observation):
    """Make of an observation what can be stored: numbers are read, arrays and texts kept; the rest is only for display."""
    kept = {}
    for name, value in observation.items():
        pair = value if isinstance(value, tuple) and len(value) == 2 else (value,)
        if all(map(is_scalar, pair)):
            numbers = [number if type(number) in (bool, int, float) else read(number) for number in pair]
            kept[name] = numbers if len(pair) == 2 else numbers[0]
        elif isinstance(value, str) or hasattr(value, "dtype"):
            kept[name] = value
    return kept


def _restoring(owner, function, *arguments):
    try:
        function(*arguments)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResumeError(
            f"the snapshot's state of {owner} does not fit: {type(error).__name__}: {error}. It was saved by another kind of object; "
            "build the run as it was built when the snapshot was taken."
        ) from error


def _call_all(calls):
    errors = []
    for function, *arguments in calls:
        try:
            function(*arguments)
        except BaseException as error:
            errors.append(error)
    return errors


def _add_context(error, others):
    """Hang errors at the end of another one's chain of contexts, so that a traceback shows them all and that one last."""
    seen = {id(error)}
    for other in others:
        while error.__context__ is not None and id(error.__context__) not in seen:
            error = error.__context__
            seen.add(id(error))
        if id(other) not in seen:
            error.__context__ = other
            seen.add(id(other))
            error = other
