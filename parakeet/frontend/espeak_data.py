"""What eSpeak NG's data folder says: which languages there are, and every phone of each."""

import struct
from pathlib import Path

from parakeet.errors import TextError, nearest
from parakeet.frontend.pronunciation import PUNCTUATION

# phontab, as written by espeak-ng's compiledata.c: a count of tables; for each a head (phones, table included + 1, two unused, name)
# and its phones (mnemonic, flags, program, code, type, start type, end type, length, length mode).
_TABLE_HEAD = struct.Struct("<BBxx32s")
_PHONE = struct.Struct("<4sIHBBBBBB")
# Phone types (espeak-ng's phoneme.h): 0 pauses, 1 stress marks, 2 vowels, 3 to 8 consonants, 9 marks without sound of their own.
_VOWEL = 2
_SPOKEN = range(2, 10)
# How strongly a voice file claims a language where it doesn't say (espeak-ng's voices.c).
_CLAIM = 5

#: Stress is written before a vowel: none, secondary, primary.
STRESS_MARKS = ("", ",", "'")


def voice_file(data, language):
    """Find the file that defines how a language is spoken.

    Args:
        data (Path): eSpeak NG's data folder.
        language (str): a code, with or without a variant of the voice: "en-us", "de", "en-us+f3".

    Returns:
        Path

    Raises:
        TextError: if there is no such language or variant, naming the nearest.
    """
    code, plus, variant = language.partition("+")
    known = codes(data)
    if code not in known:
        raise TextError(unknown_language(language, known))
    variants = {path.name for path in (data / "voices" / "!v").glob("*")}
    if plus and variant not in variants:
        raise TextError(f"eSpeak NG can't speak '{language}': '{variant}' is none of its variants.{nearest(variant, variants)}")
    return known[code]


def codes(data):
    """List the languages that eSpeak NG speaks.

    Args:
        data (Path): eSpeak NG's data folder.

    Returns:
        dict[str, Path]: code to the file that defines it; of several files, the one that claims the code most strongly.
    """
    claims = {}
    for path in sorted((data / "lang").rglob("*")):
        for code, *priority in _fields(path, "language") if path.is_file() else ():
            # A smaller number is a stronger claim: Swiss French answers to "fr", too, but with 8.
            claims.setdefault(code, []).append((int(priority[0]) if priority else _CLAIM, path))
    return {code: min(files)[1] for code, files in claims.items()}


def unknown_language(language, known):
    """Word the complaint about a language that isn't one; somebody may have given its name in place of its code.

    Args:
        language (str): what was asked for.
        known (dict[str, Path]): of ``codes``.

    Returns:
        str
    """
    asked = language.partition("+")[0]
    names = ((code, name) for code, path in known.items() for name in _fields(path, "name"))
    named = [code for code, name in names if asked.lower() in (name[0].lower(), " ".join(name).lower())]
    hint = f" Did you mean {min(named, key=len)!r}?" if named else nearest(asked, known)
    return (
        f"eSpeak NG can't speak '{language}': '{asked}' is none of its {len(known)} languages.{hint} "
        "Expected a code like en-us, de or fr-fr."
    )


def inventory(data, path):
    """List every phone that a language may be spoken with: the vowels with each stress mark, then the consonants.

    Args:
        data (Path): eSpeak NG's data folder.
        path (Path): the file that ``voice_file`` gives.

    Returns:
        tuple[str]: sorted, so it depends on eSpeak NG's data alone.
    """
    names = {(phone_name(mnemonic), kind == _VOWEL) for mnemonic, kind in _phones(data, path) if mnemonic and kind in _SPOKEN}
    return tuple(sorted({mark + name for name, vowel in names for mark in (STRESS_MARKS if vowel else ("",))}))


def silent_names(data, path):
    """List what eSpeak NG names beside the phones of a language and doesn't speak: pauses, tones, places where a rule did something.

    Args:
        data (Path): eSpeak NG's data folder.
        path (Path): the file that ``voice_file`` gives.

    Returns:
        frozenset[str]
    """
    return frozenset(phone_name(mnemonic) for mnemonic, kind in _phones(data, path) if kind not in _SPOKEN)


def _phones(data, path):
    """The phones of a language, (mnemonic, type): its table's own, and those of the tables that it includes and doesn't replace."""
    tables = _read_tables(data / "phontab")
    first = _fields(path, "language")[0][0]
    own = [words[0] for words in _fields(path, "phonemes")]
    table = next(name for name in (*own, first, first.split("-")[0]) if name in tables)
    phones = {}
    while table is not None:
        included, own = tables[table]
        phones = own | phones
        table = included
    return list(phones.values())


def phone_name(mnemonic):
    """Give a phone a name that is no mark of punctuation: eSpeak NG calls a palatal glide ``;``, which becomes ``;^``."""
    return f"{mnemonic}^" if mnemonic in PUNCTUATION else mnemonic


def _fields(path, key):
    """The words behind `key` on every line of a voice file that begins with it."""
    lines = (line.split() for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines())
    return [words[1:] for words in lines if len(words) > 1 and words[0] == key]


def _read_tables(path):
    """Read phontab: {table: (table included or None, {code: (mnemonic, type)})}."""
    content = path.read_bytes()
    heads, at = [], 4
    for _ in range(content[0]):
        count, included, name = _TABLE_HEAD.unpack_from(content, at)
        at += _TABLE_HEAD.size
        phones = {}
        for _ in range(count):
            mnemonic, _, _, code, kind, *_ = _PHONE.unpack_from(content, at)
            phones[code] = (mnemonic.split(b"\0")[0].decode("utf-8", "replace"), kind)
            at += _PHONE.size
        heads.append((name.split(b"\0")[0].decode(), included, phones))
    return {name: (heads[included - 1][0] if included else None, phones) for name, included, phones in heads}
