import numpy as np
import pytest

from parakeet.audio.io import read_wav
from parakeet.datasets import BUILDERS, espeak
from parakeet.datasets.espeak import build_espeak, split_of
from parakeet.datasets.sentences import english_sentences
from parakeet.errors import DataError, TextError
from parakeet.frontend.espeak import EspeakFrontend

pytest.importorskip("espeakng_loader", reason="needs the wheel espeakng-loader (GPL-3)")

SENTENCES = ["Hello, world.", "How are you today?", "The harbour was quiet; nobody spoke.", "Stop!"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return build_espeak(tmp_path_factory.mktemp("espeak") / "corpus", SENTENCES)


def test_every_phone_has_its_exact_duration(corpus):
    known = set(EspeakFrontend().symbols)
    assert [e["text"] for e in corpus] == SENTENCES
    for example in corpus:
        wav, rate = read_wav(example["wav_path"])
        assert rate == corpus.info.sample_rate == 22050
        assert sum(example["phone_samples"]) == len(wav)
        assert len(example["phones"]) == len(example["phone_samples"])
        assert set(example["phones"]) <= known


def test_the_last_mark_lasts_a_tenth_of_a_second_of_silence(corpus):
    for example in corpus:
        wav, rate = read_wav(example["wav_path"])
        assert example["phones"][-1] in ".?!"
        assert 0.1 <= example["phone_samples"][-1] / rate < 0.12
        assert not np.any(wav[-rate // 10 :])


def test_the_corpus_says_what_it_is(corpus):
    info = corpus.info
    assert (info.name, info.language, info.frontend) == ("espeak", "en-US", "espeak")
    assert "espeakng-loader 0." in info.source
    assert info.licence == "that of the sentences"
    assert "output of the program eSpeak NG" in (corpus.directory / "LICENSE.txt").read_text()
    assert "voice en-us, 160 words a minute" in (corpus.directory / "ATTRIBUTION.txt").read_text()


def test_the_same_request_gives_the_same_bytes(tmp_path, corpus):
    again = build_espeak(tmp_path / "again", SENTENCES)
    for path in corpus.directory.rglob("*.*"):
        assert path.read_bytes() == (again.directory / path.relative_to(corpus.directory)).read_bytes()


def test_a_complete_corpus_is_left_and_another_request_is_refused(corpus):
    before = (corpus.directory / "corpus.json").stat().st_mtime_ns
    assert len(build_espeak(corpus.directory, SENTENCES)) == 4
    assert (corpus.directory / "corpus.json").stat().st_mtime_ns == before
    with pytest.raises(DataError, match="holds the corpus 'espeak' built with .*, but .* is asked for"):
        build_espeak(corpus.directory, SENTENCES, rate=200)
    with pytest.raises(DataError, match="is asked for"):
        build_espeak(corpus.directory, SENTENCES[:2])


def test_sentences_nobody_can_speak_are_listed(tmp_path):
    corpus = build_espeak(tmp_path / "c", ["Hello.", "...", "World."])
    assert [e["utt_id"] for e in corpus] == ["espeak-0001", "espeak-0003"]
    assert corpus.rejected == [{"utt_id": "espeak-0002", "reason": "there is nothing to speak in the text '...'."}]


def test_an_interrupted_build_leaves_nothing(tmp_path):
    def interrupt(what, done, total):
        assert (what, total) == ("speaking the sentences", 4)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_espeak(tmp_path / "c", SENTENCES, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_another_variant_is_another_speaker_with_the_same_phones(tmp_path, corpus):
    other = build_espeak(tmp_path / "c", SENTENCES[:1], variant="f3")
    assert other[0]["speaker"] == "espeak-en-us+f3"
    assert corpus[0]["speaker"] == "espeak-en-us"
    assert other[0]["phones"] == corpus[0]["phones"]


def test_an_unknown_variant_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(TextError, match="can't speak 'en-us\\+female': 'female' is none of its variants"):
        build_espeak(tmp_path / "c", SENTENCES, variant="female")
    assert list(tmp_path.iterdir()) == []


def test_the_split_of_a_sentence_is_a_function_of_its_words():
    sentences = english_sentences()
    splits = [split_of(s) for s in sentences]
    assert splits == [split_of(s.upper().rstrip(".?!")) for s in sentences]
    for split in ("valid", "test"):
        assert 40 <= splits.count(split) <= 80


def test_the_projects_own_sentences_are_spoken_unless_others_are_given(tmp_path, monkeypatch):
    own = english_sentences()
    monkeypatch.setattr(espeak, "english_sentences", lambda: own[:12])
    corpus = BUILDERS["espeak"](tmp_path / "c")
    assert [e["text"] for e in corpus] == own[:12]
    assert corpus.rejected == []
    assert corpus.info.licence == "Apache-2.0"
    assert "Apache License" in (corpus.directory / "LICENSE.txt").read_text()


def test_every_phone_of_a_held_out_sentence_is_trained_on():
    frontend, sentences = EspeakFrontend(), sorted(english_sentences(), key=lambda s: split_of(s) == "train")
    missing = set()
    for sentence in sentences:
        if split_of(sentence) != "train":
            missing.update(frontend.phones(sentence))
        elif missing:
            missing.difference_update(frontend.phones(sentence))
    assert missing == set()
