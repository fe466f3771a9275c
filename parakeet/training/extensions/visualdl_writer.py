"""Everything that is reported, in VisualDL's dashboard: ``visualdl --logdir <run folder> --language en``."""

import struct
import time

from parakeet.errors import RunError
from parakeet.requirements import require
from parakeet.training.extension import Extension
from parakeet.training.extensions.files import set_aside
from parakeet.training.extensions.media import Audio, Picture
from parakeet.training.extensions.observe_lr import learning_rates
from parakeet.training.reporter import DictSummary
from parakeet.training.trigger import get_trigger, restore, state_of


class VisualDLWriter(Extension):
    """Writes scalars (means over an interval), learning rates, throughput, sounds, pictures and texts for VisualDL.

    It has to be called in each iteration, so it takes its interval here and not from `Trainer.extend`. A resumed run cuts the
    records past the snapshot off, so that no curve runs twice; VisualDL itself, if it is running, has to be started again then.

    Args:
        interval: when scalars are due: ``(period, unit)`` or a callable that takes the trainer.
        hyperparameters (dict, optional): nested dicts of numbers, text and truth values, for the dashboard's table of runs.
        metrics (Iterable[str]): the values that stand beside them in that table.
        folder (str): below the run folder.
        flush_seconds (float): how old what is shown may be.
    """

    replayed = False

    def __init__(
        self,
        interval=(10, "iteration"),
        hyperparameters=None,
        metrics=("valid/loss",),
        folder="visualdl",
        flush_seconds=5.0,
    ):
        self.folder = folder
        self.hyperparameters = hyperparameters
        self.metrics = list(metrics)
        self.flush_seconds = flush_seconds
        self.interval = get_trigger(interval)
        self._summary = DictSummary()
        self._seen = {}  # name -> the iteration it was last reported in, which is where its mean is drawn
        self._mark = None  # elapsed seconds and samples at the last interval
        self._position = None  # of the snapshot this run was resumed from: (file name, size)
        self._file = None
        self._flush_at = 0.0

    def initialize(self, trainer):
        self._components = _components()
        folder = trainer.out / self.folder
        folder.mkdir(parents=True, exist_ok=True)
        if self._mark is None:
            self._mark = self._now(trainer)
        if self._position is not None and (folder / self._position[0]).exists():
            _cut(folder / self._position[0], self._position[1])
            self._file = open(folder / self._position[0], "ab")  # noqa: SIM115 -- closed by finalize
            return
        # The dashboard shows one file of a folder, the last by name.
        for former in sorted(folder.glob("*vdlrecords*")):
            set_aside(former, "records")
        self._file = open(folder / f"vdlrecords.{int(time.time()):010d}.log", "ab")  # noqa: SIM115 -- closed by finalize
        self._write("meta_data", "meta_data_tag", "", 0)
        if self.hyperparameters is not None:
            self._write("hparam", trainer.out.name, dict(_flat(self.hyperparameters)), self.metrics)

    def __call__(self, trainer):
        iteration = trainer.updater.iteration
        for name, value in trainer.observation.items():
            if isinstance(value, Audio):
                self._write("audio", _tag(name), value.wav, value.sample_rate, iteration)
            elif isinstance(value, Picture):
                self._write("image", _tag(name), value.pixels, iteration)
            elif isinstance(value, str):
                self._write("text", _tag(name), value, iteration)
        self._summary.add(trainer.observation)
        self._seen.update(dict.fromkeys(trainer.observation, iteration))
        if self.interval(trainer):
            self._write_scalars(trainer)
        if time.monotonic() >= self._flush_at:
            self._flush()

    def finalize(self, trainer):
        if self._file is not None:
            file, self._file = self._file, None
            file.close()

    def state_dict(self):
        state = {
            "summary": self._summary.state_dict(),
            "seen": dict(self._seen),
            "interval": state_of(self.interval),
            "mark": self._mark,
            "position": self._position,
        }
        if self._file is not None:
            self._flush()
            state["position"] = [self._file.name.replace("\\", "/").rpartition("/")[2], self._file.tell()]
        return state

    def set_state_dict(self, state):
        self._summary.set_state_dict(state["summary"])
        self._seen = dict(state["seen"])
        restore(self.interval, state["interval"])
        self._mark, self._position = state["mark"], state["position"]

    def _write_scalars(self, trainer):
        iteration = trainer.updater.iteration
        for name, mean in self._summary.compute_mean().items():
            self._write("scalar", _curve(name), mean, self._seen[name])
        for name, rate in learning_rates(trainer.updater).items():
            if name not in self._seen:
                self._write("scalar", _curve(name), rate, iteration)
        before, self._mark = self._mark, self._now(trainer)
        seconds, samples, iterations = (now - then for now, then in zip(self._mark, before, strict=True))
        if seconds > 0:
            self._write("scalar", "train/samples_per_second", samples / seconds, iteration)
            self._write("scalar", "train/iterations_per_second", iterations / seconds, iteration)
        self._summary, self._seen = DictSummary(), {}

    def _now(self, trainer):
        return [trainer.elapsed_time, trainer.updater.samples, trainer.updater.iteration]

    def _write(self, kind, *arguments):
        """Append a record: its length in 8 bytes, little-endian, then the protocol buffer (visualdl/writer/record_writer.py)."""
        # VisualDL's own LogWriter empties a file it is told to go on with, and only prints that a disk is full.
        record = getattr(self._components, kind)(*arguments, walltime=round(time.time() * 1000)).SerializeToString()
        try:
            self._file.write(struct.pack("<Q", len(record)) + record)
        except OSError as error:
            raise RunError(
                f"{self._file.name}: can't be written: {error.strerror}. Free some space and resume."
            ) from error

    def _flush(self):
        self._file.flush()
        self._flush_at = time.monotonic() + self.flush_seconds


def _components():
    return require("visualdl.component.base_component", None, "VisualDLWriter")


def _tag(name):
    return name.replace("%", "percent")  # VisualDL refuses it


def _curve(name):
    """The dashboard puts curves of one prefix side by side; those of training come without one."""
    return _tag(name if "/" in name else f"train/{name}")


def _flat(values, prefix=""):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            yield f"{prefix}{name}", value if number else str(value)


def _cut(path, position):
    """Shorten a file of records to a position, or to the last whole record before it."""
    end, size = 0, path.stat().st_size
    with open(path, "rb") as file:
        while len(header := file.read(8)) == 8:
            following = end + 8 + struct.unpack("<Q", header)[0]
            if following > min(position, size):
                break
            end = following
            file.seek(end)
    with open(path, "rb+") as file:
        file.truncate(end)
