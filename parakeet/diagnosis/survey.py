"""All that is known of a corpus before anything is judged: each recording measured, each text read, each matched with the other."""

import functools
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from parakeet.datasets.layouts import open_corpus
from parakeet.diagnosis.matching import Match, match
from parakeet.diagnosis.reading import Reading, cached_frontend, read
from parakeet.diagnosis.sound import Sound, measure, one_channel, read_channels
from parakeet.diagnosis.work import run
from parakeet.errors import MissingDependencyError, ParakeetError
from parakeet.preparation.record import Rejection
from parakeet.preparation.settings import PrepareConfig
from parakeet.preparation.store import PreparedData
from parakeet.requirements import require


@dataclass(frozen=True)
class Utterance:
    """One utterance: its name, its place, and what was found out about it.

    Attributes:
        utt_id, speaker, split, text (str): as the corpus says.
        path (Path | None): its recording; None in prepared data.
        index (int): its place in the corpus or the prepared data.
        sound (Sound | None): None where it can't be read.
        problem (str | None): why it can't be read.
        reading (Reading | None): None where the frontend is missing.
        fit (Match | None): None where it was not judged.
    """

    utt_id: str
    speaker: str
    split: str
    text: str
    path: Path | None
    index: int
    sound: Sound | None = None
    problem: str | None = None
    reading: Reading | None = None
    fit: Match | None = None

    @property
    def pace(self):
        """float | None: sounds a second of speech; None where one of the two is not known."""
        if self.sound is None or self.reading is None or not self.reading.phones or not self.sound.speech_seconds:
            return None
        return len(self.reading.phones) / self.sound.speech_seconds


@dataclass
class Survey:
    """A corpus, measured.

    Attributes:
        directory (Path): of it.
        prepared (bool): whether it is what ``parakeet prepare`` made.
        name, language, frontend (str): of it.
        utterances (list[Utterance]): in its order.
        rejected (list[dict]): what the corpus' reader, or prepare, left out: ``utt_id`` and ``reason``.
        not_judged (dict[str, str]): what could not be examined, and why.
        inventory (list[str]): every sound that its frontend knows.
        twins (list[tuple[Utterance, Utterance]]): pairs that are the same sound.
    """

    directory: Path
    prepared: bool
    name: str
    language: str
    frontend: str
    utterances: list
    rejected: list
    not_judged: dict = field(default_factory=dict)
    inventory: list = field(default_factory=list)
    twins: list = field(default_factory=list)

    @property
    def built(self):
        """bool: whether a builder of parakeet's made it, which leaves out on purpose."""
        return (self.directory / "corpus.json").is_file()

    @property
    def heard(self):
        """list[Utterance]: those whose recording could be read and holds speech."""
        return [u for u in self.utterances if u.sound is not None and not u.sound.silent]

    @property
    def english(self):
        """bool: whether the texts are English, the only language whose sounds are known to the aligner."""
        return self.language.lower().split("-")[0] in ("en", "eng", "english")


@dataclass(frozen=True)
class Source:
    """Where the recordings come from; sent to worker processes instead of the sounds themselves.

    Attributes:
        prepared (Path | None): the folder of prepared data, or None for a corpus.
        frontend (str), options (tuple): as :func:`parakeet.diagnosis.reading.cached_frontend` takes them.
    """

    prepared: Path | None
    frontend: str
    options: tuple

    def channels(self, utterance):
        """Give the recording of an utterance: (N, channels) float32 and its sample rate."""
        if self.prepared is None:
            return read_channels(utterance.path)
        data = _prepared(self.prepared)
        return np.array(data.wav(utterance.index))[:, None], data.mel_config.sample_rate

    def mono(self, utterance):
        """Give it as one channel: (N,) and its sample rate."""
        wav, rate = self.channels(utterance)
        return one_channel(wav), rate


@functools.lru_cache(maxsize=1)
def _prepared(directory):
    return PreparedData(directory)


def open_data(directory, layout=None, language=None):
    """Open a corpus, or what was prepared from one.

    Args:
        directory (str | Path): a corpus of any layout, or a folder that ``parakeet prepare`` made.
        layout, language (str, optional): as :func:`parakeet.datasets.layouts.open_corpus` takes them.

    Returns:
        tuple[Survey, Source]: nothing measured yet.

    Raises:
        DataError: if it is neither.
    """
    directory = Path(directory)
    if (directory / "prepared.json").is_file():
        return _open_prepared(directory)
    corpus = open_corpus(directory, layout, **({} if language is None else {"language": language}))
    info = corpus.info
    utterances = [
        Utterance(e["utt_id"], e["speaker"], e["split"], e["text"], e["wav_path"], i) for i, e in enumerate(corpus)
    ]
    survey = Survey(directory, False, info.name, info.language, info.frontend, utterances, corpus.rejected)
    return survey, Source(None, info.frontend, tuple(sorted(info.frontend_options.items())))


def _open_prepared(directory):
    data = PreparedData(directory)
    utterances = []
    for i in range(len(data)):
        line = data.utterance(i)
        fit = None if line["score"] is None else Match(line["score"])
        utterances.append(Utterance(line["utt_id"], line["speaker"], line["split"], line["text"], None, i, fit=fit))
    corpus = data.info["corpus"]
    survey = Survey(directory, True, corpus["name"], corpus["language"], data.frontend, utterances, list(data.rejected))
    if not data.info["keep_wav"]:
        survey.not_judged["recordings"] = "the prepared folder holds none (keep_wav: false); examine the corpus itself"
    options = dict(data.frontend_options)
    if (directory / "lexicon.txt").is_file():
        options["lexicon"] = str(directory / "lexicon.txt")
    return survey, Source(directory, data.frontend, tuple(sorted(options.items())))


def examine(survey, source, workers=None, progress=None):
    """Measure every recording and read every text.

    Args:
        survey (Survey): as opened; its utterances are replaced.
        source (Source): its recordings.
        workers (int, optional): processes; one for each core when None.
        progress (Callable, optional): called with (what, done, total).
    """
    try:
        survey.inventory = list(cached_frontend(source.frontend, source.options).symbols)
        readable = True
    except MissingDependencyError as error:
        survey.not_judged["texts"] = str(error)
        readable = False
    work = functools.partial(_examine_one, source=source, sounds="recordings" not in survey.not_judged, texts=readable)
    results = run(work, survey.utterances, workers, progress, "measuring the recordings")
    survey.utterances = [
        replace(u, problem=f"{u.path}: {result.reason}") if isinstance(result, Rejection) else result
        for u, result in zip(survey.utterances, results, strict=True)
    ]


def _examine_one(utterance, source, sounds, texts):
    sound, problem = None, None
    if sounds:
        try:
            sound = measure(*source.channels(utterance))
        except ParakeetError as error:
            problem = str(error)
        except Exception as error:  # an hour's work must not end with one recording that nobody thought of
            name = utterance.path or utterance.utt_id
            problem = (
                f"{name}: {type(error).__name__}: {error} (a fault of parakeet's: please report it with this recording)"
            )
    reading = read(utterance.text, cached_frontend(source.frontend, source.options)) if texts else None
    return replace(utterance, sound=sound, problem=problem, reading=reading)


def match_all(survey, source, workers=None, progress=None):
    """Judge for every recording how well it fits its text; says in ``not_judged`` where that can't be.

    Args:
        survey (Survey): examined; its utterances are replaced.
        source, workers, progress: as for :func:`examine`.
    """
    reason = _why_not(survey)
    if reason is not None:
        survey.not_judged["match"] = reason
        return
    # What prepare would not take for its length, or for words nobody can read, is told of as such.
    limits = PrepareConfig()
    todo = [
        u
        for u in survey.heard
        if u.fit is None
        and limits.min_seconds <= u.sound.seconds <= limits.max_seconds
        and not (u.reading is not None and u.reading.left_out)
    ]
    work = functools.partial(_match_one, source=source)
    fits = run(work, todo, workers, progress, "matching recordings with their texts")
    found = {u.index: fit for u, fit in zip(todo, fits, strict=True) if isinstance(fit, Match)}
    survey.utterances = [replace(u, fit=found.get(u.index, u.fit)) for u in survey.utterances]


def _why_not(survey):
    if not survey.english:
        return f"that can be done for English only, not for '{survey.language}'"
    if "recordings" in survey.not_judged:
        return survey.not_judged["recordings"]
    try:
        require("pocketsphinx", "align", "Judging whether recordings say their texts")
    except MissingDependencyError as error:
        return str(error)
    return None


def _match_one(utterance, source):
    # The aligner knows the sounds of the English frontend, whatever frontend the corpus is meant for.
    reading = utterance.reading if source.frontend == "english" and utterance.reading is not None else None
    if reading is None:
        reading = read(utterance.text, cached_frontend("english"))
    if not reading.phones:
        return None
    return match(*source.mono(utterance), reading.words)
