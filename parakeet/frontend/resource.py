"""Data files that come with the package: read when first needed, once, from any thread."""

import functools
import threading
from importlib.resources import files

from parakeet.errors import MissingDependencyError


def read_resource(name):
    """Return the bytes of a file of ``parakeet/frontend/resources``.

    Raises:
        MissingDependencyError: if the installation lacks the file.
    """
    path = files("parakeet.frontend").joinpath("resources", name)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingDependencyError(
            f"The file {path}, which comes with parakeet, is missing. Install parakeet again, or rebuild "
            "the file with scripts/build_english_resources.py."
        ) from None


def word_set(text):
    """Return the words of a string, which is how lists of words are written in the code."""
    return frozenset(text.split())


def once(load):
    """Make a function without arguments compute its value at its first call only, whichever threads call it."""
    lock, values = threading.Lock(), []

    @functools.wraps(load)
    def value():
        if not values:
            with lock:
                if not values:
                    values.append(load())
        return values[0]

    return value
