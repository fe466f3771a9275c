"""LJSpeech 1.1: ``metadata.csv`` with lines ``id|text|normalised text``, recordings in ``wavs/`` (or ``flac/``, or beside)."""

from parakeet.datasets.layouts.reading import Collector, lines_of, recording, require_parts
from parakeet.errors import DataError

SOURCE = "https://keithito.com/LJ-Speech-Dataset/"


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read LJSpeech, or any corpus in its layout. The text is taken as it is spoken: the third column, where there is one.

    Args:
        directory (Path): the folder that holds ``metadata.csv``.
        language (str, optional): "en" when None.
        valid, test (float, optional): shares of the texts that are held out.
        prompt (str, optional): see :class:`Collector`.

    Returns:
        Corpus: one speaker; what has no recording is in ``rejected``.

    Raises:
        DataError: if the layout is another one.
    """
    require_parts(directory, ["metadata.csv"], "LJSpeech", SOURCE)
    folder = next((directory / name for name in ("wavs", "wav", "flac") if (directory / name).is_dir()), directory)
    collector = Collector(directory, valid, test, prompt)
    path = directory / "metadata.csv"
    for number, line in lines_of(path):
        columns = line.split("|")
        if len(columns) < 2:
            raise DataError(f"{path}, line {number}: expected 'id|text' or 'id|text|normalised text', received {line[:60]!r}.")
        text = columns[2] if len(columns) > 2 and columns[2].strip() else columns[1]
        collector.add(columns[0].strip(), recording(folder, columns[0].strip()), text, directory.resolve().name)
    original = len(columns) > 2 and columns[0].startswith("LJ")
    licence = "public domain" if original else "see the corpus' own files"
    name = "LJSpeech" if original else directory.resolve().name
    return collector.corpus(name, "en" if language is None else language, licence, name, SOURCE if original else str(path.name))
