"""parakeet's own layout: see parakeet.datasets.corpus."""

from parakeet.datasets.corpus import SpeechCorpus
from parakeet.errors import DataError


def read(directory, language=None, valid=None, test=None, prompt=None):
    """Read it; its language and its splits are its own.

    Raises:
        DataError: as SpeechCorpus; or if options are given that the corpus itself decides.
    """
    given = [name for name, value in {"language": language, "valid": valid, "test": test, "prompt": prompt}.items() if value is not None]
    if given:
        raise DataError(f"{directory}: the corpus says its own {', '.join(given)} (corpus.json, utterances.jsonl); leave the option out.")
    return SpeechCorpus(directory)
