"""A user's own pronunciations: a text file that wins over every dictionary and rule."""

from collections.abc import Mapping
from pathlib import Path

from parakeet.errors import TextError, nearest, what_is


class Lexicon(Mapping):
    """Words with their phones, read from lines ``word  P HH OW1 N Z``.

    An entry in lower case serves the word in any case; an entry with a capital serves only that spelling (``Polish`` beside
    ``polish``, ``US`` beside ``us``). ``#`` begins a comment at the start of a line or after white space.

    Args:
        entries (dict[str, tuple[str]]): word to phones.
    """

    def __init__(self, entries):
        self._entries = {word: tuple(phones) for word, phones in entries.items()}

    @classmethod
    def of(cls, lexicon, phones):
        """Make a lexicon of what a frontend may be given as one.

        Args:
            lexicon (str, Path, Lexicon, dict or None): a file, or a dict of words to phones (each a string or a sequence).
            phones (Iterable[str]): the phones that the frontend knows.

        Raises:
            TextError: as ``read``.
        """
        if lexicon is None:
            return cls({})
        if isinstance(lexicon, cls):
            return lexicon
        if isinstance(lexicon, dict):
            lines = (f"{word} {sounds if isinstance(sounds, str) else ' '.join(sounds)}" for word, sounds in lexicon.items())
            return cls.parse("\n".join(lines), phones)
        return cls.read(lexicon, phones)

    @classmethod
    def read(cls, path, phones):
        """Read a lexicon file (UTF-8).

        Args:
            path (str or Path): the file.
            phones (Iterable[str]): the phones that the frontend knows.

        Raises:
            TextError: naming file and line, if the file can't be read, a line has no phones, a phone is unknown, or a word
                stands there twice.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise TextError(
                f"The lexicon {path} can't be read: {error.strerror}. It has to be a text file with a word and its "
                "phones on each line."
            ) from error
        except UnicodeDecodeError as error:
            raise TextError(
                f"The lexicon {path} isn't UTF-8 text: {error.reason} at byte {error.start}. Save it as UTF-8.{what_is(path)}"
            ) from error
        return cls.parse(text, phones, str(path))

    @classmethod
    def parse(cls, text, phones, name="lexicon"):
        """Read a lexicon from a string; ``name`` is what errors call it. Arguments and errors are those of ``read``."""
        phones = list(phones)
        known, entries, lines = set(phones), {}, {}
        for number, line in enumerate(text.splitlines(), start=1):
            fields = line.split()
            comment = next((place for place, field in enumerate(fields) if field.startswith("#")), len(fields))
            fields = fields[:comment]
            if not fields:
                continue
            word, sequence = fields[0].replace("’", "'"), tuple(fields[1:])
            where = f"{name}, line {number}"
            if not sequence:
                raise TextError(
                    f"{where}: {word!r} has no phones; expected the word, then its phones, as in 'phone  F OW1 N'."
                )
            for phone in sequence:
                if phone not in known:
                    raise TextError(
                        f"{where}: {phone!r} in the pronunciation of {word!r} is no phone.{cls.expected(phone, phones)}"
                    )
            if word in lines:
                raise TextError(
                    f"{where}: {word!r} is there already, in line {lines[word]}; keep the one to be spoken."
                )
            entries[word], lines[word] = sequence, number
        return cls(entries)

    @staticmethod
    def expected(phone, phones):
        """Return what an error says after naming a phone that isn't one of ``phones``: the nearest ones, and what there is."""
        return f"{_nearest_phone(phone, phones)} Expected phones out of: {' '.join(phones)}."

    def find(self, word):
        """Return the phones of a word as it is written, else of the same word in lower case, else None."""
        phones = self._entries.get(word)
        return self._entries.get(word.lower()) if phones is None else phones

    def __getitem__(self, word):
        return self._entries[word]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)


def _nearest_phone(phone, phones):
    stressed = [known for known in phones if known[:-1] == phone.upper() and known[-1].isdigit()]
    if stressed:
        return f" A vowel needs its stress: {', '.join(stressed)}."
    return nearest(phone.upper(), phones)
