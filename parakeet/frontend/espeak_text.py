"""What of a text eSpeak NG is given: it would spell what it can't read, letter by letter and by the letters' names."""

import itertools
import re
import unicodedata
from bisect import bisect_right

from parakeet.frontend.normalizer.cleaning import clean
from parakeet.frontend.normalizer.unspoken import MARKUP, word_size

#: Language -> the scripts it is written in, by the first word of their letters' names in Unicode; Latin letters are read by all.
SCRIPTS = {
    code: tuple(scripts.split())
    for scripts, codes in {
        "ARABIC": "ar fa sd ug ur",
        "ARMENIAN": "hy hyw",
        "BENGALI": "as bn bpy",
        "CHEROKEE": "chr",
        "CJK BOPOMOFO": "cmn hak yue zh",
        "CYRILLIC": "ba be bg bs cv hbs hr kk ky mk nog ru sr tt uk",
        "DEVANAGARI": "hi kok mr ne",
        "ETHIOPIC": "am ti",
        "GEORGIAN": "ka",
        "GREEK": "el grc",
        "GUJARATI": "gu",
        "GURMUKHI": "pa",
        "HANGUL": "ko",
        "HEBREW": "he",
        "HIRAGANA KATAKANA KATAKANA-HIRAGANA": "ja",
        "KANNADA": "kn",
        "MALAYALAM": "ml",
        "MYANMAR": "my shn",
        "ORIYA": "or",
        "SHAVIAN": "en-shaw",
        "SINHALA": "si",
        "TAMIL": "ta",
        "TELUGU": "te",
        "THAI": "th",
    }.items()
    for code in codes.split()
}
_UNSPACED = ("cmn", "hak", "ja", "my", "shn", "th", "yue", "zh")

#: A longer run of characters without a space is data, not a word; a thousand digits would take eSpeak NG half a second.
LONGEST_RUN = 300

_MARKUP = re.compile(MARKUP)
_PICTURES = 0x2190
"""Where arrows, boxes and pictures begin; what comes before, such as degrees and the sign for numbers, is read."""
_JOINER = "\u200c"  # invisible, but Persian is read by it
_EDGES = re.compile(r"^\W+|\W+$")
_MARK_BEFORE_LETTER = re.compile(r"([,;:.!?])(?=[^\x00-\x7f])")
_MANY_SIGNS = re.compile(r"([^\w\s])\1{3,}")


class EspeakText:
    """A text, and the part of it that is spoken.

    Args:
        text (str): as written.
        language (str): a code of eSpeak NG.
        lexicon (Lexicon): words that are given by their phones.

    Attributes:
        clean (str): accents composed, invisible characters removed, lines, blanks and long rows of signs joined; places are counted in it.
        kept (str): the same with blanks for what isn't spoken; of the same length.
        left_out (list[tuple[int, int, str]]): start, end and reason of what isn't spoken, in order.
    """

    def __init__(self, text, language, lexicon):
        code = language.partition("+")[0].lower()
        self._scripts = ("LATIN", *SCRIPTS.get(code, SCRIPTS.get(code.split("-")[0], ())))
        self._spaced = code.split("-")[0] not in _UNSPACED
        plain = _MANY_SIGNS.sub(r"\1\1\1", _JOINER.join(map(clean, text.split(_JOINER))))
        # eSpeak NG ends a clause at a mark with a blank behind it; between Chinese words there is none.
        plain = plain if self._spaced else _MARK_BEFORE_LETTER.sub(r"\1 ", plain)
        self.clean = " ".join(plain.split())
        self.left_out = sorted(self._unreadable())
        self._lexicon = lexicon
        self._prepare()

    @property
    def has_phonemes(self):
        """bool: whether ``spoken`` holds names of phones in double square brackets."""
        return bool(self._given)

    def leave_out(self, start, end, reason):
        """Take a further piece out of what is spoken."""
        self.left_out = sorted([*self.left_out, (start, end, reason)])
        self._prepare()

    def normalized(self):
        """str: the text without what isn't spoken."""
        return " ".join(self.kept.split())

    def place(self, position):
        """Find a place of ``spoken`` in the text.

        Returns:
            tuple[int, tuple | None]: the place in ``clean``, and (start, end, phones) where a word of the lexicon stands there.
        """
        at = bisect_right(self._breaks, position) - 1
        start, begin, given = self._parts[at]
        return (begin + position - start, None) if given is None else (begin, given)

    def _unreadable(self):
        """Yield start, end and reason of what can't be read, piece by piece."""
        for match in _MARKUP.finditer(self.clean):
            yield *match.span(), "markup; SSML and HTML aren't read, a pause is a comma or a full stop"
        kept = _MARKUP.sub(lambda match: " " * len(match[0]), self.clean)
        for run in re.finditer(r"\S+", kept):
            if self._spaced and word_size(run[0]) > LONGEST_RUN:
                yield *run.span(), f"{len(run[0]):,} characters without a space"
            elif not run[0].isascii() or not run[0].isprintable():
                yield from self._unreadable_of(run[0], run.start())

    def _unreadable_of(self, run, offset):
        for start, end in _letters(run) if self._spaced else _rows(run, self._is_foreign):  # words that aren't parted may be read in part
            foreign = next((letter for letter in run[start:end] if self._is_foreign(letter)), None)
            if foreign is not None:
                script = unicodedata.name(foreign, "unknown").split()[0]
                script = script if script == "CJK" else script.capitalize()
                yield offset + start, offset + end, f"{script} letters, which eSpeak NG would only spell in this language"
        for start, end in _rows(run, _is_picture):
            yield offset + start, offset + end, unicodedata.name(run[start], "no character").lower()

    def _is_foreign(self, letter):
        if ord(letter) < 0x100 or unicodedata.category(letter)[0] != "L":
            return False
        name = unicodedata.name(letter, "")
        return not name.startswith(self._scripts) and not name.startswith("MODIFIER")

    def _prepare(self):
        """Make ``spoken`` of what is kept, the words of the lexicon by their phones, and note what stands where."""
        kept = list(self.clean)
        for start, end, _ in self.left_out:
            kept[start:end] = " " * (end - start)
        self.kept = "".join(kept)
        self._given = list(self._words_of_lexicon()) if len(self._lexicon) else []
        text = self._between_given() if self._given else self.kept
        pieces, self._parts, length, last = [], [], 0, 0
        for start, end, phones in self._given:
            self._parts += [(length, last, None), (length + start - last, start, (start, end, phones))]
            named = f" [[{''.join(phones)}]] "
            pieces += [text[last:start], named]
            length += start - last + len(named)
            last = end
        self._parts.append((length, last, None))
        self._breaks = [start for start, _, _ in self._parts]
        self.spoken = "".join([*pieces, text[last:]])

    def _between_given(self):
        """What is kept, with nothing that reads as phonemes, and no hyphens beside those: they would be words of their own."""
        text = list(self.kept.replace("[[", "[ "))
        for start, end, _ in self._given:
            for place in (start - 1, end):
                if 0 <= place < len(text) and text[place] == "-":
                    text[place] = " "
        return "".join(text)

    def _words_of_lexicon(self):
        """Yield start, end and phones of the words that the lexicon knows: whole ones, or parts between hyphens."""
        for run in re.finditer(r"\S+", self.kept):
            core = _EDGES.sub("", run[0])
            start = run.start() + run[0].find(core)
            if core and (phones := self._lexicon.find(core)) is not None:
                yield start, start + len(core), phones
                continue
            for part in re.finditer(r"[^-]+", core):
                if (phones := self._lexicon.find(part[0])) is not None:
                    yield start + part.start(), start + part.end(), phones


def _letters(run):
    """Yield start and end of each row of letters and digits, the marks on them included."""
    end = 0
    for start, character in enumerate(run):
        if start >= end and character.isalnum():
            end = start + 1
            while end < len(run) and (run[end].isalnum() or unicodedata.category(run[end])[0] == "M"):
                end += 1
            yield start, end


def _rows(run, belongs):
    """Yield start and end of each row of characters that belong to it."""
    for inside, places in itertools.groupby(range(len(run)), lambda place: belongs(run[place])):
        if inside:
            first, *others = places
            yield first, first + len(others) + 1


def _is_picture(character):
    """Whether a character has no reading: emoji and other pictures, control characters, halves of surrogate pairs."""
    category = unicodedata.category(character)
    return (category[0] == "C" and character != _JOINER) or (category in ("So", "Sk") and ord(character) >= _PICTURES)
