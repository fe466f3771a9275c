"""One way to write what looks alike: accents composed, plain quotes and hyphens, letters and digits of every width and style."""

import re
import unicodedata
from functools import lru_cache

#: Characters that show nothing and are read as if they weren't there: soft hyphen, zero-width marks, marks of writing direction,
#: variation selectors, tags, the frame of a keycap; and the half rings of transliterated Arabic.
_INVISIBLE = frozenset(
    map(chr, [0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x20E3])
) | frozenset(map(chr, [0x2BE, 0x2BF, *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0000, 0xE01F0)]))
_SAME = dict(zip("‘’‚‛ʼʻ′`´“”„‟«»″‐‑‒−⁄∕∶", "'''''''''\"\"\"\"\"\"\"----//:", strict=True))
#: What has a reading of its own, though Unicode calls it a variant of plain letters and digits.
_OWN_READING = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ™№…")
#: Marks above and below that belong to no script; what they make with a letter is composed before.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_MANY_MARKS = re.compile(r"[^\w\s\x00-\u02ff]{16,}")


def clean(text):
    """Return the text with composed accents, plain quotes, hyphens, letters and digits, and without invisible characters."""
    if text.isascii():
        return text
    # To compose takes time in the square of the number of marks on one letter (minutes for some 100,000).
    text = unicodedata.normalize("NFC", _MANY_MARKS.sub(_without_marks, text))
    changed = {character: _plain(character) for character in set(text) if not character.isascii()}
    changed = {ord(character): plain for character, plain in changed.items() if plain != character}
    return _ACCENTS.sub("", text.translate(changed) if changed else text)


def _without_marks(match):
    marks = {ord(character): "" for character in set(match[0]) if unicodedata.combining(character)}
    return match[0].translate(marks) if marks else match[0]


@lru_cache(maxsize=5000)
def _plain(character):
    if character in _INVISIBLE:
        return ""
    if character in _SAME:
        return _SAME[character]
    if character in _OWN_READING:
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character)
    is_greek = len(plain) == 1 and "α" <= plain.lower() <= "ω"
    return plain if plain.strip() and (plain.isascii() or is_greek) else character
