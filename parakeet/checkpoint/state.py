"""A state as files and back: what json can't hold exactly is marked in it, arrays stand apart in safetensors."""

import json
import math
import re
import sys
from dataclasses import dataclass

import numpy as np

from parakeet.errors import SnapshotError

_CODES = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "uint16": "U16",
    "int16": "I16",
    "uint32": "U32",
    "int32": "I32",
    "uint64": "U64",
    "int64": "I64",
    "float16": "F16",
    "float32": "F32",
    "float64": "F64",
    "complex64": "C64",
}
# numpy has no bfloat16; Paddle shows such a tensor as uint16 bit patterns and takes them back as bfloat16.
_DTYPES = {code: np.dtype(name).newbyteorder("<") for name, code in _CODES.items()} | {"BF16": np.dtype("<u2")}

_DEEPEST = 100
_LONGEST_DECIMAL = 4096  # bits; Python refuses to read decimal integers of more than 4300 digits


@dataclass(frozen=True)
class FrozenState:
    """A copy of a state that no later change of the live arrays can reach.

    Attributes:
        tree: the state as json values; marks stand for what json can't hold.
        arrays: top-level key -> tensor name -> (safetensors type code, contiguous array).
    """

    tree: dict
    arrays: dict


def freeze(state):
    """Copy a state: nested dicts with text keys, lists, tuples, json values, numpy arrays and Paddle tensors.

    Args:
        state (dict): what to copy.

    Returns:
        FrozenState: the copy.

    Raises:
        SnapshotError: naming the path of a leaf or a key that can't be stored.
    """
    if not isinstance(state, dict):
        raise SnapshotError(f"A state must be a dict, received {type(state).__name__}.")
    arrays, tree = {}, {}
    for key, value in state.items():
        if not isinstance(key, str) or not re.fullmatch(r"\w[\w.-]*", key):
            raise SnapshotError(f"state: the key {key!r} can't be the name of a file. Letters, digits, '_', '.' and '-' are expected.")
        part = {}
        tree[key] = _encode(value, (key,), part)
        if part:
            arrays[key] = part
    return FrozenState(tree, arrays)


def freeze_json(value, where):
    """Encode a value that holds no arrays; ``where`` names it in the error."""
    arrays = {}
    encoded = _encode(value, (where,), arrays)
    if arrays:
        raise SnapshotError(f"{where}: json values were expected, received an array at '{where}/{next(iter(arrays))}'.")
    return encoded


def _encode(value, path, arrays):
    if len(path) > _DEEPEST:
        raise SnapshotError(f"{_dotted(path[:5])}...: nested more than {_DEEPEST} deep, or inside itself.")
    if isinstance(value, np.ndarray) or _is_tensor(value):
        return {"$array": _store(value, path, arrays)}
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:
        return value if value.bit_length() <= _LONGEST_DECIMAL else {"$int": hex(value)}
    if type(value) is float:
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, (list, tuple)):
        items = [_encode(item, (*path, str(i)), arrays) for i, item in enumerate(value)]
        return items if isinstance(value, list) else {"$tuple": items}
    if isinstance(value, dict):
        for key in value:
            if type(key) is not str:
                raise SnapshotError(f"{_dotted(path)}: the keys of a dict must be text, received {key!r} ({type(key).__name__}).")
        encoded = {key: _encode(item, (*path, key), arrays) for key, item in value.items()}
        return {"$dict": encoded} if len(encoded) == 1 and next(iter(encoded)).startswith("$") else encoded
    raise SnapshotError(
        f"{_dotted(path)}: a {type(value).__name__} can't be stored. Expected: None, truth values, numbers, text, lists, tuples, "
        "dicts, numpy arrays or Paddle tensors."
    )


def _is_tensor(value):
    paddle = sys.modules.get("paddle")  # where Paddle was never imported there are no tensors
    return paddle is not None and isinstance(value, paddle.Tensor)


def _store(value, path, arrays):
    """Put a copy of an array among the others; give its name: a JSON pointer (RFC 6901) below the top-level key."""
    name = "/".join(key.replace("~", "~0").replace("/", "~1") for key in path[1:]) or path[0]
    if name == "__metadata__":
        raise SnapshotError(f"{_dotted(path)}: '__metadata__' is no name for an array; safetensors keeps it for itself.")
    if isinstance(value, np.ndarray):
        code = _CODES.get(value.dtype.name)
    else:
        code = "BF16" if str(value.dtype) == "paddle.bfloat16" else _CODES.get(str(value.dtype).removeprefix("paddle."))
        value = value.numpy() if code is not None else value
    if code is None:
        raise SnapshotError(f"{_dotted(path)}: an array of type {value.dtype} can't be stored. Expected one of: {', '.join(_CODES)}.")
    arrays[name] = code, np.array(value, dtype=_DTYPES[code], order="C")
    return name


def thaw(tree, arrays):
    """Build a value from what :func:`freeze` made of it.

    Args:
        tree: the encoded value.
        arrays (dict[str, numpy.ndarray]): the arrays its marks name.

    Returns:
        The value; its arrays are numpy's.
    """
    if isinstance(tree, list):
        return [thaw(item, arrays) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if len(tree) == 1:
        (key, value), = tree.items()
        if key in _MARKS:
            return _MARKS[key](value, arrays)
    return {key: thaw(value, arrays) for key, value in tree.items()}


_MARKS = {
    "$array": lambda name, arrays: arrays[name],
    "$int": lambda text, arrays: int(text, 16),
    "$float": lambda text, arrays: float(text),
    "$tuple": lambda items, arrays: tuple(thaw(item, arrays) for item in items),
    "$dict": lambda tree, arrays: {key: thaw(value, arrays) for key, value in tree.items()},
}


def _dotted(path):
    return ".".join(path)


# safetensors ----------------------------------------------------------------------------------------------------------------------
# Written here and not by the package of that name: the checksum is taken while writing, without a second copy of the arrays, and
# bfloat16 needs no framework. The format: 8 bytes of header length, a json header, then the arrays' bytes
# (https://github.com/huggingface/safetensors, "Format").


def safetensors_chunks(arrays):
    """Yield the bytes of a safetensors file.

    Args:
        arrays (dict[str, tuple]): name -> (type code, contiguous little-endian array).

    Yields:
        bytes | memoryview: what to write, in order.
    """
    # Widest types first, so that every array starts at a multiple of its width.
    ordered = sorted(arrays.items(), key=lambda item: -item[1][1].dtype.itemsize)
    header, end = {}, 0
    for name, (code, array) in ordered:
        header[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    yield len(text).to_bytes(8, "little") + text
    for _, (_, array) in ordered:
        yield memoryview(array.reshape(-1)).cast("B") if array.size else b""


def parse_safetensors(data):
    """Read arrays out of the bytes of a safetensors file.

    Args:
        data (bytearray): the whole file; the arrays are views of it, writable and not copied.

    Returns:
        dict[str, numpy.ndarray]: name -> array; bfloat16 as uint16 bit patterns.

    Raises:
        ValueError: if the bytes are no safetensors file.
    """
    try:
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(bytes(data[8:start]))
        header.pop("__metadata__", None)
        return {name: _view(data, start, entry) for name, entry in header.items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"no safetensors file: {error}") from error


def _view(data, start, entry):
    dtype, (begin, end) = _DTYPES[entry["dtype"]], entry["data_offsets"]
    if begin == end:
        return np.zeros(entry["shape"], dtype)
    return np.frombuffer(data, dtype, (end - begin) // dtype.itemsize, start + begin).reshape(entry["shape"])
