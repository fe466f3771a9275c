"""AISHELL-3 (arXiv:2010.11567): ``train/content.txt`` with characters and pinyin in turn, ``train/wav/<speaker>/*.wav``; also ``test/``."""

from parakeet.datasets.layouts.reading import Collector, lines_of, require_parts
from parakeet.errors import DataError

SOURCE = "https://www.openslr.org/93/"


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read AISHELL-3; its ``test/`` is the test split, validation is held out of ``train/``.

    Args:
        directory (Path): the folder that holds ``train/``.
        language (str, optional): "zh" when None.
        valid (float, optional): share of the training texts held out for validation.
        test (float, optional): share of them held out for testing; 0 where ``test/`` is there, when None.
        prompt (str, optional): see :class:`Collector`.

    Returns:
        Corpus: many speakers; texts are Chinese characters, without punctuation, as published.

    Raises:
        DataError: if the layout is another one.
    """
    require_parts(directory, ["train/content.txt", "train/wav"], "AISHELL-3", SOURCE)
    has_test = (directory / "test" / "content.txt").is_file()
    collector = Collector(directory, valid, 0.0 if test is None and has_test else test, prompt)
    for part, split in (("train", None), ("test", "test")):
        path = directory / part / "content.txt"
        if not path.is_file():
            continue
        for number, line in lines_of(path):
            name, _, content = line.partition("\t")
            if not name.endswith(".wav") or not content.split():
                raise DataError(f"{path}, line {number}: expected 'NAME.wav<tab>characters and pinyin in turn', received {line[:60]!r}.")
            stem = name.removesuffix(".wav")
            wav = directory / part / "wav" / stem[:7] / name
            collector.add(stem, wav if wav.is_file() else None, "".join(content.split()[::2]), stem[:7], split)
    attribution = "AISHELL-3, Beijing Shell Shell Technology"
    return collector.corpus("AISHELL-3", "zh" if language is None else language, "Apache-2.0", attribution, SOURCE)
