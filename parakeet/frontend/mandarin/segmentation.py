"""Words: jieba's dictionary and segmentation."""

import warnings
from math import log

from parakeet.frontend.mandarin.dictionary import own_lexicon
from parakeet.frontend.resource import once
from parakeet.requirements import require

#: jieba's model of unknown words takes time and memory in the square of the length of what it is given.
_CHUNK = 120
_GRAMMAR = frozenset("的地得了着过他她它我你您这那是在就都也很不没还把被从对和与跟吗呢吧啊")


class Segmenter:
    """Cuts Chinese characters into words; threads may share one.

    jieba's own loading is passed by: it would take whatever file lies in the folder for temporary files under the name
    ``jieba.cache``, through ``marshal``, and leave one there. Its dictionary is read as text instead (0.6 s).

    Args:
        words (Iterable[str]): words that jieba's dictionary may lack and that should stay whole.

    Raises:
        MissingDependencyError: if jieba isn't installed.
    """

    def __init__(self, words=()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its patterns have escapes that newer Pythons warn of
            jieba = require("jieba", "zh", "Chinese text")
        self._tokenizer = jieba.Tokenizer()
        self._tags = {}
        frequencies = self._tokenizer.FREQ
        with self._tokenizer.get_dict_file() as lines:
            for line in lines:
                word, frequency, tag = line.decode("utf-8").split()
                frequencies[word] = int(frequency)
                self._tags[word] = tag
        self._tokenizer.total = sum(frequencies.values())
        for word in self._tags:
            self._add_beginnings(word)
        self._tokenizer.initialized = True
        for word in words:
            self._add(word)

    def _add_beginnings(self, word):
        for length in range(1, len(word)):
            self._tokenizer.FREQ.setdefault(word[:length], 0)

    def _add(self, word):
        """Add a word as frequent as it takes for it to be likelier than its parts."""
        if len(word) < 2 or self._tokenizer.FREQ.get(word):
            return
        total, frequencies = self._tokenizer.total, self._tokenizer.FREQ
        likely = sum(log((frequencies.get(part) or 1) / total) for part in self._tokenizer.cut(word, HMM=False))
        frequencies[word] = int(2.718281828**likely * total) + 1
        self._add_beginnings(word)

    def cut(self, characters):
        """Cut Chinese characters, without punctuation between, into words.

        Returns:
            list[str]: in order; together they are the characters.
        """
        chunks = (characters[start : start + _CHUNK] for start in range(0, len(characters), _CHUNK))
        words = (word for chunk in chunks for word in self._tokenizer.cut(chunk))
        return [part for word in words for part in (word if self._is_guess(word) else (word,))]

    def _is_guess(self, word):
        """Say whether the model of unknown words took a word of grammar into one, as in 他花 or 地买."""
        guessed = len(word) > 1 and not self._tokenizer.FREQ.get(word)
        return guessed and (not _GRAMMAR.isdisjoint(word) or word.startswith(("儿", "姓", "叫")))

    def tag(self, word):
        """Return the part of speech of a word as jieba's dictionary has it ("n", "v", "a", "nr" ...), "" if it hasn't."""
        return self._tags.get(word, "")

    def frequency(self, word):
        """Return how often jieba's corpus had a word; 0 if never."""
        return self._tokenizer.FREQ.get(word, 0)


@once
def segmenter():
    """Return the segmenter that knows parakeet's own words too, made at the first call."""
    return Segmenter(own_lexicon())
