"""Words and their pinyin, before neighbours change tones: the user's, parakeet's, pypinyin's, in that order."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from parakeet.frontend.mandarin.dictionary import (
    LONGEST,
    character,
    has_several_readings,
    is_known,
    long_words,
    own_lexicon,
    phrase,
)
from parakeet.frontend.mandarin.erhua import merge_er
from parakeet.frontend.mandarin.names import surname_reading
from parakeet.frontend.mandarin.polyphones import choose
from parakeet.frontend.mandarin.segmentation import segmenter

USER, OWN, PHRASE, CHARACTER = "user lexicon", "parakeet", "pypinyin phrase", "pypinyin character"
#: What jieba takes for one word and is better read as two: a number and a measure word of several readings, and "also give".
_COUNTED = re.compile("(第?[零一二三四五六七八九十百千万亿两几数多前后上下]+)([行重只卷])|(还)(给)")
_NUMBER = re.compile("[零一二三四五六七八九十百千万亿两幺点负]{2,}")


@dataclass
class Word:
    """One word of Chinese characters.

    Attributes:
        text (str): its characters, simplified.
        piece (int): which of the pieces of text it stands in, and
        start (int): the place of its first character there.
        syllables (list[str]): pinyin with tones as numbers, one for each character but for those merged by erhua; a user's word may hold
            phones of ARPAbet too.
        source (str): where they come from.
    """

    text: str
    piece: int
    start: int
    syllables: list = field(default_factory=list)
    source: str = ""


def pronounce(pieces, lexicon):
    """Cut Chinese characters into words and find the pinyin of each.

    Args:
        pieces (Sequence[str]): simplified characters that are spoken without a pause between; no word goes from one into the next.
        lexicon (Mapping): the user's words; they win wherever they stand, the longest first.

    Returns:
        list[Word]: in order; a character that no dictionary knows is a word with no syllables.

    Raises:
        MissingDependencyError: if jieba or pypinyin isn't installed.
    """
    words = []
    for number, piece in enumerate(pieces):
        start = 0
        for text, is_users in _users_words(piece, lexicon):
            for part in (text,) if is_users else _cut(text):
                words.append(
                    Word(part, number, start, list(lexicon[text]) if is_users else [], USER if is_users else "")
                )
                start += len(part)
    texts = [word.text for word in words]
    for place, word in enumerate(words):
        if word.source != USER:
            _read(word, texts, place, lexicon)
    return merge_er(words)


def _users_words(characters, lexicon):
    """Yield the pieces of the characters and whether each is a word of the user; a single character only where it is a word by itself."""
    longest = max((len(word) for word in lexicon), default=0)
    start = begin = 0
    while longest > 1 and start < len(characters):
        for length in range(min(longest, len(characters) - start), 1, -1):
            if characters[start : start + length] in lexicon:
                if begin < start:
                    yield characters[begin:start], False
                yield characters[start : start + length], True
                start = begin = start + length
                break
        else:
            start += 1
    if begin < len(characters):
        yield characters[begin:], False


def _cut(characters):
    """Cut into words: a number is one, and so is what jieba cuts and pypinyin has as one phrase, an idiom mostly."""
    if _NUMBER.fullmatch(characters):
        return [characters]
    pieces, words, place, long = segmenter().cut(characters), [], 0, long_words()
    while place < len(pieces):
        text, taken = pieces[place], 1
        for count in range(min(4, len(pieces) - place), 1, -1):
            joined = "".join(pieces[place : place + count])
            if joined in long:
                text, taken = joined, count
                break
        counted = _COUNTED.fullmatch(text) if text[-1] in "行重只卷给" and text not in own_lexicon() else None
        words += filter(None, counted.groups()) if counted else (text,)
        place += taken
    return words


def _read(word, texts, place, lexicon):
    """Set the syllables and the source of one word."""
    if len(word.text) == 1:
        if word.text in lexicon:
            word.syllables, word.source = list(lexicon[word.text]), USER
        elif chosen := surname_reading(texts, place) or choose(texts, place):
            word.syllables, word.source = [chosen], OWN
        else:
            syllables, word.source = read_word(word.text)
            word.syllables = list(syllables)
        return
    syllables, word.source = read_word(word.text)
    word.syllables = list(syllables)
    if not is_known(word.text) and (chosen := surname_reading(texts, place)):
        word.syllables[0], word.source = chosen, OWN


@lru_cache(maxsize=50000)
def read_word(text):
    """Read a word without its neighbours.

    Returns:
        tuple[tuple[str], str]: its syllables, none for a character that no dictionary knows, and their source; of a word made of several
        known ones the weakest of theirs.
    """
    if text in own_lexicon():
        return own_lexicon()[text], OWN
    if known := phrase(text):
        return known, PHRASE
    if len(text) == 1:
        known = character(text)
        return ((known,) if known else ()), CHARACTER
    syllables, sources, start = (), [], 0
    while start < len(text):
        part = _longest_part(text, start)
        read, source = read_word(part)
        syllables += read
        sources.append(source if len(part) > 1 or has_several_readings(part) else PHRASE)
        start += len(part)
    return syllables, CHARACTER if CHARACTER in sources or len(sources) == len(
        text
    ) else PHRASE if PHRASE in sources else OWN


def _longest_part(text, start):
    for length in range(min(LONGEST, len(text) - start), 1, -1):
        part = text[start : start + length]
        if len(part) < len(text) and is_known(part):
            return part
    return text[start]
