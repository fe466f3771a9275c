"""Pronunciations of words and characters: the user's, parakeet's own list, and pypinyin's data."""

from parakeet.errors import nearest
from parakeet.frontend.arpabet import PHONES as ENGLISH_PHONES
from parakeet.frontend.lexicon import Lexicon
from parakeet.frontend.mandarin.phones import numbered, spelled, syllables
from parakeet.frontend.resource import once, read_resource
from parakeet.requirements import require

# Their tones follow from what stands beside them (sandhi.py); pypinyin's phrases have them changed in some words and not in others.
_BY_RULE = {"一": "yi1", "不": "bu4"}
#: More characters than this are no word but a saying.
LONGEST = 8


class PinyinLexicon(Lexicon):
    """Words with their pinyin, tones as numbers: ``重庆 chong2 qing4``, with erhua ``花儿 huar1``; phones of ARPAbet are taken too."""

    @classmethod
    def parse(cls, text, phones=(), name="lexicon"):
        """Read a lexicon from a string; ``name`` is what errors call it. Only what Mandarin and English have is taken for ``phones``.

        Raises:
            TextError: as :meth:`Lexicon.read <parakeet.frontend.lexicon.Lexicon.read>`.
        """
        entries = super().parse(text, _pronounceable(), name)
        return cls(
            {
                word: [phone if phone in ENGLISH_PHONES else spelled(phone) for phone in entries[word]]
                for word in entries
            }
        )

    @staticmethod
    def expected(phone, phones):
        """Return what an error says after naming something that isn't pinyin: what was probably meant."""
        if phone + "1" in phones:
            return f" It lacks its tone, a number from 1 to 5 (neutral): {phone}1."
        return (
            f"{nearest(phone, phones)} Expected pinyin with tones as numbers, 5 for the neutral one ('chong2 qing4', 'nv3', 'ma5', "
            "'huar1'), or phones of ARPAbet for English words."
        )


@once
def _pronounceable():
    """Return all that a lexicon may hold, ü in each of its spellings."""
    written = [
        other
        for syllable in syllables()
        for other in {syllable, syllable.replace("v", "ü"), syllable.replace("v", "u:")}
    ]
    return [*written, *(syllable[:-1] + "r" + syllable[-1] for syllable in written), *ENGLISH_PHONES]


@once
def own_lexicon():
    """Return parakeet's own pronunciations of Chinese words, read at the first call."""
    return PinyinLexicon.parse(read_resource("mandarin.lexicon").decode("utf-8"), name="mandarin.lexicon")


@once
def _pypinyin():
    """Return pypinyin's phrases and characters, with tone marks, as it has them."""
    constants = require("pypinyin.constants", "zh", "Chinese text")
    return constants.PHRASES_DICT, constants.PINYIN_DICT


def phrase(word):
    """Return the syllables of a word of pypinyin's phrases, or None.

    Raises:
        MissingDependencyError: if pypinyin isn't installed.
    """
    marked = _pypinyin()[0].get(word)
    if marked is None or len(marked) != len(word):
        return None
    read = [_BY_RULE.get(character) or numbered(reading[0]) for character, reading in zip(word, marked, strict=True)]
    if None in read:
        return None
    for place, reading in enumerate(marked):
        if place and reading[0] in ("yi", "bu"):  # a neutral 一 or 不 within a word stays: 差不多, 看一看
            read[place] = reading[0] + "5"
    return tuple(read)


def is_known(word):
    """Say whether parakeet's list or pypinyin's phrases hold a word."""
    return word in own_lexicon() or word in _pypinyin()[0]


@once
def long_words():
    """Return the words of three characters and more, idioms mostly, that ``is_known`` knows; jieba cuts some of them."""
    return frozenset(word for words in (own_lexicon(), _pypinyin()[0]) for word in words if 3 <= len(word) <= LONGEST)


def character(character):
    """Return the commonest reading of a character, or None where pypinyin knows none."""
    readings = _pypinyin()[1].get(ord(character))
    if readings is None:
        return None
    return _BY_RULE.get(character) or next(filter(None, map(numbered, readings.split(","))), None)


def has_several_readings(character):
    """Say whether a character is read in several ways."""
    return "," in _pypinyin()[1].get(ord(character), "")
