"""Where a voice's weights lie: a run's newest snapshot, or a packed folder whose manifest vouches for every file."""

import hashlib
import json
from pathlib import Path

import numpy as np

from parakeet.checkpoint import SnapshotStore
from parakeet.checkpoint.state import parse_safetensors, safetensors_chunks
from parakeet.errors import DataError, SnapshotError, what_is
from parakeet.files import read_json, write_whole

MANIFEST = "manifest.json"
RESOURCES = Path(__file__).parent / "resources"

_AGAIN = "Copy or pack the voice again."


def bundled_voice():
    """The folder of the voice that parakeet brings along.

    Raises:
        DataError: if this installation brings none.
    """
    found = sorted(path.parent for path in RESOURCES.glob(f"*/{MANIFEST}"))
    if not found:
        raise DataError(
            "This parakeet brings no voice of its own. Give one: the folder of a run (parakeet train), or what `parakeet pack` made of it."
        )
    return found[0]


def is_packed(directory):
    """Tell a packed voice from a run."""
    return (Path(directory) / MANIFEST).is_file() or weights_file(directory, "acoustic").is_file()


def weights_file(directory, part):
    """Where a packed voice has the weights of ``acoustic`` or ``vocoder``."""
    return Path(directory) / f"{part}.safetensors"


def weights_of(directory):
    """Find a voice's weights; those of a packed voice are compared with its manifest first, with all that lies beside them.

    Args:
        directory (str | Path): a run's folder or a packed voice.

    Returns:
        Callable: ``weights("acoustic")``, ``weights("vocoder")`` -> dict of arrays by structural name, halves as float32.

    Raises:
        DataError: if a file of a packed voice is missing or is not as it was packed; it names the file.
        SnapshotError: if a run has no valid snapshot.
    """
    if is_packed(directory):
        check_manifest(directory)
        return lambda part: read_weights(weights_file(directory, part))
    snapshot = newest_snapshot(directory)
    return lambda part: trained_weights(snapshot, "main")  # a run's voice has no other model than that


def newest_snapshot(run):
    """The newest valid snapshot of a run.

    Raises:
        SnapshotError: if there is none.
    """
    snapshot = SnapshotStore(Path(run) / "snapshots").newest()
    if snapshot is None:
        raise SnapshotError(
            f"{Path(run) / 'snapshots'}: no valid snapshot yet, so the voice has no weights. Train it (on) first: parakeet resume {run}"
        )
    return snapshot


def trained_weights(snapshot, name):
    """The weights of a model as a voice takes them: their moving average where the run kept one.

    Args:
        snapshot (Snapshot): of the run.
        name (str): of the model in it.

    Returns:
        dict[str, numpy.ndarray]: by structural name.

    Raises:
        DataError: if the run has no model of that name, or its weights are no numbers.
    """
    models = snapshot.load_part("models")
    if name not in models:
        raise DataError(f"{snapshot.path}: has no model '{name}', but {', '.join(models)}. Give the run of another experiment.")
    extensions = snapshot.load_part("extensions") if "extensions" in snapshot.parts() else {}
    weights = {**models[name], **extensions.get("EMA", {}).get("average", {}).get(name, {})}
    _refuse_what_is_no_number(weights, snapshot.path, "Remove this snapshot, so that the one before it is taken, or train again.")
    return weights


def read_weights(path):
    """Read a safetensors file; halves become float32.

    Args:
        path (Path): the file.

    Returns:
        dict[str, numpy.ndarray]

    Raises:
        DataError: if it can't be read, or holds what is no number.
    """
    try:
        arrays = parse_safetensors(bytearray(path.read_bytes()))
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror}. {_AGAIN}") from error
    except ValueError as error:
        raise DataError(f"{path}: {error}. {_AGAIN}{what_is(path)}") from error
    weights = {name: array.astype(np.float32) if array.dtype == np.float16 else array for name, array in arrays.items()}
    _refuse_what_is_no_number(weights, path, _AGAIN)
    return weights


def write_weights(path, weights, half=False):
    """Write a safetensors file.

    Args:
        path (Path): the file.
        weights (dict[str, numpy.ndarray]): by structural name, float32.
        half (bool): store matrices and kernels in 16 bits; vectors (biases, norms, statistics) are few and stay as they are.
    """
    arrays = {}
    for name, array in weights.items():
        narrow = half and np.count_nonzero(np.array(array.shape) > 1) > 1 and np.abs(array).max() < np.finfo(np.float16).max
        code, dtype = ("F16", "<f2") if narrow else ("F32", "<f4")
        arrays[name] = code, np.ascontiguousarray(array, dtype)
    with open(path, "wb") as file:
        file.writelines(safetensors_chunks(arrays))


def write_manifest(directory):
    """Vouch for every file of a packed voice as it is now: what ``parakeet pack`` and ``parakeet export`` do last.

    Args:
        directory (str | Path): the voice.
    """
    directory = Path(directory)
    files = {
        path.relative_to(directory).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path != directory / MANIFEST
    }
    write_whole(directory / MANIFEST, json.dumps({"format": 1, "files": files}, indent=1) + "\n")


def check_manifest(directory):
    """Compare every file of a packed voice with what was packed.

    Args:
        directory (str | Path): the voice.

    Raises:
        DataError: naming the first file that is missing, or is another.
    """
    path = Path(directory) / MANIFEST
    try:
        expected = {name: (entry["size"], entry["sha256"]) for name, entry in read_json(path, _AGAIN)["files"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: isn't the manifest of a voice. {_AGAIN}") from error
    for name, (size, digest) in expected.items():
        file = path.parent / name
        try:
            there = file.stat().st_size
            same = there == size and _sha256(file) == digest
        except OSError as error:
            raise DataError(f"{file}: belongs to the voice, but can't be read: {error.strerror}. {_AGAIN}") from error
        if not same:
            how = f"{there} bytes instead of {size}" if there != size else "its checksum differs"
            raise DataError(f"{file}: is not as it was packed ({how}). {_AGAIN}{what_is(file)}")


def _refuse_what_is_no_number(weights, source, remedy):
    for name, array in weights.items():
        bad = np.count_nonzero(~np.isfinite(array))
        if bad:
            raise DataError(f"{source}: {bad} of {array.size} values of '{name}' are no numbers. {remedy}")


def _sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
