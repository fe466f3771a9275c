"""Words that are spelled alike and sound different, told apart by the words around them."""

from parakeet.frontend.arpabet import with_plural
from parakeet.frontend.resource import once, read_resource, word_set

_NOUN_CUES = word_set("""
    the a an this that these those my your his her its our their whose some any no every each another of in with
    by from for at on into onto about is are was were be been being it's he's she's that's i'm you're we're they're
    isn't aren't wasn't weren't it so very too as more most quite really pretty how
    than new old big small first last next same good bad one two three four five six seven eight nine ten
""")
_STRONG_VERB_CUES = word_set("""
    to will would can could shall should may might must cannot can't won't wouldn't couldn't shouldn't don't
    doesn't didn't do does did let's i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd please help
    let gonna wanna gotta
""")
_VERB_CUES = word_set("i you we they who people children men women he she it which")
_PAST_CUES = word_set("have has had having i've you've we've they've he's she's he she it was were been is are be being")
#: Words that tell of the past anywhere in the sentence.
_PAST_MARKERS = word_set("yesterday ago was were had went said did saw came took last")
_OBJECTS = word_set("the a an this that these those my your his her its our their it them him us me all")
_AFTER_RELATIVE = _OBJECTS | word_set("in on with at from for by up out under near alone longer")
#: "to" is no infinitive after these: "access to live music".
_BEFORE_PREPOSITION = word_set("due according access close thanks addition related owing next prior back compared listen listening")
#: "She used to sing", but "it is used to cut".
_BE = word_set("is are was were be been being")
_PRONOUNS = word_set("i you we they he she it")
_ASKING = _STRONG_VERB_CUES - {"to", "please", "help", "let"} | {"have", "has", "had", "haven't", "hasn't", "hadn't"}
_AFTER_VERB = word_set("when if because daily against")
_ADVERBS = word_set("not never always also just still often ever now then again already only even usually sometimes really")
_NO_ADVERBS = word_set("family supply reply july italy assembly only early fly ally rally bully")
_NO_SUBJECTS = word_set("""
    and or but if when while as than so because though that which who whom what where why how let make makes made
    please well people children men women to then re i you we they i'd you'd we'd they'd
""")
#: How many words of a sentence are looked at, on either side.
_REACH = 40
_FORMS = ("noun", "verb", "past", "to", "name")


class Homographs:
    """Choose the pronunciation of a homograph by the words around it.

    A word is taken as a noun (or adjective) after a determiner, a preposition or a form of "be"; as a verb after "to", a modal or a
    pronoun, and before an object; as a past form after "have", "be", "he" or "she", or after a noun that would ask for -s; as a name
    with a capital within a sentence; and as its first form elsewhere. Adverbs between are passed over. Words in -s follow theirs.

    Args:
        lines (Iterable[str]): lines ``word form PH ON EZ`` with forms "noun", "verb", "past", "to", "name", or a context in place of the
            form: ``_pipe,paint`` for the word before these, ``molten,made+of_`` for it after these, ``an_.`` for it between; "." is a
            mark or the end. Contexts go before forms. Comments after ``#``.
    """

    def __init__(self, lines):
        self._forms, self._contexts = {}, {}
        for line in lines:
            fields = line.partition("#")[0].split()
            if not fields:
                continue
            word, form, phones = fields[0], fields[1], tuple(fields[2:])
            if form in _FORMS:
                self._forms.setdefault(word, {})[form] = phones
            else:
                before, _, after = form.partition("_")
                self._contexts.setdefault(word, []).append((_sequences(before, -1), _sequences(after, 1), phones))
        for word, forms in list(self._forms.items()):
            if {"noun", "verb"} <= forms.keys() and word + "s" not in self._forms:
                self._forms[word + "s"] = {form: with_plural(forms[form]) for form in forms if form in ("noun", "verb")}

    def choose(self, words, place, capital=False):
        """Return the phones of a word among the words and marks of a text, or None if it is no homograph.

        Args:
            words (Sequence[str]): the words and marks, in lower case.
            place (int): the index of the word.
            capital (bool): whether it is written with a capital.
        """
        forms = self._forms.get(words[place])
        if forms is None:
            return None
        before = _until_mark(words[max(0, place - _REACH) : place][::-1])
        after = _until_mark(words[place + 1 : place + 1 + _REACH])
        for sides in self._contexts.get(words[place], ()):
            if _fits(sides[0], before) and _fits(sides[1], after):
                return sides[2]
        form = _form(forms, before, after, capital)
        return forms[form] if form in forms else next(iter(forms.values()))


def _form(forms, before, after, capital):
    """Return the form that the words before (nearest first) and after a word ask for; it may be one that the word hasn't got."""
    nearest, following = before[0] if before else "", after[0] if after else ""
    if "name" in forms and capital and (before or following not in _OBJECTS):
        return "name"
    if "to" in forms and following == "to" and nearest not in _BE:
        return "to"
    rest = before
    while rest and (rest[0] in _ADVERBS or (rest[0].endswith("ly") and rest[0] not in _NO_ADVERBS)):
        rest = rest[1:]
    if len(rest) > 1 and rest[0] in _PRONOUNS and rest[1] in _ASKING:
        rest = rest[1:]  # "Have you read it?"
    previous = rest[0] if rest else ""
    if previous == "to" and len(rest) > 1 and rest[1] in _BEFORE_PREPOSITION:
        return "noun"
    if previous in _STRONG_VERB_CUES or (before and not previous and following != "of"):
        return "verb"
    if "past" in forms and _is_past(forms, previous, before, after):
        return "past"
    if previous == "that" and following in _AFTER_RELATIVE and len(rest) > 1 and rest[1] not in _NOUN_CUES:
        return "verb"
    if previous in _NOUN_CUES:
        return "noun"
    after_adverb = rest != before
    return "verb" if previous in _VERB_CUES or following in _OBJECTS or after_adverb or following in _AFTER_VERB else None


def _is_past(forms, previous, before, after):
    if previous in _PAST_CUES:
        return True
    if "noun" in forms:
        return False
    subject = previous.isalpha() and not previous.endswith("s") and previous not in _NO_SUBJECTS
    return subject or not _PAST_MARKERS.isdisjoint((*before, *after))


def _sequences(text, step):
    """Parse one side of a context: alternatives, each a tuple of words, the nearest first."""
    return [tuple(part.split("+"))[::step] for part in text.split(",") if part]


def _fits(alternatives, side):
    return not alternatives or any(
        side[: len(words)] == words or (words == (".",) and not side) for words in alternatives
    )


def _until_mark(words):
    """Return the words up to the first mark of punctuation."""
    found = []
    for word in words:
        if not word[0].isalnum() and word[0] != "'":
            break
        found.append(word.lower())
    return tuple(found)


@once
def english_homographs():
    """Return the homographs that come with parakeet, read at the first call."""
    return Homographs(read_resource("english_homographs.txt").decode("utf-8").splitlines())
