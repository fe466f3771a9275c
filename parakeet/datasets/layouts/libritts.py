"""LibriTTS (arXiv:1904.02882): ``<subset>/<speaker>/<chapter>/<utterance>.wav`` and ``.normalized.txt`` beside it."""

from parakeet.datasets.layouts.reading import Collector, lines_of, recording
from parakeet.errors import DataError

SOURCE = "https://www.openslr.org/60/"


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read LibriTTS; its own subsets are the splits: ``dev-*`` is validation, ``test-*`` is test.

    Args:
        directory (Path): the folder that holds subsets such as ``train-clean-100``.
        language (str, optional): "en" when None.
        valid, test (float, optional): shares to hold out instead, for those who have one subset only.
        prompt (str, optional): see :class:`Collector`.

    Returns:
        Corpus: many speakers.

    Raises:
        DataError: if the layout is another one.
    """
    texts = sorted(directory.glob("*/*/*/*.normalized.txt"))
    if not texts:
        raise DataError(
            f"{directory}: not LibriTTS: no <subset>/<speaker>/<chapter>/*.normalized.txt in it. Get a subset from {SOURCE}, unpack it, "
            "and give the folder that holds the subsets."
        )
    own = valid is None and test is None
    collector = Collector(directory, valid, test, prompt)
    for path in texts:
        stem = path.name.removesuffix(".normalized.txt")
        subset, speaker = path.parts[-4], path.parts[-3]
        split = {"dev": "valid", "test": "test"}.get(subset.split("-")[0], "train") if own else None
        collector.add(stem, recording(path.parent, stem), " ".join(line for _, line in lines_of(path)), speaker, split)
    attribution = "LibriTTS (Zen et al. 2019), from LibriVox and Project Gutenberg"
    return collector.corpus("LibriTTS", "en" if language is None else language, "CC-BY-4.0", attribution, SOURCE)
