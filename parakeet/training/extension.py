"""What can be hung on a training run: the `Extension` protocol and its priorities.

An extension is any callable that takes the trainer. To do more than to be called, it derives from :class:`Extension` and overrides
what it needs. :func:`make_extension` does the same for a function.

When an extension is called
    In each iteration, after the update, the trainer asks each extension's trigger, in the order of priority, and calls the
    extension at once if it is due.

The commit phase
    An extension with ``commit = True`` is asked in its turn as all others are, but is called only when every trigger of the
    iteration, the stop trigger included, has been asked and every other extension has been called. What such an extension saves
    (``trainer.state_dict()``) is therefore the state *after* iteration N in every respect, and a run resumed from it fires what
    an uninterrupted one fires. If it also has ``commit_at_end = True``, it is called in the commit phase of the last iteration
    even if its trigger does not fire: when the stop trigger has fired or ``trainer.request_stop`` (a signal, a time limit) was
    called.

Being asked to stop
    An extension that takes long looks at ``trainer.stop_requested`` now and then; if that is not None, it drops what it has begun and
    raises :class:`GiveUp`. The run is then saved in the middle of the iteration and left, and when it is resumed, it is this extension
    that is called first: the iteration ends as if nothing had happened. One that does not look is waited for.
"""

PRIORITY_WRITER = 300
"""Extensions that report values, such as an evaluator."""

PRIORITY_EDITOR = 200
"""Extensions that change what was reported or the model itself, such as a moving average of the weights."""

PRIORITY_READER = 100
"""Extensions that only read, such as a log."""


class GiveUp(Exception):
    """Raised by an extension that leaves its work because the run was asked to stop; it is called again when the run is resumed."""


class Extension:
    """Something the trainer calls when its trigger fires; every hook may be overridden, none has to be.

    Attributes:
        name (str or None): the name it is registered under; the trainer writes the final name here.
        trigger: when it is due: ``(period, unit)`` or a callable that takes the trainer.
        priority (int): higher is called first; equal ones are called in the order of registration.
        commit (bool): whether the call is put off to the commit phase (see the module's text).
        commit_at_end (bool): with ``commit``, whether it is also called in the last iteration's commit phase.
        every_process (bool or None): where several processes train one model, whether it is called in all of them, at the same
            time, or in process 0 alone; None means: in all if its priority is that of an editor, which may change the model.
        replayed (bool): whether ``parakeet replay`` has to call it, too; not one that only shows or stores, which changes no step to come.
    """

    name = None
    trigger = (1, "iteration")
    priority = PRIORITY_READER
    commit = False
    commit_at_end = False
    every_process = None
    replayed = True

    @property
    def default_name(self):
        """str: the name where none was given; the class's own."""
        return type(self).__name__

    def initialize(self, trainer):
        """Prepare for a run; called once, before the first iteration, when saved state is back already."""

    def __call__(self, trainer):
        """Do the work; called when the trigger fires."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, trainer)")

    # ``before_update(trainer)``, where a subclass defines it, is called in every iteration before the update, when the iteration before
    # is done in every respect: ``trainer.state_dict()`` is then what a snapshot of that iteration holds.
    before_update = None

    def on_error(self, trainer, error):
        """Take notice of the error (a KeyboardInterrupt too) that ends the run; called before any `finalize`."""

    def finalize(self, trainer):
        """Let go of what `initialize` took; called once, however the run ends."""

    def state_dict(self):
        """dict: what has to survive a restart; json values, numpy arrays and tensors under str keys; a copy, not a view."""
        return {}

    def set_state_dict(self, state):
        """Take back what `state_dict` gave; called before `initialize`."""


class FunctionExtension(Extension):
    """A plain callable in the shape of an extension; what `make_extension` returns."""

    def __init__(
        self, function, name=None, trigger=None, priority=None, initializer=None, finalizer=None, on_error=None
    ):
        self._function = function
        self._initializer = initializer
        self._finalizer = finalizer
        self._on_error = on_error
        self._default_name = name
        self.__doc__ = getattr(function, "__doc__", None)
        if trigger is not None:
            self.trigger = trigger
        if priority is not None:
            self.priority = priority

    @property
    def default_name(self):
        """str or None: the name given to `make_extension`, else the function's own."""
        return self._default_name if self._default_name is not None else getattr(self._function, "__name__", None)

    def __call__(self, trainer):
        return self._function(trainer)

    def initialize(self, trainer):
        if self._initializer is not None:
            self._initializer(trainer)

    def finalize(self, trainer):
        if self._finalizer is not None:
            self._finalizer(trainer)

    def on_error(self, trainer, error):
        if self._on_error is not None:
            self._on_error(trainer, error)


def make_extension(trigger=None, default_name=None, priority=None, initializer=None, finalizer=None, on_error=None):
    """Turn the function below into an extension.

    Args:
        trigger: when it is due; ``(1, "iteration")`` when None.
        default_name (str, optional): the name where `Trainer.extend` is given none; the function's own when None.
        priority (int, optional): `PRIORITY_READER` when None.
        initializer (callable, optional): ``initializer(trainer)``, before the first iteration.
        finalizer (callable, optional): ``finalizer(trainer)``, however the run ends.
        on_error (callable, optional): ``on_error(trainer, error)``.

    Returns:
        callable: a decorator; what it returns can still be called as the function.
    """

    def decorate(function):
        return FunctionExtension(function, default_name, trigger, priority, initializer, finalizer, on_error)

    return decorate


class Entry:
    """An extension as a trainer holds it: every hook there, every hook callable, the name and the trigger settled.

    A hook that the extension lacks, or that is None, does nothing here, so the run loop never has to look.
    """

    def __init__(self, extension, name, trigger, priority, call_before_training):
        self.extension = extension
        self.name = name
        self.section = f"extension {name}"  # what its time is booked under
        self.trigger = trigger
        self.priority = priority
        self.call_before_training = call_before_training
        self.commit = bool(getattr(extension, "commit", False))
        self.commit_at_end = self.commit and bool(getattr(extension, "commit_at_end", False))
        everywhere = getattr(extension, "every_process", None)
        self.every_process = PRIORITY_EDITOR <= priority < PRIORITY_WRITER if everywhere is None else bool(everywhere)
        self.initialize = _hook(extension, "initialize")
        self.before_update = getattr(extension, "before_update", None)  # None where there is none: it is called in every iteration
        self.on_error = _hook(extension, "on_error")
        self.finalize = _hook(extension, "finalize")
        self.state_dict = _hook(extension, "state_dict")
        self.set_state_dict = _hook(extension, "set_state_dict")
        self.trigger_state_dict = _hook(trigger, "state_dict")
        self.set_trigger_state_dict = _hook(trigger, "set_state_dict")


def _hook(owner, name):
    hook = getattr(owner, name, None)
    return hook if hook is not None else _nothing


def _nothing(*_):
    return None
