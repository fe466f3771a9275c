"""Words that are spelled alike and sound different, told apart by the word before or after."""

from parakeet.frontend.resource import once, read_resource, word_set

_NOUN_CUES = word_set("""
    the a an this that these those my your his her its our their whose some any no every each another of in with
    by from for at on into is are was were be been being it's so very too as more most quite really pretty how
    new old big small first last next same good bad live one two three
""")
_VERB_CUES = word_set("""
    to will would can could shall should may might must cannot can't won't wouldn't couldn't shouldn't don't
    doesn't didn't i you we they who i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd let's
    please not never always also help let
""")
_PAST_CUES = word_set("""
    have has had having i've you've we've they've he's she's he she was were been is are already just never
""")
_OBJECTS = word_set("the a an this that these those my your his her its our their it them him us me all")

#: "She used to sing", but "it is used to cut".
_BE = word_set("is are was were be been being")


class Homographs:
    """Choose the pronunciation of a homograph by its neighbours.

    A word is taken as a noun (or adjective) after a determiner, a preposition or a form of "be"; as a verb after "to", a modal or a
    pronoun, and at the start of a sentence before an object; as a past form after "have", "be", "he" or "she"; and as its first form
    elsewhere.

    Args:
        lines (Iterable[str]): lines ``word form PH ON EZ`` with forms "noun", "verb", "past", "to"; comments after ``#``.
    """

    def __init__(self, lines):
        self._forms = {}
        for line in lines:
            fields = line.partition("#")[0].split()
            if fields:
                self._forms.setdefault(fields[0], {})[fields[1]] = tuple(fields[2:])

    def choose(self, word, before, after):
        """Return the phones of a word between its neighbours ("" or a mark at the edge of a sentence), or None if it is no homograph."""
        forms = self._forms.get(word)
        if forms is None:
            return None
        if after == "to" and "to" in forms and before not in _BE:
            return forms["to"]
        begins = not before[:1].isalnum()
        cues = (
            ("past", before in _PAST_CUES),
            ("noun", before in _NOUN_CUES),
            ("verb", before in _VERB_CUES or (begins and after in _OBJECTS)),
        )
        for form, applies in cues:
            if applies and form in forms:
                return forms[form]
        return next(iter(forms.values()))


@once
def english_homographs():
    """Return the homographs that come with parakeet, read at the first call."""
    return Homographs(read_resource("english_homographs.txt").decode("utf-8").splitlines())
