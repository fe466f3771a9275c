"""``parakeet prepare``: a corpus becomes spectra, pitch, energy, phones and durations, in parallel, with every rejection listed."""

import contextlib
import functools
import os
import warnings
from pathlib import Path

from parakeet.datasets.layouts import open_corpus
from parakeet.errors import ConfigError, DataError
from parakeet.files import read_json_lines
from parakeet.frontend import load_frontend
from parakeet.preparation.executors import cores, dask_cluster, results_here, results_of
from parakeet.preparation.former import Former
from parakeet.preparation.inputs import inputs_checksum, record_key, recording_checksums, settings_of
from parakeet.preparation.journal import Journal
from parakeet.preparation.learning import learn_timing
from parakeet.preparation.record import Record, Rejection, Task, make_record, words_of
from parakeet.preparation.settings import PrepareConfig, refuse_impossible
from parakeet.preparation.sources import choose_source, make_source
from parakeet.preparation.store import PreparedData
from parakeet.preparation.unfinished import Unfinished
from parakeet.preparation.writing import corpus_options, write_prepared

__all__ = ["Preparation", "PrepareConfig", "prepare"]


def prepare(
    corpus, directory, config=None, workers=None, strict=False, update=False, executor=None, scheduler=None, progress=None
):
    """Prepare a corpus.

    Only what is not there yet is made: prepared data whose recordings or texts have changed are brought up to date, work that was
    interrupted goes on where it ended, and prepared data that fit are taken as they are. However they came about, the same corpus and
    settings give the same bytes; they appear whole or not at all.

    Args:
        corpus (str | Path): a folder that ``parakeet corpus`` made, a published corpus, or recordings with their texts.
        directory (str | Path): where the prepared data go; ``.NAME.unfinished`` beside it holds them until they are whole.
        config (PrepareConfig, optional): the settings.
        workers (int, optional): processes; one for each core when None.
        strict (bool): raise at the first utterance that can't be used instead of listing it.
        update (bool): bring data of other settings, or of another corpus, up to these, instead of refusing them.
        executor (concurrent.futures.Executor, optional): who does the work, instead of processes of this machine.
        scheduler (str, optional): the address of a Dask scheduler, whose cluster does it: its workers need parakeet, and the recordings
            under the same paths.
        progress (Callable, optional): called with (what is being done, done, total).

    Returns:
        PreparedData: what was made; its ``rejected`` says what was left out, and why.

    Raises:
        ConfigError: if no recording could fit the settings, or the cluster can't be reached.
        DataError: if the corpus can't be read, nothing of it can be used, the folder holds something else or is being worked in.
        ParakeetError: with ``strict``, the reason why an utterance can't be used.
    """
    return Preparation(corpus, directory, config, strict, update, progress).run(workers, executor, scheduler)


class Preparation:
    """The work of :func:`prepare`, which explains the arguments.

    Attributes:
        made (int): utterances that were worked on.
        kept (int): utterances that were there already.
        unspoken (int): utterances whose texts the frontend refused: nothing was to be done.
    """

    def __init__(self, corpus, directory, config=None, strict=False, update=False, progress=None):
        self.config = PrepareConfig() if config is None else config
        refuse_impossible(self.config)
        self.corpus = open_corpus(corpus, **corpus_options(self.config))
        self.directory = Path(directory)
        self.strict = strict
        self.made = self.kept = self.unspoken = 0
        self._update = update
        self._show = (lambda what, done, total: None) if progress is None else progress
        self._refused = {}  # utt_id to Rejection

    def run(self, workers=None, executor=None, scheduler=None):
        """Do it.

        Returns:
            PreparedData
        """
        unfinished = Unfinished(self.directory)
        unfinished.restore()
        data = self._former_data()
        checksums = recording_checksums(self.corpus, functools.partial(self._show, "looking for changes"))
        source = choose_source(self.config, self.corpus)
        inputs = inputs_checksum(self.corpus, checksums, self.config, source)
        if data is not None and data.info["inputs"] == inputs and not data.info["try_again"]:
            self._refuse_rejected(data)
            self.kept = len(self.corpus)
            return data
        try:
            with unfinished.held(), contextlib.closing(Journal(unfinished.path / "journal")) as journal:
                # Where the recordings were not kept, there is nothing to learn from.
                self._sources = journal, Former(data, readable=source != "learned" or self.config.keep_wav)
                frontend = load_frontend(
                    self.corpus.info.frontend, lexicon=self.config.lexicon, **self.corpus.info.frontend_options
                )
                self._make(frontend, source, inputs, checksums, unfinished, _workers(workers, executor, scheduler))
        except OSError as error:
            raise DataError(
                f"{self.directory}: can't be written: {error.strerror or error}. Check the free space and the rights of "
                f"{self.directory.parent}; started again, it goes on with what is finished."
            ) from error
        return PreparedData(self.directory)

    def _former_data(self):
        if not self.directory.exists() or (self.directory.is_dir() and not any(self.directory.iterdir())):
            return None
        if not (self.directory / "prepared.json").is_file():
            raise DataError(f"{self.directory}: not empty, and no prepared data. Give another folder; nothing was changed.")
        data = PreparedData(self.directory)
        # A setting that did not exist then had its default.
        former = settings_of(PrepareConfig()) | data.info["settings"]
        differences = _differences(former, settings_of(self.config))
        if differences and not self._update:
            raise DataError(
                f"{self.directory}: prepared with other settings ({', '.join(differences)}); nothing was changed. Give the same ones, "
                "give another folder, or bring it up to these with --update."
            )
        self._refuse_other_corpus(data)
        return data

    def _refuse_other_corpus(self, data):
        """Somebody may have given the folder of another voice, and hours of work would be gone."""
        mine = {self.corpus.describe(i) for i in range(len(self.corpus))}
        theirs = {data.describe(i) for i in range(len(data))}
        if theirs and mine.isdisjoint(theirs) and not self._update:
            raise DataError(
                f"{self.directory}: holds another corpus, '{data.info['corpus']['name']}': not one of its {len(data)} utterances has a "
                f"name that is in {self.corpus.directory}; nothing was changed. Give another folder, or replace it with --update."
            )

    def _make(self, frontend, source, inputs, checksums, unfinished, workers):
        keys, words = [], []
        tasks = self._tasks(frontend, make_source(source, self.config, frontend), checksums, keys, words)
        with workers as run:
            for task, result in run(make_record, tasks):
                self._take(task, result)
                self.made += 1
                self._show("preparing the recordings", self.kept + self.made + self.unspoken, len(self.corpus))
        durations, learned = {"source": source}, {}
        if source == "learned":
            durations["key"], learned = self._learn(keys, words, unfinished.path)
        results = self._results(keys, learned)
        counts = write_prepared(unfinished.new(), self.corpus, self.config, frontend, durations, inputs, results)
        if not counts["train"]:
            raise DataError(_nothing_to_train(self.corpus, unfinished.path / "new"))
        unfinished.publish()
        if not counts["valid"]:
            warnings.warn(
                f"{self.directory}: no utterance in the split 'valid', so that training can't tell how well it does. "
                "Give some of them that split, or set valid to a share such as 0.05.",
                stacklevel=4,
            )

    def _tasks(self, frontend, source, checksums, keys, words):
        """Yield what has to be worked on; fill in the key of every utterance, and its words, on the way."""
        for example, recording in zip(self.corpus, checksums, strict=True):
            example["wav_path"] = Path(os.path.abspath(example["wav_path"]))  # a worker may stand elsewhere
            spoken = words_of(frontend, example["text"])
            if isinstance(spoken, Rejection):
                keys.append(None)
                words.append(None)
                self._refuse(example["utt_id"], spoken)
                self.unspoken += 1
                continue
            now = None if source is None else spoken
            key = None if recording is None else record_key(example, recording, now, self.config, source)
            keys.append(key)
            words.append(spoken if source is None else None)
            there = next((there for there in self._sources if key in there), None)
            if there is None:
                yield Task(example, now, self.config, source, key)
                continue
            self.kept += 1
            if there.reason(key) is not None:
                self._refuse(example["utt_id"], Rejection(there.reason(key)))

    def _take(self, task, result):
        """Keep a result: what lasts in the journal, what another try may mend for this time."""
        name = task.example["utt_id"]
        if isinstance(result, Rejection):
            result = Rejection(self._lasting_words(result.reason, task.example), result.lasting)
            self._refuse(name, result)
            if not result.lasting:
                return
        self._sources[0].add(task.key, result)

    def _lasting_words(self, reason, example):
        """A reason without what may change: where the corpus and the labels lie, and what the recording is called."""
        reason = reason.removeprefix(f"{example['wav_path']}: ")
        for folder in filter(None, (self.config.alignments, self.corpus.directory)):
            reason = reason.replace(f"{os.path.abspath(folder)}/", "")
        return reason

    def _refuse(self, name, rejection):
        if self.strict:
            raise DataError(f"utterance '{name}': {rejection.reason}")
        self._refused[name] = rejection

    def _result(self, key):
        return next(there.get(key) for there in self._sources if key in there)

    def _results(self, keys, learned):
        """Yield (key, result) of every utterance, in the order of the corpus."""
        for done, (example, key) in enumerate(zip(self.corpus, keys, strict=True), 1):
            name = example["utt_id"]
            result = self._refused[name] if name in self._refused else self._result(key)
            if name in learned and isinstance(learned[name], str):
                key, result = None, Rejection(learned[name])  # the record itself is sound
                self._refuse(name, result)
            elif name in learned:
                result = Record(result.line | learned[name], result.arrays)
            yield key, result
            self._show("writing", done, len(self.corpus))

    def _learn(self, keys, words, folder):
        """Learn when each symbol is spoken: a checksum of what from, and for each utterance its timing or why it has none."""
        usable = [
            (example, key, spoken)
            for example, key, spoken in zip(self.corpus, keys, words, strict=True)
            if example["utt_id"] not in self._refused
        ]
        if not usable:
            return None, {}
        examples, keys, words = zip(*usable, strict=True)
        former = self._sources[1]
        key, found = learn_timing(examples, keys, words, self._result, self.config.mel, folder, former, self._show)
        return key, {example["utt_id"]: timing for example, timing in zip(examples, found, strict=True)}

    def _refuse_rejected(self, data):
        if self.strict and data.info["utterances"]["rejected"]:
            first = data.rejected[0]
            raise DataError(f"utterance '{first['utt_id']}': {first['reason']}")


@contextlib.contextmanager
def _workers(workers, executor, scheduler):
    """Who does the work, as a function of (work, tasks)."""
    if executor is not None and scheduler is not None:
        raise ConfigError("executor and scheduler: only one of them can do the work.")
    if scheduler is not None:
        with dask_cluster(scheduler) as (cluster, ahead):
            yield functools.partial(results_of, executor=cluster, ahead=ahead)
    elif executor is not None:
        yield functools.partial(results_of, executor=executor)
    else:
        yield functools.partial(results_here, workers=cores() if workers is None else workers)


def _differences(former, now, prefix=""):
    """Name the settings that differ: ``mel.sample_rate: 22050, now 16000``."""
    found = []
    for name in now:
        before, after = former[name], now[name]
        if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
            found.extend(_differences(before, after, f"{prefix}{name}."))
        elif before != after:
            found.append(f"{prefix}{name}: {before}, now {after}")
    return found


def _nothing_to_train(corpus, folder):
    names = {corpus.describe(i) for i in corpus.indices("train")}
    if not names:
        return f"{corpus.directory}: none of its {len(corpus)} utterances is in the split 'train'. Give some of them that split."
    lines = read_json_lines(folder / "rejected.jsonl", "Prepare the corpus again.")
    first = next(record for _, record in lines if record["utt_id"] in names)
    return (
        f"{corpus.directory}: not one of {len(names)} utterances for training could be used; the first reason: "
        f"{first['utt_id']}: {first['reason']}"
    )
