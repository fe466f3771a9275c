"""The errors a person is meant to read.

A :class:`ParakeetError` is a mistake or a condition that its reader can mend: the message says what is wrong, where, what was
expected, what was received and what to do. The command line prints it without a traceback.
"""

import difflib
import re


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


_NEVER = "loading it could run any program, so parakeet never does"


def what_is(path):
    """Say what a file is that can't be read as what it should be, from its first bytes; nothing of it is run.

    Args:
        path (str | Path): the file.

    Returns:
        str: a sentence after a space, such as ``" It is a pickle: ..."``, or an empty string where nothing is known.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return ""
    if re.match(rb"\x80[\x02-\x05]|c[\w.]+\n\w+\n", head):
        return f" It is a pickle: {_NEVER}."
    if head[:4] == b"PK\x03\x04":
        return f" It is a zip archive; those that hold weights hold pickles: {_NEVER}."
    if head[:6] == b"\x93NUMPY":
        if b"'descr': '|O'" in head[:256] or b"('O'" in head[:256] or b"'|O'" in head[:256]:
            return f" It is a numpy file of Python objects, which are pickled: {_NEVER}."
        return " It is a numpy file."
    known = {b"RIFF": "a RIFF (wav) file", b"fLaC": "a FLAC file", b"OggS": "an Ogg file", b"\x1f\x8b": "a gzip file"}
    return next((f" It is {name}." for magic, name in known.items() if head.startswith(magic)), "")
