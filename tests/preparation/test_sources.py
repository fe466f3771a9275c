"""Durations given, aligned or learned: which way is taken, and that what was learned is not learned again."""

import faulthandler
import json
import os
import signal
import sys
import types
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile
from making import change_utterance, make_corpus

from parakeet.config import load_config
from parakeet.datasets import SpeechCorpus
from parakeet.errors import ConfigError, DataError
from parakeet.preparation.alignment import Segment, symbols_of
from parakeet.preparation.learning import restore_sigterm
from parakeet.preparation.prepare import Preparation, PrepareConfig, prepare
from parakeet.preparation.sources import choose_source

LEARNED = load_config(PrepareConfig, overrides=["durations=learned"])


def settings(*overrides):
    return load_config(PrepareConfig, overrides=overrides)


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path / "corpus", splits=("train",) * 4 + ("valid",))


@pytest.fixture
def without_labels(corpus):
    for n in range(5):
        change_utterance(corpus, f"u{n}", phones=None, phone_samples=None)
    return corpus


class Task(NamedTuple):
    utt_id: str
    words: list
    wav: Any
    sample_rate: int
    train: bool


@pytest.fixture
def learner(monkeypatch):
    """Stands for the aligner that learns: every symbol is as long as every other, and u1 can't be used. Lists what it was given."""
    given = []

    def learn_segments(tasks, folder, progress=None):
        given.append([task._replace(wav=task.wav()) for task in tasks])
        results = []
        for task in tasks:
            symbols, seconds = symbols_of(task.words), len(task.wav()) / task.sample_rate
            borders = np.linspace(0, seconds, len(symbols) + 1).tolist()
            segments = [Segment(*row, -1.5) for row in zip(symbols, borders, borders[1:], strict=False)]
            results.append("it mumbles" if task.utt_id == "u1" else segments)
            progress("learning when each sound is spoken", len(results), len(tasks))
        return results

    module = types.ModuleType("parakeet.preparation.learned")
    module.REVISION, module.AlignmentTask, module.learn_segments = 1, Task, learn_segments
    monkeypatch.setitem(sys.modules, "parakeet.preparation.learned", module)
    return given


def test_learned_durations_are_of_equal_parts_where_the_learner_says_so(without_labels, tmp_path, learner):
    prepared = prepare(without_labels, tmp_path / "prepared", LEARNED, workers=1)
    assert [prepared.describe(i) for i in range(len(prepared))] == ["u0", "u2", "u3", "u4"]
    for i, example in enumerate(prepared):
        assert example["phones"] == ["sil", "S", "IY1", "M", "IY1", "."]
        assert example["durations"].sum() == len(example["mel"])
        assert np.ptp(example["durations"]) <= 1
        assert prepared.utterance(i)["score"] == -1.5
    assert prepared.rejected == [{"utt_id": "u1", "reason": "it mumbles"}]
    assert prepared.info["durations"]["source"] == "learned"
    (tasks,) = learner
    assert [(task.utt_id, task.train) for task in tasks] == [("u0", True), ("u1", True), ("u2", True), ("u3", True), ("u4", False)]
    np.testing.assert_array_equal(tasks[0].wav, prepared.wav(0))


def test_an_interrupted_run_does_not_learn_again(without_labels, tmp_path, learner):
    def stop(what, done, total):
        if what == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(without_labels, tmp_path / "prepared", LEARNED, workers=1, progress=stop)
    work = Preparation(without_labels, tmp_path / "prepared", LEARNED)
    work.run(workers=1)
    assert len(learner) == 1
    assert (work.made, work.kept) == (0, 5)


def test_it_is_learned_again_only_when_what_it_is_learned_from_has_changed(without_labels, tmp_path, learner):
    prepare(without_labels, tmp_path / "prepared", LEARNED, workers=1)
    (without_labels / "rejected.jsonl").write_text(json.dumps({"utt_id": "x", "reason": "news"}) + "\n")
    prepare(without_labels, tmp_path / "prepared", LEARNED, workers=1)
    assert len(learner) == 1
    change_utterance(without_labels, "u3", split="test")
    work = Preparation(without_labels, tmp_path / "prepared", LEARNED)
    again = work.run(workers=1)
    assert len(learner) == 2
    assert work.made == 1  # u1, of which no record was kept
    assert [task.train for task in learner[1]] == [True, True, True, False, False]
    prepare(without_labels, tmp_path / "fresh", LEARNED, workers=1)
    for name in ("manifest.jsonl", "prepared.json", "rejected.jsonl", "shards/00000.wav.npy"):
        assert (again.directory / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes()


def test_a_handler_that_a_library_put_under_pythons_is_taken_away_again(tmp_path):
    received = []
    former = signal.signal(signal.SIGTERM, lambda *_: received.append("python"))
    try:
        with (tmp_path / "dump").open("w") as dump:
            faulthandler.register(signal.SIGTERM, dump, chain=False)  # a handler of the system's, as Paddle's is
            restore_sigterm()
            os.kill(os.getpid(), signal.SIGTERM)
            assert received == ["python"]
        assert (tmp_path / "dump").read_text() == ""
    finally:
        faulthandler.unregister(signal.SIGTERM)
        signal.signal(signal.SIGTERM, former)


def test_label_files_are_taken_where_they_are_given(without_labels, tmp_path):
    # The corpus' texts say "See me.", so that is what its labels say too.
    folder = tmp_path / "labels"
    folder.mkdir()
    for example in SpeechCorpus(without_labels):
        borders = np.linspace(0, soundfile.info(example["wav_path"]).duration, 6)
        names = ["S", "IY1", "M", "IY1", ""]
        rows = [f"{start:.6f}\t{end:.6f}\t{name}" for start, end, name in zip(borders, borders[1:], names, strict=False)]
        (folder / f"{example['utt_id']}.txt").write_text("\n".join(rows))
    prepared = prepare(without_labels, tmp_path / "prepared", settings(f"alignments={folder}", "trim=null"), workers=1)
    assert not prepared.rejected
    assert prepared.info["durations"] == {"source": "given"}
    for example in prepared:
        assert example["phones"] == ["sil", "S", "IY1", "M", "IY1", "."]
        assert example["durations"][0] == 0
        assert np.ptp(example["durations"][1:]) <= 1
    (folder / "u2.txt").unlink()
    work = Preparation(without_labels, tmp_path / "prepared", settings(f"alignments={folder}", "trim=null"))
    assert "no labels for it" in work.run(workers=1).rejected[0]["reason"]
    assert (work.made, work.kept) == (1, 4)


def test_the_way_is_chosen_by_what_there_is(corpus, without_labels, tmp_path, monkeypatch):
    labelled = make_corpus(tmp_path / "labelled", splits=("train",))
    assert choose_source(PrepareConfig(), SpeechCorpus(labelled)) == "given"
    assert choose_source(settings("durations=sphinx"), SpeechCorpus(labelled)) == "sphinx"
    plain = SpeechCorpus(without_labels)
    assert choose_source(settings("alignments=somewhere"), plain) == "given"
    assert choose_source(LEARNED, plain) == "learned"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert choose_source(PrepareConfig(), plain) == "learned"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    assert choose_source(PrepareConfig(), plain) == "sphinx"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["durations=given"], r"durations: given, but .*corpus has none\. Give label files \(alignments=FOLDER\)"),
        (["durations=sphinx", "alignments=x"], "alignments: durations: sphinx takes no label files"),
        (["phone_map=x"], "phone_map: there are no label files"),
        (["durations=guessed"], "durations: expected .*'given'.*received \"guessed\""),
    ],
)
def test_what_can_not_be_is_refused(without_labels, tmp_path, overrides, message):
    with pytest.raises(ConfigError, match=message):
        prepare(without_labels, tmp_path / "prepared", settings(*overrides), workers=1)


def test_labels_that_are_not_there_are_named(without_labels, tmp_path):
    with pytest.raises(DataError, match=r"nowhere: no such folder or file of labels \(key 'alignments'\)"):
        prepare(without_labels, tmp_path / "prepared", settings("alignments=nowhere"), workers=1)
