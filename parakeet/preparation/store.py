"""Prepared data on disk: features of all utterances end to end in memory-mapped arrays, beside them who is where.

``mel.npy`` (frames, n_mels) and ``pitch.npy`` (frames,) are float32; ``manifest.jsonl`` holds one utterance a line;
``prepared.json`` says how it was made; ``rejected.jsonl`` lists what was left out, with the reason.
"""

import json
from pathlib import Path

import numpy as np

from parakeet.audio.mel import MelConfig
from parakeet.data.dataset import DatasetMixin
from parakeet.errors import DataError, nearest, what_is

FORMAT = 1
SPLITS = ("train", "valid", "test")


class FeatureFile:
    """A ``.npy`` file that grows along its first axis; numpy's header leaves room for the final count.

    Args:
        path (Path): of the file to make.
        width (int, optional): of a row; None for rows that are numbers.
    """

    def __init__(self, path, width=None):
        self._file = path.open("wb")
        self._tail = () if width is None else (width,)
        self.rows = 0
        self._write_header()

    def _write_header(self):
        header = {"descr": "<f4", "fortran_order": False, "shape": (self.rows, *self._tail)}
        np.lib.format.write_array_header_1_0(self._file, header)

    def append(self, rows):
        """Add rows, (n,) or (n, width); return the number of the first one."""
        first = self.rows
        self._file.write(np.ascontiguousarray(rows, "<f4").tobytes())
        self.rows += len(rows)
        return first

    def close(self):
        """Write the final count and let go of the file."""
        end = self._file.tell()
        self._file.seek(0)
        self._write_header()
        self._file.seek(end)
        self._file.close()


class PreparedData(DatasetMixin):
    """What ``parakeet prepare`` made of a corpus.

    Examples are dicts of ``utt_id``, ``text`` (str), ``phones`` (list of S symbols), ``durations`` (S,) int64 frames, ``mel``
    (T, n_mels) and ``pitch`` (T,) Hz, float32 views of memory-mapped arrays; the sum of ``durations`` is T.

    Args:
        directory (str | Path): the folder that holds ``prepared.json``.

    Raises:
        DataError: if it holds no prepared data, an older format, or parts that contradict one another.
    """

    def __init__(self, directory):
        self.directory = Path(directory)
        self.info = _read_info(self.directory / "prepared.json")
        self.mel_config = MelConfig(**self.info["mel"])
        self.symbols = self.info["symbols"]
        self.frontend = self.info["frontend"]
        self.statistics = self.info["statistics"]
        self._utterances = _json_lines(self.directory / "manifest.jsonl")
        self._mel = _map(self.directory / "mel.npy")
        self._pitch = _map(self.directory / "pitch.npy")
        frames = sum(utterance["n_frames"] for utterance in self._utterances)
        if not len(self._mel) == len(self._pitch) == frames:
            raise DataError(
                f"{self.directory}: manifest.jsonl counts {frames} frames, mel.npy holds {len(self._mel)} and pitch.npy "
                f"{len(self._pitch)}. Remove the folder and prepare the corpus again."
            )

    def __getstate__(self):
        # A worker process maps the files again; sent along, they would be copied whole.
        return self.directory

    def __setstate__(self, directory):
        self.__init__(directory)

    def __len__(self):
        return len(self._utterances)

    def describe(self, i):
        """The name of utterance i."""
        return self._utterances[i]["utt_id"]

    def fingerprint(self):
        """str: of the recordings, texts and settings it was prepared from."""
        return self.info["fingerprint"]

    def get_example(self, i):
        """Utterance i as a dict; see the class."""
        utterance = self._utterances[i]
        here = slice(utterance["first_frame"], utterance["first_frame"] + utterance["n_frames"])
        return {
            "utt_id": utterance["utt_id"],
            "text": utterance["text"],
            "phones": utterance["phones"],
            "durations": np.array(utterance["durations"], np.int64),
            "mel": self._mel[here],
            "pitch": self._pitch[here],
        }

    def lengths(self, indices):
        """The number of frames of each of some utterances: (len(indices),) int64."""
        return np.array([self._utterances[i]["n_frames"] for i in indices], np.int64)

    def indices(self, split):
        """The positions of the utterances of a split.

        Raises:
            DataError: if there is no such split, or nothing in it.
        """
        if split not in SPLITS:
            raise DataError(
                f"{self.directory}: no split '{split}'; there are {', '.join(SPLITS)}.{nearest(split, SPLITS)}"
            )
        found = [i for i, utterance in enumerate(self._utterances) if utterance["split"] == split]
        if not found:
            raise DataError(
                f"{self.directory}: no utterance in its split '{split}'. See {self.directory / 'rejected.jsonl'} for what was left out."
            )
        return found

    def utterance(self, i):
        """The manifest's line of utterance i: ``utt_id, split, text, wav, phones, durations, first_frame, n_frames``."""
        return self._utterances[i]

    @property
    def rejected(self):
        """list[dict]: ``utt_id`` and ``reason`` of what was left out."""
        return _json_lines(self.directory / "rejected.jsonl")


def _json_lines(path):
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror}. Prepare the corpus again.") from error
    except ValueError as error:
        raise DataError(f"{path}: isn't json, line by line ({error}). Prepare the corpus again.{what_is(path)}") from error


def _map(path):
    try:
        return np.lib.format.open_memmap(path, mode="r")  # refuses what np.load would take for an archive or a pickle
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror or error}. Prepare the corpus again.") from error
    except (ValueError, EOFError) as error:
        problem = f"isn't an array of numbers in numpy's format ({error}). Prepare the corpus again."
        raise DataError(f"{path}: {problem}{what_is(path)}") from error


def _read_info(path):
    if not path.is_file():
        raise DataError(
            f"{path}: not found, so {path.parent} holds no prepared data. Make it with `parakeet prepare CORPUS {path.parent}`, "
            "or give its folder with --data."
        )
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path}: isn't json ({error}). Prepare the corpus again.{what_is(path)}") from error
    if not isinstance(info, dict):
        raise DataError(f"{path}: expected a json object, received {type(info).__name__}. Prepare the corpus again.")
    if info.get("format") != FORMAT:
        raise DataError(
            f"{path}: format {info.get('format')}, expected {FORMAT}. Remove the folder and prepare the corpus again."
        )
    return info
