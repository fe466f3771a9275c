"""The errors a person is meant to read.

A :class:`ParakeetError` is a mistake or a condition that its reader can mend: the message says what is wrong, where, what was
expected, what was received and what to do. The command line prints it without a traceback.
"""

import difflib


class ParakeetError(Exception):
    """Something its reader can mend; the message is complete by itself."""


class ConfigError(ParakeetError):
    """A configuration file or an override that can't be used."""


class DataError(ParakeetError):
    """A corpus, prepared data or an example that can't be used."""


class AudioError(DataError):
    """A recording that can't be used."""


class TextError(DataError):
    """A text or a symbol that can't be used."""


class SnapshotError(ParakeetError):
    """A snapshot that can't be written or read."""


class RunError(ParakeetError):
    """A run folder or a training run that can't go on."""


class ResumeError(RunError):
    """A run that can't be resumed."""


class MissingDependencyError(ParakeetError):
    """A package or a program that has to be installed first."""


def nearest(name, candidates):
    """Say which of the candidates was probably meant.

    Args:
        name (str): what was received.
        candidates (Iterable[str]): what there is.

    Returns:
        str: ``" Did you mean 'x'?"``, or an empty string where nothing is near.
    """
    close = difflib.get_close_matches(str(name), [str(c) for c in candidates], n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
