"""English (United States): text -> ARPAbet phones with stress, and punctuation."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache

from parakeet.errors import TextError
from parakeet.frontend.arpabet import LETTER_NAMES, PHONES, is_vowel, with_plural, with_weaker_stress
from parakeet.frontend.dictionary import cmudict
from parakeet.frontend.homographs import english_homographs
from parakeet.frontend.letter_to_sound import english_letter_to_sound
from parakeet.frontend.lexicon import Lexicon
from parakeet.frontend.marks import settle
from parakeet.frontend.morphology import derive, inflect
from parakeet.frontend.normalizer import Span, clean, normalize_text
from parakeet.frontend.pronunciation import LEFT_OUT, PUNCTUATION, SENTENCE_FINAL, WordPronunciation, describe_left_out
from parakeet.frontend.resource import once, read_resource

logger = logging.getLogger(__name__)

_LETTER_NAME = re.compile(r"([A-Z])('s)?")
_VOWELLESS = re.compile(r"[b-df-hj-np-tv-xz]{2,4}")


class EnglishFrontend:
    """Turn English text into phones.

    Words are looked up in the user's lexicon, parakeet's own list and the CMU Pronouncing Dictionary; what none of them holds is built
    from known words (plurals, possessives, compounds) or guessed from its letters. Nothing is loaded before the first text; then the
    data is shared by all frontends. A frontend may be used from several threads at once.

    Args:
        lexicon (str, Path, Lexicon, dict or None): the user's pronunciations: a file as :class:`~parakeet.frontend.lexicon.Lexicon`
            reads it, or a dict of words to phones (each a string or a sequence).

    Raises:
        TextError: if the lexicon can't be read, naming file and line.
    """

    name = "english"

    def __init__(self, lexicon=None):
        self.lexicon = Lexicon.of(lexicon, PHONES)

    @property
    def symbols(self):
        """list[str]: every token ``phones`` can give: the marks ``, - : ; . ! ?`` and the 69 phones of ARPAbet with stress."""
        return [*PUNCTUATION, *PHONES]

    def normalize(self, text):
        """Return the text as it is spoken: words in lower case, capitals for letters that are named, marks of punctuation.

        Raises:
            TextError: as ``words``.
        """
        spoken = (
            row.word if row.source == "punctuation" and row.word != "-" else " " + row.word
            for row in self._rows(text)
            if row.phones
        )
        return "".join(spoken).strip()

    def phones(self, text):
        """Return the phones and marks of a text; the last one is ".", "!" or "?".

        Args:
            text (str): any English text.

        Returns:
            list[str]: out of ``symbols``.

        Raises:
            TextError: as ``words``.
        """
        return [phone for row in self._rows(text) for phone in row.phones]

    def words(self, text):
        """Return the spoken words and marks of a text with their phones and where those come from.

        What has no spoken form in English (emoji, control characters, markup, words of another script, over 1,000 characters without
        a space) comes back as it is written, with no phones and the source "left out", and a warning names it.

        Returns:
            list[WordPronunciation]: in order.

        Raises:
            TextError: if the text is no string or has nothing to speak.
        """
        return [
            WordPronunciation(row.word or row.span.raw, row.phones, row.source)
            for row in self._rows(text)
            if row.phones or row.source == LEFT_OUT
        ]

    def explain(self, text):
        """Return how each piece of a text is read, as data for a table.

        Returns:
            list[dict]: with the keys raw (the piece of text), start and end (its place in the text, accents composed and invisible
            characters removed), normalised (all that is spoken for it), word, phones and source. A piece that is spoken as several words
            has a row for each. One that brings nothing (a quote, the comma beside a full stop) has no phones; white space has no row.

        Raises:
            TextError: as ``words``.
        """
        return [
            {
                "raw": row.span.raw,
                "start": row.span.start,
                "end": row.span.end,
                "normalised": " ".join(row.span.spoken),
                "word": row.word,
                "phones": list(row.phones),
                "source": row.source,
            }
            for row in self._rows(text)
            if row.phones or row.span.raw.strip()
        ]

    def sentences(self, text):
        """Cut a text into its sentences; "Dr. Smith paid $2.50." is one.

        Returns:
            list[str]: pieces of the text, without the white space around them.

        Raises:
            TextError: as ``words``.
        """
        cleaned, pieces, begin, final = clean(text), [], 0, None
        for row in self._rows(text):
            if row.phones and row.source == "punctuation":
                final = row.span.end if row.word in SENTENCE_FINAL else None
            elif row.phones and final is not None:
                gap = re.search(r"\s", cleaned[final : row.span.start])
                cut = final + gap.start() if gap else row.span.start
                pieces.append(cleaned[begin:cut].strip())
                begin, final = cut, None
        return [*pieces, cleaned[begin:].strip()]

    def _rows(self, text):
        if not isinstance(text, str):
            raise TextError(f"A text to speak has to be a string; received {type(text).__name__}, {str(text)[:40]!r}.")
        spans = normalize_text(text, find_word, self.lexicon)
        rows = [_Row(span, word) for span in spans for word in span.spoken or ("",)]
        spoken = [row for row in rows if row.word]
        words = [row.word for row in spoken]
        for place, row in enumerate(spoken):
            self._pronounce(row, words, place)
        left_out = [(row.span.raw, row.span.left_out, row.span.start) for row in rows if row.source == LEFT_OUT]
        told = f"Left out of the speech, having no spoken form: {describe_left_out(left_out)}." if left_out else ""
        if all(row.source in ("punctuation", "silent", LEFT_OUT) for row in rows):
            raise TextError(f"There is nothing to speak in {text[:60]!r}; expected at least one word or number. {told}".strip())
        if told:
            logger.warning(told)
        _link(rows)
        if settle(rows):
            end = rows[-1].span.end
            rows.append(_Row(Span(end, end, "", (".",)), ".", (".",), "punctuation"))
        return rows

    def _pronounce(self, row, words, place):
        """Set the phones and the source of one row, the word at a place among the words and marks of the text."""
        word = row.word
        if word in PUNCTUATION:
            row.phones, row.source = (word,), "punctuation"
            return
        letter = _LETTER_NAME.fullmatch(word)
        phones = self.lexicon.get(word) if letter else self.lexicon.find(word)
        if phones is None and not letter and (form := inflect(word, self.lexicon.find)):
            phones = form.phones
        if phones is not None:
            row.phones, row.source = phones, "user lexicon"
        elif letter:
            name = LETTER_NAMES[letter[1].lower()]
            row.phones, row.source = with_plural(name) if letter[2] else name, "letter name"
        else:
            chosen = english_homographs().choose(words, place, capital=row.span.raw[:1].isupper())
            row.phones, row.source = (chosen, "homograph") if chosen else pronounce_word(word)


@dataclass
class _Row:
    """One spoken word with the piece of text it comes from."""

    span: Span
    word: str
    phones: tuple = ()
    source: str = "silent"

    def __post_init__(self):
        if self.span.left_out:
            self.source = LEFT_OUT


@once
def own_lexicon():
    """Return parakeet's own pronunciations of English words, read at the first call."""
    return Lexicon.parse(read_resource("english.lexicon").decode("utf-8"), PHONES, "english.lexicon")


def find_word(word):
    """Return the phones of a word in lower case out of parakeet's list and the CMU dictionary, or None."""
    return own_lexicon().get(word) or cmudict().find(word)


@lru_cache(maxsize=20000)
def pronounce_word(word):
    """Pronounce one word in lower case by dictionary, by its parts, or by its letters.

    Returns:
        tuple: the phones, and their source as in :class:`WordPronunciation`.
    """
    if phones := own_lexicon().get(word):
        return phones, "parakeet"
    for spelling in _spellings(word):
        if phones := cmudict().find(spelling):
            return phones, "cmudict"
        if derivation := derive(spelling, find_word):
            return derivation.phones, "morphology"
    if word.endswith("'s"):
        phones, source = pronounce_word(word[:-2])
        return with_plural(phones), source
    letters = "".join(filter(str.isalpha, word))
    phones = () if _VOWELLESS.fullmatch(letters) else tuple(english_letter_to_sound().pronounce(letters))
    if not phones:
        return tuple(phone for letter in letters for phone in LETTER_NAMES[letter]), "letter name"
    return phones, "letter-to-sound"


def _spellings(word):
    """Return what to look up: the word, without its apostrophes, and, where it is drawn out ("sooo"), shortened."""
    spellings = [word]
    if "'" in word and not word.endswith(("'s", "s'")):
        spellings.append(word.replace("'", ""))
    if re.search(r"(.)\1\1", word):
        spellings += [re.sub(r"(.)\1\1+", r"\1\1", word), re.sub(r"(.)\1\1+", r"\1", word)]
    return spellings


def _link(rows):
    """Fit words to what follows them: "the" and "to" before a vowel, letters before another letter."""
    following = None
    for row in reversed(rows):
        if not row.word:
            continue
        spoken = following is not None and following.source != "punctuation"
        if row.source == "letter name" and spoken and following.source == "letter name":
            row.phones = with_weaker_stress(row.phones)
        elif row.source != "user lexicon" and row.word in ("the", "to"):
            vowel = spoken and is_vowel(following.phones[0])
            if row.word == "the":
                row.phones = ("DH", "IY0" if vowel else "AH0")
            else:
                row.phones = ("T", "UW1" if not spoken else "UW0" if vowel else "AH0")
            row.source = "parakeet"
        following = row
