"""A run that begins with the weights of another one: fine-tuning."""

from pathlib import Path

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import ConfigError, ResumeError
from parakeet.training.extension import PRIORITY_WRITER, Extension
from parakeet.training.optimizer_state import restore_model
from parakeet.training.run_folder import SNAPSHOTS


def speaking_weights(snapshot):
    """The weights of a snapshot's models; where a moving average of a model's was kept, the average (see `EMA`), which speaks better.

    Args:
        snapshot (Snapshot): of a run.

    Returns:
        dict: name of a model -> name of a parameter or buffer -> array.
    """
    weights = snapshot.load_part("models")
    for extension in snapshot.load_part("extensions").values():
        for name, average in extension.get("average", {}).items():
            weights[name] = {**weights[name], **average}
    return weights


class InitialWeights(Extension):
    """Gives the models the weights of another run's newest valid snapshot before the first iteration; a resumed run has its own.

    Where that run kept a moving average of a model's weights, the model begins with the average. Optimizers begin anew.

    Args:
        models (dict[str, Layer]): as `build_model` gave them, all or some; others of that run are passed over.
        run (str or Path): the folder of the other run.

    Raises:
        ConfigError: when the run begins, if there is no such snapshot, or a model, a name or a shape differs; nothing is changed then.
    """

    replayed = False
    every_process = True
    priority = PRIORITY_WRITER  # before a moving average of the weights takes its first ones
    trigger = staticmethod(lambda trainer: False)

    def __init__(self, models, run):
        self.models, self.run = models, Path(run)

    def initialize(self, trainer):
        if trainer.updater.iteration == 0:
            self._give(*self._read())

    def __call__(self, trainer):
        """Nothing: all is done when the run begins."""

    def _read(self):
        store = SnapshotStore(self.run / SNAPSHOTS)
        snapshot = store.newest() if store.folder.is_dir() else None
        if snapshot is None:
            raise ConfigError(f"initial: {self.run} holds no valid snapshot to begin with. Name the folder of a run that was trained.")
        return snapshot.path, speaking_weights(snapshot)

    def _give(self, path, weights):
        absent = sorted(set(self.models) - set(weights))
        if absent:
            raise ConfigError(
                f"initial: {path} holds no weights of {', '.join(absent)}; it has {', '.join(sorted(weights))}. Configure the same models."
            )
        before = {name: {key: value.clone() for key, value in model.state_dict().items()} for name, model in self.models.items()}
        try:
            for name, model in self.models.items():
                restore_model(model, weights[name], name)
        except ResumeError as error:
            for name, model in self.models.items():
                restore_model(model, before[name], name)
            raise ConfigError(f"initial: {error}") from None
