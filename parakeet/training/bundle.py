"""A bundle: all that is needed to make a step that went wrong once more, in a folder of its own.

``bundle.json`` tells what went wrong, where in the data, and what was seen in the steps before; ``state/`` holds the whole state of the
run some steps earlier, as a snapshot does. From there the run is replayed to the step in question: exact, and one copy of the state
every now and then is all that training pays for it. No pickle, here as everywhere.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from parakeet.checkpoint import SnapshotStore
from parakeet.checkpoint.state import freeze_json, thaw
from parakeet.errors import RunError, what_is

FORMAT = "parakeet bundle 1"
BUNDLES = "bundles"
PASSED_OVER = "passed_over.json"
_FILE = "bundle.json"
_STATE = "state"


class RollBack(RunError):
    """The run shall go back to its newest snapshot; whoever runs it builds it anew from there, as ``train`` and ``resume`` do."""


@dataclass
class Step:
    """One iteration as it was seen.

    Attributes:
        iteration (int): counted from 1.
        epoch, consumed (int): where in the data its first batch begins.
        indices, names (list): of its samples.
        values (dict): what it reported: name -> float.
    """

    iteration: int
    epoch: int
    consumed: int
    indices: list
    names: list
    values: dict = field(default_factory=dict)


@dataclass
class Bundle:
    """A step that went wrong.

    Attributes:
        what (str): what went wrong, in words.
        policy (str): what was done then.
        steps (list[Step]): those since the state that is kept; the last one is the one that went wrong.
        gradient_norms (dict | None): parameter -> norm of its gradient after the step; None where later steps were made before it was
            noticed.
        digest (str | None): sha256 of the parameters after the step; None as above.
        passed_over (list): of (epoch, consumed): batches by which nothing was updated.
        run (dict | None): what run.json held, to build the run again.
        processes (int): how many made the steps; the last step names the samples of all, those before it that of the first.
        folder (Path | None): where the bundle is.
    """

    what: str
    policy: str
    steps: list
    gradient_norms: dict | None = None
    digest: str | None = None
    passed_over: list = field(default_factory=list)
    run: dict | None = None
    processes: int = 1
    folder: Path | None = None

    @property
    def failed(self):
        """Step: the one that went wrong."""
        return self.steps[-1]

    def write(self, folder, state):
        """Write the bundle into ``<folder>/iteration-N``, or beside it where there is one already.

        Args:
            folder (Path): of all bundles of a run.
            state (dict | None): of the trainer, before the first of the steps; None leaves it to the snapshots of the run.

        Returns:
            Path: where it is.

        Raises:
            SnapshotError, OSError: if it can't be written.
        """
        base, n = folder / f"iteration-{self.failed.iteration:08d}", 0
        self.folder = base
        while os.path.lexists(self.folder):
            n += 1
            self.folder = base.with_name(f"{base.name}-{n}")
        self.folder.mkdir(parents=True)
        if state is not None:
            SnapshotStore(self.folder / _STATE).save(int(state["updater"]["iteration"]), state)
        content = {key: value for key, value in asdict(self).items() if key != "folder"}
        text = json.dumps(freeze_json({"format": FORMAT, **content}, "bundle"), indent=1, ensure_ascii=False)
        (self.folder / _FILE).write_text(text + "\n", encoding="utf-8")
        return self.folder

    def state(self):
        """Read the state from which the steps are replayed.

        Returns:
            dict: as `Trainer.state_dict` gave it.

        Raises:
            RunError: if there is none, neither here nor among the snapshots of the run.
        """
        kept = SnapshotStore(self.folder / _STATE).newest() if (self.folder / _STATE).is_dir() else None
        if kept is None:
            run = self.folder.parent.parent
            earlier = [s for s in SnapshotStore(run / "snapshots").snapshots() if s.step < self.failed.iteration]
            if not earlier:
                raise RunError(
                    f"{self.folder}: holds no state, and {run / 'snapshots'} no snapshot from before iteration {self.failed.iteration}: "
                    "the step can't be replayed. FailOnNonNumber(keep=100) keeps one for the next time."
                )
            kept = earlier[-1]
        return kept.load()


def read_bundle(folder):
    """Read a bundle.

    Args:
        folder (str | Path): its folder, ``<run>/bundles/iteration-N``.

    Returns:
        Bundle

    Raises:
        RunError: if there is none, or it can't be read.
    """
    folder = Path(folder)
    path = folder / _FILE
    if not path.is_file():
        there = sorted(str(p.parent) for p in folder.glob(f"**/iteration-*/{_FILE}"))
        hint = f" There are: {', '.join(there)}" if there else ""
        raise RunError(f"{folder}: no bundle; a bundle is a folder such as RUN/{BUNDLES}/iteration-00000123 with a {_FILE}.{hint}")
    try:
        content = thaw(json.loads(path.read_text(encoding="utf-8")), {})
        found = content.pop("format")
        if found != FORMAT:
            raise RunError(f"{path}: its format is '{found}', expected '{FORMAT}': replay it with the parakeet that wrote it")
        return Bundle(**{**content, "steps": [Step(**step) for step in content["steps"]], "folder": folder})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RunError(f"{path}: is no bundle: {type(error).__name__}: {error}.{what_is(path)}") from None


def read_passed_over(folder):
    """Read which batches a run leaves out since it was rolled back.

    Args:
        folder (Path): of all bundles of a run.

    Returns:
        list[dict]: ``iteration``, ``epoch``, ``consumed``, ``names``, ``what``; empty where there is no such file.

    Raises:
        RunError: if the file can't be read.
    """
    path = folder / PASSED_OVER
    if not path.is_file():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [{**row, "epoch": int(row["epoch"]), "consumed": int(row["consumed"])} for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(f"{path}: can't be read: {error}. Mend it, or delete it to train by those batches again.{what_is(path)}") from None


def pass_over(folder, step, what):
    """Note a batch that shall be left out from now on."""
    folder.mkdir(parents=True, exist_ok=True)
    row = {"iteration": step.iteration, "epoch": step.epoch, "consumed": step.consumed, "names": step.names, "what": what}
    temporary = folder / f".{PASSED_OVER}.{os.getpid()}"
    temporary.write_text(json.dumps([*read_passed_over(folder), row], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(folder / PASSED_OVER)
