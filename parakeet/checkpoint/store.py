"""The store of a run's snapshots: written beside and renamed once, chosen by manifest, checked before use."""

import contextlib
import hashlib
import json
import math
import operator
import os
import re
import secrets
import shutil
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from parakeet.checkpoint.state import FrozenState, freeze, freeze_json, parse_safetensors, safetensors_chunks, thaw
from parakeet.errors import SnapshotError, nearest, what_is

try:
    import fcntl
except ImportError:  # Windows: one process at a time has to be the user's care
    fcntl = None

_FORMAT = "parakeet snapshot"
_VERSION = 1
_MANIFEST = "manifest.json"
_STATE = "state.json"
_INVALID = "invalid"
_HIDDEN = re.compile(r"\.(writing|removing)-[0-9a-f]{16}")
_VISIBLE = re.compile(r"step-\d{8,}(-\d+)?")
_LOCK_PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class PreparedSnapshot:
    """A snapshot that only has to be written: see :meth:`SnapshotStore.prepare`."""

    step: int
    state: FrozenState
    metadata: object
    score: float | None


@dataclass(frozen=True)
class Snapshot:
    """One snapshot on disk.

    Attributes:
        path (Path): its folder.
        step (int): the step it was taken at.
        score (float | None): what was given to rank it by.
        metadata (dict): what was given to be read without the state.
    """

    path: Path
    step: int
    score: float | None
    metadata: dict
    files: dict = field(repr=False)
    serial: int = 0

    def load(self):
        """Read the whole state.

        Returns:
            dict: as it was saved; tensors come back as numpy arrays, bfloat16 as uint16 bit patterns (Paddle takes both).

        Raises:
            SnapshotError: naming the file that is missing or is not as it was written.
        """
        tree = self._tree()
        return {name: self._thaw(name, tree) for name in tree}

    def parts(self):
        """List the top-level keys of the state; raises as :meth:`load`."""
        return list(self._tree())

    def load_part(self, name):
        """Read what stands under one top-level key of the state, and no more.

        Args:
            name (str): the key.

        Raises:
            SnapshotError: if there is no such part, or if its file is missing or is not as it was written.
        """
        tree = self._tree()
        if name not in tree:
            raise SnapshotError(f"{self.path}: has no part '{name}'.{nearest(name, tree)} Its parts: {', '.join(tree)}.")
        return self._thaw(name, tree)

    def problem(self):
        """Read every file and say what is wrong with the first bad one, or None."""
        try:
            for name in self.files:
                self._read(name)
        except SnapshotError as error:
            if isinstance(error.__cause__, PermissionError):
                raise  # it may be as good as ever
            return str(error)
        return None

    def _tree(self):
        data = self._read(_STATE)
        try:
            return json.loads(data)
        except ValueError as error:
            raise SnapshotError(f"{self.path / _STATE}: isn't json ({error}).{what_is(self.path / _STATE)}") from error

    def _thaw(self, name, tree):
        file = f"{name}.safetensors"
        if file not in self.files:
            return thaw(tree[name], {})
        try:
            arrays = parse_safetensors(self._read(file))
        except ValueError as error:
            raise SnapshotError(f"{self.path / file}: {error}.{what_is(self.path / file)}") from error
        return thaw(tree[name], arrays)

    def _read(self, name):
        """Read a file and check that it is the one that was written."""
        path, expected = self.path / name, self.files[name]
        try:
            with open(path, "rb") as file:
                data = bytearray(os.fstat(file.fileno()).st_size)
                size = file.readinto(data)
        except OSError as error:
            raise SnapshotError(f"{path}: can't be read: {error.strerror}.") from error
        if size != expected["size"]:
            raise SnapshotError(f"{path}: {expected['size']} bytes were written, {size} are there; the file is torn.")
        if hashlib.sha256(data).hexdigest() != expected["sha256"]:
            raise SnapshotError(f"{path}: the content is not what was written (its sha256 differs from the manifest's).{what_is(path)}")
        return data


class SnapshotStore:
    """A folder of snapshots that holds, at every moment, the newest complete one.

    A snapshot is a folder with ``manifest.json`` (step, score, metadata, size and sha256 of every file), ``state.json`` and a
    ``<key>.safetensors`` for each top-level key of the state that holds arrays. No path is stored: the folder may be moved.

    Args:
        folder (str | Path): where the snapshots are; made when the first one is saved.
        keep_last (int | None): how many of the newest are kept; None for all.
        keep_best (int): how many of the best by score are kept beside them.
        best (str): ``"min"`` if a lower score is better, ``"max"`` if a higher one is.

    Attributes:
        problems (list[str]): what was found wrong with snapshots, in words; each was also a warning.

    Raises:
        SnapshotError: if a number or ``best`` is none of the allowed.
    """

    def __init__(self, folder, keep_last=3, keep_best=0, best="min"):
        if keep_last is not None and keep_last < 1:
            raise SnapshotError(f"keep_last must be at least 1, or None to keep all; received {keep_last}.")
        if keep_best < 0:
            raise SnapshotError(f"keep_best must not be negative; received {keep_best}.")
        if best not in ("min", "max"):
            raise SnapshotError(f"best must be 'min' or 'max'; received {best!r}.")
        self.folder = Path(folder)
        self.keep_last = keep_last
        self.keep_best = keep_best
        self.sign = 1 if best == "min" else -1
        self.problems = []

    # writing ----------------------------------------------------------------------------------------------------------------------

    def save(self, step, state, metadata=None, score=None):
        """Write a snapshot; when this returns it is on the disk, and those no longer kept are gone.

        Args:
            step (int): what the newest is chosen by.
            state (dict): nested dicts with text keys; leaves are json values, numpy arrays or Paddle tensors.
            metadata (dict, optional): json values to be read without the state.
            score (float, optional): what ``keep_best`` ranks by; None and NaN are never among the best.

        Returns:
            Path: the snapshot's folder.

        Raises:
            SnapshotError: naming a leaf that can't be stored, or why the disk refused. The former snapshots are as they were.
        """
        return self.write(self.prepare(step, state, metadata, score))

    def prepare(self, step, state, metadata=None, score=None):
        """Copy what is to be saved, so that it may be written while the live arrays change; arguments as for :meth:`save`."""
        try:
            step = operator.index(step)
            score = None if score is None else float(score)
        except (TypeError, ValueError):
            raise SnapshotError(f"step must be a whole number and score a number or None; received {step!r} and {score!r}.") from None
        if step < 0:
            raise SnapshotError(f"step must not be negative; received {step}.")
        return PreparedSnapshot(step, freeze(state), freeze_json({} if metadata is None else metadata, "metadata"), score)

    def write(self, prepared):
        """Write what :meth:`prepare` copied; returns and raises as :meth:`save`."""
        try:
            os.makedirs(self.folder, exist_ok=True)
            with self._locked():
                self._remove_debris()
                path = self._publish(prepared)
                self._prune(path)
        except OSError as error:
            raise SnapshotError(self._refusal(prepared, error)) from error
        return path

    def _publish(self, prepared):
        temporary = self.folder / f".writing-{secrets.token_hex(8)}"
        os.mkdir(temporary)
        try:
            contents = {f"{part}.safetensors": safetensors_chunks(arrays) for part, arrays in prepared.state.arrays.items()}
            contents[_STATE] = [json.dumps(prepared.state.tree, allow_nan=False).encode()]
            manifest = {
                "format": _FORMAT,
                "version": _VERSION,
                "step": prepared.step,
                "serial": 1 + max((snapshot.serial for snapshot in self._intact()), default=0),
                "score": freeze_json(prepared.score, "score"),
                "metadata": prepared.metadata,
                "files": {name: _write(temporary / name, chunks) for name, chunks in contents.items()},
            }
            _write(temporary / _MANIFEST, [json.dumps({"manifest": manifest, "sha256": _digest(manifest)}, indent=1).encode()])
            _sync_folder(temporary)
            path = self._free_name(prepared.step)
            os.rename(temporary, path)
            _sync_folder(self.folder)
        except BaseException:
            with contextlib.suppress(OSError):
                _remove(temporary)
            raise
        return path

    def _free_name(self, step):
        path, n = self.folder / f"step-{step:08d}", 0
        while os.path.lexists(path):
            n += 1
            path = self.folder / f"step-{step:08d}-{n}"
        return path

    def _refusal(self, prepared, error):
        size = sum(array.nbytes for part in prepared.state.arrays.values() for _, array in part.values())
        advice = "Earlier snapshots are untouched. Free some space, or choose another folder with write permission."
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(self.folder).free
            advice = f"The snapshot needs {size / 1e6:.1f} MB, {free / 1e6:.1f} MB are free. {advice}"
        return f"{self.folder}: the snapshot of step {prepared.step} can't be written: {error.strerror}. {advice}"

    @contextlib.contextmanager
    def _locked(self):
        """Let one process at a time write, so that any temporary folder found meanwhile has no living owner."""
        if fcntl is None:
            yield
            return
        with open(self.folder / ".lock", "a") as lock:
            deadline = time.monotonic() + _LOCK_PATIENCE
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise SnapshotError(
                            f"{self.folder}: another process has been writing a snapshot here for {_LOCK_PATIENCE:.0f} s. "
                            "Two runs must not share a folder: stop one of them, or give it a folder of its own."
                        ) from None
                    time.sleep(0.02)
            yield

    def _remove_debris(self):
        for path in self.folder.iterdir():
            if _HIDDEN.fullmatch(path.name) and path.is_dir():
                with contextlib.suppress(OSError):  # what can't be cleaned must not keep a snapshot from being written
                    _remove(path)

    def _prune(self, written):
        snapshots = self._intact()
        (new,) = [snapshot for snapshot in snapshots if snapshot.path == written]
        # A step saved again replaces its former snapshot, but only once the new one is complete.
        replaced = [s for s in snapshots if s.step == new.step and s is not new]
        others = [s for s in snapshots if s not in replaced]
        ranked = sorted((s for s in others if s.score is not None and not math.isnan(s.score)), key=lambda s: (self.sign * s.score, s.step))
        kept = (others if self.keep_last is None else others[-self.keep_last :]) + ranked[: self.keep_best] + [new]
        for snapshot in snapshots:
            if snapshot in kept:
                continue
            hidden = self.folder / f".removing-{secrets.token_hex(8)}"
            try:
                os.rename(snapshot.path, hidden)
                if not _remove(hidden, snapshot.files):
                    os.rename(hidden, snapshot.path)  # something of somebody else's is in it
            except OSError as error:
                self._report(f"{snapshot.path}: is no longer kept, but can't be removed: {error.strerror}.")

    # reading ----------------------------------------------------------------------------------------------------------------------

    def newest(self):
        """Find the valid snapshot of the highest step; every file of it was read and compared with the manifest.

        Those found invalid on the way are named in :attr:`problems` and moved to ``<folder>/invalid/``.

        Returns:
            Snapshot | None: None if there is no valid one.
        """
        return self._first_valid(reversed(self._found()))

    def best(self):
        """Find the valid snapshot of the best score, as :meth:`newest` does; None if none has a score."""
        scored = [s for s in self._found() if s.score is not None and not math.isnan(s.score)]
        return self._first_valid(sorted(scored, key=lambda s: (self.sign * s.score, s.step)))

    def snapshots(self):
        """List the snapshots whose manifest and file sizes are right, by step; contents are checked when they are loaded."""
        return self._intact()

    def _first_valid(self, snapshots):
        for snapshot in snapshots:
            problem = snapshot.problem()
            if problem is None:
                return snapshot
            self._set_aside(snapshot.path, problem)
        return None

    def _found(self):
        """List the snapshots there are by step, setting aside what is plainly broken."""
        found = []
        for path, result in self._glances():
            if isinstance(result, Snapshot):
                found.append(result)
            else:
                self._set_aside(path, result)
        return sorted(found, key=lambda s: (s.step, s.serial))

    def _intact(self):
        found = [result for _, result in self._glances() if isinstance(result, Snapshot)]
        return sorted(found, key=lambda s: (s.step, s.serial))

    def _glances(self):
        """Yield (path, snapshot or what is wrong with it) for every folder of ours, without reading the large files."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if path.name == _INVALID or _HIDDEN.fullmatch(path.name) or not path.is_dir():
                continue
            result = _glance(path)
            if result is not None:
                yield path, result

    def _set_aside(self, path, problem):
        if not path.exists():
            return  # somebody else's newest() or a writer's pruning came first
        target, n = self.folder / _INVALID / path.name, 0
        while os.path.lexists(target):
            n += 1
            target = self.folder / _INVALID / f"{path.name}-{n}"
        try:
            os.makedirs(target.parent, exist_ok=True)
            os.rename(path, target)
            done = f"It was moved to {target} and passed over."
        except FileNotFoundError:
            return
        except OSError as error:
            done = f"It is passed over; it can't be moved aside: {error.strerror}."
        self._report(f"Invalid snapshot {path.name}: {problem} {done}")

    def _report(self, problem):
        self.problems.append(problem)
        warnings.warn(problem, RuntimeWarning, stacklevel=4)


def _glance(path):
    """Look at a folder: a Snapshot, what is wrong with one of ours (text), or None for a stranger's."""
    ours = _VISIBLE.fullmatch(path.name) and ((path / _STATE).exists() or (path / _MANIFEST).exists())
    try:
        document = json.loads((path / _MANIFEST).read_bytes())
        manifest = document["manifest"]
        if manifest["format"] != _FORMAT and not (ours and document.get("sha256", _digest(manifest)) != _digest(manifest)):
            return None  # another program's, not one of ours with a flipped bit
        ours = True
        if document["sha256"] != _digest(manifest):
            return f"{path / _MANIFEST}: the content is not what was written (its checksum differs)."
        if manifest["version"] != _VERSION:
            raise SnapshotError(
                f"{path / _MANIFEST}: written in version {manifest['version']} of the format, this parakeet reads version {_VERSION}. "
                "Use the parakeet that wrote it, or move the snapshot away."
            )
        sizes = {name: (path / name).stat().st_size for name in manifest["files"]}
    except FileNotFoundError as error:
        return f"{error.filename}: is missing." if ours else None
    except PermissionError as error:
        raise SnapshotError(f"{error.filename}: can't be read: {error.strerror}.") from error
    except OSError as error:
        return f"{error.filename}: can't be read: {error.strerror}." if ours else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"{path / _MANIFEST}: is no manifest; the file is torn.{what_is(path / _MANIFEST)}" if ours else None
    for name, size in sizes.items():
        written = manifest["files"][name]["size"]
        if size != written:
            return f"{path / name}: {written} bytes were written, {size} are there; the file is torn.{what_is(path / name)}"
    score, metadata = thaw(manifest["score"], {}), thaw(manifest["metadata"], {})
    return Snapshot(path, manifest["step"], score, metadata, manifest["files"], manifest["serial"])


def _digest(manifest):
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _write(path, chunks):
    """Write a file through to the disk; give its manifest entry."""
    digest, size = hashlib.sha256(), 0
    with open(path, "xb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return {"size": size, "sha256": digest.hexdigest()}


def _sync_folder(path):
    """Make the names in a folder durable."""
    if os.name == "nt":  # folders can't be opened there; NTFS journals names itself
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path, files=None):
    """Delete a snapshot's files (all that look like one's if None), then its folder if nothing else is in it; tell whether it is gone."""
    for file in list(path.iterdir()):
        if file.name in (_STATE, _MANIFEST) or (file.suffix == ".safetensors" if files is None else file.name in files):
            os.unlink(file)
    if any(path.iterdir()):
        return False
    os.rmdir(path)
    return True
