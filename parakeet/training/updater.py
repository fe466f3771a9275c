"""What one iteration does to the models, and where in the data the run stands."""

from fractions import Fraction

from parakeet.data.reader import NotWaitedFor
from parakeet.errors import DataError, ResumeError, RunError, nearest
from parakeet.training import optimizer_state
from parakeet.training.distributed import current, shared
from parakeet.training.extension import GiveUp
from parakeet.training.precision import Precision
from parakeet.training.reporter import mean_of, report, scope
from parakeet.training.timing import section
from parakeet.training.trigger import exact


class Updater:
    """The base of all updaters: takes batches in order, keeps the position, leaves the work to `update_core`.

    Args:
        data: gives batches: has ``iterator(epoch, consumed)``, an iterator over one epoch that can begin anywhere in it and has
            ``consumed``, ``last_indices`` and ``last_names``; and ``samples_per_epoch(epoch)``. A `DataCargo` or a `DataLoader`.
        models (dict): name -> Layer.
        optimizers (dict): name -> Optimizer.
        accumulate (int): batches in an update. Where an epoch ends with fewer, its last update has fewer: none reaches over its end.
        weight (callable, optional): ``weight(batch)`` tells what a batch counts among those of its update, a number or a scalar
            tensor: what the loss is a mean over, such as frames. The number of its samples when this is None or returns None.
        precision (str): in what losses are computed: ``"float32"``, or, on a device that has it, ``"float16"`` or ``"bfloat16"``.

    Attributes:
        batches (list): the batches of the update that is being made.
        iteration (int): updates made.
        epoch (int): epochs completed.
        consumed (int): samples taken from the epoch that is running.
        samples (int): samples taken in all.
        steps (dict): name of an optimizer -> how many steps it made.
        last_indices, last_names (list): the samples of the batch that was taken last, by index and by name (utt_id); if the update
            by it failed, too.
        uneven_use (bool): with several processes, whether a parameter may be used in some of them only; an error when False.
        stop_asked (callable): looked at while a batch is waited for; True ends the waiting. The trainer's.
        passed_over (set): of (epoch, consumed): batches by which nothing is updated; their iterations count, and report ``passed_over``.
    """

    def __init__(self, data, models, optimizers, accumulate=1, weight=None, precision="float32"):
        missing = [name for name in ("iterator", "samples_per_epoch") if not callable(getattr(data, name, None))]
        if missing:
            raise TypeError(
                f"an updater takes its batches from a DataCargo, a DataLoader or what has their methods; {type(data).__name__} lacks "
                f"{' and '.join(missing)}"
            )
        if isinstance(accumulate, bool) or not isinstance(accumulate, int) or accumulate < 1:
            raise RunError(f"accumulate is how many batches an update takes, at least 1; it is {accumulate!r}")
        self.data = shared(data, "split")
        self.models = dict(models)
        self.optimizers = dict(optimizers)
        self.accumulate = accumulate
        self.weight = weight
        self.precision = Precision(precision, self.optimizers)
        self.batches = []
        self.iteration = 0
        self.epoch = 0
        self.consumed = 0
        self.samples = 0
        self.steps = dict.fromkeys(self.optimizers, 0)
        self.uneven_use = False
        self.stop_asked = _never
        self.passed_over = set()
        self._untouched = True  # whether the update that runs has changed nothing yet
        self._iterator = None
        self._last_iterator = None
        self._lengths = {}
        self._sizes = []  # how many samples each of the batches holds; with several processes, how many of this one's part
        self._named = {}  # name of an optimizer -> its parameters by name
        self._earlier = ([], [])  # indices and names of the batches of the update that came before the last one
        self._before = self._now = self._position()

    # ---- one iteration

    def start(self):
        """Put the models into training mode; the trainer calls this once, before the first iteration."""
        for model in self.models.values():
            model.train()

    def update(self):
        """Take the next batch, or as many as are accumulated, and update by them; the position advances when the update is done.

        Raises:
            GiveUp: if the run was asked to stop while the batch was waited for; nothing has changed.
        """
        self._untouched = True
        with section("data"):
            if current().size == 1:
                self._next_batches()
            else:
                self._next_batches_together()
        self._untouched = False
        if (self.epoch, self.consumed) in self.passed_over:
            report({"passed_over": 1})
        else:
            with section("forward"):  # all that is neither of the two sections within
                self.update_core(self.batches[0])
            current().share_buffers(self.models)
        self._advance()
        self.batches = []

    def update_core(self, batch):
        """Make one update of the models; what a subclass writes, with a call of `minimize` for each optimizer that is to step.

        Args:
            batch: as the data gives it; the first one, where several are accumulated. A loss that is passed to `minimize` as a function
                is given each of them.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update_core(self, batch)")

    def minimize(self, loss, optimizer="main"):
        """Make one step of an optimizer down the gradient of a loss; the one place where gradients are made.

        Gradients are dropped before they are made, not after: extensions may look at them, and those that another optimizer's loss
        left behind do not count.

        Args:
            loss (callable or Tensor): ``loss(batch)`` returns a scalar tensor; it is called for each batch of the update. The gradient
                is the mean of theirs, weighted by what each batch counts: that of the whole, if each loss is a mean over what counts.
                What is reported meanwhile is averaged in the same way. A tensor will do where nothing is accumulated.
            optimizer (str): the name of the optimizer.

        Raises:
            RunError: if the loss is not a scalar tensor.
        """
        # A gradient filled with zeros is not the same as none: it would decay the moments of parameters that were not used, but
        # only until the next restart.
        self.optimizers[optimizer].clear_grad(set_to_zero=False)
        if not callable(loss):
            if len(self.batches) > 1:
                raise RunError(
                    f"this update takes {len(self.batches)} batches: pass minimize() the loss as a function of a batch, not as a tensor"
                )
            self._backward(loss, optimizer)
        elif len(self.batches) == 1:
            with self.precision.autocast():
                value = loss(self.batches[0])
            self._backward(value, optimizer)
        else:
            self._backward_all(loss, optimizer)
        if current().size > 1:
            current().average_gradients(self._parameters(optimizer), self._weight(), self.uneven_use)
        self.step(optimizer)

    def _backward_all(self, loss, optimizer):
        # What stands in for an empty part (see DataCargo.split) is left out, unless there is nothing else to compute with.
        parts = [part for part in zip(self.batches, self._weights(), self._sizes, strict=True) if part[2] or not any(self._sizes)]
        batches, weights, _ = zip(*parts, strict=True)
        if not any(self._sizes) and current().size > 1:
            weights = [1.0] * len(batches)
        total = sum(weights)
        if isinstance(total, (int, float)) and not total > 0:
            raise RunError(f"the {len(weights)} batches of an update must count something; together they count {total}")
        observations = []
        for batch, weight in zip(batches, weights, strict=True):
            with scope({}) as observation, self.precision.autocast():
                value = loss(batch)
            observations.append(observation)
            self._backward(self._checked(value) * (weight / total), optimizer)
        report(mean_of(observations, weights))

    def _backward(self, loss, optimizer):
        loss = self._checked(loss)
        with section("backward"):
            self.precision.scale(loss, optimizer).backward()

    def _checked(self, loss):
        if not hasattr(loss, "backward") or loss.size != 1:
            got = f"a tensor of shape {list(loss.shape)}" if hasattr(loss, "backward") else repr(loss)
            raise RunError(
                f"iteration {self.iteration + 1}: a loss must be a scalar tensor; it got {got}. "
                "Take the mean or the sum of it, and mind the `return` of compute_loss."
            )
        return loss

    def _weights(self):
        """list: what each batch of the update counts: floats, or scalar float tensors, which stay unread."""
        weights = []
        for batch, size in zip(self.batches, self._sizes, strict=True):
            weight = None if self.weight is None else self.weight(batch)
            weight = size if weight is None else weight
            weights.append(weight.astype("float32").reshape([]) if hasattr(weight, "astype") else float(weight))
        return weights

    def _weight(self):
        """What this process's part of the update counts, where several processes share it."""
        if self.weight is None:
            return sum(self._sizes)
        # What stands in for a part that is empty counts nothing, whatever its frames.
        return sum(weight for weight, size in zip(self._weights(), self._sizes, strict=True) if size)

    def _parameters(self, optimizer):
        if optimizer not in self._named:
            own = {parameter.name for parameter in self.optimizers[optimizer]._parameter_list}
            named = {f"{name}/{path}": p for name, model in self.models.items() for path, p in model.named_parameters()}
            self._named[optimizer] = {path: p for path, p in named.items() if p.name in own}
        return self._named[optimizer]

    def step(self, optimizer="main"):
        """Make one step of an optimizer and of its learning rate schedule, by the gradients there are.

        Args:
            optimizer (str): the name of the optimizer.
        """
        with section("step"):
            self.precision.step(self.optimizers[optimizer], optimizer)
            optimizer_state.step_schedule(self.optimizers[optimizer])
        self.steps[optimizer] += 1

    def iterations_a_step(self, name):
        """int: how many iterations pass from one step of an optimizer to its next, once it has begun; for ``--plan``."""
        return 1

    def finalize(self):
        """Let go of the data; the trainer calls this once, however the run ends."""
        self._end_pass()
        _close(self.data)

    # ---- the position

    @property
    def last_indices(self):
        return [] if self._last_iterator is None else [*self._earlier[0], *self._last_iterator.last_indices]

    @property
    def last_names(self):
        return [] if self._last_iterator is None else [*self._earlier[1], *self._last_iterator.last_names]

    @property
    def last_counted(self):
        """int: how many samples of the last update count in this process: all, but where several share a batch."""
        return sum(self._sizes)

    @property
    def epoch_detail(self):
        """float: epochs, the running one by the share of its samples that were taken; for display. Triggers use `span`."""
        return float(self._now["epoch"])

    def span(self, unit):
        """Tell exactly where the run was before the last update and where it is now.

        Args:
            unit (str): iteration, epoch, sample, or an optimizer's name + ``_step``.

        Returns:
            tuple: (before, now), each an int or a Fraction; both 0 when no update was made yet.

        Raises:
            ValueError: if it is none of these.
        """
        try:
            return self._before[unit], self._now[unit]
        except KeyError:
            known = ", ".join(self._now)
            raise ValueError(f"this updater counts {known}, not '{unit}'.{nearest(unit, self._now)}") from None

    def _position(self):
        steps = {f"{name}_step": count for name, count in self.steps.items()}
        epoch = self.epoch
        if self.consumed:
            samples = self._samples_in_epoch()
            epoch = Fraction(epoch * samples + self.consumed, samples)
        return {"iteration": self.iteration, "epoch": epoch, "sample": self.samples, **steps}

    def _samples_in_epoch(self):
        if self.epoch not in self._lengths:  # it may take a pass over all lengths of the corpus to know
            self._lengths = {self.epoch: self.data.samples_per_epoch(self.epoch)}
        return self._lengths[self.epoch]

    def _next_batches(self):
        self.batches, before = [self._next_batch()], self.consumed
        self._earlier = ([], [])
        self._sizes = [self._size(before)]
        while len(self.batches) < self.accumulate and self._iterator.consumed < self._samples_in_epoch():
            before = self._iterator.consumed
            for earlier, of_last in zip(self._earlier, (self._iterator.last_indices, self._iterator.last_names), strict=True):
                earlier.extend(of_last)
            self.batches.append(self._next_batch())
            self._sizes.append(self._size(before))

    def _size(self, before):
        return self._iterator.consumed - before if current().size == 1 else self._iterator.last_counted

    def _next_batches_together(self):
        """Wait until every process has its batches: none may be kept waiting inside an exchange of tensors, which allows 30 s."""
        given_up = False
        try:
            self._next_batches()
        except GiveUp:
            given_up = True
        if current().meet(given_up):
            raise GiveUp

    def _next_batch(self):
        if self._iterator is None:
            if self._samples_in_epoch() < 1:
                raise DataError(
                    f"epoch {self.epoch} holds no batch. Is the training set empty, or smaller than one batch while the last batch of "
                    "an epoch is dropped?"
                )
            self._iterator = self._last_iterator = self.data.iterator(self.epoch, self.consumed)
            stop_when = getattr(self._iterator, "stop_when", None)
            if stop_when is not None:
                stop_when(lambda: self._untouched and self.stop_asked())
        try:
            return next(self._iterator)
        except NotWaitedFor:
            raise GiveUp from None
        except StopIteration:
            raise DataError(
                f"epoch {self.epoch} ended after {self._iterator.consumed} samples, but samples_per_epoch({self.epoch}) is "
                f"{self._samples_in_epoch()}: the data must give what it promises"
            ) from None

    def _advance(self):
        consumed = self._iterator.consumed
        self.samples += consumed - self.consumed
        self.consumed = consumed
        self.iteration += 1
        if self.consumed >= self._samples_in_epoch():
            self._end_pass()
            self.epoch, self.consumed = self.epoch + 1, 0
        self._before, self._now = self._now, self._position()

    def _end_pass(self):
        iterator, self._iterator = self._iterator, None
        if iterator is not None:
            _close(iterator)

    # ---- state

    def state_dict(self):
        """dict: the position, that before the last update, and the number of samples in the running epoch, to recognise the data."""
        return {
            "iteration": self.iteration,
            "epoch": self.epoch,
            "consumed": self.consumed,
            "samples": self.samples,
            "steps": dict(self.steps),
            "before": {unit: str(position) for unit, position in self._before.items()},
            "samples_in_epoch": self._samples_in_epoch(),
            "precision": self.precision.state_dict(),
        }

    def set_state_dict(self, state):
        """Go to the position that `state_dict` gave; no sample before it is read again.

        Raises:
            ResumeError: if the data or the optimizers are not those of the state.
        """
        if set(state["steps"]) != set(self.steps):
            raise ResumeError(
                f"the snapshot has the optimizers {sorted(state['steps'])}, this run {sorted(self.steps)}"
            )
        samples = self.data.samples_per_epoch(int(state["epoch"]))
        if samples != state["samples_in_epoch"]:
            raise ResumeError(
                f"epoch {state['epoch']} holds {samples} samples, but held {state['samples_in_epoch']} when the snapshot was taken: the "
                "data are not the same. Resume with the data the run began with, or begin a new run."
            )
        self.iteration, self.epoch = int(state["iteration"]), int(state["epoch"])
        self.consumed, self.samples = int(state["consumed"]), int(state["samples"])
        self.steps = {name: int(state["steps"][name]) for name in self.steps}
        self.precision.set_state_dict(state["precision"])
        self._end_pass()
        self._now = self._position()
        self._before = {unit: exact(Fraction(state["before"][unit])) for unit in self._now}

    def model_states(self):
        """dict: name of a model -> its parameters and buffers by name, as copies."""
        return {name: optimizer_state.copy_of_state(model) for name, model in self.models.items()}

    def set_model_states(self, states):
        """Take back what `model_states` gave.

        Raises:
            ResumeError: if a model, a parameter or a shape differs; all that do are named.
        """
        _same_names("models", states, self.models)
        for name, model in self.models.items():
            optimizer_state.restore_model(model, states[name], f"the model '{name}'")

    def optimizer_states(self):
        """dict: name of an optimizer -> its state under the names the parameters have in the models."""
        return {
            name: optimizer_state.optimizer_state(optimizer, self.models) for name, optimizer in self.optimizers.items()
        }

    def set_optimizer_states(self, states):
        """Take back what `optimizer_states` gave.

        Raises:
            ResumeError: if an optimizer, a parameter or a shape differs.
        """
        _same_names("optimizers", states, self.optimizers)
        for name, optimizer in self.optimizers.items():
            optimizer_state.restore_optimizer(optimizer, self.models, states[name], f"the optimizer '{name}'")


class StandardUpdater(Updater):
    """One model, one optimizer, one loss.

    Training with several of them subclasses this, passes dicts and writes `update_core`, calling ``self.minimize(loss, name)`` for
    each; one iteration is one batch, however many optimizers step.

    Args:
        data: gives batches; see `Updater`. A `DataCargo` is wrapped in a `DataLoader`, so that its batches hold tensors.
        model (Layer or dict): one model, known as ``main``, or name -> Layer.
        optimizer (Optimizer or dict): one optimizer, known as ``main``, or name -> Optimizer.
        loss_fn (callable): ``loss_fn(model, batch)`` returns a scalar tensor and reports what shall be seen; `model` is what was passed.
        accumulate, weight, precision: see `Updater`.
    """

    def __init__(self, data, model, optimizer, loss_fn=None, accumulate=1, weight=None, precision="float32"):
        super().__init__(
            loaded(data),
            model if isinstance(model, dict) else {"main": model},
            optimizer if isinstance(optimizer, dict) else {"main": optimizer},
            accumulate,
            weight,
            precision,
        )
        self.model = model
        self.optimizer = optimizer
        self.loss_fn = loss_fn

    def update_core(self, batch):
        """Minimise the mean loss of the batches of this update.

        Args:
            batch (dict): of tensors.
        """
        self.minimize(lambda batch: self.loss_fn(self.model, batch))


def loaded(data):
    """Wrap a `DataCargo` in a `DataLoader`, so that its batches hold tensors; anything else is left as it is."""
    from parakeet.data.cargo import DataCargo

    if not isinstance(data, DataCargo):
        return data
    from parakeet.data.loader import DataLoader

    return DataLoader(data)


def _never():
    return False


def _close(thing):
    close = getattr(thing, "close", None)
    if close is not None:
        close()


def _same_names(what, states, own):
    if set(states) != set(own):
        raise ResumeError(
            f"the snapshot has the {what} {sorted(states)}, this run has {sorted(own)}: they must be the same"
        )
