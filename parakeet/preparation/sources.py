"""Which source of durations a corpus is prepared with."""

import importlib.util
import os

from parakeet.errors import ConfigError
from parakeet.preparation.durations import GivenDurations, SphinxDurations


def choose_source(config, corpus):
    """Choose where durations come from.

    Args:
        config (PrepareConfig): its ``durations`` may be "auto".
        corpus (Corpus): what is prepared.

    Returns:
        str: "given" if label files or the corpus give them; else "sphinx" if the corpus is English and pocketsphinx is installed; else
        "learned". Or what the configuration says.

    Raises:
        ConfigError: if it says what can't be.
    """
    has_labels = config.alignments is not None or any("phone_samples" in example for example in corpus)
    english = corpus.info.frontend == "english"
    chosen = config.durations
    if config.phone_map is not None and config.alignments is None:
        raise ConfigError("phone_map: there are no label files whose phones it could explain. Give them too: alignments=FOLDER.")
    if chosen not in ("auto", "given") and config.alignments is not None:
        raise ConfigError(f"alignments: durations: {chosen} takes no label files. Leave one of the two out.")
    if chosen == "auto":
        has_sphinx = english and importlib.util.find_spec("pocketsphinx") is not None
        return "given" if has_labels else "sphinx" if has_sphinx else "learned"
    if chosen == "given" and not has_labels:
        raise ConfigError(
            f"durations: given, but {corpus.directory} has none. Give label files (alignments=FOLDER), or set durations to sphinx "
            "or learned."
        )
    if chosen == "sphinx" and not english:
        raise ConfigError(
            f"durations: sphinx aligns English alone, but {corpus.directory} is spoken by the frontend '{corpus.info.frontend}'. "
            "Set durations to learned."
        )
    return chosen


def make_source(name, config, frontend):
    """Make the source of a name.

    Args:
        name (str): what :func:`choose_source` gave.
        config (PrepareConfig): the settings.
        frontend (object): of the corpus.

    Returns:
        object | None: with ``segments``, ``identity`` and ``spoken_range``, see ``parakeet.preparation.durations``; None where they are
        learned once everything else is there.
    """
    if name == "given":
        # Whole paths: a worker may stand elsewhere.
        alignments, phone_map = (path and os.path.abspath(path) for path in (config.alignments, config.phone_map))
        return GivenDurations(frontend.symbols, alignments, phone_map)
    return SphinxDurations() if name == "sphinx" else None
