"""The sentences of an evaluation: texts, and the recordings of them there are."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import read_wav, resample
from parakeet.datasets.layouts import open_corpus
from parakeet.errors import DataError
from parakeet.evaluation.intelligibility import words_of
from parakeet.evaluation.level import at_level
from parakeet.preparation.store import PreparedData


class Take(NamedTuple):
    """One recording of a sentence.

    Attributes:
        utt_id (str): its name.
        read (Callable): () -> (wav, sample_rate).
        phones (list[str] | None): what was said; None where that isn't known.
        seconds (ndarray | None): (S,) how long each phone lasts.
    """

    utt_id: str
    read: object
    phones: list | None = None
    seconds: np.ndarray | None = None


class Sentence(NamedTuple):
    """A text, and its recordings.

    Attributes:
        text (str): as written.
        takes (list[Take]): recordings of it, none for a text of a list.
    """

    text: str
    takes: list


@dataclass(frozen=True)
class Sentences:
    """What is evaluated.

    Attributes:
        name (str): for people.
        language (str): such as en.
        chosen (list[Sentence]): no two with the same words.
        vocabulary (list[str]): every text of the corpus, whatever its split: what a recogniser with an in-domain model may know.
        split (str | None): which part of the corpus was held out; None for a list of texts.
        held_out (int): how many sentences there were to choose from.
    """

    name: str
    language: str
    chosen: list
    vocabulary: list
    split: str | None
    held_out: int

    @property
    def recordings(self):
        """int: of all chosen sentences."""
        return sum(len(sentence.takes) for sentence in self.chosen)


def read_sentences(data, split, corpus_options, limit=None, seed=0):
    """Read the held-out utterances of prepared data or of a corpus; several recordings of one text are one sentence.

    Recordings of prepared data are what the voice could learn from: cut and brought to one loudness. Those of a corpus are taken as they
    lie, at :data:`parakeet.evaluation.level.LEVEL`.

    Args:
        data (str | Path): the folder.
        split (str): "test", say.
        corpus_options (dict): what a corpus is opened with, so that the same texts are held out as when the voice was trained.
        limit (int, optional): how many sentences, chosen by the seed.
        seed (int): of the choice.

    Returns:
        Sentences

    Raises:
        DataError: if there are fewer than two sentences: then there is no wrong text to compare with.
    """
    if Path(data, "prepared.json").is_file():
        prepared = PreparedData(data)
        info, texts = prepared.info["corpus"], [prepared.utterance(i)["text"] for i in range(len(prepared))]
        takes = [(texts[i], _prepared_take(prepared, i)) for i in prepared.indices(split)]
        name, language = info["name"], info["language"]
    else:
        corpus = open_corpus(data, **corpus_options)
        texts = [example["text"] for example in corpus]
        takes = [(texts[i], _corpus_take(corpus[i])) for i in corpus.indices(split)]
        name, language = corpus.info.name, corpus.info.language
    sentences = {}
    for text, take in takes:
        sentences.setdefault(" ".join(words_of(text)), Sentence(text, [])).takes.append(take)
    sentences = [sentence for words, sentence in sentences.items() if words]
    chosen = _choose(sentences, limit, seed, f"{data}, split '{split}'", _OTHER_SPLIT)
    return Sentences(name, language, chosen, texts, split, len(sentences))


def read_text_file(path, language, count=None, seed=0):
    """Read sentences without recordings, one a line.

    Args:
        path (str | Path): a text file.
        language (str): of them.
        count (int, optional): how many lines, chosen by the seed.
        seed (int): of the choice.

    Returns:
        Sentences

    Raises:
        DataError: if it can't be read as UTF-8 text, or has fewer than two lines with words.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"byte {error.start}"
        raise DataError(f"{path}: can't be read as UTF-8 text ({reason}). Give a file with a sentence on each line.") from error
    found = {}
    for line in lines:
        if words_of(line):
            found.setdefault(" ".join(words_of(line)), Sentence(line.strip(), []))
    sentences = list(found.values())
    return Sentences(path.name, language, _choose(sentences, count, seed, str(path), _MORE_LINES), [], None, len(sentences))


_OTHER_SPLIT = "Choose another split with --split, or a higher limit."
_MORE_LINES = "Give a file with more sentences, one on each line; what stands there twice counts once."


def _choose(sentences, count, seed, where, advice):
    if count is not None and count < len(sentences):
        kept = np.sort(np.random.default_rng(seed).choice(len(sentences), count, replace=False))
        sentences = [sentences[i] for i in kept]
    if len(sentences) < 2:
        raise DataError(
            f"{where}: {len(sentences)} sentences to evaluate, expected two or more: each is also held against another one. "
            f"{advice}"
        )
    return sentences


def _prepared_take(data, i):
    seconds = np.asarray(data.utterance(i)["durations"]) * data.mel_config.hop_length / data.mel_config.sample_rate
    return Take(data.describe(i), lambda: (data.wav(i), data.mel_config.sample_rate), data.utterance(i)["phones"], seconds)


def _corpus_take(example):
    def read():
        wav, rate = read_wav(example["wav_path"], mix=True)
        return at_level(wav, rate), rate

    return Take(example["utt_id"], read)


def recording_of(take, sample_rate):
    """Read a recording at the rate of a voice.

    Args:
        take (Take): of a sentence.
        sample_rate (int): Hz.

    Returns:
        ndarray: (N,) float32.

    Raises:
        DataError: if it was recorded at a lower rate: no copy of it could be as good as the voice's.
    """
    wav, rate = take.read()
    if rate < sample_rate:
        raise DataError(
            f"utterance '{take.utt_id}': recorded at {rate} Hz, but the voice speaks at {sample_rate} Hz. "
            "Give the data the voice was trained on."
        )
    return resample(wav, rate, sample_rate)
