import json
import os
import time

import numpy as np
import pytest

from parakeet.audio.io import read_wav
from parakeet.datasets import CorpusInfo, Utterance, write_corpus
from parakeet.datasets.writer import existing_corpus
from parakeet.errors import DataError

BUILD = {"builder": "small", "revision": 1}
INFO = CorpusInfo("small", "en-US", 16000, "CC0-1.0", "nobody", "this test", "english", BUILD)
WAV = np.round(np.sin(np.arange(800) / 20) * 8000).astype(np.float32) / 32767


def utterance(utt_id="a", text="One two.", split="train", **more):
    return Utterance(utt_id, text, "s", split, WAV, **more)


def save(directory, utterances, **more):
    return write_corpus(directory, INFO, utterances, licence="L\n", attribution="A\n", **more)


def test_what_is_written_is_read_back(tmp_path):
    rejected = []

    def utterances():
        yield utterance("a")
        rejected.append({"utt_id": "x", "reason": "no recording"})
        yield utterance("b-1.c", "Ünd drei?", "test", phones=("AH", "."), phone_samples=(np.int64(500), 300))

    corpus = save(tmp_path / "c", utterances(), rejected=rejected)
    assert [e["utt_id"] for e in corpus] == ["a", "b-1.c"]
    assert corpus[1]["text"] == "Ünd drei?"
    assert corpus[1]["phones"] == ["AH", "."]
    assert corpus[1]["phone_samples"] == [500, 300]
    assert corpus.info == INFO
    assert corpus.rejected == [{"utt_id": "x", "reason": "no recording"}]
    assert (tmp_path / "c" / "LICENSE.txt").read_text() == "L\n"
    assert (tmp_path / "c" / "ATTRIBUTION.txt").read_text() == "A\n"
    wav, rate = read_wav(corpus[0]["wav_path"])
    assert rate == 16000
    np.testing.assert_array_equal(np.round(wav * 32768), np.round(WAV * 32767))


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"utt_id": "a", "text": "Other."}, "utterance 'a': two utterances bear this name."),
        ({"utt_id": "b/c"}, "utterance 'b/c': its name also names a file; expected letters, digits"),
        ({"utt_id": ".."}, "utterance '..': its name also names a file"),
        ({"split": "dev"}, "utterance 'b': unknown split 'dev', expected one of train, valid, test."),
        ({"text": " ... "}, "utterance 'b': its text ' ... ' holds no word."),
        ({"phones": ("AH",), "phone_samples": (400, 400)}, "utterance 'b': 1 phones but 2 phone_samples."),
        ({"phones": ("AH",), "phone_samples": (799,)}, "utterance 'b': its phones last 799 samples, its wav 800."),
    ],
)
def test_an_utterance_nobody_could_use_is_refused_and_nothing_is_left(tmp_path, second, said):
    with pytest.raises(DataError) as caught:
        save(tmp_path / "c", [utterance(), utterance(**({"utt_id": "b", "text": "Three."} | second))])
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_text_in_two_splits_is_refused_whatever_its_case_and_punctuation(tmp_path):
    with pytest.raises(DataError, match="utterance 'b': its text 'one, TWO!' is in split 'test' and in split 'train'"):
        save(tmp_path / "c", [utterance("a", "One two."), utterance("b", "one, TWO!", "test")])
    assert len(save(tmp_path / "c", [utterance("a", "One two."), utterance("b", "one, TWO!")])) == 2


def test_an_empty_corpus_is_refused(tmp_path):
    with pytest.raises(DataError, match="the corpus 'small' would hold no utterance"):
        save(tmp_path / "c", [])


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, ValueError])
def test_an_interrupted_build_leaves_nothing(tmp_path, interrupt):
    def utterances():
        yield utterance()
        assert len(list(tmp_path.glob(".c.building-*/wavs/a.wav"))) == 1
        assert not (tmp_path / "c").exists()
        raise interrupt

    with pytest.raises(interrupt):
        save(tmp_path / "c", utterances())
    assert list(tmp_path.iterdir()) == []


def test_parent_folders_are_made_and_an_empty_folder_is_used(tmp_path):
    save(tmp_path / "deep" / "er" / "c", [utterance()])
    (tmp_path / "empty").mkdir()
    save(tmp_path / "empty", [utterance()])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["deep", "empty"]


def test_a_foreign_folder_is_refused_and_not_touched(tmp_path):
    for name in ("thesis.tex", "a", "b", "c"):
        (tmp_path / name).write_text("mine")
    with pytest.raises(DataError) as caught:
        save(tmp_path, [utterance()])
    assert str(caught.value) == (
        f"{tmp_path}: isn't empty and isn't a corpus (it holds a, b, c ...). Choose another folder; nothing was written."
    )
    assert (tmp_path / "thesis.tex").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "c").write_text("")
    with pytest.raises(DataError, match="is a file, expected a folder that doesn't exist or is empty"):
        save(tmp_path / "c", [utterance()])


def test_a_folder_filled_by_another_builder_meanwhile_is_kept(tmp_path):
    def utterances():
        yield utterance()
        (tmp_path / "c").mkdir()
        (tmp_path / "c" / "theirs").write_text("kept")

    with pytest.raises(DataError, match=r"/c: can't be written \(Directory not empty\)"):
        save(tmp_path / "c", utterances())
    assert [p.name for p in tmp_path.iterdir()] == ["c"]
    assert (tmp_path / "c" / "theirs").read_text() == "kept"


def test_a_place_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="can't be created .*Choose a folder you may write to"):
        save(tmp_path / "file" / "c", [utterance()])


def test_what_a_killed_build_left_behind_is_swept_when_it_is_old(tmp_path):
    old, fresh = tmp_path / ".c.building-1", tmp_path / ".c.building-2"
    for folder in (old, fresh):
        (folder / "wavs").mkdir(parents=True)
    os.utime(old, (time.time() - 7200,) * 2)
    save(tmp_path / "c", [utterance()])
    assert sorted(p.name for p in tmp_path.iterdir()) == [".c.building-2", "c"]


def test_a_complete_corpus_is_recognised(tmp_path):
    assert existing_corpus(tmp_path / "c", "small", BUILD) is None
    (tmp_path / "c").mkdir()
    assert existing_corpus(tmp_path / "c", "small", BUILD) is None
    save(tmp_path / "c", [utterance()])
    assert len(existing_corpus(tmp_path / "c", "small", BUILD)) == 1


def test_another_corpus_or_one_built_otherwise_is_refused(tmp_path):
    save(tmp_path / "c", [utterance()])
    with pytest.raises(DataError, match="holds the corpus 'small', not 'large'. Choose another folder."):
        existing_corpus(tmp_path / "c", "large", BUILD)
    with pytest.raises(DataError, match="'revision': 1}, but {'builder': 'small', 'revision': 2} is asked for"):
        existing_corpus(tmp_path / "c", "small", BUILD | {"revision": 2})
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "notes").write_text("")
    with pytest.raises(DataError, match=r"isn't a corpus \(it holds notes\)"):
        existing_corpus(tmp_path / "d", "small", BUILD)


def test_a_damaged_corpus_is_not_taken_for_a_complete_one(tmp_path):
    save(tmp_path / "c", [utterance()])
    (tmp_path / "c" / "wavs" / "a.wav").unlink()
    with pytest.raises(DataError, match="utterance 'a': its wav .* is missing"):
        existing_corpus(tmp_path / "c", "small", BUILD)


def test_the_same_corpus_is_written_in_the_same_bytes(tmp_path):
    for name in ("c", "d"):
        save(tmp_path / name, [utterance()])
    for file in ("corpus.json", "utterances.jsonl", "wavs/a.wav"):
        assert (tmp_path / "c" / file).read_bytes() == (tmp_path / "d" / file).read_bytes()
    assert json.loads((tmp_path / "c" / "corpus.json").read_text())["build"] == BUILD
