"""An append-only file of finished records, each with its checksum: what a killed process leaves behind is used up to the last whole one.

An entry is ``PKJ1``, the lengths of head and body, the SHA-256 of both, the head (json) and the body (arrays end to end).
"""

import hashlib
import json
import os
import struct

import numpy as np

from parakeet.preparation.record import Record, Rejection

_FRAME = struct.Struct("<4sIQ32s")
_MAGIC = b"PKJ1"


class Journal:
    """Finished records by key, on disk.

    Args:
        path (Path): the file; it is made where there is none. What follows its last whole entry is cut off.
    """

    def __init__(self, path):
        self._file = path.open("a+b")
        self._places = {}
        self._file.truncate(self._scan())

    def _scan(self):
        """Index the entries; return where the last whole one ends."""
        self._file.seek(0)
        end = 0
        while True:
            frame = self._file.read(_FRAME.size)
            if len(frame) < _FRAME.size:
                return end
            magic, head_length, body_length, checksum = _FRAME.unpack(frame)
            # Checked before anything is read: a length made of noise could ask for all memory.
            size = os.fstat(self._file.fileno()).st_size
            if magic != _MAGIC or self._file.tell() + head_length + body_length > size:
                return end
            content = self._file.read(head_length + body_length)
            if hashlib.sha256(content).digest() != checksum:
                return end
            head = json.loads(content[:head_length])
            self._places[head["key"]] = head, end + _FRAME.size + head_length
            end = self._file.tell()

    def add(self, key, result):
        """Append what was made for a key.

        Args:
            key (str): of the task.
            result (Record | Rejection): what came out.
        """
        head, parts = {"key": key}, []
        if isinstance(result, Rejection):
            head["reason"] = result.reason
        else:
            head["line"] = result.line
            head["arrays"] = {name: [array.dtype.str, array.shape] for name, array in result.arrays.items()}
            parts = [np.ascontiguousarray(array).data.cast("B") for array in result.arrays.values()]
        text = json.dumps(head, ensure_ascii=False).encode()
        digest = hashlib.sha256(text)
        for part in parts:
            digest.update(part)
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(_FRAME.pack(_MAGIC, len(text), sum(len(part) for part in parts), digest.digest()) + text)
        for part in parts:
            self._file.write(part)
        self._file.flush()  # with the system it is safe from the end of this process, however it comes
        self._places[key] = head, start + _FRAME.size + len(text)

    def __contains__(self, key):
        return key in self._places

    def reason(self, key):
        """str | None: why there is no record for a key that is here; None where there is one."""
        return self._places[key][0].get("reason")

    def get(self, key):
        """Read what was made for a key.

        Returns:
            Record | Rejection
        """
        head, offset = self._places[key]
        if "reason" in head:
            return Rejection(head["reason"])
        arrays = {}
        for name, (dtype, shape) in head["arrays"].items():
            count = int(np.prod(shape))
            content = os.pread(self._file.fileno(), count * np.dtype(dtype).itemsize, offset)
            arrays[name] = np.frombuffer(content, dtype, count).reshape(shape)
            offset += len(content)
        return Record(head["line"], arrays)

    def close(self):
        """Let go of the file."""
        self._file.close()
