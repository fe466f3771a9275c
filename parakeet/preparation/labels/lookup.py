"""Which labels are an utterance's: a file named after it in a folder, or its part of one file for all."""

import functools
import hashlib
from pathlib import Path

from parakeet.errors import DataError, nearest
from parakeet.preparation.labels.reading import read_labels
from parakeet.preparation.sphinx import AlignmentFailure

ENDINGS = (".TextGrid", ".textgrid", ".json", ".lab", ".ctm", ".interval", ".txt")
"""What label files may be called; those of CSMSC are ``.interval``."""


def open_labels(path):
    """Open labels made elsewhere.

    Args:
        path (str | Path): a folder of files named after the utterances, or one file (CTM, mlf, json) for all.

    Returns:
        LabelFolder | LabelFile: both have ``phones(example)``, ``covers(example)`` and ``identity(example)``, example a dict of the corpus.

    Raises:
        DataError: if there is no such folder or file, or the file can't be read.
    """
    path = Path(path)
    if path.is_dir():
        return LabelFolder(path)
    if not path.is_file():
        raise DataError(f"{path}: no such folder or file of labels (key 'alignments'). Check the path.")
    return LabelFile(path)


class LabelFolder:
    """A folder of label files: ``UTT_ID.TextGrid`` (``.lab``, ``.json``, ...), or as the recordings lie, ``SPEAKER/NAME.TextGrid``.

    Args:
        folder (Path): it.
    """

    def __init__(self, folder):
        self.folder = folder

    def phones(self, example):
        """Give the labels of an utterance.

        Returns:
            list[Label]

        Raises:
            AlignmentFailure: if there are none for it.
            DataError: if the file can't be read.
        """
        path = self._find(example)
        if path is None:
            raise AlignmentFailure(
                f"there are no labels for it: expected {example['utt_id']}{ENDINGS[0]} (or {', '.join(ENDINGS[2:])}), or the "
                "same path as its recording's"
            )
        found = read_labels(path)
        return _of(example, found, path) if None not in found else found[None]

    def covers(self, example):
        """Tell whether there is a file for an utterance."""
        return self._find(example) is not None

    def identity(self, example):
        """str: changes with the file of the utterance; where there is none, with the utterance's name, which is told then."""
        path = self._find(example)
        try:
            return f"none, {example['utt_id']}" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:  # whoever asks for the labels is told
            return f"unreadable, {error.strerror}"

    def _find(self, example):
        wav = Path(example["wav_path"])
        names = [example["utt_id"], *("/".join(wav.with_suffix("").parts[-depth:]) for depth in (3, 2, 1))]
        paths = (self.folder / f"{name}{ending}" for name in names for ending in ENDINGS)
        return next((path for path in paths if path.is_file()), None)


class LabelFile:
    """One file with the labels of all utterances. Holds its path alone; each process reads it once.

    Args:
        path (Path): of a CTM, an mlf or a json file.

    Raises:
        DataError: if it can't be read, or knows no names of utterances.
    """

    def __init__(self, path):
        self.path = path
        status = path.stat()
        self._state = status.st_mtime_ns, status.st_size
        if None in self._all:
            raise DataError(
                f"{path}: holds the labels of one utterance; expected those of all, by name (CTM, mlf or json). Give the folder it lies in."
            )

    @property
    def _all(self):
        return _read_once(self.path, self._state)

    def phones(self, example):
        """Give the labels of an utterance; as LabelFolder."""
        return _of(example, self._all, self.path)

    def covers(self, example):
        """Tell whether the file has labels for an utterance."""
        return example["utt_id"] in self._all

    def identity(self, example):
        """str: changes with the labels of the utterance."""
        return hashlib.sha256(repr(self._all.get(example["utt_id"])).encode()).hexdigest()


@functools.lru_cache(maxsize=2)
def _read_once(path, state):
    return read_labels(path)


def _of(example, found, path):
    name = example["utt_id"]
    if name not in found:
        raise AlignmentFailure(f"no labels for it in {path.name}, which has those of {len(found)} others.{nearest(name, found)}")
    return found[name]
