"""What differs between a run as it was and as it is resumed: its code and its data; told, judged, and kept to be seen.

Beside run.json, which holds the configuration, a run folder keeps

- ``code/``: a copy of the experiment's own files (its script and what that imports from beside it), with ``manifest.json``, which also
  lists parakeet's files by checksum. Where the script is gone, the copy is run.
- ``data.json``: number, names and fingerprint of the examples.

Judgement. Comments, docstrings and layout are no difference at all: code is compared as Python reads it. A difference in the experiment's
files, in those of parakeet that compute (`COMPUTES`), or in the training data changes the meaning of the run; it is refused unless
accepted by the names ``code``, ``parakeet`` and ``data``. All else (other files of parakeet, validation data) is listed and passes.
"""

import ast
import difflib
import hashlib
import inspect
import json
import platform
import sys
from dataclasses import dataclass, field
from pathlib import Path

import parakeet
from parakeet.data.dataset import DatasetMixin

CODE = "code"
DATA = "data.json"
_MANIFEST = "manifest.json"
_PARAKEET = Path(parakeet.__file__).resolve().parent
_LONGEST_LIST = 6
_MOST_NAMES = 200_000

COMPUTES = (
    "functions/", "modules/", "models/", "data/", "experiments/", "training/updater.py", "training/updaters/", "training/optimizer.py",
    "training/clipping.py", "training/schedules.py", "training/precision.py",
)  # fmt: skip
"""The files of parakeet, those that were loaded, that decide what is computed from which data in which order."""


@dataclass
class Drift:
    """One difference.

    Attributes:
        name (str): what to accept it by: ``code``, ``parakeet`` or ``data``.
        text (str): what differs, in a line.
        harmless (bool): whether the run means the same.
        details (list[str]): lines that show it.
    """

    name: str
    text: str
    harmless: bool
    details: list = field(default_factory=list)


# code -----------------------------------------------------------------------------------------------------------------------------


def experiment_files(experiment_class):
    """Find the files an experiment consists of, those of parakeet and of installed packages left out.

    Args:
        experiment_class (type): a subclass of `Experiment`.

    Returns:
        dict: name, relative to the folder that is on Python's path, such as ``train.py`` -> Path; the script comes first.
    """
    files = {}
    for base in experiment_class.__mro__:
        try:
            file = Path(inspect.getfile(base)).resolve()
        except (OSError, TypeError):
            continue
        if _is_foreign(file):
            continue
        # A script finds its modules beside it, a package's module from the folder that holds the package.
        up = base.__module__.count(".") + (file.name == "__init__.py") if "." in base.__module__ else 0
        _collect(file, file.parents[up], files)
    return files


def _collect(file, root, files):
    name = file.relative_to(root).as_posix()
    if name in files:
        return
    files[name] = file
    for module in _imports(file, root):
        path = root.joinpath(*module.split("."))
        for found in (path.with_suffix(".py"), path / "__init__.py"):
            if found.is_file() and not _is_foreign(found.resolve()):
                _collect(found, root, files)


def _imports(file, root):
    """Yield the modules that a file imports, and those it may import from packages; relative ones by their full names."""
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(part for part in (start, node.module) if part)
            yield module
            yield from (f"{module}.{alias.name}" if module else alias.name for alias in node.names)


def _is_foreign(file):
    return _PARAKEET in file.parents or "site-packages" in file.parts or Path(sys.base_prefix) in file.parents


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _meaning(source):
    """Give what Python makes of a source: the same for other comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def _short(data):
    return hashlib.sha256(data).hexdigest()[:16]


def _parakeet_files():
    """dict: file of parakeet -> checksums of its bytes and, where it computes and is loaded, of its meaning."""
    loaded = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    files = {}
    for path in sorted(_PARAKEET.rglob("*.py")):
        name, source = path.relative_to(_PARAKEET).as_posix(), path.read_bytes()
        computes = name.startswith(COMPUTES) and str(path) in loaded
        files[name] = [_short(source), _short(_meaning(source).encode()) if computes else None]
    return files


def keep_code(experiment_class, folder):
    """Copy an experiment's files into the run folder; a former copy is kept as ``code-1``, ``code-2`` ...

    Args:
        experiment_class (type): a subclass of `Experiment`.
        folder (Path): the run folder.

    Returns:
        dict: what ``manifest.json`` holds.
    """
    files = experiment_files(experiment_class)
    contents = {name: path.read_bytes() for name, path in files.items()}  # which may lie in the folder that is to be replaced
    target = folder / CODE
    if target.exists():
        n = 1
        while (folder / f"{CODE}-{n}").exists():
            n += 1
        target.rename(folder / f"{CODE}-{n}")
    for name, content in contents.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    target.mkdir(exist_ok=True)
    manifest = {
        "script": next(iter(files), None),
        "files": {name: _short(content) for name, content in contents.items()},
        "parakeet": parakeet.__version__,
        "python": platform.python_version(),
        "parakeet_files": _parakeet_files(),
    }
    (target / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def code_drift(experiment_class, folder):
    """Compare the code that is to be run with what the run folder keeps.

    Args:
        experiment_class (type): what is to be resumed.
        folder (Path): the run folder.

    Returns:
        list[Drift]: empty where nothing differs, or nothing was kept.
    """
    path = folder / CODE / _MANIFEST
    if not path.is_file():
        return []
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return [*_experiment_drift(manifest["files"], experiment_files(experiment_class), folder / CODE), *_parakeet_drift(manifest)]


def _experiment_drift(before, now, copy):
    for name in {**before, **now}:
        if name not in now:
            yield Drift("code", f"{name} belonged to the experiment and does no more", False)
        elif name not in before:
            yield Drift("code", f"{name} belongs to the experiment, and did not", False)
        else:
            source, old = now[name].read_bytes(), copy / name
            if _short(source) == before[name]:
                continue
            if not old.is_file() or _short(old.read_bytes()) != before[name]:
                yield Drift("code", f"{name} is another, and its copy in {copy} is missing or was changed", False)
            elif _meaning(old.read_bytes()) == _meaning(source):
                yield Drift("code", f"{name}: only comments or layout differ", True)
            else:
                yield Drift("code", *_difference(name, old.read_bytes(), source))


def _difference(name, old, new):
    """Say how two sources differ: a line, False (it is not harmless), and the lines that were taken and added."""
    lines = list(difflib.unified_diff(*(text.decode(errors="replace").splitlines() for text in (old, new)), lineterm="", n=0))[2:]
    changed = [line for line in lines if not line.startswith("@@")]
    added = sum(line.startswith("+") for line in changed)
    more = len(changed) - _LONGEST_LIST
    shown = changed[:_LONGEST_LIST] + ([f"... and {more} lines more"] if more > 0 else [])
    noun = "line" if added == 1 else "lines"
    return f"{name}: {added} {noun} added, {len(changed) - added} taken away", False, shown


def _parakeet_drift(manifest):
    before, now = manifest["parakeet_files"], _parakeet_files()
    changed = [name for name in {**before, **now} if before.get(name, [None])[0] != now.get(name, [None])[0]]
    version = manifest["parakeet"]
    which = f"parakeet {version}" + (f", now {parakeet.__version__}" if version != parakeet.__version__ else "")
    # What Python makes of a source is written down differently by another Python; then only the bytes can be compared.
    comparable = manifest["python"].split(".")[:2] == platform.python_version().split(".")[:2]
    loaded = [name for name in changed if before.get(name, [None, None])[1] is not None]
    computes = [name for name in loaded if not (comparable and _means_the_same(name, before[name]))]
    if computes:
        yield Drift("parakeet", f"{which}: what computes differs in {_listed(computes)}", False)
    elif changed:
        yield Drift("parakeet", f"{which}: nothing that this run computes with differs; other files do: {_listed(changed)}", True)


def _means_the_same(name, checksums):
    path = _PARAKEET / name
    return path.is_file() and _short(_meaning(path.read_bytes()).encode()) == checksums[1]


def _listed(names):
    more = f" and {len(names) - _LONGEST_LIST} more" if len(names) > _LONGEST_LIST else ""
    return ", ".join(sorted(names)[:_LONGEST_LIST]) + more


# data -----------------------------------------------------------------------------------------------------------------------------


def describe_data(experiment):
    """Describe the data of an experiment.

    Args:
        experiment (Experiment): after `setup`.

    Returns:
        dict: ``train`` and, where there are such, ``valid`` -> ``examples`` (int), ``names`` (list, None where there are very many),
        ``names_checksum`` and ``fingerprint`` (str or None).
    """
    described = {}
    for part, data in (("train", experiment.train_data), ("valid", experiment.valid_data)):
        cargo = getattr(data, "cargo", data)
        dataset = getattr(cargo, "dataset", None)
        if not isinstance(dataset, DatasetMixin):
            continue  # data of one's own kind, which tell nothing of themselves
        names = [dataset.describe(i) for i in range(len(dataset))]
        described[part] = {
            "examples": len(names),
            "names": names if len(names) <= _MOST_NAMES else None,
            "names_checksum": _short("\n".join(names).encode()),
            "fingerprint": dataset.fingerprint(),
        }
    return described


def keep_data(described, folder):
    """Write what `describe_data` gave into the run folder."""
    (folder / DATA).write_text(json.dumps(described, ensure_ascii=False) + "\n", encoding="utf-8")


def data_drift(described, folder):
    """Compare data with those that the run began with.

    Args:
        described (dict): as `describe_data` gave it.
        folder (Path): the run folder.

    Returns:
        list[Drift]: empty where nothing differs, or nothing was kept.
    """
    path = folder / DATA
    if not path.is_file():
        return []
    before = json.loads(path.read_text(encoding="utf-8"))
    drifts = []
    for part, what in (("train", "the training data"), ("valid", "the validation data")):
        old, new = before.get(part), described.get(part)
        text = None if old is None and new is None else _data_difference(old, new)
        if text is not None:
            harmless = part == "valid"
            note = "; values before and after do not compare" if harmless else ""
            drifts.append(Drift("data", f"{what}: {text}{note}", harmless))
    return drifts


def _data_difference(old, new):
    if old is None or new is None:
        return "there are some, and there were none" if old is None else "there were some, and there are none"
    if old["names_checksum"] == new["names_checksum"]:
        if old["fingerprint"] == new["fingerprint"]:
            return None
        return f"the same {new['examples']} examples by name, but made otherwise or of other recordings (their fingerprint differs)"
    text = f"{old['examples']} examples in the run, {new['examples']} now"
    if old["names"] is None or new["names"] is None:
        return text
    gone, come = set(old["names"]) - set(new["names"]), set(new["names"]) - set(old["names"])
    if not gone and not come:
        return f"{text}, in another order"
    return text + (f"; gone: {_listed(gone)}" if gone else "") + (f"; new: {_listed(come)}" if come else "")
