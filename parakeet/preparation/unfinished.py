"""The folder beside the prepared data in which they are made: ``.NAME.unfinished``."""

import contextlib
import shutil
from pathlib import Path

from parakeet.errors import DataError
from parakeet.files import hold_folder


class Unfinished:
    """The folder; it belongs to one process.

    ``journal`` holds finished records, ``learned`` what an aligner has learned; ``new`` is the prepared data as they are written at the
    end, ``former`` those they take the place of, for the moment in between.

    Args:
        directory (Path): of the prepared data.
    """

    def __init__(self, directory):
        # A link is followed, so that what it leads to is replaced and not the link.
        self.directory = Path(directory).resolve()
        self.path = self.directory.with_name(f".{self.directory.name}.unfinished")

    def restore(self):
        """Undo an exchange of which only the first half was done.

        Raises:
            DataError: if another process is doing the second half.
        """
        former = self.path / "former"
        if former.is_dir() and not self.directory.exists():
            with self.held():
                former.rename(self.directory)

    @contextlib.contextmanager
    def held(self):
        """Make it, and keep other processes out while the ``with`` block runs; it stays when that ends.

        Raises:
            DataError: if another process prepares there, or the prepared data can't be exchanged as a whole.
        """
        if Path.cwd().is_relative_to(self.directory) or self.directory.is_mount():
            what = "a mounted disk" if self.directory.is_mount() else "the folder you are in"
            raise DataError(
                f"{self.directory}: is {what}, which can't be exchanged for finished data. Give a folder inside of it: "
                f"{self.directory / 'prepared'}"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        with hold_folder(self.path, self._refusal):
            yield self.path

    def _refusal(self, owner):
        if owner is None:
            return DataError(f"{self.directory}: another process prepares there. Wait for it, or give another folder.")
        return DataError(
            f"{self.directory}: process {owner['pid']} on {owner['host']} has prepared there since {owner['since']}. "
            f"Wait for it, give another folder, or end it (what it has finished is kept): kill -TERM {owner['pid']}"
        )

    def new(self):
        """Path: an empty folder for the prepared data."""
        shutil.rmtree(self.path / "new", ignore_errors=True)
        (self.path / "new").mkdir()
        return self.path / "new"

    def publish(self):
        """Put ``new`` in the place of the prepared data, and clean up."""
        former = self.path / "former"
        shutil.rmtree(former, ignore_errors=True)
        if self.directory.exists():
            self.directory.rename(former)
        (self.path / "new").rename(self.directory)
        shutil.rmtree(self.path)
