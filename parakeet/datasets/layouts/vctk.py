"""VCTK 0.80 and 0.92: ``txt/p225/p225_001.txt``, recordings in ``wav48/`` or ``wav48_silence_trimmed/`` (two microphones)."""

from parakeet.datasets.layouts.reading import Collector, lines_of, recording, require_parts

SOURCE = "https://datashare.ed.ac.uk/handle/10283/3443"


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read VCTK; of two microphones the first is taken.

    Args:
        directory (Path): the folder that holds ``txt/``.
        language (str, optional): "en" when None.
        valid, test (float, optional): shares of the texts that are held out, from all speakers alike.
        prompt (str, optional): see :class:`Collector`.

    Returns:
        Corpus: many speakers; those without texts (p315) are in ``rejected``.

    Raises:
        DataError: if the layout is another one.
    """
    audio = next((name for name in ("wav48_silence_trimmed", "wav48") if (directory / name).is_dir()), "wav48_silence_trimmed")
    require_parts(directory, ["txt", audio], "VCTK", SOURCE)
    collector = Collector(directory, valid, test, prompt)
    for speaker in sorted(path.name for path in (directory / audio).iterdir() if path.is_dir()):
        texts = sorted((directory / "txt" / speaker).glob("*.txt"))
        if not texts:
            collector.reject(speaker, "the speaker has no texts")
        for path in texts:
            folder = directory / audio / speaker
            found = recording(folder, f"{path.stem}_mic1") or recording(folder, path.stem)
            collector.add(path.stem, found, " ".join(line.strip() for _, line in lines_of(path)), speaker)
    attribution = "CSTR VCTK Corpus, University of Edinburgh"
    return collector.corpus("VCTK", "en" if language is None else language, "CC-BY-4.0", attribution, SOURCE)
