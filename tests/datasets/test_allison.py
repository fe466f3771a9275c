import gzip
import json
import sys
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest

from parakeet.audio.io import read_wav
from parakeet.datasets import BUILDERS, allison
from parakeet.datasets.allison import build_allison, spoken_text
from parakeet.datasets.corpus import text_key
from parakeet.errors import DataError, MissingDependencyError

DOC = "usr/share/doc/asterisk-core-sounds-en/"
SOUNDS = "usr/share/asterisk/sounds/en_US_f_Allison/"
TABLES = {
    "allison_corrections.tsv": "# a comment\nletters/a\t*\tay\nmenu\tumute\tunmute\nmenu\tor 2\tor 2,\nother\tgone\tcome\n",
    "allison_cuts.tsv": "menu\t3\t6.00\nmenu\t6\t11.50\nloud\t1\t8.00\n",
    "allison_splits.json": json.dumps({"test": ["hold"], "valid": ["digits-1", "unknown"]}),
}
TRANSCRIPTS = """; a comment: not a transcript

hold: Please hold.
again: please  HOLD
digits/1: one ...
letters/a: a
letters/at: at [@]
note: Says this (note: does not say "2")
beep: [this is a beep]
silence/1: (1 second of silence)
menu: Press 1 to umute or 2 to leave: press 3
other: A transcript of another version.
loud: Without a pause
long: Too long
quiet: Not a sound.
short: Too short.
unrecorded: Nobody spoke this.
"""


def tone(seconds, level=0.3):
    return level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 16000)) / 16000)


def silence(seconds):
    return np.zeros(round(seconds * 16000))


def encode(wav):
    codec = pytest.importorskip("G722", reason="needs the G722 wheel")
    return codec.G722(16000, 64000).encode(np.round(wav * 32767).astype(int).tolist())


@pytest.fixture(scope="module")
def recordings():
    speech = np.concatenate([silence(0.4), tone(0.5), silence(0.3)])
    edge = np.concatenate([tone(0.5), silence(0.02)])
    menu = np.concatenate([silence(0.2), tone(5.6), silence(0.4), tone(5.1), silence(0.4), tone(3.0), silence(0.2)])
    wavs = {
        "hold": speech, "again": speech, "digits/1": edge, "letters/a": speech, "letters/at": speech, "note": speech, "beep": speech,
        "silence/1": silence(1), "menu": menu, "other": speech, "loud": tone(14), "long": tone(13), "quiet": silence(1),
        "short": tone(0.1), "untold": speech,
    }  # fmt: skip
    return {f"{SOUNDS}{key}.g722": encode(wav) for key, wav in wavs.items()}


@pytest.fixture
def debs(tmp_path, make_deb, recordings, monkeypatch):
    monkeypatch.setattr(allison, "_resource", TABLES.__getitem__)
    folder = tmp_path / "debs"
    folder.mkdir()
    documents = {f"{DOC}core-sounds-en.txt.gz": gzip.compress(TRANSCRIPTS.encode()), f"{DOC}copyright": b"the whole licence"}
    make_deb(folder / "t.deb", "asterisk-core-sounds-en", documents)
    make_deb(folder / "r.deb", "asterisk-core-sounds-en-g722", recordings | {f"{SOUNDS}README": b"no sound"})
    return folder


@pytest.fixture
def corpus(tmp_path, debs):
    return build_allison(tmp_path / "corpus", debs)


def test_transcripts_become_sentences_as_spoken(corpus):
    assert {e["utt_id"]: e["text"] for e in corpus} == {
        "hold": "Please hold.",
        "again": "Please HOLD.",
        "digits-1": "One.",
        "letters-a": "Ay.",
        "letters-at": "At.",
        "note": "Says this.",
        "menu-01": "Press 1 to.",
        "menu-02": "Unmute or 2,",
        "menu-03": "To leave: press 3.",
    }


def test_everything_left_out_is_listed_with_its_reason(corpus):
    assert {r["utt_id"]: r["reason"] for r in corpus.rejected} == {
        "untold": "it has no transcript",
        "unrecorded": "it has no recording",
        "beep": "it is no speech: [this is a beep]",
        "silence-1": "it is no speech: (1 second of silence)",
        "other": "its transcript is another one than expected: no 'gone' in 'A transcript of another version.'",
        "loud": "there is no pause at 8 s, where it should be cut: the recording is another one than expected",
        "long": "it lasts 13.0 s, longer than 12 s",
        "quiet": "it is silent",
        "short": "it lasts 0.10 s, too short for a word",
    }


def test_the_same_text_is_never_in_two_splits(corpus):
    splits = {}
    for example in corpus:
        assert splits.setdefault(text_key(example["text"]), example["split"]) == example["split"]
    assert {e["utt_id"]: e["split"] for e in corpus if e["split"] != "train"} == {"hold": "test", "again": "test", "digits-1": "valid"}


def test_silence_at_both_ends_is_a_tenth_of_a_second_trimmed_or_added(corpus):
    for example in corpus:
        wav, rate = read_wav(example["wav_path"])
        loud = np.flatnonzero(np.abs(wav) > 0.01)
        assert rate == 16000
        assert loud[0] / rate == pytest.approx(0.1, abs=0.012)
        assert (len(wav) - loud[-1]) / rate == pytest.approx(0.1, abs=0.012)
        # The codec's idle noise, or noise as soft as that: no digital silence, no hiss.
        assert 1e-6 < np.sqrt(np.mean(wav[:1200] ** 2)) < 2e-3


def test_a_long_recording_is_cut_at_its_pauses(corpus):
    seconds = [len(read_wav(corpus[corpus.index(f"menu-0{i}")]["wav_path"])[0]) / 16000 for i in (1, 2, 3)]
    assert seconds == pytest.approx([5.8, 5.3, 3.2], abs=0.03)


def test_licence_and_author_stand_beside(corpus):
    licence = (corpus.directory / "LICENSE.txt").read_text()
    assert "CC-BY-SA-3.0" in licence
    assert "https://creativecommons.org/licenses/by-sa/3.0/" in licence
    assert licence.endswith("the whole licence")
    attribution = (corpus.directory / "ATTRIBUTION.txt").read_text()
    for name in ("Allison Smith", "Digium", "Sangoma", "asterisk-core-sounds-en-g722 1.6.1-1", "has been modified"):
        assert name in attribution
    assert corpus.info.licence == "CC-BY-SA-3.0"
    assert (corpus.info.language, corpus.info.sample_rate, corpus.info.frontend) == ("en-US", 16000, "english")


def test_a_complete_corpus_is_left_as_it_is_and_needs_no_package(corpus):
    before = {p: p.stat().st_mtime_ns for p in corpus.directory.rglob("*")}
    assert len(build_allison(corpus.directory, debs="nowhere")) == len(corpus)
    assert {p: p.stat().st_mtime_ns for p in corpus.directory.rglob("*")} == before


def test_building_twice_gives_the_same_bytes(tmp_path, debs, corpus):
    again = build_allison(tmp_path / "again", debs)
    for path in corpus.directory.rglob("*.*"):
        assert path.read_bytes() == (again.directory / path.relative_to(corpus.directory)).read_bytes()


def test_an_interrupted_build_leaves_nothing_and_can_be_repeated(tmp_path, debs):
    def interrupt(what, done, total):
        if what == "reading the recordings" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_allison(tmp_path / "out" / "corpus", debs, progress=interrupt)
    assert list((tmp_path / "out").iterdir()) == []
    assert len(build_allison(tmp_path / "out" / "corpus", debs)) == 9


def test_progress_counts_the_recordings(tmp_path, debs):
    said = []
    build_allison(tmp_path / "corpus", debs, progress=lambda *what: said.append(what))
    assert {what for what, _, _ in said} == {"reading the recordings"}
    assert [done for _, done, _ in said] == list(range(said[0][2])) + [said[0][2]]


def test_a_folder_that_holds_something_else_is_refused_before_any_work(tmp_path):
    (tmp_path / "notes").write_text("")
    with pytest.raises(DataError, match="isn't empty and isn't a corpus"):
        build_allison(tmp_path, debs="nowhere")


def test_a_missing_decoder_is_told_before_any_download(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "G722", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingDependencyError, match=r"The corpus 'allison' needs 'G722', .*pip install \"parakeet-tts\[corpora\]\""):
        build_allison(tmp_path / "corpus")


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ({}, "holds no usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz; this version .* is laid out differently"),
        ({f"{DOC}core-sounds-en.txt.gz": b"no gzip"}, "core-sounds-en.txt.gz is damaged .*Download the package again"),
        ({f"{DOC}core-sounds-en.txt.gz": gzip.compress(b"; nothing\n")}, "holds no transcript, expected lines of `name: text`"),
    ],
)
def test_packages_of_another_layout_are_refused(tmp_path, debs, make_deb, documents, said):
    make_deb(debs / "t.deb", "asterisk-core-sounds-en", documents)
    with pytest.raises(DataError, match=said):
        build_allison(tmp_path / "corpus", debs)
    assert not (tmp_path / "corpus").exists()


def test_packages_without_recordings_give_no_corpus(tmp_path, debs, make_deb):
    make_deb(debs / "r.deb", "asterisk-core-sounds-en-g722", {})
    with pytest.raises(DataError, match="the corpus 'allison' would hold no utterance"):
        build_allison(tmp_path / "corpus", debs)


def test_the_registry_builds_it_too(tmp_path, debs):
    assert "CC-BY-SA-3.0" in BUILDERS["allison"].help
    assert len(BUILDERS["allison"](tmp_path / "corpus", debs=debs)) == 9


def rows(name):
    text = resources.files("parakeet.datasets").joinpath("resources", name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def test_every_correction_changes_something():
    table = rows("allison_corrections.tsv")
    assert [row for row in table if len(row) != 3 or not all(row) or row[1] == row[2]] == []
    assert table == sorted(table, key=lambda row: row[0])
    for key, written, spoken in table:
        text = "x" if written == "*" else f"x {written} x"
        assert spoken in spoken_text(key, text, {key: [(written, spoken)]})


def test_every_cut_leaves_pieces_of_a_length_that_can_be_trained_on():
    cuts = {}
    for key, word, seconds in rows("allison_cuts.tsv"):
        cuts.setdefault(key, []).append((int(word), float(seconds)))
    assert len(cuts) >= 18
    for places in cuts.values():
        assert places == sorted(set(places))
        ends = [0.0, *(seconds for _, seconds in places)]
        assert all(1 < b - a <= 10 for a, b in pairwise(ends))


def test_forty_sentences_are_for_the_test_and_twenty_five_for_validation():
    table = json.loads(resources.files("parakeet.datasets").joinpath("resources/allison_splits.json").read_text())
    assert {split: len(set(names)) for split, names in table.items()} == {"test": 40, "valid": 25}
    assert not set(table["test"]) & set(table["valid"])
    assert not {key for key, _, _ in rows("allison_cuts.tsv")} & {*table["test"], *table["valid"]}
