"""How much of a voice a listener understands: word error rates, and the anchors that give them a meaning."""

import re
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np

from parakeet.errors import DataError

_DASHES = re.compile(r"[-‐‑‒–—/_]")
_APOSTROPHES = re.compile(r"['’‘ʼ`]")


def words_of(text, normalize=None):
    """Split a text into the words that are compared: lower case, without punctuation.

    Apostrophes vanish (``don't`` is ``dont``), hyphens part words (``voice-mail`` is ``voice mail``).

    Args:
        text (str): as written.
        normalize (Callable, optional): text -> text, as ``EnglishFrontend.normalize``: writes numbers and abbreviations in words.

    Returns:
        list[str]: words of letters and digits.
    """
    if normalize is not None:
        text = normalize(text)
    text = _APOSTROPHES.sub("", _DASHES.sub(" ", text.casefold()))
    return re.findall(r"[^\W_]+", text)


def edit_distance(reference, hypothesis):
    """Count the substitutions, deletions and insertions that turn one sequence into the other (Levenshtein 1966; the fewest).

    Args:
        reference (Sequence): what it should be.
        hypothesis (Sequence): what it is.

    Returns:
        int: at least the difference of the lengths, at most the greater length.
    """
    row = list(range(len(hypothesis) + 1))
    for i, expected in enumerate(reference, start=1):
        diagonal, row[0] = row[0], i
        for j, received in enumerate(hypothesis, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (expected != received))
    return row[-1]


def word_errors(reference, hypothesis, normalize=None):
    """Count the errors of a hypothesis.

    Args:
        reference (str): the text that was to be said.
        hypothesis (str): what was understood.
        normalize (Callable, optional): see :func:`words_of`; applied to both.

    Returns:
        tuple[int, int]: errors, and words of the reference. More errors than words are possible.
    """
    expected, received = words_of(reference, normalize), words_of(hypothesis, normalize)
    return edit_distance(expected, received), len(expected)


def bootstrap_interval(errors, words, confidence=0.95, resamples=2000, seed=0):
    """Say how far an error rate may lie from the true one, given that other sentences could have been chosen.

    Percentile interval over resampled utterances (Bisani and Ney 2004, "Bootstrap estimates for confidence intervals in ASR").

    Args:
        errors (Sequence[int]): of each utterance.
        words (Sequence[int]): of each utterance's reference.
        confidence (float): in (0, 1).
        resamples (int): how many corpora to draw.
        seed (int): of the draw; the same seed gives the same interval.

    Returns:
        tuple[float, float]: lower and upper bound of the rate, errors / words.

    Raises:
        DataError: if there are no words, or the two differ in length.
    """
    errors, words = np.asarray(errors, dtype=np.int64), np.asarray(words, dtype=np.int64)
    if errors.shape != words.shape or errors.ndim != 1 or words.sum() <= 0:
        raise DataError(
            f"bootstrap_interval: expected errors and words of the same utterances with at least one word, "
            f"received shapes {errors.shape} and {words.shape} with {words.sum()} words"
        )
    drawn = np.random.default_rng(seed).integers(0, len(errors), size=(resamples, len(errors)))
    totals = words[drawn].sum(axis=1)
    rates = errors[drawn].sum(axis=1)[totals > 0] / totals[totals > 0]
    tail = (1 - confidence) / 2
    return float(np.quantile(rates, tail)), float(np.quantile(rates, 1 - tail))


class Utterance(NamedTuple):
    """One sentence to evaluate.

    Attributes:
        utt_id (str): its name.
        text (str): as written.
        wav (ndarray | None): (N,), float32, a person's recording of it; None if there is none.
        sample_rate (int | None): of wav, Hz.
    """

    utt_id: str
    text: str
    wav: np.ndarray | None = None
    sample_rate: int | None = None


@dataclass(frozen=True)
class Condition:
    """The errors under one condition.

    Attributes:
        utt_ids, references, hypotheses (list[str]): of each utterance.
        errors, words (list[int]): of each utterance.
    """

    utt_ids: list = field(default_factory=list)
    references: list = field(default_factory=list)
    hypotheses: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    words: list = field(default_factory=list)

    @property
    def word_error_rate(self):
        """float: errors / words over all utterances."""
        return sum(self.errors) / sum(self.words)

    def interval(self, **settings):
        """tuple[float, float]: see :func:`bootstrap_interval`."""
        return bootstrap_interval(self.errors, self.words, **settings)


@dataclass(frozen=True)
class Intelligibility:
    """Error rates under each condition that was asked for: see :func:`evaluate_intelligibility`."""

    conditions: dict

    def table(self):
        """str: a line for each condition: rate, 95 % interval, utterances and words."""
        lines = [f"{'condition':<16} {'WER %':>6}   {'95 % interval':>13}   utterances  words"]
        for name, condition in self.conditions.items():
            low, high = condition.interval()
            rate = f"{100 * condition.word_error_rate:6.1f}   {100 * low:5.1f} - {100 * high:5.1f}"
            lines.append(f"{name:<16} {rate}   {len(condition.errors):10d} {sum(condition.words):6d}")
        return "\n".join(lines)

    def to_dict(self):
        """dict: everything as json values, with ``word_error_rate`` and ``interval`` of each condition."""
        return {
            name: {"word_error_rate": condition.word_error_rate, "interval": list(condition.interval()), **asdict(condition)}
            for name, condition in self.conditions.items()
        }


def evaluate_intelligibility(utterances, recognizer, synthesize=None, mel_config=None, normalize=None, seed=0):
    """Measure how much of a voice is understood, between anchors that need no voice.

    The conditions, in this order, each where it can be had:

    * ``recorded``: the person's own recordings: as good as it gets with this recogniser;
    * ``copy synthesis``: the recordings turned to mel spectra and back by Griffin-Lim: what a perfect acoustic model would reach with
      the simplest vocoder;
    * ``synthesised``: the voice;
    * ``wrong text``: the voice's hypotheses (or the recordings', if there is no voice) against the texts of other utterances: what
      guessing from the language model would reach. A voice near this one says nothing that can be understood.

    Args:
        utterances (Iterable[Utterance]): sentences, with recordings or without.
        recognizer: has ``transcribe(wav, sample_rate) -> str``; a :class:`~parakeet.evaluation.recognizer.BigramRecognizer`, say.
        synthesize (Callable, optional): text -> (wav, sample_rate): the voice.
        mel_config (MelConfig, optional): of the copy synthesis; without it there is none.
        normalize (Callable, optional): see :func:`words_of`.
        seed (int): of the choice of wrong texts.

    Returns:
        Intelligibility: error rates, and every hypothesis beside its reference.

    Raises:
        DataError: if there is nothing to listen to, a text holds no word, or all texts are the same.
    """
    utterances = list(utterances)
    references = [" ".join(words_of(u.text, normalize)) for u in utterances]
    for utterance, reference in zip(utterances, references, strict=True):
        if not reference:
            raise DataError(f"utterance {utterance.utt_id}: its text {utterance.text!r} holds no word; leave it out")
    wrong = [references[i] for i in derangement(references, seed)]

    heard = {}
    recorded = [i for i, u in enumerate(utterances) if u.wav is not None]
    if recorded:
        heard["recorded"] = {i: recognizer.transcribe(utterances[i].wav, utterances[i].sample_rate) for i in recorded}
    if recorded and mel_config is not None:
        heard["copy synthesis"] = {i: recognizer.transcribe(*_copy(utterances[i], mel_config)) for i in recorded}
    if synthesize is not None:
        heard["synthesised"] = {i: recognizer.transcribe(*synthesize(u.text)) for i, u in enumerate(utterances)}
    if not heard:
        raise DataError("intelligibility: there is nothing to listen to; give utterances with recordings, or a voice (synthesize)")

    conditions = {name: _score(utterances, references, hypotheses) for name, hypotheses in heard.items()}
    conditions["wrong text"] = _score(utterances, wrong, heard.get("synthesised", heard.get("recorded")))
    return Intelligibility(conditions)


def derangement(texts, seed=0):
    """Give every utterance the text of another one, each text being used once.

    Args:
        texts (Sequence[str]): repeats are allowed; nobody gets a text equal to its own.
        seed (int): the same seed gives the same choice.

    Returns:
        list[int]: for each utterance the index of its text.

    Raises:
        DataError: if more than half of the texts are the same one: there are not enough others.
    """
    groups = {}
    for i, text in enumerate(texts):
        groups.setdefault(text, []).append(i)
    largest = max(map(len, groups.values()), default=0)
    if not texts or 2 * largest > len(texts):
        raise DataError(f"a wrong text for each utterance needs others to choose from: {largest} of {len(texts)} texts are the same")
    # Equal texts side by side; a turn by the largest group's size moves each out of its own group.
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    order = np.concatenate([list(groups.values())[k] for k in shuffled])
    chosen = np.empty(len(texts), dtype=np.int64)
    chosen[order] = np.roll(order, largest)
    return chosen.tolist()


def _copy(utterance, mel_config):
    from parakeet.audio.griffin_lim import griffin_lim
    from parakeet.audio.io import resample
    from parakeet.audio.mel import log_mel

    wav = resample(utterance.wav, utterance.sample_rate, mel_config.sample_rate)
    return griffin_lim(log_mel(wav, mel_config), mel_config, length=len(wav)), mel_config.sample_rate


def _score(utterances, references, hypotheses):
    rows = [
        (utterances[i].utt_id, references[i], hypothesis, *word_errors(references[i], hypothesis)) for i, hypothesis in hypotheses.items()
    ]
    return Condition(*map(list, zip(*rows, strict=True)))
