"""Unknown English words out of known ones.

Only rules that err less than letter-to-sound on the same words are here. On words held out of the dictionary
(``scripts/build_english_resources.py --evaluate``; word error rate with stress) the ending -s errs in 9.4 % against 15.0 %, and
compounds of two words of five letters or more that both take -ing in 10 % against 30 % (of ten words only). Tried and
left out: -ed (9.8 against
8.8 %), -ing (16.0 against 13.1 %), -er, -y, prefixes, and compounds of shorter words, which mostly misread names.
"""

from dataclasses import dataclass

from parakeet.frontend.arpabet import with_past, with_plural, with_weaker_stress

SHORTEST_STEM = 3
SHORTEST_PART = 5


@dataclass(frozen=True)
class Derivation:
    """A pronunciation built from known words, and the rule that built it."""

    phones: tuple
    rule: str


def derive(word, find):
    """Pronounce a word from words of a dictionary: possessives, the ending -s, compounds.

    Args:
        word (str): lower-case letters and apostrophes.
        find (Callable[[str], tuple | None]): the pronunciation of a known word.

    Returns:
        Derivation or None: None where no rule fits.
    """
    return _possessive(word, find) or _plural(word, find) or _compound(word, find)


def inflect(word, find):
    """Pronounce a possessive or an inflected form (-s, -ed, -ing) of a word that ``find`` knows.

    For words of a user's lexicon, whose forms have to sound like the word that the user gave. Arguments and result are those of
    ``derive``.
    """
    return _possessive(word, find) or _plural(word, find) or _verb_form(word, find)


def _possessive(word, find):
    if word.endswith("'s") and (stem := find(word[:-2])):
        return Derivation(with_plural(stem), "possessive")
    if word.endswith("s'") and (stem := find(word[:-1])):
        return Derivation(stem, "possessive")
    return None


def _plural(word, find):
    if not word.endswith("s") or word.endswith(("ss", "us", "is", "'s")):
        return None
    bases = [word[:-3] + "y"] if word.endswith("ies") else []
    bases.append(word[:-1])
    if word.endswith("es"):
        bases.append(word[:-2])
    for base in bases:
        if len(base) >= SHORTEST_STEM and (stem := find(base)):
            return Derivation(with_plural(stem), "-s")
    return None


def _verb_form(word, find):
    for ending, attach in (("ed", with_past), ("ing", lambda stem: (*stem, "IH0", "NG"))):
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) >= SHORTEST_STEM - 1:
            undoubled = [stem[:-1]] if stem[-1] == stem[-2] else []
            for base in (stem, stem + "e", *undoubled, stem[:-1] + "y" if stem[-1] == "i" else stem):
                if phones := find(base):
                    return Derivation(attach(phones), "-" + ending)
    return None


def _compound(word, find):
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        parts = word[:cut], word[cut:]
        first, second = map(find, parts)
        if first and second and all(_takes_ing(part, find) for part in parts):
            return Derivation((*first, *with_weaker_stress(second)), "compound")
    return None


def _takes_ing(word, find):
    return any(find(form) for form in (word + "ing", word[:-1] + "ing", word + word[-1] + "ing"))
