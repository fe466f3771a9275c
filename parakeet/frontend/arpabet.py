"""The phones of the CMU Pronouncing Dictionary and what English word endings need to know of them."""

VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
CONSONANTS = (
    "B",
    "CH",
    "D",
    "DH",
    "F",
    "G",
    "HH",
    "JH",
    "K",
    "L",
    "M",
    "N",
    "NG",
    "P",
    "R",
    "S",
    "SH",
    "T",
    "TH",
    "V",
    "W",
    "Y",
    "Z",
    "ZH",
)

#: 69 phones: each vowel with stress 0 (none), 1 (primary) and 2 (secondary), and the consonants.
PHONES = tuple(vowel + stress for vowel in VOWELS for stress in "012") + CONSONANTS

VOICELESS = frozenset(("P", "T", "K", "F", "TH", "S", "SH", "CH", "HH"))
SIBILANTS = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))

LETTER_NAMES = {
    letter: tuple(name.split())
    for letter, name in {
        "a": "EY1",
        "b": "B IY1",
        "c": "S IY1",
        "d": "D IY1",
        "e": "IY1",
        "f": "EH1 F",
        "g": "JH IY1",
        "h": "EY1 CH",
        "i": "AY1",
        "j": "JH EY1",
        "k": "K EY1",
        "l": "EH1 L",
        "m": "EH1 M",
        "n": "EH1 N",
        "o": "OW1",
        "p": "P IY1",
        "q": "K Y UW1",
        "r": "AA1 R",
        "s": "EH1 S",
        "t": "T IY1",
        "u": "Y UW1",
        "v": "V IY1",
        "w": "D AH1 B AH0 L Y UW0",
        "x": "EH1 K S",
        "y": "W AY1",
        "z": "Z IY1",
    }.items()
}


def is_vowel(phone):
    """Say whether a phone is a vowel; vowels carry their stress as a last digit."""
    return phone[-1].isdigit()


def without_stress(phones):
    """Return the phones as a tuple with no stress digits."""
    return tuple(phone.rstrip("012") for phone in phones)


def with_plural(phones):
    """Append the ending of plurals, possessives and verbs in -s: IH0 Z, S or Z after what comes before."""
    if phones[-1] in SIBILANTS:
        return (*phones, "IH0", "Z")
    return (*phones, "S" if phones[-1] in VOICELESS else "Z")


def with_past(phones):
    """Append the ending -ed: IH0 D, T or D after what comes before."""
    if phones[-1] in ("T", "D"):
        return (*phones, "IH0", "D")
    return (*phones, "T" if phones[-1] in VOICELESS else "D")


def with_weaker_stress(phones):
    """Turn primary stress into secondary, as in the part of a compound that isn't its head for stress."""
    return tuple(phone[:-1] + "2" if phone.endswith("1") else phone for phone in phones)
