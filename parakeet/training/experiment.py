"""One experiment: data, a model, a loss, and how to train; the class a user subclasses.

::

    class MyExperiment(Experiment):
        config_class = Config

        def build_data(self):
            return build_cargoes(self.config.data)  # for training, for validation

        def build_model(self):
            return MyModel(self.config.model.channels)

        def compute_loss(self, model, batch):
            loss = ((model(batch["x"]) - batch["y"]) ** 2).mean()
            report({"loss": loss})
            return loss

    if __name__ == "__main__":
        MyExperiment.main()
"""

import contextlib
import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from parakeet.config import Config
from parakeet.errors import RunError
from parakeet.training.triggers import IntervalTrigger


def _interval(value):
    IntervalTrigger(*value)
    return value


Interval = Annotated[tuple[int | float, str], AfterValidator(_interval)]
"""``[n, unit]`` in a configuration: a period or a limit, such as ``[1, epoch]``."""


class TrainingConfig(Config):
    """The ``training:`` section of a configuration: what the defaults of `Experiment` are made of.

    Attributes:
        seed: of the random generators, before anything is built.
        stop: where training ends; None trains until it is stopped.
        learning_rate: the highest one.
        warmup: iterations over which the learning rate rises to it, from its share in the first one.
        decay: how it falls after the warm-up; a row of `parakeet.training.schedules.DECAYS`.
        decay_until: for linear, cosine and polynomial: the iteration at which it has fallen to `final_learning_rate`; None keeps it.
        decay_rate: for exponential and multistep: the factor.
        decay_every: for exponential: the iterations in which it falls by the factor.
        decay_at: for multistep: the iterations at which it falls by the factor.
        decay_power: for polynomial.
        final_learning_rate: where it falls to, never below.
        average: the decay of a moving average of the weights (`parakeet.training.extensions.EMA`), which is then what is evaluated,
            listened to and spoken with; None keeps none.
        betas: AdamW's decay rates of the moments.
        weight_decay: AdamW's, on matrices and kernels; never on biases and norms.
        gradient_norm: gradients are scaled down to this norm, all together; None leaves them alone.
        gradient_value: before that, each component of them is cut off at plus and minus this; None leaves them alone.
        accumulate: batches in an iteration, as if they were one; the last iteration of an epoch may have fewer.
        precision: what losses are computed in; float16 and bfloat16 need a GPU.
        wrong_step: what is done about a step with a value that is no number or beyond its limit: raise, skip or roll back; see
            `parakeet.training.extensions.FailOnNonNumber`.
        limits: the largest absolute values of what is reported that are still right, as in ``{gradient_norm: 100}``.
        log: how often means are written to the log.
        evaluate: how often the validation set is evaluated.
        snapshot: how often the state is saved; it is also saved at the end and when the run is interrupted.
        samples: how often an experiment makes samples, if it does.
        keep_last: how many snapshots are kept.
        time_limit: seconds of this process after which the run is saved and left, to be resumed; None for no limit.
        profile: how often a table tells where the time goes; None never looks.
        workers: processes that make batches; 0 makes them in a thread, which is faster where a batch costs little Python time.
        read_ahead: batches that are made ahead.
        overfit_batches: train on so many batches, the first of epoch 0, again and again, to see whether a model can learn at all;
            None trains on all.
    """

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    stop: Interval | None = (100_000, "iteration")
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    warmup: Annotated[int, Field(ge=0)] = 0
    decay: Literal["constant", "linear", "cosine", "polynomial", "exponential", "multistep", "inverse_square_root"] = "cosine"
    decay_until: Annotated[int, Field(gt=0)] | None = None
    decay_rate: Annotated[float, Field(gt=0, le=1)] | None = None
    decay_every: Annotated[int, Field(gt=0)] = 1
    decay_at: tuple[Annotated[int, Field(gt=0)], ...] = ()
    decay_power: Annotated[float, Field(gt=0)] = 2.0
    final_learning_rate: Annotated[float, Field(ge=0)] = 0.0
    average: Annotated[float, Field(ge=0, lt=1)] | None = None
    betas: tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]] = (0.9, 0.999)
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    gradient_norm: Annotated[float, Field(gt=0)] | None = 1.0
    gradient_value: Annotated[float, Field(gt=0)] | None = None
    accumulate: Annotated[int, Field(ge=1)] = 1
    precision: Literal["float32", "float16", "bfloat16"] = "float32"
    wrong_step: Literal["raise", "skip", "roll back"] = "raise"
    limits: dict[str, Annotated[float, Field(gt=0)]] = {}
    log: Interval = (100, "iteration")
    evaluate: Interval = (1, "epoch")
    snapshot: Interval = (1, "epoch")
    samples: Interval = (1, "epoch")
    keep_last: Annotated[int, Field(ge=1)] = 3
    time_limit: Annotated[float, Field(gt=0)] | None = None
    profile: Interval | None = None
    workers: Annotated[int, Field(ge=0)] = 0
    read_ahead: Annotated[int, Field(ge=1)] = 2
    overfit_batches: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _decay_is_described(self):
        missing = {
            "linear": ["decay_until"],
            "polynomial": ["decay_until"],
            "exponential": ["decay_rate"],
            "multistep": ["decay_at", "decay_rate"],
            "inverse_square_root": ["warmup"],
        }.get(self.decay, [])
        missing = [key for key in missing if not getattr(self, key)]
        if missing:
            raise ValueError(f"decay: {self.decay} needs {' and '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _something_is_learnt_until_the_end(self):
        ends = self.stop[0] if self.stop is not None and self.stop[1] == "iteration" else 0
        falls_to_zero = self.decay in ("linear", "cosine", "polynomial") and self.final_learning_rate == 0
        if falls_to_zero and self.decay_until is not None and ends > self.decay_until:
            raise ValueError(
                f"stop: at iteration {ends}, but from iteration {self.decay_until} on (decay_until) the learning rate is 0 and nothing "
                "is learnt; raise decay_until, or set final_learning_rate"
            )
        return self


def first_batches(data, n):
    """Take the first batches of epoch 0, which make up every epoch then.

    Args:
        data (DataCargo): what they are taken from; it stays as it is.
        n (int): how many.

    Returns:
        DataCargo: of the same examples and the same batch function.

    Raises:
        RunError: if the data are no `DataCargo`, or hold fewer batches.
    """
    from parakeet.data.batch_sampler import FixedBatchSampler
    from parakeet.data.cargo import DataCargo

    if not isinstance(data, DataCargo):
        raise RunError(
            f"training.overfit_batches={n} needs a DataCargo for training; build_data returned a {type(data).__name__}. Return the cargo "
            "itself: it is connected with a loader by `load`."
        )
    batches = data.batch_sampler.batches(0)
    if len(batches) < n:
        raise RunError(f"training.overfit_batches={n}, but the training data hold {len(batches)} batches in epoch 0: take fewer")
    few = DataCargo(data.dataset, data.batch_fn, batch_sampler=FixedBatchSampler(batches[:n]))
    few.maker = data.maker  # which draws what it drew before
    return few


class Experiment:
    """Everything about a training run that is one's own; subclass it and write the first three methods.

    Args:
        config (Config): an instance of `config_class`; its section ``training``, if it has one, is a `TrainingConfig`.
        output (str or Path): the run folder.
        device (str): ``"cpu"``, ``"gpu"`` or ``"gpu:N"``.

    Attributes:
        config_class (type): the class of the configuration.
        printed (tuple or None): the columns of the table on the terminal; None for all that is logged.
        harmless (tuple): keys of the configuration, or sections, that a resumed run may change without changing what is trained;
            a subclass adds its own.
        train_data, valid_data, model, optimizer, updater, trainer: what was built, after `setup`; `valid_data` may be None.
        averaged (callable): gives a context manager in which the models hold their moving average, where one is kept.
    """

    config_class = None
    printed = None
    harmless = (
        "data.path",
        *(
            f"training.{key}"
            for key in (
                "stop", "log", "evaluate", "snapshot", "samples", "keep_last", "time_limit", "profile",
                "workers", "read_ahead", "wrong_step", "limits",
            )
        ),
    )

    def __init__(self, config, output, device="cpu"):
        self.config = config
        self.output = Path(output)
        self.device = device
        self.training = getattr(config, "training", None)
        if self.training is None:
            self.training = TrainingConfig()
        self.train_data = self.valid_data = self.model = self.optimizer = self.updater = self.trainer = None
        self.averaged = contextlib.nullcontext

    # ---- to be written

    def build_data(self):
        """Build the data.

        Returns:
            tuple: of two `DataCargo` or `DataLoader`, for training and for validation; the second may be None.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define build_data(self): return training and validation data"
        )

    def build_model(self):
        """Build the model, the same for training and for inference.

        Returns:
            Layer or dict: one model, or name -> Layer.
        """
        raise NotImplementedError(f"{type(self).__name__} must define build_model(self)")

    def compute_loss(self, model, batch):
        """Compute the loss of a batch and report what shall be seen; used for training and for validation.

        Args:
            model (Layer or dict): what `build_model` returned.
            batch (dict): of tensors.

        Returns:
            Tensor: a scalar.
        """
        raise NotImplementedError(f"{type(self).__name__} must define compute_loss(self, model, batch)")

    def batch_weight(self, batch):
        """Tell what a batch counts among several, in accumulation and in evaluation: what `compute_loss` takes the mean over.

        Args:
            batch (dict): of tensors.

        Returns:
            int, float, Tensor or None: such as ``batch["mel_lengths"].sum()``; None, the default, for its number of samples.
        """

    # ---- defaults

    def build_optimizer(self, model):
        """Build AdamW with a warm-up, as the ``training`` section says.

        Returns:
            Optimizer or dict: one optimizer, or name -> Optimizer.
        """
        from parakeet.training.optimizer import adamw

        if isinstance(model, dict):
            raise RunError(
                f"{type(self).__name__} has several models: define build_optimizer(self, model), and an updater that uses it"
            )
        return adamw(model, self.training)

    def build_updater(self, data, model, optimizer):
        """Build a `StandardUpdater` that minimises `compute_loss`.

        Returns:
            Updater: the updater.
        """
        from parakeet.training.updater import StandardUpdater

        return StandardUpdater(self.load(data), model, optimizer, self.compute_loss, **self.updater_options)

    @property
    def updater_options(self):
        """dict: what every updater is told: `accumulate`, `weight` and `precision`."""
        settings = self.training
        return {"accumulate": settings.accumulate, "weight": self.batch_weight, "precision": settings.precision}

    def build_trainer(self, updater):
        """Build the trainer, without extensions.

        Returns:
            Trainer: the trainer.
        """
        from parakeet.training.trainer import Trainer

        return Trainer(updater, self.training.stop, self.output)

    def build_extensions(self, trainer):
        """Give the extensions: a guard against NaN, a moving average, validation, log, dashboard, progress, snapshots.

        Yields:
            Extension or tuple: an extension, or an extension and its trigger.
        """
        from parakeet.training import extensions

        settings = self.training
        if settings.time_limit is not None:
            yield extensions.TimeLimit(settings.time_limit)
        if settings.profile is not None:
            yield extensions.Profile(settings.profile)
        every = None
        if self.device != "cpu" and settings.wrong_step != "skip" and settings.log[1] == "iteration":
            every = math.ceil(settings.log[0])  # no step waits for the device more often than the log does
        yield extensions.FailOnNonNumber(every, limits=settings.limits, policy=settings.wrong_step)
        yield extensions.ObserveLR()
        if settings.average is not None:
            average = extensions.EMA(self.model, settings.average)
            self.averaged = average.average
            yield average
        if self.valid_data is not None:
            yield extensions.Evaluator(
                self.load(self.valid_data), self.model, self.compute_loss, weight=self.batch_weight, context=self.averaged
            ), settings.evaluate
        yield extensions.LogReport(settings.log)
        yield extensions.PrintReport(self.printed)
        yield extensions.VisualDLWriter(settings.log, hyperparameters=self.config.model_dump(mode="json"))
        yield extensions.ProgressBar()
        yield extensions.Snapshot(keep_last=settings.keep_last), settings.snapshot

    def load(self, data):
        """Connect a `DataCargo` with asynchronous loading, as the ``training`` section says; anything else is left as it is."""
        from parakeet.data.cargo import DataCargo

        if not isinstance(data, DataCargo):
            return data
        from parakeet.data.loader import DataLoader

        return DataLoader(data, workers=self.training.workers, read_ahead=self.training.read_ahead)

    # ---- running it

    def setup(self):
        """Build everything, in a fixed order after seeding, so that two runs begin alike.

        Raises:
            RunError: if `build_data` returns something else than data.
        """
        import paddle

        from parakeet.training.distributed import current, local_device
        from parakeet.training.random import seed_apart, seed_everything

        paddle.set_device(local_device(self.device))
        seed_everything(self.training.seed)
        data = self.build_data()
        if not isinstance(data, tuple) or len(data) != 2:
            raise RunError(
                f"{type(self).__name__}.build_data must return two things, the data for training and those for validation (or None); "
                f"it returned {type(data).__name__}"
            )
        self.train_data, self.valid_data = data
        if self.training.overfit_batches is not None:
            self.train_data = first_batches(self.train_data, self.training.overfit_batches)
        self.model = self.build_model()
        self.optimizer = self.build_optimizer(self.model)
        self.updater = self.build_updater(self.train_data, self.model, self.optimizer)
        self.trainer = self.build_trainer(self.updater)
        for item in self.build_extensions(self.trainer):
            extension, trigger = item if isinstance(item, tuple) else (item, None)
            self.trainer.extend(extension, trigger=trigger)
        seed_apart(current().rank)  # all were built alike; what they draw from here on is their own

    def run(self):
        """Train; after `setup`."""
        self.trainer.run()

    @classmethod
    def main(cls, arguments=None):
        """The command line of this experiment: ``train`` and ``resume``.

        Args:
            arguments (list of str, optional): those of the process when None.
        """
        from parakeet.training.cli import main

        main(cls, arguments)
