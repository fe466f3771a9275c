"""The run as it is, on disk, so that it can go on from there."""

import warnings

from parakeet.checkpoint import AsynchronousWriter, SnapshotStore
from parakeet.errors import RunError
from parakeet.training.extension import Extension
from parakeet.training.reporter import read


class Snapshot(Extension):
    """Saves the trainer's whole state when everything else of the iteration is done; also at the end and when asked to stop.

    To keep the best beside the newest: ``Snapshot(keep_best=1, best_key="valid/loss")`` with the evaluator's trigger, or a second
    one in a folder of its own: ``Snapshot(keep_last=1, folder="best", at_end=False)`` with the trigger ``MinValue("valid/loss")``.

    Args:
        keep_last (int, optional): how many of the newest are kept; None keeps all.
        keep_best (int): how many of the best are kept beside them.
        best_key (str, optional): the reported value the best are told by; it has to be reported in the iterations in which
            snapshots are due, as an `Evaluator` with the same trigger does.
        best_mode (str): ``"min"`` or ``"max"``.
        asynchronous (bool): write while training goes on; at most two are under way. A failure ends the run within one iteration.
        metadata (callable, optional): ``metadata(trainer)`` returns json values to be found in the manifest.
        folder (str): below the run folder; ``resume`` looks into ``snapshots``.
        at_end (bool): whether the last iteration is saved although the trigger does not fire.
        patience (float): seconds after which a disk that does not answer is an error, where training does not wait for it.

    Raises:
        RunError: if the best are to be kept, but not by what.
        SnapshotError: if a number is out of range.
    """

    replayed = False
    trigger = (1, "epoch")
    commit = True

    def __init__(
        self,
        keep_last=3,
        keep_best=0,
        best_key=None,
        best_mode="min",
        asynchronous=False,
        metadata=None,
        folder="snapshots",
        at_end=True,
        patience=600.0,
    ):
        if keep_best and best_key is None:
            raise RunError(
                f"Snapshot(keep_best={keep_best}) must be told by which reported value: best_key='valid/loss', say"
            )
        self.commit_at_end = at_end
        self.keep_last = keep_last
        self.keep_best = keep_best
        self.folder = folder
        self.best_key = best_key
        self.asynchronous = asynchronous
        self.patience = patience
        self.metadata = metadata
        self._make_store = lambda path: SnapshotStore(path, keep_last, keep_best, best_mode)
        self._make_store(folder)  # refuses wrong numbers now, not in hours
        self._writer = None
        self._missed = False

    def initialize(self, trainer):
        self._writer = self._make_store(trainer.out / self.folder)
        if self.asynchronous:
            # The run is asked to stop, so this extension is called at the end of the iteration, and raises there.
            self._writer = AsynchronousWriter(
                self._writer, self.patience, on_failure=lambda: trainer.request_stop("a snapshot can't be written")
            )

    def __call__(self, trainer):
        if self.asynchronous:
            self._writer.check()
        updater = trainer.updater
        metadata = {"iteration": updater.iteration, "epoch": updater.epoch_detail, "elapsed_time": trainer.elapsed_time}
        if self.metadata is not None:
            metadata.update(self.metadata(trainer))
        self._writer.save(updater.iteration, trainer.state_dict(), metadata, self._score(trainer))

    def finalize(self, trainer):
        writer, self._writer = self._writer, None
        if self.asynchronous and writer is not None:
            writer.close()

    def _score(self, trainer):
        if self.best_key is None:
            return None
        if self.best_key in trainer.observation:
            return read(trainer.observation[self.best_key])
        if not self._missed:
            self._missed = True
            warnings.warn(
                f"iteration {trainer.updater.iteration}: a snapshot is taken without '{self.best_key}', so it is not among the best. "
                f"Reported in this iteration: {', '.join(sorted(trainer.observation)) or 'nothing'}.",
                stacklevel=2,
            )
        return None
