"""Labels are found by the utterance's name or its recording's place; what is missing is named."""

import json
import pickle

import pytest

from parakeet.errors import DataError
from parakeet.preparation.labels import Label, open_labels
from parakeet.preparation.sphinx import AlignmentFailure

HTK = "0 1000000 S\n"


def example(utt_id, wav="wavs/a.wav"):
    return {"utt_id": utt_id, "wav_path": wav}


@pytest.mark.parametrize("name", ["anna-a.lab", "corpus/anna/a.lab", "anna/a.lab", "a.lab", "anna-a.TextGrid"])
def test_a_folder_is_searched_by_name_and_by_the_place_of_the_recording(name, tmp_path):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(HTK)  # told by its content, whatever its ending
    labels = open_labels(tmp_path)
    wanted = example("anna-a", "/there/corpus/anna/a.wav")
    assert labels.covers(wanted)
    assert labels.phones(wanted) == [Label("S", 0.0, 0.1)]
    assert not labels.covers(example("bob-b", "/there/corpus/bob/b.wav"))


def test_an_utterance_without_labels_is_told_where_they_are_expected(tmp_path):
    labels = open_labels(tmp_path)
    with pytest.raises(AlignmentFailure, match=r"no labels for it: expected u1\.TextGrid \(or \.json, \.lab, \.ctm, \.interval, \.txt\)"):
        labels.phones(example("u1"))
    (tmp_path / "all.ctm").write_text("u12 1 0 0.1 S\nu2 1 0 0.2 T\n")
    with pytest.raises(AlignmentFailure, match=r"no labels for it in .*all\.ctm, which has those of 2 others\. Did you mean 'u12'"):
        open_labels(tmp_path / "all.ctm").phones(example("u1"))


@pytest.mark.parametrize("content", ["u1 1 0 0.1 S\nu2 1 0 0.2 T\n", json.dumps({"u1": [["S", 0, 0.1]], "u2": [["T", 0, 0.2]]})])
def test_one_file_may_hold_all(content, tmp_path):
    (tmp_path / "all").write_text(content)
    labels = pickle.loads(pickle.dumps(open_labels(tmp_path / "all")))
    assert labels.phones(example("u2")) == [Label("T", 0.0, 0.2)]
    assert labels.covers(example("u1"))
    assert not labels.covers(example("u3"))


def test_one_file_of_one_utterance_is_refused(tmp_path):
    (tmp_path / "u.lab").write_text(HTK)
    with pytest.raises(DataError, match=r"u\.lab: holds the labels of one utterance; expected those of all, by name .*Give the folder"):
        open_labels(tmp_path / "u.lab")


def test_labels_that_are_not_there_are_named(tmp_path):
    with pytest.raises(DataError, match=r"none: no such folder or file of labels \(key 'alignments'\)"):
        open_labels(tmp_path / "none")


def test_the_identity_changes_with_the_labels_of_the_utterance_alone(tmp_path):
    (tmp_path / "all").write_text("u1 1 0 0.1 S\nu2 1 0 0.2 T\n")
    before = [open_labels(tmp_path / "all").identity(example(name)) for name in ("u1", "u2", "u3")]
    (tmp_path / "all").write_text("u1 1 0 0.1 S\nu2 1 0 0.25 T\n")
    after = [open_labels(tmp_path / "all").identity(example(name)) for name in ("u1", "u2", "u3")]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    folder = open_labels(tmp_path)
    assert folder.identity(example("u1")) == "none, u1"
    (tmp_path / "u1.lab").write_text(HTK)
    assert folder.identity(example("u1")) != "none, u1"
