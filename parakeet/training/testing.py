"""A trainer without a model, a device or a corpus, to test extensions and triggers with in milliseconds.

::

    trainer = mock_trainer(stop=(3, "epoch"), iterations_per_epoch=10, reports=lambda iteration: {"loss": 1 / iteration})
    trainer.extend(MyExtension(), trigger=(1, "epoch"))
    trainer.run()

The trainer and the position are the real ones; only the update does nothing but report.
"""

from parakeet.training.reporter import report
from parakeet.training.trainer import Trainer
from parakeet.training.updater import Updater


class MockData:
    """Gives batches that are lists of indices, in order; each epoch alike.

    Args:
        samples (int): how many samples an epoch holds.
        batch_size (int): how many of them a batch holds; the last one of an epoch may hold fewer.
    """

    def __init__(self, samples, batch_size=1):
        self.samples = samples
        self.batch_size = batch_size

    def samples_per_epoch(self, epoch):
        return self.samples

    def iterator(self, epoch, consumed):
        return _MockIterator(self, consumed)


class _MockIterator:
    def __init__(self, data, consumed):
        self._data = data
        self.consumed = consumed
        self.last_indices = []

    @property
    def last_counted(self):
        return len(self.last_indices)

    @property
    def last_names(self):
        return [f"utterance {i}" for i in self.last_indices]

    def __next__(self):
        if self.consumed >= self._data.samples:
            raise StopIteration
        self.last_indices = list(range(self.consumed, min(self.consumed + self._data.batch_size, self._data.samples)))
        self.consumed += len(self.last_indices)
        return self.last_indices


class MockUpdater(Updater):
    """An updater that only counts and reports.

    Args:
        data: as for `Updater`; see `MockData`.
        reports (callable or None): ``reports(iteration)`` returns what to report in this iteration, counted from 1.
        models, optimizers (dict, optional): as for `Updater`.
    """

    def __init__(self, data, reports=None, models=None, optimizers=None):
        super().__init__(data, {} if models is None else models, {} if optimizers is None else optimizers)
        self._reports = reports

    def update_core(self, batch):
        if self._reports is not None:
            report(self._reports(self.iteration + 1))


class MockClock:
    """A clock that goes only when it is told to.

    Args:
        now (float): what it shows, in seconds.
    """

    def __init__(self, now=0.0):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, seconds):
        """Go on by some seconds."""
        self.now += seconds


def mock_trainer(
    stop=(10, "iteration"), iterations_per_epoch=10, out="result", extensions=(), reports=None, clock=None
):
    """Build a trainer whose updates only report.

    Args:
        stop: the stop trigger.
        iterations_per_epoch (int): the length of an epoch.
        out (str or Path): the run folder; in a test, ``tmp_path``.
        extensions (Iterable): each an extension or ``(extension, trigger)``.
        reports (callable or None): ``reports(iteration)`` returns what an update reports, counted from 1.
        clock (callable or None): the clock; one that stands still when None.

    Returns:
        Trainer: not yet run.
    """
    updater = MockUpdater(MockData(iterations_per_epoch), reports)
    return Trainer(updater, stop, out, extensions, clock=MockClock() if clock is None else clock)
