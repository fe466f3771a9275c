"""What a run folder tells of its run: run.json and config.yaml, and how the experiment's class is found again."""

import importlib
import importlib.util
import inspect
import json
import os
import platform
import sys
from pathlib import Path

import click

import parakeet
from parakeet.cpu import processor, recommended
from parakeet.errors import ResumeError, RunError, nearest, what_is
from parakeet.files import write_whole
from parakeet.training.drift import CODE, experiment_files
from parakeet.training.experiment import Experiment

RUN = "run.json"
CONFIG = "config.yaml"
SNAPSHOTS = "snapshots"
LOG = "log.jsonl"

_NAMED = "An experiment is named by its script, as in examples/speedyspeech/train.py"
_OURS = " Those that come with parakeet: `parakeet example`."


def holds_run(folder):
    """bool: whether a folder holds a run that has something to lose: a snapshot or a line of its log.

    One that ended in its first steps, by a mistake in one's own code for example, is none: its folder may be used again.
    """
    log = folder / LOG
    return any((folder / SNAPSHOTS).glob("*")) or (log.is_file() and log.stat().st_size > 0)


def describe(experiment):
    """Describe a run, for run.json.

    Args:
        experiment (Experiment): what is about to run.

    Returns:
        dict: ``experiment`` (where its class is), ``config``, ``device``, ``seed``, ``versions``, ``processor`` (the settings in force)
        and ``resumed`` (what was noted at each restart).
    """
    return {
        "experiment": reference_to(type(experiment), experiment.output),
        "config": experiment.config.model_dump(mode="json"),
        "device": experiment.device,
        "seed": experiment.training.seed,
        "versions": versions(),
        "processor": {name: os.environ.get(name) for name in recommended(processor())},
        "resumed": [],
    }


def versions():
    """dict: of what the numbers depend on: parakeet, paddle, numpy, python."""
    import numpy
    import paddle

    return {
        "parakeet": parakeet.__version__,
        "paddle": paddle.__version__,
        "numpy": numpy.__version__,
        "python": platform.python_version(),
    }


def write_run(folder, run):
    """Write run.json, whole or not at all."""
    write_whole(folder / RUN, json.dumps(run, indent=2, ensure_ascii=False) + "\n")


def read_run(folder):
    """Read run.json.

    Raises:
        ResumeError: if the folder holds no run.
    """
    path = folder / RUN
    if not path.is_file():
        there = "is no folder" if not folder.is_dir() else f"holds no {RUN}"
        raise ResumeError(
            f"{folder} {there}: it is not the folder of a run. Pass the folder that `train` got as --output."
        )
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        absent = [key for key in ("experiment", "config", "device", "versions", "resumed") if key not in run]
        if absent:
            raise ValueError(f"it has no '{absent[0]}'")
        return run
    except (ValueError, TypeError) as error:
        raise ResumeError(
            f"{path} is not readable: {error}. Restore it from a copy: it says what was trained; the snapshots beside it are untouched."
            + what_is(path)
        ) from None


def resume_command(folder, processes=None):
    """str: what to type to go on with a run, with as many processes."""
    program = sys.argv[0] if sys.argv else ""
    program = f"python {program}" if program.endswith(".py") and Path(program).name != "__main__.py" else "parakeet"
    return f"{program} resume {folder}{'' if processes is None else processes.options()}"


# the experiment's class ---------------------------------------------------------------------------------------------------------


def reference_to(experiment_class, folder):
    """Say where a class is, so that another process finds it.

    Args:
        experiment_class (type): the class.
        folder (Path): the run folder; the file is also noted relative to it, for both to be moved together.

    Returns:
        dict: ``class``, ``module`` (None for a script), ``file`` and ``relative_file``, and ``copy``, its name in the run folder's
        ``code/`` (None where there is no file).
    """
    module = experiment_class.__module__
    try:
        file = Path(inspect.getfile(experiment_class)).resolve()
    except (OSError, TypeError):
        file = None
    return {
        "class": experiment_class.__qualname__,
        # The name of a script's module means something only in the process that runs it; that of a package's module everywhere.
        "module": module if "." in module else None,
        "file": None if file is None else str(file),
        "relative_file": None if file is None else os.path.relpath(file, folder.resolve()),
        "copy": next(iter(experiment_files(experiment_class)), None),
    }


def find_experiment(reference, folder):
    """Find the class of a run.

    Args:
        reference (dict): as `reference_to` gave it.
        folder (Path): the run folder, where it is now.

    Returns:
        type: the experiment's class.

    Raises:
        ResumeError: if it is not where it was.
    """
    name, tried = reference["class"], []
    if reference["module"] is not None:
        tried.append(f"the module {reference['module']}")
        try:
            return _class_in(importlib.import_module(reference["module"]), name)
        except ModuleNotFoundError:
            pass
    relative = reference["relative_file"] and os.path.normpath(folder.resolve() / reference["relative_file"])
    for file in (reference["file"], relative):
        if file is not None:
            tried.append(str(file))
            if Path(file).is_file():
                return _class_in(_load_file(Path(file).resolve()), name)
    copy = reference.get("copy") and folder / CODE / reference["copy"]
    if copy is not None:
        tried.append(str(copy))
        if copy.is_file():
            click.echo(f"{reference['file']} is gone: its copy {copy} is run", err=True)
            return _class_in(_load_copy(copy.resolve(), folder / CODE), name)
    raise ResumeError(
        f"{folder / RUN}: the experiment {name} is not found; looked in {', '.join(tried) or 'no place at all'}. If its script was "
        f"moved, resume with the script itself: python SCRIPT resume {folder}"
    )


def load_experiment(text):
    """Find the class a person named.

    Args:
        text (str): ``path/to/train.py``, ``path/to/train.py:Class`` or ``package.module:Class``.

    Returns:
        type: the experiment's class.

    Raises:
        RunError: if there is no such file, module or class.
    """
    place, _, name = text.rpartition(":") if ":" in text and not text.endswith(".py") else (text, "", "")
    if place.endswith(".py") or os.sep in place:
        if not Path(place).is_file():
            raise RunError(f"{place}: no such file. {_NAMED}.{_OURS}")
        return _class_in(_load_file(Path(place).resolve()), name)
    try:
        module = importlib.import_module(place)
    except ModuleNotFoundError as error:
        raise RunError(f"there is no module '{place}' ({error}). {_NAMED}, or as package.module:Class.{_OURS}") from None
    return _class_in(module, name)


def _load_file(path):
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) is not None and Path(module.__file__).resolve() == path:
            return module
    _bring_forward(path)
    name = path.stem if path.stem not in sys.modules else f"{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # processes that make batches look for it there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


_FOLDERS = set()
"""Of the scripts that were loaded in this process."""


def _bring_forward(script):
    """As Python does for a script: its folder comes first on the path, so that it finds its own data.py and utils.py.

    Those of another script that was loaded before stay what they are for it, and lose their names.
    """
    folder = script.parent
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))
    for neighbour in set(folder.glob("*.py")) - {script}:
        namesake = getattr(sys.modules.get(neighbour.stem), "__file__", None)
        if namesake is not None and Path(namesake).resolve().parent in _FOLDERS - {folder}:
            del sys.modules[neighbour.stem]
    _FOLDERS.add(folder)


def _load_copy(file, root):
    """Load a copy of a script or of a package's module, which finds what it imports among the copies."""
    name = file.relative_to(root.resolve()).with_suffix("").as_posix()
    if "/" not in name:
        return _load_file(file)
    sys.path.insert(0, str(root.resolve()))
    return importlib.import_module(name.replace("/", ".").removesuffix(".__init__"))


def _class_in(module, name):
    where = getattr(module, "__file__", module.__name__)
    own = {
        n: value
        for n, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, Experiment) and value.__module__ == module.__name__
    }
    if not name and len(own) == 1:
        return next(iter(own.values()))
    if not name:
        raise RunError(
            f"{where} defines {len(own)} experiments ({', '.join(own) or 'none'}): name one, as in {where}:Class"
        )
    found = getattr(module, name, None)
    if not (inspect.isclass(found) and issubclass(found, Experiment)):
        raise RunError(
            f"{where} defines no experiment '{name}'; it defines: {', '.join(own) or 'none'}.{nearest(name, own)}"
        )
    return found
