"""A speech recogniser that needs no network: pocketsphinx with a language model of the corpus itself."""

import functools
import re
import tempfile
from pathlib import Path

from parakeet.evaluation.language_model import bigram_arpa
from parakeet.frontend.arpabet import without_stress
from parakeet.preparation.sphinx import decoder_pcm
from parakeet.requirements import require

LANGUAGE_WEIGHT = 6.5
WORD_INSERTION_PENALTY = 0.65


class BigramRecognizer:
    """Writes down what a recording says, knowing the sentences it may say.

    The vocabulary is closed: all words of the texts. The language model is a bigram of the same texts. So the error rate says which of
    two voices is easier to understand; it is far below that of a recogniser that knows any word. Give it *all* transcripts of a corpus,
    those of the test set too, and always the same ones for what is to be compared.

    A word may be said as the frontend says it in any of the texts, or as the dictionary that comes with pocketsphinx has it. The same
    recording gives the same words, whatever was heard before. It may be sent to another process.

    Args:
        texts (Iterable[str]): the transcripts.
        pronounce (Callable): text -> list of WordPronunciation, as ``EnglishFrontend.words``.
        language_weight (float): the weight of the language model's logarithms beside those of the sounds.
        word_insertion_penalty (float): a factor for each word; smaller means fewer words.

    Raises:
        DataError: if the texts hold no word.
        MissingDependencyError: if pocketsphinx is not installed.
    """

    def __init__(self, texts, pronounce, language_weight=LANGUAGE_WEIGHT, word_insertion_penalty=WORD_INSERTION_PENALTY):
        self.language_weight = float(language_weight)
        self.word_insertion_penalty = float(word_insertion_penalty)
        pronunciations, sentences = {}, []
        for text in texts:
            spoken = [(_token(w.word), without_stress(w.phones)) for w in pronounce(text) if w.phones and w.source != "punctuation"]
            sentences.append([word for word, _ in spoken])
            for word, phones in spoken:
                pronunciations.setdefault(word, {})[phones] = None
        self.language_model = bigram_arpa(sentences)
        for word, phones in _bundled_dictionary():
            if word in pronunciations:
                pronunciations[word][phones] = None
        self.dictionary = "".join(
            f"{word}{f'({i})' if i > 1 else ''} {' '.join(phones)}\n"
            for word in sorted(pronunciations)
            for i, phones in enumerate(pronunciations[word], start=1)
        )

    def transcribe(self, wav, sample_rate):
        """Write down what a recording says.

        Args:
            wav (ndarray): (N,), float, mono; its level does not matter.
            sample_rate (int): Hz.

        Returns:
            str: words in lower case with spaces between them; empty where nothing was understood.

        Raises:
            DataError: if wav is not one channel of finite samples.
        """
        pcm = decoder_pcm(wav, sample_rate)
        decoder = _load(self.dictionary, self.language_model, self.language_weight, self.word_insertion_penalty)
        decoder.reinit_feat()  # forgets the noise it heard in other recordings
        decoder.start_utt()
        decoder.process_raw(pcm, full_utt=True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        return re.sub(r"\(\d+\)", "", hypothesis.hypstr) if hypothesis is not None else ""


@functools.lru_cache(maxsize=1)
def _load(dictionary, language_model, language_weight, word_insertion_penalty):
    """This process's decoder: loading it takes longer than hearing an utterance."""
    pocketsphinx = _pocketsphinx()
    with tempfile.TemporaryDirectory(prefix="parakeet-") as folder:
        words, bigram = Path(folder, "words.dict"), Path(folder, "bigram.arpa")
        words.write_text(dictionary, encoding="utf-8")
        bigram.write_text(language_model, encoding="utf-8")
        decoder = pocketsphinx.Decoder(
            hmm=pocketsphinx.get_model_path("en-us/en-us"),
            dict=str(words),
            lm=None,
            lw=language_weight,
            wip=word_insertion_penalty,
            loglevel="FATAL",
        )
        decoder.add_lm_file("corpus", str(bigram))  # by file: a model handed over as an object loses its weights
        decoder.activate_search("corpus")
    return decoder


def _token(word):
    """A word as the language model has it: the letter A and the word a are one."""
    return word.lower()


def _bundled_dictionary():
    """The pronunciations that come with pocketsphinx: (word, phones), variants under the same word."""
    path = _pocketsphinx().get_model_path("en-us/cmudict-en-us.dict")
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word, *phones = line.split()
            yield re.sub(r"\(\d+\)$", "", word), tuple(phones)


def _pocketsphinx():
    return require("pocketsphinx", "eval", "Recognising speech")
