"""The CMU Pronouncing Dictionary, as it comes with parakeet."""

import gzip
import re

from parakeet.frontend.resource import once, read_resource

_VARIANT = re.compile(r"(.+)\(\d+\)$")


class Dictionary:
    """Words with their pronunciations, the variants of a word in the order of the source.

    Args:
        lines (Iterable[str]): lines ``word PH ON EZ`` as in cmudict, variants as ``word(2)``, without comments.
    """

    def __init__(self, lines):
        self._entries = {}
        for line in lines:
            word, _, phones = line.partition(" ")
            if word:
                if word[-1] == ")" and (variant := _VARIANT.match(word)):
                    word = variant[1]
                    phones = f"{self._entries[word]},{phones}" if word in self._entries else phones
                self._entries[word] = phones

    def find(self, word):
        """Return the first pronunciation of a word in lower case as a tuple of phones, or None."""
        phones = self._entries.get(word)
        return None if phones is None else _split(phones.partition(",")[0])

    def variants(self, word):
        """Return all pronunciations of a word in lower case, in order; an empty list where it isn't there."""
        phones = self._entries.get(word)
        return [] if phones is None else [_split(variant) for variant in phones.split(",")]

    def __contains__(self, word):
        return word in self._entries

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)


def _split(phones):
    return tuple(phones.split())


@once
def cmudict():
    """Return the dictionary, loaded at the first call (about 0.1 s)."""
    return Dictionary(gzip.decompress(read_resource("cmudict.txt.gz")).decode("utf-8").splitlines())
