"""Corpora as they are published, and a plain folder of recordings: each layout is read where it lies, nothing is downloaded."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from parakeet.errors import DataError, nearest


class Layout(NamedTuple):
    """A layout: its line of help, the patterns that all have to match something in a folder for it to be recognised, and whether what
    the first one matches has to be a table of ``id|text`` without headings."""

    help: str
    signs: tuple
    bare_table: bool = False


# In the order in which they are tried; a layout is read by the function `read` of the module of its name.
LAYOUTS = {
    "parakeet": Layout("what `parakeet corpus` builds", ("corpus.json",)),
    "vctk": Layout("VCTK: 110 English speakers", ("txt/p*", "wav48*")),
    "aishell3": Layout("AISHELL-3: 218 Mandarin speakers", ("train/content.txt", "train/wav")),
    "csmsc": Layout("CSMSC (Baker): one Mandarin speaker", ("ProsodyLabeling", "Wave")),
    "libritts": Layout("LibriTTS: many English speakers, audiobooks", ("*/*/*/*.normalized.txt",)),
    "ljspeech": Layout("LJSpeech, and what has its metadata.csv: id|text|normalised text", ("metadata.csv",), bare_table=True),
    "folder": Layout("recordings with their texts beside them, or in one table", ()),
}


def open_corpus(directory, layout=None, **options):
    """Open a corpus of any layout.

    Args:
        directory (str | Path): the corpus' folder.
        layout (str, optional): a key of :data:`LAYOUTS`; recognised by what the folder holds when None.
        **options: ``language`` (such as "en"); for corpora without splits ``valid`` and ``test`` (shares of the texts held out) and
            ``prompt`` (what keeps takes together, see :class:`parakeet.datasets.layouts.reading.Collector`).

    Returns:
        Corpus: its utterances; its ``rejected`` lists what can't be used.

    Raises:
        DataError: if the folder is missing, or is not of the layout; the message says what is missing and where to get it.
    """
    directory = Path(directory)
    if not directory.is_dir():
        what = "is a file, not a folder" if directory.exists() else "no such folder"
        raise DataError(f"{directory}: {what}. Give the folder of a corpus, or build one with `parakeet corpus NAME DIR`.")
    if layout is None:
        layout = recognise(directory)
        _refuse_folder_above(directory, layout)
    if layout not in LAYOUTS:
        raise DataError(f"unknown layout '{layout}'; there are {', '.join(LAYOUTS)}.{nearest(layout, LAYOUTS)}")
    return import_module(f"parakeet.datasets.layouts.{layout}").read(directory, **options)


def recognise(directory):
    """Name the layout of a folder, by what it holds.

    Args:
        directory (Path): the folder.

    Returns:
        str: a key of :data:`LAYOUTS`; "folder" where nothing else fits.
    """
    for name, layout in LAYOUTS.items():
        found = [next(directory.glob(sign), None) for sign in layout.signs]
        if all(found) and not (layout.bare_table and _is_ones_own(found[0])):
            return name
    return "folder"


def _refuse_folder_above(directory, layout):
    """Somebody may have given the folder that an archive was unpacked in."""
    if layout != "folder" or any(path.is_file() for path in directory.iterdir()):
        return
    inside = [path for path in directory.iterdir() if path.is_dir()]
    found = recognise(inside[0]) if len(inside) == 1 else "folder"
    if found != "folder":
        raise DataError(f"{directory}: holds a corpus in a folder of its own ({LAYOUTS[found].help}). Give that folder: {inside[0]}")


def _is_ones_own(table):
    """Whether a table is one of a folder of one's own: other columns than two or three between bars, or headings above them."""
    from parakeet.datasets.layouts.folder import NAME_COLUMNS
    from parakeet.datasets.layouts.reading import lines_of

    first = next((line for _, line in lines_of(table)), "")
    cells = [cell.strip().lower() for cell in first.split("|")]
    return len(cells) not in (2, 3) or cells[0] in NAME_COLUMNS
