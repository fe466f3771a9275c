"""Mandarin Chinese: text -> initials, finals with tones, English phones, and punctuation."""

import functools
import logging
import re
from dataclasses import dataclass

from parakeet.errors import TextError
from parakeet.frontend.arpabet import PHONES as ENGLISH_PHONES
from parakeet.frontend.english import EnglishFrontend
from parakeet.frontend.mandarin.dictionary import PinyinLexicon
from parakeet.frontend.mandarin.normalizer import TOKEN, normalize_text
from parakeet.frontend.mandarin.normalizer.symbols import HAN
from parakeet.frontend.mandarin.phones import PHONES, is_syllable, phones_of
from parakeet.frontend.mandarin.pronunciation import USER, pronounce
from parakeet.frontend.mandarin.sandhi import apply_sandhi
from parakeet.frontend.marks import settle
from parakeet.frontend.normalizer.scanner import clean
from parakeet.frontend.pronunciation import LEFT_OUT, PUNCTUATION, SENTENCE_FINAL, WordPronunciation, describe_left_out

logger = logging.getLogger(__name__)

_IS_HAN = re.compile(f"[{HAN}]")


class MandarinFrontend:
    """Turn Mandarin text, simplified or traditional, into phones.

    A syllable is an initial, if it has one, and a final with its tone after sandhi; erhua adds ``rr``. Words in Latin letters have the
    phones of the English frontend. jieba cuts words, pypinyin reads those that neither the user's lexicon nor parakeet's own holds.
    Nothing is loaded before the first text; then the data is shared by all frontends. A frontend may be used from several threads at once.

    Args:
        lexicon (str, Path, PinyinLexicon, dict or None): the user's pronunciations: a file of lines ``重庆 chong2 qing4``, or a dict of
            words to pinyin (each a string or a sequence). They are spoken as written, without sandhi.

    Raises:
        TextError: if the lexicon can't be read, naming file and line.
    """

    name = "mandarin"

    def __init__(self, lexicon=None):
        self.lexicon = PinyinLexicon.of(lexicon, ())
        self._han_lexicon = {word: self.lexicon[word] for word in self.lexicon if _is_han(word)}
        self._mixed_words = tuple(word for word in self.lexicon if not _is_han(word))
        self._english = EnglishFrontend()

    @property
    def symbols(self):
        """list[str]: every token ``phones`` can give: marks, the phones of Mandarin, then the 69 phones of ARPAbet."""
        return [*PUNCTUATION, *PHONES, *ENGLISH_PHONES]

    def normalize(self, text):
        """Return the text as it is spoken: simplified characters, English words as the English frontend has them, marks.

        Raises:
            TextError: as ``words``.
        """
        spoken = ""
        for row in self._rows(text):
            if row.phones:
                parted = (
                    row.source != "punctuation" and spoken and not (_is_han(row.word[0]) and _IS_HAN.match(spoken[-1]))
                )
                after_mark = spoken[-1:] in PUNCTUATION and _is_han(row.word[0])
                spoken += (" " if parted and not after_mark else "") + row.word
        return spoken

    def phones(self, text):
        """Return the phones and marks of a text; the last one is ".", "!" or "?".

        Args:
            text (str): any Chinese text, English words in it.

        Returns:
            list[str]: out of ``symbols``.

        Raises:
            TextError: as ``words``.
        """
        return [phone for row in self._rows(text) for phone in row.phones]

    def pinyin(self, text):
        """Return the syllables of a text after sandhi, tones as numbers; English words and marks as ``normalize`` has them.

        Returns:
            list[str]: such as ["ni2", "hao3", ",", "huar1", "."].

        Raises:
            TextError: as ``words``.
        """
        return [syllable for row in self._rows(text) if row.phones for syllable in row.syllables or (row.word,)]

    def words(self, text):
        """Return the spoken words and marks of a text with their phones and where those come from.

        What has no spoken form (emoji, control characters, words of other scripts) comes back as it is written, with no phones and the
        source "left out", and a warning names it.

        Returns:
            list[WordPronunciation]: in order; ``source`` is "user lexicon", "parakeet", "pypinyin phrase", "pypinyin character",
            "english", "punctuation" or "left out".

        Raises:
            TextError: if the text is no string or has nothing to speak.
            MissingDependencyError: if jieba or pypinyin isn't installed.
        """
        return [
            WordPronunciation(row.word or row.raw, row.phones, row.source)
            for row in self._rows(text)
            if row.phones or row.source == LEFT_OUT
        ]

    def explain(self, text):
        """Return how each piece of a text is read, as data for a table.

        Returns:
            list[dict]: with the keys raw (the piece of text), start and end (its place in the text, invisible characters removed),
            normalised (all that is spoken for it), word, pinyin, phones and source. Several words that stand for one piece have a row
            each; what brings nothing (a quote, a mark beside a stronger one) has no phones; white space has no row.

        Raises:
            TextError: as ``words``.
        """
        rows, spoken = self._rows(text), {}
        for row in rows:
            spoken.setdefault((row.start, row.end), []).append(row.word)
        return [
            {
                "raw": row.raw,
                "start": row.start,
                "end": row.end,
                "normalised": ("" if _is_han(row.word) else " ").join(spoken[row.start, row.end]),
                "word": row.word,
                "pinyin": list(row.syllables),
                "phones": list(row.phones),
                "source": row.source,
            }
            for row in rows
            if row.phones or row.raw.strip()
        ]

    def sentences(self, text):
        """Cut a text into its sentences; a closing quote stays with the sentence it closes.

        Returns:
            list[str]: pieces of the text, without the white space around them.

        Raises:
            TextError: as ``words``.
        """
        cleaned, pieces, begin, final = clean(text), [], 0, None
        for row in self._rows(text):
            if row.phones and row.source == "punctuation":
                final = row.end if row.word in SENTENCE_FINAL else None
            elif row.phones and final is not None:
                cut = final + len(re.match(r"[\"'」』)\]】》!?。.…]*", cleaned[final : row.start])[0])
                pieces.append(cleaned[begin:cut].strip())
                begin, final = cut, None
        return [*pieces, cleaned[begin:].strip()]

    def _rows(self, text):
        if not isinstance(text, str):
            raise TextError(f"A text to speak has to be a string; received {type(text).__name__}, {str(text)[:40]!r}.")
        rows = self._pronounce(_tokens(normalize_text(text, self._english, self._mixed_words), self.lexicon))
        left_out = [(row.raw, row.reason, row.start) for row in rows if row.source == LEFT_OUT]
        told = f"Left out of the speech, having no spoken form: {describe_left_out(left_out)}." if left_out else ""
        if not any(row.phones and row.source != "punctuation" for row in rows):
            raise TextError(
                f"There is nothing to speak in {text[:60]!r}; expected at least one word or number. {told}".strip()
            )
        if told:
            logger.warning(told)
        if settle(rows):
            end = rows[-1].end
            rows.append(_Row(end, end, "", ".", "mark", (".",), "punctuation"))
        return rows

    def _pronounce(self, tokens):
        """Set phones and sources; characters, and English words, are read together with those they stand beside."""
        rows, place = [], 0
        while place < len(tokens):
            kind, end = tokens[place].kind, place + 1
            while end < len(tokens) and tokens[end].kind in (kind, "silent") and kind in ("han", "english"):
                end += 1
            group = tokens[place:end]
            rows += (
                self._read_han(group) if kind == "han" else self._read_english(group) if kind == "english" else group
            )
            place = end
        return rows

    def _read_han(self, group):
        """Read characters that no mark parts, whatever pieces of the text they come from."""
        pieces = [token for token in group if token.kind == "han"]
        words = pronounce([token.word for token in pieces], self._han_lexicon)
        apply_sandhi(words)
        of_piece = {id(token): [] for token in pieces}
        for word in words:
            token = pieces[word.piece]
            of_piece[id(token)].append(_word_row(word, token))
        return [row for token in group for row in of_piece.get(id(token), (token,))]

    def _read_english(self, group):
        """Read words in Latin letters; each has its piece of the text."""
        tokens = [token for token in group if token.kind == "english"]
        spoken = [
            row for row in self._english.words(" ".join(token.word for token in tokens)) if row.source != "punctuation"
        ]
        if len(spoken) != len(tokens):
            spoken = [self._english.words(token.word)[0] for token in tokens]
        for token, row in zip(tokens, spoken, strict=True):
            token.phones, token.source = row.phones, "english"
        return group


@dataclass
class _Row:
    """One spoken word, mark or silent piece with the piece of text it comes from."""

    start: int
    end: int
    raw: str
    word: str
    kind: str
    phones: tuple = ()
    source: str = ""
    syllables: tuple = ()
    reason: str = ""


def _is_han(word):
    return all(map(_IS_HAN.match, word))


def _tokens(spans, lexicon):
    """Cut what the spans speak into characters that stand together, words in Latin letters, marks, and the user's mixed words."""
    tokens = []
    for span in spans:
        if span.left_out:
            tokens.append(_Row(span.start, span.end, span.raw, "", "left out", source=LEFT_OUT, reason=span.left_out))
            continue
        if not span.spoken:
            tokens.append(_Row(span.start, span.end, span.raw, "", "silent", source="silent"))
        for spoken in span.spoken:
            if not _is_han(spoken) and (syllables := lexicon.find(spoken)) is not None:
                tokens.append(_Row(span.start, span.end, span.raw, spoken, "user", _phones(syllables), USER, syllables))
                continue
            for word in TOKEN.findall(spoken):
                if word in PUNCTUATION:
                    tokens.append(_Row(span.start, span.end, span.raw, word, "mark", (word,), "punctuation"))
                else:
                    tokens.append(_Row(span.start, span.end, span.raw, word, "han" if _is_han(word) else "english"))
    return tokens


@functools.lru_cache(maxsize=50000)
def _phones(syllables):
    return tuple(
        phone for syllable in syllables for phone in (phones_of(syllable) if is_syllable(syllable) else (syllable,))
    )


def _word_row(word, token):
    """Make the row of a word of characters; where they stand for themselves it has exactly its piece of the text."""
    start, end, raw = token.start, token.end, token.raw
    if _is_han(raw) and len(raw) == len(token.word):
        raw = raw[word.start : word.start + len(word.text)]
        start, end = start + word.start, start + word.start + len(word.text)
    if not word.syllables:
        reason = "a character that no dictionary reads; give its pinyin in a lexicon"
        return _Row(start, end, raw, "", "left out", source=LEFT_OUT, reason=reason)
    return _Row(start, end, raw, word.text, "han", _phones(tuple(word.syllables)), word.source, tuple(word.syllables))
