import io
import json

import numpy as np
import pytest
import soundfile

from parakeet.audio.io import read_wav
from parakeet.datasets import BUILDERS
from parakeet.datasets.festvox_ru import build_festvox_ru, spoken_text
from parakeet.errors import DataError
from parakeet.preparation.durations import GivenDurations

VOICE = "usr/share/festival/voices/russian/msu_ru_nsh_clunits/"
COPYRIGHT = "usr/share/doc/festvox-ru/copyright"
TEXTS = """( ru_0001 "М+ама, д+ома." )
( ru_0002 "К+ак + д+ела?" )

( ru_0003 "Без записи." )
( ru_0004 "Испорчена." )
( ru_0005 "Другая частота." )
( ru_0006 "Без меток." )
"""
LABEL = "#\n0.1 125 pau\n0.2 125 m\n0.4 125 aa\n0.5 125 m\n0.6 125 ae\n0.7 125 pau\n0.8 125 d\n0.9 125 oo\n0.95 125 m\n1.0 125 ae\n"


def wav_file(rate=16000):
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(np.arange(rate) / 9), rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.fixture
def files():
    wavs = {f"{VOICE}wav/ru_000{n}.wav": wav_file() for n in (1, 2, 6, 9)}
    wavs |= {f"{VOICE}wav/ru_0004.wav": b"RIFF", f"{VOICE}wav/ru_0005.wav": wav_file(8000)}
    labels = {f"{VOICE}lab/ru_000{n}.lab": LABEL.encode() for n in (1, 2)}
    return {f"{VOICE}etc/txt.done.data": TEXTS.encode(), COPYRIGHT: b"BSD-like: the whole licence", f"{VOICE}mcep/x": b"1"} | wavs | labels


@pytest.fixture
def deb(tmp_path, make_deb, files):
    return make_deb(tmp_path / "ru.deb", "festvox-ru", files, version="0.5+dfsg-6")


def test_the_corpus_is_built_whole_with_labels_licence_and_what_was_left_out(deb, files, tmp_path):
    seen = []
    corpus = build_festvox_ru(tmp_path / "ru", debs=deb, progress=lambda *state: seen.append(state))
    assert [(e["utt_id"], e["text"], e["speaker"]) for e in corpus] == [
        ("ru_0001", "Ма\u0301ма, до\u0301ма.", "nsh"),
        ("ru_0002", "Ка\u0301к де\u0301ла?", "nsh"),
        ("ru_0006", "Без меток.", "nsh"),
    ]
    info = corpus.info
    assert (info.language, info.frontend, info.frontend_options, info.sample_rate) == ("ru", "espeak", {"language": "ru"}, 16000)
    assert info.source == "Debian package festvox-ru 0.5+dfsg-6"
    folder = tmp_path / "ru"
    assert (folder / "LICENSE.txt").read_text() == "BSD-like: the whole licence"
    assert "Nickolay V. Shmyrev" in (folder / "ATTRIBUTION.txt").read_text()
    assert "has been modified" in (folder / "ATTRIBUTION.txt").read_text()
    assert (folder / "labels" / "ru_0001.lab").read_text() == LABEL
    assert not (folder / "labels" / "ru_0006.lab").exists()
    expected, _ = soundfile.read(io.BytesIO(files[f"{VOICE}wav/ru_0001.wav"]), dtype="float32")
    np.testing.assert_array_equal(read_wav(corpus[0]["wav_path"])[0], expected)
    reasons = {record["utt_id"]: record["reason"] for record in corpus.rejected}
    assert reasons["ru_0009"] == "it has no text"
    assert reasons["ru_0003"] == "it has no recording"
    assert "its recording can't be read" in reasons["ru_0004"]
    assert reasons["ru_0005"] == "its recording has 8000 Hz and 1 channels, expected 16000 Hz and one"
    assert seen[-1][1:] == (6, 6)


def test_a_complete_corpus_is_left_as_it_is_and_another_revision_refused(deb, tmp_path):
    build_festvox_ru(tmp_path / "ru", debs=deb)
    before = (tmp_path / "ru" / "utterances.jsonl").stat().st_mtime_ns
    assert len(BUILDERS["festvox-ru"](tmp_path / "ru")) == 3
    assert (tmp_path / "ru" / "utterances.jsonl").stat().st_mtime_ns == before
    info = json.loads((tmp_path / "ru" / "corpus.json").read_text())
    info["build"]["revision"] = 0
    (tmp_path / "ru" / "corpus.json").write_text(json.dumps(info))
    with pytest.raises(DataError, match="holds the corpus 'festvox-ru' built with"):
        build_festvox_ru(tmp_path / "ru", debs=deb)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({f"{VOICE}etc/txt.done.data": None}, r"ru\.deb: holds no usr/share/.*/txt\.done\.data; this version of festvox-ru is laid out"),
        ({COPYRIGHT: None}, "holds no usr/share/doc/festvox-ru/copyright"),
        ({f"{VOICE}etc/txt.done.data": b"( ru_1 text )"}, r"txt\.done\.data, line 1: expected '\( name \"text\" \)', received '\( ru_1"),
    ],
)
def test_a_package_that_is_laid_out_differently_is_told(changes, message, files, make_deb, tmp_path):
    changed = {name: content for name, content in (files | changes).items() if content is not None}
    with pytest.raises(DataError, match=message):
        build_festvox_ru(tmp_path / "ru", debs=make_deb(tmp_path / "ru.deb", "festvox-ru", changed))
    assert not (tmp_path / "ru").exists()


def test_a_plus_before_a_vowel_becomes_an_accent_and_any_other_one_goes():
    assert spoken_text("Это з+амок, не зам+ок +  2 +.") == "Это за\u0301мок, не замо\u0301к 2 ."


def test_the_labels_are_fitted_to_the_frontends_phones_by_the_map_that_lies_beside(deb, tmp_path):
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    from parakeet.frontend import load_frontend

    corpus = build_festvox_ru(tmp_path / "ru", debs=deb)
    frontend = load_frontend(corpus.info.frontend, **corpus.info.frontend_options)
    given = GivenDurations(frontend.symbols, tmp_path / "ru" / "labels", tmp_path / "ru" / "phone_map.txt")
    words = frontend.words(corpus[0]["text"])
    segments = given.segments(corpus[0], words, np.zeros(16000), 16000)
    assert [s.symbol for s in segments] == ["sil", *frontend.phones(corpus[0]["text"])]
    ends = {s.symbol: s.end_seconds for s in segments}
    assert ends["sil"] == pytest.approx(0.1)
    assert ends[","] == pytest.approx(0.7)
    assert ends["."] == pytest.approx(1.0)
