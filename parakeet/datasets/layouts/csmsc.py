"""CSMSC (Baker): ``ProsodyLabeling/000001-010000.txt``, two lines an utterance, and ``Wave/000001.wav``."""

import re

from parakeet.datasets.layouts.reading import Collector, lines_of, recording, require_parts
from parakeet.errors import DataError

SOURCE = "https://www.data-baker.com/data/index/TNtts"

_PROSODY = re.compile(r"#[1-4]")


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read CSMSC; the marks of prosody (``#1`` to ``#4``) are taken out of the text.

    Args:
        directory (Path): the folder that holds ``ProsodyLabeling/`` and ``Wave/``.
        language (str, optional): "zh" when None.
        valid, test (float, optional): shares of the texts that are held out.
        prompt (str, optional): see :class:`Collector`.

    Returns:
        Corpus: one speaker.

    Raises:
        DataError: if the layout is another one.
    """
    labels = "ProsodyLabeling/000001-010000.txt"
    require_parts(directory, [labels, "Wave"], "CSMSC", SOURCE)
    collector = Collector(directory, valid, test, prompt)
    for number, line in lines_of(directory / labels):
        if line.startswith(("\t", " ")):  # pinyin, the second line of an utterance
            continue
        utt_id, _, text = line.partition("\t")
        if not utt_id.strip().isdigit() or not text.strip():
            raise DataError(f"{directory / labels}, line {number}: expected 'NUMBER<tab>text', received {line[:60]!r}.")
        collector.add(utt_id.strip(), recording(directory / "Wave", utt_id.strip()), _PROSODY.sub("", text), "baker")
    licence = "non-commercial use only (DataBaker)"
    return collector.corpus("CSMSC", "zh" if language is None else language, licence, "DataBaker (Beijing) Technology", SOURCE)
