"""A corpus becomes features, every rejection is listed, and nothing is half-written."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from making import change_utterance, make_corpus

from parakeet.audio.io import read_wav, write_wav
from parakeet.audio.loudness import integrated_loudness
from parakeet.audio.mel import MelConfig, log_mel
from parakeet.audio.pitch import extract_pitch
from parakeet.audio.stft import frame_energy, magnitudes
from parakeet.config import load_config
from parakeet.errors import ConfigError, DataError
from parakeet.frontend.english import EnglishFrontend
from parakeet.preparation.prepare import Preparation, PrepareConfig, prepare
from parakeet.preparation.shards import ArrayFile
from parakeet.preparation.store import PreparedData

AS_THEY_ARE = load_config(PrepareConfig, overrides=["loudness=null", "trim=null"])


def contents(folder):
    """Every file of a folder: relative path to bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path / "corpus")


def test_durations_sum_to_the_frames_of_every_utterance(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    assert len(prepared) == 12
    for example in prepared:
        assert example["durations"].sum() == len(example["mel"]) == len(example["pitch"]) == len(example["energy"])
        assert len(example["durations"]) == len(example["phones"])
        assert example["phones"][0] == "sil"


def test_features_are_those_of_the_recording_that_is_kept(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    for i in (0, 5, 11):
        wav = prepared.wav(i)
        np.testing.assert_array_equal(prepared[i]["mel"], log_mel(wav, MelConfig()))
        np.testing.assert_array_equal(prepared[i]["energy"], frame_energy(magnitudes(wav, 1024, 256, 1024)))
        assert len(prepared[i]["mel"]) == 1 + len(wav) // 256
        assert prepared.describe(i) == f"u{i}"


def test_a_recording_that_nothing_is_done_to_is_kept_to_the_bit(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", AS_THEY_ARE, workers=1)
    for i in (0, 5, 11):
        np.testing.assert_array_equal(prepared.wav(i), read_wav(corpus / "wavs" / f"u{i}.wav")[0])
        assert prepared.utterance(i)["gain_db"] == 0


def test_recordings_of_any_level_come_to_one_loudness(corpus, tmp_path):
    for n, gain in enumerate((0.05, 0.5, 2.0)):
        wav, rate = read_wav(corpus / "wavs" / f"u{n}.wav")
        write_wav(corpus / "wavs" / f"u{n}.wav", wav * gain, rate)
    prepared = prepare(corpus, tmp_path / "prepared", load_config(PrepareConfig, overrides=["trim=null"]), workers=1)
    for i in range(3):
        assert integrated_loudness(prepared.wav(i), 16000) == pytest.approx(-23, abs=0.01)


def test_a_gain_never_clips(corpus, tmp_path):
    config = load_config(PrepareConfig, overrides=["trim=null", "loudness=-3"])
    prepared = prepare(corpus, tmp_path / "prepared", config, workers=1)
    for i in range(len(prepared)):
        assert 0.96 < np.abs(prepared.wav(i)).max() <= 0.97 + 1 / 32768


def test_silence_at_the_edges_is_cut_but_for_a_margin_and_its_symbols_are_shortened(corpus, tmp_path):
    record = json.loads((corpus / "utterances.jsonl").read_text().splitlines()[0])
    wav = read_wav(corpus / "wavs" / "u0.wav")[0][: -record["phone_samples"][-1]]
    around = np.random.default_rng(0).normal(scale=1e-3, size=32000).astype(np.float32)
    write_wav(corpus / "wavs" / "u0.wav", np.concatenate([around, wav, around]), 16000)
    samples = [32000, *record["phone_samples"][:-1], 32000]
    change_utterance(corpus, "u0", phones=["sil", *record["phones"]], phone_samples=samples)
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    start, seconds = prepared.utterance(0)["trim"]
    assert start == pytest.approx(1.9, abs=0.03)
    assert seconds == pytest.approx(len(wav) / 16000 + 0.2, abs=0.05)
    durations = prepared[0]["durations"]
    assert abs(durations[0] * 256 - (2 - start) * 16000) <= 256
    np.testing.assert_allclose(durations[1:-1] * 256, record["phone_samples"][:-1], atol=256)


def test_boundaries_stand_where_the_sound_changes(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    for line, example in zip((corpus / "utterances.jsonl").read_text().splitlines(), prepared, strict=True):
        ends = np.cumsum(json.loads(line)["phone_samples"]) / 256
        found = np.cumsum(example["durations"])[1:]
        assert np.abs(found[:-1] - np.ceil(ends[:-1])).max() == 0


def test_statistics_are_of_the_training_utterances_alone(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    mel = np.concatenate([prepared[i]["mel"] for i in prepared.indices("train")])
    np.testing.assert_allclose(prepared.statistics["mel_mean"], mel.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(prepared.statistics["mel_std"], mel.std(axis=0), rtol=1e-4)
    pitch = np.concatenate([prepared[i]["pitch"] for i in prepared.indices("train")])
    assert prepared.statistics["log_pitch_mean"] == pytest.approx(np.log(pitch[pitch > 0]).mean(), rel=1e-5)


def test_any_number_of_workers_writes_the_same_bytes(corpus, tmp_path):
    prepare(corpus, tmp_path / "one", workers=1)
    prepare(corpus, tmp_path / "two", workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_progress_counts_every_utterance(corpus, tmp_path):
    seen = []
    prepare(corpus, tmp_path / "prepared", workers=1, progress=lambda what, done, total: seen.append((what, done, total)))
    for what in ("looking for changes", "preparing the recordings", "writing"):
        assert [(done, total) for name, done, total in seen if name == what] == [(n, 12) for n in range(1, 13)]


def test_what_can_not_be_used_is_listed_with_its_reason(corpus, tmp_path):
    wavs = corpus / "wavs"
    write_wav(wavs / "u0.wav", np.zeros(16000, np.float32), 16000)
    (wavs / "u1.wav").write_bytes((wavs / "u1.wav").read_bytes()[:1000])
    soundfile.write(wavs / "u2.wav", np.zeros((16000, 2)), 16000)
    soundfile.write(wavs / "u3.wav", np.full(16000, np.nan), 16000, subtype="FLOAT")
    write_wav(wavs / "u4.wav", read_wav(wavs / "u4.wav")[0], 8000)
    change_utterance(corpus, "u5", phones=["QQ"], phone_samples=[16000])
    write_wav(wavs / "u6.wav", read_wav(wavs / "u6.wav")[0][:1000], 16000)
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    reasons = {record["utt_id"]: record["reason"] for record in prepared.rejected}
    assert len(prepared) == 5
    assert prepared.info["utterances"] == {"train": 1, "valid": 2, "test": 2, "rejected": 7}
    assert "silent: its peak is digital zero" in reasons["u0"]
    assert "truncated" in reasons["u1"]
    assert "has 2 channels, expected 1" in reasons["u2"]
    assert "are NaN or infinite" in reasons["u3"]
    assert "recorded at 8000 Hz, but 16000 Hz is wanted" in reasons["u4"]
    assert "its phones 'QQ' are none of the frontend's" in reasons["u5"]
    assert "lasts 0.06 s, expected 0.3 to 16 s" in reasons["u6"]


def test_durations_that_are_not_those_of_the_recording_are_refused(corpus, tmp_path):
    record = json.loads((corpus / "utterances.jsonl").read_text().splitlines()[0])
    change_utterance(corpus, "u0", phone_samples=[n + 400 for n in record["phone_samples"]])
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    assert "are they those of this recording?" in prepared.rejected[0]["reason"]


def test_strict_stops_at_the_first_bad_utterance(corpus, tmp_path):
    write_wav(corpus / "wavs" / "u3.wav", np.zeros(16000, np.float32), 16000)
    with pytest.raises(DataError, match="utterance 'u3': silent"):
        prepare(corpus, tmp_path / "prepared", workers=1, strict=True)
    assert not (tmp_path / "prepared").exists()


def test_a_corpus_without_one_usable_training_utterance_says_why(corpus, tmp_path):
    for n in range(8):
        write_wav(corpus / "wavs" / f"u{n}.wav", np.zeros(16000, np.float32), 16000)
    (corpus / "rejected.jsonl").write_text('{"utt_id": "beep", "reason": "it is no speech"}\n')
    with pytest.raises(DataError, match="not one of 8 utterances for training could be used; the first reason: u0: .*silent"):
        prepare(corpus, tmp_path / "prepared", workers=1)
    assert not (tmp_path / "prepared").exists()


def test_a_corpus_without_training_utterances_is_told_so(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", splits=("valid", "test"))
    with pytest.raises(DataError, match="none of its 2 utterances is in the split 'train'"):
        prepare(corpus, tmp_path / "prepared", workers=1)


def test_what_the_corpus_left_out_comes_after_what_was_left_out_here(corpus, tmp_path):
    (corpus / "rejected.jsonl").write_text('{"utt_id": "beep", "reason": "it is no speech"}\n')
    write_wav(corpus / "wavs" / "u3.wav", np.zeros(16000, np.float32), 16000)
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    assert [record["utt_id"] for record in prepared.rejected] == ["u3", "beep"]


def test_a_place_where_no_folder_can_be_made_is_named(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"file/prepared: can't be written: Not a directory"):
        prepare(corpus, tmp_path / "file" / "prepared", workers=1)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("pitch_range=[500, 60]", "pitch_range: expected the lowest pitch and a higher one, both above 0 Hz, received 500 and 60"),
        ("pitch_range=[0, 500]", "pitch_range: .* received 0 and 500"),
        ("min_seconds=20", "min_seconds, max_seconds: expected a shortest length and a longer one, received 20 and 16"),
    ],
)
def test_settings_that_no_recording_can_fit_are_refused(corpus, tmp_path, override, message):
    with pytest.raises(ConfigError, match=message):
        prepare(corpus, tmp_path / "prepared", load_config(PrepareConfig, overrides=[override]), workers=1)


def test_workers_end_when_their_parent_is_killed(corpus, tmp_path):
    script = (
        "from parakeet.preparation.prepare import prepare\n"
        f"prepare({str(corpus)!r}, {str(tmp_path / 'prepared')!r}, workers=2, progress=lambda *_: print('.', flush=True) or input())"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout.readline() == b".\n"
        process.kill()
        assert process.communicate(timeout=30)[0] == b""  # the pipe ends with the last process that holds it


def test_the_second_time_nothing_is_done(corpus, tmp_path):
    prepare(corpus, tmp_path / "prepared", workers=1)
    before = (tmp_path / "prepared" / "prepared.json").stat()
    seen = set()
    prepare(corpus, tmp_path / "prepared", workers=1, progress=lambda what, done, total: seen.add(what))
    assert seen == {"looking for changes"}
    assert (tmp_path / "prepared" / "prepared.json").stat() == before


def test_other_settings_are_refused_by_name_unless_an_update_is_wanted(corpus, tmp_path):
    prepare(corpus, tmp_path / "prepared", workers=1)
    before = contents(tmp_path / "prepared")
    other = load_config(PrepareConfig, overrides=["mel.hop_length=200", "trim=null"])
    with pytest.raises(DataError, match=r"settings \(mel\.hop_length: 256, now 200, trim: \{.*\}, now None\); nothing was changed"):
        prepare(corpus, tmp_path / "prepared", other, workers=1)
    assert contents(tmp_path / "prepared") == before
    updated = prepare(corpus, tmp_path / "prepared", other, workers=1, update=True)
    assert updated.mel_config.hop_length == 200
    prepare(corpus, tmp_path / "fresh", other, workers=1)
    assert contents(tmp_path / "prepared") == contents(tmp_path / "fresh")


def test_a_setting_that_did_not_exist_when_data_were_prepared_had_its_default(corpus, tmp_path):
    prepare(corpus, tmp_path / "prepared", workers=1)
    info = json.loads((tmp_path / "prepared" / "prepared.json").read_text())
    del info["settings"]["phone_map"]
    (tmp_path / "prepared" / "prepared.json").write_text(json.dumps(info | {"inputs": "of another version"}))
    work = Preparation(corpus, tmp_path / "prepared")
    work.run(workers=1)
    assert (work.made, work.kept) == (0, 12)


def test_only_what_has_changed_is_made_again_and_the_result_is_that_of_a_fresh_start(corpus, tmp_path):
    prepare(corpus, tmp_path / "prepared", workers=1)
    change_utterance(corpus, "u0", text="Me too.")
    write_wav(corpus / "wavs" / "u4.wav", read_wav(corpus / "wavs" / "u4.wav")[0] * 0.9, 16000)
    write_wav(corpus / "wavs" / "u6.wav", np.zeros(16000, np.float32), 16000)
    change_utterance(corpus, "u7", split="valid", speaker="other")
    lines = (corpus / "utterances.jsonl").read_text().splitlines(keepends=True)
    (corpus / "utterances.jsonl").write_text("".join(lines[11:] + lines[:10]))  # u11 comes first, u10 is gone
    work = Preparation(corpus, tmp_path / "prepared")
    work.run(workers=1)
    assert (work.made, work.kept) == (3, 8)
    prepare(corpus, tmp_path / "fresh", workers=1)
    assert contents(tmp_path / "prepared") == contents(tmp_path / "fresh")
    again = Preparation(corpus, tmp_path / "prepared")
    again.run(workers=1)
    assert (again.made, again.kept) == (0, 11)


def test_a_change_of_the_lexicon_concerns_the_utterances_that_are_spoken_differently(corpus, tmp_path):
    lexicon = tmp_path / "words.txt"
    lexicon.write_text("parrot P EH1 R AH0 T\n")
    config = load_config(PrepareConfig, overrides=[f"lexicon={lexicon}"])
    change_utterance(corpus, "u3", text="See us.")
    prepare(corpus, tmp_path / "prepared", config, workers=1)
    lexicon.write_text("parrot P EH1 R AH0 T\nus Y UW1\n")
    work = Preparation(corpus, tmp_path / "prepared", config)
    work.run(workers=1)
    assert (work.made, work.kept) == (1, 11)


def test_a_reason_follows_a_recording_that_is_renamed(corpus, tmp_path):
    write_wav(corpus / "wavs" / "u6.wav", np.zeros(16000, np.float32), 16000)
    prepare(corpus, tmp_path / "prepared", workers=1)
    (corpus / "wavs" / "u6.wav").rename(corpus / "wavs" / "other.wav")
    change_utterance(corpus, "u6", wav="wavs/other.wav")
    assert "wavs" not in prepare(corpus, tmp_path / "prepared", workers=1).rejected[0]["reason"]
    prepare(corpus, tmp_path / "fresh", workers=1)
    assert contents(tmp_path / "prepared") == contents(tmp_path / "fresh")


def test_the_folder_one_is_in_is_refused_before_any_work(corpus, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    work = Preparation(corpus, ".")
    with pytest.raises(DataError, match=r"here: is the folder you are in, .*Give a folder inside of it: .*here/prepared"):
        work.run(workers=1)
    assert work.made == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "here"]


def test_data_of_another_corpus_are_replaced_only_where_that_is_wanted(corpus, tmp_path):
    prepare(corpus, tmp_path / "prepared", workers=1)
    other = make_corpus(tmp_path / "other", splits=("train", "valid"))
    lines = other / "utterances.jsonl"
    lines.write_text(lines.read_text().replace('"utt_id": "u', '"utt_id": "a'))
    before = contents(tmp_path / "prepared")
    with pytest.raises(DataError, match=r"holds another corpus, 'made': not one of its 12 utterances .*other; nothing was changed\. Give"):
        prepare(other, tmp_path / "prepared", workers=1)
    assert contents(tmp_path / "prepared") == before
    assert len(prepare(other, tmp_path / "prepared", workers=1, update=True)) == 2


@pytest.mark.filterwarnings("ignore:.*no utterance in the split .valid.:UserWarning")
def test_labels_may_be_moved(corpus, tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "u0.json").write_text('[["S", 0.1, 0.2], ["IY1", 0.2, 0.3], ["M", 0.3, 0.4], ["IY1", 0.4, 0.6]]')
    (tmp_path / "labels" / "u1.json").write_text("[[]]")

    def at(folder):
        return load_config(PrepareConfig, overrides=[f"alignments={folder}"])

    prepare(corpus, tmp_path / "prepared", at(tmp_path / "labels"), workers=1)
    (tmp_path / "labels").rename(tmp_path / "moved")
    work = Preparation(corpus, tmp_path / "prepared", at(tmp_path / "moved"))
    reasons = [record["reason"] for record in work.run(workers=1).rejected]
    assert (work.made, work.kept) == (0, 12)
    assert reasons[0] == "u1.json, label 1: expected [phone, begin, end], received []."
    assert reasons[1].startswith("there are no labels for it: expected u2.TextGrid (or ")
    prepare(corpus, tmp_path / "fresh", at(tmp_path / "moved"), workers=1)
    assert contents(tmp_path / "prepared") == contents(tmp_path / "fresh")


@pytest.mark.filterwarnings("ignore:.*no utterance in the split .valid.:UserWarning")
def test_prepared_data_may_lie_in_the_folder_of_the_labels(corpus, tmp_path):
    label = '[["S", 0.1, 0.2], ["IY1", 0.2, 0.3], ["M", 0.3, 0.4], ["IY1", 0.4, 0.6]]'
    (corpus / "u0.json").write_text(label)
    config = load_config(PrepareConfig, overrides=[f"alignments={corpus}"])
    prepare(corpus, corpus / "prepared", config, workers=1)
    before = contents(corpus / "prepared")
    assert len(prepare(corpus, corpus / "prepared", config, workers=1)) == 1
    assert contents(corpus / "prepared") == before
    (corpus / "u1.json").write_text(label)
    assert len(prepare(corpus, corpus / "prepared", config, workers=1)) == 2


def test_a_folder_of_a_stranger_is_left_alone(corpus, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(DataError, match="not empty, and no prepared data"):
        prepare(corpus, tmp_path / "mine", workers=1)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_no_room_on_the_disk_is_told_and_what_is_finished_is_kept(corpus, tmp_path, monkeypatch):
    def full(self, rows):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ArrayFile, "append", full)
        with pytest.raises(DataError, match=r"can't be written: No space left on device\. Check the free space"):
            prepare(corpus, tmp_path / "prepared", workers=1)
    assert not (tmp_path / "prepared").exists()
    work = Preparation(corpus, tmp_path / "prepared")
    work.run(workers=1)
    assert (work.made, work.kept) == (0, 12)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "prepared"]


def test_a_mistyped_setting_is_named_with_the_nearest_key():
    with pytest.raises(ConfigError, match="hop_lenght.*Did you mean.*hop_length"):
        load_config(PrepareConfig, overrides=["mel.hop_lenght=200"])


def test_a_lexicon_that_is_not_there_is_named(corpus, tmp_path):
    config = load_config(PrepareConfig, overrides=[f"lexicon={tmp_path}/words.txt"])
    with pytest.raises(DataError, match=r"words\.txt: no such lexicon"):
        prepare(corpus, tmp_path / "prepared", config, workers=1)


def test_recordings_at_a_higher_rate_keep_their_durations(tmp_path):
    corpus = make_corpus(tmp_path / "corpus", sample_rate=22050)
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    assert not prepared.rejected
    for example in prepared:
        assert example["durations"].sum() == len(example["mel"])


def test_prepared_data_that_are_not_there_or_torn_are_refused(corpus, tmp_path):
    with pytest.raises(DataError, match="holds no prepared data. Make it with `parakeet prepare CORPUS"):
        PreparedData(tmp_path)
    prepare(corpus, tmp_path / "prepared", workers=1)
    lines = (tmp_path / "prepared" / "manifest.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "prepared" / "manifest.jsonl").write_text("".join(lines[:-1]))
    with pytest.raises(DataError, match=r"00000\.mel\.npy: holds \d+ rows of float32, expected \d+ of float32 after manifest"):
        PreparedData(tmp_path / "prepared")
    (tmp_path / "prepared" / "manifest.jsonl").write_text("{")
    with pytest.raises(DataError, match=r"manifest\.jsonl, line 1: isn't json .*Remove the folder and prepare the corpus again\."):
        PreparedData(tmp_path / "prepared")
    (tmp_path / "prepared" / "prepared.json").write_text('{"format": 2, "mel": {}, "symbols": [], "frontend": "english"}')
    with pytest.raises(DataError, match=r"prepared\.json: has no frontend_options, statistics, keep_wav\. Remove the folder"):
        PreparedData(tmp_path / "prepared")


def test_data_of_another_format_are_refused_with_what_to_do(corpus, tmp_path):
    prepare(corpus, tmp_path / "prepared", workers=1)
    info = json.loads((tmp_path / "prepared" / "prepared.json").read_text())
    (tmp_path / "prepared" / "prepared.json").write_text(json.dumps(info | {"format": 1}))
    for call in (lambda: PreparedData(tmp_path / "prepared"), lambda: prepare(corpus, tmp_path / "prepared", workers=1)):
        with pytest.raises(DataError, match="format 1, expected 2: another version of parakeet made it. Remove the folder and prepare"):
            call()


def test_many_shards_read_as_one(corpus, tmp_path, monkeypatch):
    whole = prepare(corpus, tmp_path / "whole", workers=1)
    monkeypatch.setattr("parakeet.preparation.shards.ShardWriter.__init__.__defaults__", (100,))
    divided = prepare(corpus, tmp_path / "divided", workers=1)
    monkeypatch.setattr("parakeet.preparation.shards.OPEN", 3)
    assert divided.utterance(11)["shard"] > 3
    for i in (11, 0, 5, 11, *range(12)):
        for name in ("mel", "pitch", "energy"):
            np.testing.assert_array_equal(divided[i][name], whole[i][name])
        np.testing.assert_array_equal(divided.wav(i), whole.wav(i))


def test_recordings_need_not_be_kept(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", load_config(PrepareConfig, overrides=["keep_wav=false"]), workers=1)
    assert not list((tmp_path / "prepared").glob("shards/*.wav.npy"))
    assert prepared[0]["mel"].shape == (prepared.utterance(0)["n_frames"], 80)
    with pytest.raises(DataError, match=r"holds no recordings \(keep_wav: false\)\. Prepare the corpus again with keep_wav=true"):
        prepared.wav(0)


def test_speakers_have_statistics_of_their_own(corpus, tmp_path):
    change_utterance(corpus, "u0", speaker="low")
    change_utterance(corpus, "u1", speaker="low")
    change_utterance(corpus, "u9", speaker="only valid")
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    speakers = prepared.statistics["speakers"]
    assert list(speakers) == ["low", "maker"]
    assert speakers["low"]["utterances"] == 2
    assert speakers["low"]["seconds"] == pytest.approx((len(prepared.wav(0)) + len(prepared.wav(1))) / 16000, abs=1e-3)
    pitch = np.concatenate([prepared[i]["pitch"] for i in (0, 1)])
    assert speakers["low"]["log_pitch_mean"] == pytest.approx(np.log(pitch[pitch > 0]).mean(), rel=1e-5)
    energy = np.concatenate([prepared[i]["energy"] for i in prepared.indices("train")])
    assert prepared.statistics["energy_mean"] == pytest.approx(energy.mean(), rel=1e-5)
    assert prepared.statistics["energy_std"] == pytest.approx(energy.std(), rel=1e-5)


def test_a_word_that_can_not_be_spoken_leaves_its_utterance_out_and_an_emoji_does_not(corpus, tmp_path):
    change_utterance(corpus, "u0", text="See me \u0434\u0430.")
    change_utterance(corpus, "u1", text="See me \U0001f600.")
    work = Preparation(corpus, tmp_path / "prepared")
    prepared = work.run(workers=1)
    assert (work.made, work.kept, work.unspoken) == (11, 0, 1)
    (record,) = prepared.rejected
    assert record["utt_id"] == "u0"
    assert "its text holds '\u0434\u0430', which the frontend can't pronounce. Add it to a lexicon" in record["reason"]
    assert prepared[0]["utt_id"] == "u1"


def test_one_recording_that_nobody_thought_of_does_not_end_the_others(corpus, tmp_path, monkeypatch):
    def faulty(*arguments):
        raise ZeroDivisionError("once in a while")

    with monkeypatch.context() as patch:
        calls = iter([faulty, extract_pitch, faulty])
        patch.setattr("parakeet.preparation.record.extract_pitch", lambda *a: next(calls, extract_pitch)(*a))
        prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    assert [record["utt_id"] for record in prepared.rejected] == ["u0", "u2"]
    assert "ZeroDivisionError: once in a while (a fault of parakeet's: please report it" in prepared.rejected[0]["reason"]
    work = Preparation(corpus, tmp_path / "prepared")
    assert not work.run(workers=1).rejected
    assert (work.made, work.kept) == (2, 10)


def test_one_text_that_nobody_thought_of_does_not_end_the_others(corpus, tmp_path, monkeypatch):
    change_utterance(corpus, "u3", text="Oh!")
    original = EnglishFrontend.words

    def words(self, text):
        return [][0] if text == "Oh!" else original(self, text)

    monkeypatch.setattr(EnglishFrontend, "words", words)
    (record,) = prepare(corpus, tmp_path / "prepared", workers=1).rejected
    assert record["utt_id"] == "u3"
    assert "IndexError: list index out of range (a fault of parakeet's: please report it with this text)" in record["reason"]


def test_another_process_maps_the_files_instead_of_getting_a_copy(corpus, tmp_path):
    from multiprocessing.reduction import ForkingPickler

    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    sent = ForkingPickler.dumps(prepared)
    assert len(sent) < 1000
    again = ForkingPickler.loads(sent)
    np.testing.assert_array_equal(again[3]["mel"], prepared[3]["mel"])


def test_a_split_that_is_not_there_is_named(corpus, tmp_path):
    prepared = prepare(corpus, tmp_path / "prepared", workers=1)
    with pytest.raises(DataError, match="no split 'tests'; there are train, valid, test. Did you mean 'test'"):
        prepared.indices("tests")
