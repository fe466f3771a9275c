"""A training process that can be killed at an instant named beforehand; what `parakeet.training.verify` runs.

``python -m parakeet.training.kill_points '{"mode": "train", "experiment": "train.py", ...}'`` trains or resumes as the command line
does. The instants are put around what is there, from outside, and compute nothing: without one to be killed at, the process does
what ``parakeet train`` does.
"""

import collections
import json
import os
import signal
import sys
from pathlib import Path

INSTANTS = {
    "save": "in the middle of writing, renaming or removing a snapshot",
    "evaluation": "between the batches of an evaluation",
    "epoch's end": "after the last update of an epoch, before any extension",
    "loader's start": "when a worker process, or the thread that reads ahead, has just started",
    "step": "just before or just after an optimizer changes the parameters",
    "log line": "when half of a line of the log is written",
    "samples": "before a sentence is spoken",
    "resume": "when the state is back and nothing was computed yet",
}


class KillSwitch:
    """Kills this process with SIGKILL at an instant.

    Args:
        notes (Path): file that what happens is appended to, as lines of json.
        instant (str or None): which one of `INSTANTS`; None kills never.
        at (int): iterations that must have been made before.
        skip (int): how many times the instant is passed after that.
    """

    def __init__(self, notes, instant=None, at=0, skip=0):
        self.notes, self.instant, self.at, self.skip = notes, instant, at, skip
        self.updater = None
        self.passed = collections.Counter()

    def __call__(self, instant):
        """Pass an instant."""
        self.passed[instant] += 1
        if instant != self.instant or self.iteration < self.at:
            return
        if self.skip > 0:
            self.skip -= 1
            return
        self.note(killed=instant, iteration=self.iteration)
        os.kill(os.getpid(), signal.SIGKILL)

    @property
    def iteration(self):
        """int: updates made, as far as there is a run yet."""
        return 0 if self.updater is None else self.updater.iteration

    def note(self, **what):
        """Append a line to the notes; it is there when this returns."""
        with open(self.notes, "a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")


def install(switch):
    """Put the instants around saving, reading and logging, and around the parts of every trainer that is run from now on.

    Args:
        switch (KillSwitch): what is called at each of them.
    """
    from parakeet.checkpoint import store
    from parakeet.data import reader, workers
    from parakeet.training.extensions import log_report
    from parakeet.training.trainer import Trainer

    chunks_of = store.safetensors_chunks

    def chunks(arrays):
        for chunk in chunks_of(arrays):
            data = bytes(chunk)
            yield data[: len(data) // 2]
            switch("save")
            yield data[len(data) // 2 :]

    store.safetensors_chunks = chunks
    for name in ("_write", "_sync_folder", "_remove"):
        setattr(store, name, _around(getattr(store, name), switch, "save"))
    workers._Worker.__init__ = _around(workers._Worker.__init__, switch, "loader's start")
    reader.ReadAhead.__init__ = _around(reader.ReadAhead.__init__, switch, "loader's start")
    log_report.open = lambda path, mode="r", **options: _open(switch, path, mode, **options)
    run = Trainer.run

    def run_with_instants(trainer):
        _prepare(trainer, switch)
        run(trainer)
        switch.note(ends=switch.iteration, passed=switch.passed)

    Trainer.run = run_with_instants


def _prepare(trainer, switch):
    from parakeet.training.extensions import AudioSamples, Evaluator

    updater = switch.updater = trainer.updater
    for optimizer in updater.optimizers.values():
        optimizer.step = _around(optimizer.step, switch, "step")
    update, start = updater.update, updater.start

    def update_with_instant():
        epoch = updater.epoch
        update()
        if updater.epoch != epoch:
            switch("epoch's end")

    def start_with_instant():
        start()
        switch.note(begins=updater.iteration)
        switch("resume")

    updater.update, updater.start = update_with_instant, start_with_instant
    for entry in trainer.entries:
        extension = entry.extension
        if isinstance(extension, Evaluator):
            extension.compute_loss = _around(extension.compute_loss, switch, "evaluation")
        elif isinstance(extension, AudioSamples):
            extension.speak = _around(extension.speak, switch, "samples")


def _around(function, switch, instant):
    def wrapped(*args, **kwargs):
        switch(instant)
        result = function(*args, **kwargs)
        switch(instant)
        return result

    return wrapped


class _HalfwayFile:
    """A file whose every line is on the disk by half at some instant."""

    def __init__(self, file, switch):
        self._file, self._switch = file, switch

    def write(self, line):
        self._file.write(line[: len(line) // 2])
        self._file.flush()
        self._switch("log line")
        self._file.write(line[len(line) // 2 :])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()


def _open(switch, path, mode, **options):
    file = open(path, mode, **options)  # noqa: SIM115 -- closed by the one who opens it
    return _HalfwayFile(file, switch) if "a" in mode else file


def main(arguments):
    """Train or resume as `arguments` say, and be killed."""
    from parakeet.cpu import import_paddle

    import_paddle("Training")
    from parakeet.training.resumption import resume
    from parakeet.training.run_folder import load_experiment
    from parakeet.training.start import train

    install(KillSwitch(Path(arguments["notes"]), **arguments["kill"]))
    if arguments["mode"] == "resume":
        resume(arguments["output"])
    else:
        options = {key: arguments[key] for key in ("output", "config", "data", "device", "overrides")}
        train(load_experiment(arguments["experiment"]), **options)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
