"""Arrays of all utterances end to end, in shards: written row by row, read memory-mapped."""

import collections

import numpy as np

from parakeet.errors import DataError, what_is

FRAMES = 2**18
"""Frames after which a shard is full: some 50 minutes of speech, about 200 MB with 80 bands and the recordings."""
OPEN = 256
"""Files a reader keeps mapped at a time: each one holds one of the system's file descriptors, of which a process often has 1024."""
DTYPES = {"mel": np.dtype("<f4"), "pitch": np.dtype("<f4"), "energy": np.dtype("<f4"), "wav": np.dtype("<i2")}
"""What a shard holds, and as which numbers."""

_AGAIN = "Remove the folder and prepare the corpus again."


def shard_path(folder, shard, name):
    """Name a file of a shard: ``shards/00000.mel.npy``."""
    return folder / "shards" / f"{shard:05d}.{name}.npy"


class ArrayFile:
    """A ``.npy`` file that grows along its first axis; numpy's header leaves room for the final count.

    Args:
        path (Path): of the file to make.
        dtype (numpy.dtype): of its numbers.
        row (tuple): the shape of a row; ``()`` for rows that are numbers.
    """

    def __init__(self, path, dtype, row=()):
        self._file = path.open("wb")
        self._dtype, self._row = np.dtype(dtype), tuple(row)
        self.rows = 0
        self._write_header()

    def _write_header(self):
        header = {"descr": self._dtype.str, "fortran_order": False, "shape": (self.rows, *self._row)}
        np.lib.format.write_array_header_1_0(self._file, header)

    def append(self, rows):
        """Add rows; return the number of the first one."""
        first = self.rows
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        self.rows += len(rows)
        return first

    def close(self):
        """Write the final count and let go of the file."""
        self._file.seek(0)
        self._write_header()
        self._file.close()


class ShardWriter:
    """Writes utterances one behind the other; a shard that is full is followed by the next.

    Args:
        folder (Path): its ``shards`` is made.
        frames (int): after how many a shard is full. An utterance is never divided.
    """

    def __init__(self, folder, frames=FRAMES):
        (folder / "shards").mkdir()
        self._folder, self._frames = folder, frames
        self._shard, self._files = -1, {}

    def append(self, arrays):
        """Write one utterance.

        Args:
            arrays (dict[str, ndarray]): keys of :data:`DTYPES`, the same ones for all utterances; (T, ...) each, but ``wav`` (N,).

        Returns:
            dict: ``shard``, ``first_frame`` and, with ``wav``, ``first_sample``: where it is.
        """
        if not self._files or self._files["mel"].rows >= self._frames:
            self.close()
            self._shard += 1
            self._files = {
                name: ArrayFile(shard_path(self._folder, self._shard, name), DTYPES[name], array.shape[1:])
                for name, array in arrays.items()
            }
        first = {name: self._files[name].append(array) for name, array in arrays.items()}
        place = {"shard": self._shard, "first_frame": first["mel"]}
        return {**place, "first_sample": first["wav"]} if "wav" in first else place

    def close(self):
        """Finish the last shard."""
        for file in self._files.values():
            file.close()
        self._files = {}


class ShardReader:
    """Reads them, each file mapped when it is first asked for.

    Args:
        folder (Path): that holds ``shards``.
        rows (dict[tuple[int, str], int]): shard and name to the number of rows there must be.

    Raises:
        DataError: if a file is missing, isn't an array of these numbers, or has another length.
    """

    def __init__(self, folder, rows):
        self._folder = folder
        self._maps = collections.OrderedDict()
        for (shard, name), expected in rows.items():
            array = self._map(shard, name)
            if array.dtype != DTYPES[name] or len(array) != expected:
                raise DataError(
                    f"{shard_path(folder, shard, name)}: holds {len(array)} rows of {array.dtype}, expected {expected} of {DTYPES[name]} "
                    f"after manifest.jsonl. {_AGAIN}"
                )

    def rows(self, shard, name, first, count):
        """Rows of a file, as a view: (count, ...)."""
        return self._map(shard, name)[first : first + count]

    def _map(self, shard, name):
        key = shard, name
        if key in self._maps:
            self._maps.move_to_end(key)
        else:
            if len(self._maps) == OPEN:
                self._maps.popitem(last=False)  # views of it that were handed out keep it mapped
            self._maps[key] = _map(shard_path(self._folder, shard, name))
        return self._maps[key]


def _map(path):
    try:
        # As a plain array: slices of numpy's memmap class cost ten times as much.
        return np.asarray(np.lib.format.open_memmap(path, mode="r"))  # refuses what np.load would take for an archive or a pickle
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror or error}. {_AGAIN}") from error
    except (ValueError, EOFError) as error:
        raise DataError(f"{path}: isn't an array of numbers in numpy's format ({error}). {_AGAIN}{what_is(path)}") from error
