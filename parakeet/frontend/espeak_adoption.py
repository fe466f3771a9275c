"""English phones in other languages' terms: eSpeak NG speaks foreign words in Latin letters as an Englishman would.

Its consonants are common to all languages, its English vowels are not; a model knows the phones of its language alone.
"""

# What an English vowel is called elsewhere, the best first; a blank stands between phones.
_ENGLISH_VOWELS = {
    "eI": ("eI", "e: j", "e j", "e I", "e i", "e:", "e", "E"),
    "oU": ("oU", "o u", "o:", "o", "O"),
    "aI": ("aI", "a j", "a I", "a i", "A j"),
    "aU": ("aU", "a w", "a u", "a U", "A u"),
    "OI": ("OI", "OY", "O j", "o j", "o I", "o i"),
    "aI@": ("aI @", "a j @", "a i @"),
    "aU@": ("aU @", "a w @", "a u @"),
    "i:": ("i:", "i"),
    "i": ("i", "I", "i:"),
    "u:": ("u:", "u"),
    "u": ("u", "U", "u:"),
    "O:": ("O:", "o:", "O", "o"),
    "A:": ("A:", "a:", "A", "a"),
    "3:": ("3:", "@:", "Y:", "Y", "W", "@"),
    "3": ("3", "@"),
    "@L": ("@ l",),
    "V": ("V", "a", "A"),
    "0": ("0", "O", "o"),
    "I": ("I", "i"),
    "I2": ("I", "i"),
    "E": ("E", "e"),
    "U": ("U", "u"),
    "a": ("a", "A", "a:", "&"),
    "aa": ("a", "A", "a:"),
    "a#": ("a", "A", "@"),
    "A@": ("A@", "A: r", "A r", "a: r", "a r", "A: R", "A R", "a R"),
    "O@": ("O@", "O: r", "O r", "o r", "O: R", "O R", "o R"),
    "o@": ("o@", "O: r", "O r", "o r", "O: R", "O R", "o R"),
    "e@": ("e@", "E r", "e r", "E R", "e R"),
    "i@3": ("i@3", "i r", "i: r", "i R", "i: R"),
    "i@": ("i@", "i @", "i a"),
    "U@": ("U@", "u r", "u: r", "U r", "u R", "u: R"),
}
_STRESS = "',"


def adopted(phone, known):
    """Say a phone with those of a language.

    Args:
        phone (str): one of another language, stress before it.
        known (Container[str]): the phones of the language.

    Returns:
        tuple[str] | None: one or two phones, the first one with the stress; None where there is no like.
    """
    stress = phone[0] if len(phone) > 1 and phone[0] in _STRESS else ""
    for sequence in _ENGLISH_VOWELS.get(phone[len(stress) :], ()):
        first, *rest = sequence.split()
        if stress + first in known and all(other in known for other in rest):
            return stress + first, *rest
    return None
