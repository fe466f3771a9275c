"""Durations are those of the cleaned recording, whatever was trimmed, and their frames sum to the frames of the spectrum."""

import pickle

import numpy as np
import pytest

from parakeet.audio.io import write_wav
from parakeet.errors import DataError
from parakeet.frontend.arpabet import PHONES
from parakeet.frontend.pronunciation import WordPronunciation
from parakeet.preparation.alignment import Segment, durations_in_frames
from parakeet.preparation.durations import GivenDurations, SphinxDurations, is_spoken, on_cleaned
from parakeet.preparation.sphinx import AlignmentFailure

SYMBOLS = [",", ".", *PHONES]


def example_of(tmp_path, phones, samples, rate=22050):
    write_wav(tmp_path / "u.wav", np.full(sum(samples), 0.1, np.float32), rate)
    return {"utt_id": "u", "wav_path": tmp_path / "u.wav", "phones": phones, "phone_samples": samples}


def test_times_are_of_the_cleaned_recording_at_another_rate(tmp_path):
    example = example_of(tmp_path, [",", "S", "IY1", "."], [4410, 2205, 4410, 11025])
    wav = np.zeros(16000 * 6 // 10)  # 0.15 s are cut off at the beginning and 0.25 s at the end
    segments = GivenDurations(SYMBOLS).segments(example, None, wav, 16000, trim_start=0.15)
    assert [s.symbol for s in segments] == ["sil", ",", "S", "IY1", "."]
    np.testing.assert_allclose([s.end_seconds for s in segments], [0, 0.05, 0.15, 0.35, 0.6])
    assert all(s.score is None for s in segments)


def test_a_silence_that_is_labelled_is_not_doubled(tmp_path):
    example = example_of(tmp_path, ["sil", "AA1", "."], [2205, 2205, 2205])
    assert [s.symbol for s in GivenDurations(SYMBOLS).segments(example, None, np.zeros(4800), 16000)] == ["sil", "AA1", "."]


def test_the_spoken_range_is_what_must_not_be_trimmed(tmp_path):
    given = GivenDurations(SYMBOLS)
    example = example_of(tmp_path, [",", "S", "IY1", "."], [4410, 2205, 4410, 11025])
    assert given.spoken_range(example) == (0.2, 0.5)
    del example["phone_samples"]
    assert not given.covers(example)
    assert given.spoken_range(example) is None
    with pytest.raises(AlignmentFailure, match="the corpus has no durations for it"):
        given.segments(example, None, np.zeros(16000), 16000)
    assert SphinxDurations().spoken_range(example) is None


def test_a_phone_that_was_cut_off_is_refused(tmp_path):
    example = example_of(tmp_path, ["S", "IY1", "."], [2205, 2205, 2205])
    with pytest.raises(AlignmentFailure, match=r"at 0\.00 to 0\.10 s, which is not in the recording: of it 0\.15 to 0\.30 s are used"):
        GivenDurations(SYMBOLS).segments(example, None, np.zeros(2400), 16000, trim_start=0.15)


def test_durations_of_another_recording_or_other_phones_are_refused(tmp_path):
    example = example_of(tmp_path, ["S", "QQ", "."], [2205, 2205, 2205])
    with pytest.raises(AlignmentFailure, match=r"its phones 'QQ' are none of the frontend's\. Correct utterances\.jsonl"):
        GivenDurations(SYMBOLS).segments(example, None, np.zeros(4800), 16000)
    example |= {"phones": ["S", "AA1", "."], "phone_samples": [2205, 2205, 3000]}
    with pytest.raises(AlignmentFailure, match=r"last 0\.336 s, the recording 0\.300 s; are they those of this recording"):
        GivenDurations(SYMBOLS).segments(example, None, np.zeros(4800), 16000)


def test_the_identity_changes_with_what_the_segments_depend_on(tmp_path):
    given = GivenDurations(SYMBOLS)
    example = example_of(tmp_path, ["S", "IY1"], [2205, 2205])
    assert given.identity(example) == GivenDurations(SYMBOLS).identity(dict(example))
    assert given.identity(example) != given.identity({**example, "phone_samples": [2204, 2206]})
    assert given.identity(example) != given.identity({**example, "phones": ["S", "IY0"]})
    assert SphinxDurations().identity(example) != SphinxDurations(min_pause=0.1).identity(example)


def test_sources_can_be_sent_to_another_process(tmp_path):
    example = example_of(tmp_path, ["S", "IY1"], [2205, 2205])
    for source in (GivenDurations(SYMBOLS), SphinxDurations()):
        assert pickle.loads(pickle.dumps(source)).identity(example) == source.identity(example)


def test_frames_sum_to_the_spectrum_for_any_trimming_rate_and_hop():
    rng = np.random.default_rng(0)
    for _ in range(3000):
        source_rate, rate = rng.choice([8000, 16000, 22050, 44100, 48000], 2)
        hop = int(rng.integers(50, 400))
        samples = rng.integers(0, source_rate // 4, rng.integers(3, 30))
        samples[[0, -1]] += source_rate // 10
        total = samples.sum() / source_rate
        first, last = samples[0] / source_rate, samples[-1] / source_rate
        start = rng.uniform(0, first)
        n = round((total - start - rng.uniform(0, last)) * rate)
        ends = (np.cumsum(samples) / source_rate).tolist()
        symbols = ["sil", *["AA1"] * (len(samples) - 2), "."]
        segments = [Segment(*row) for row in zip(symbols, [0.0, *ends[:-1]], ends, strict=True)]
        frames = 1 + n // hop
        durations = durations_in_frames(on_cleaned(segments, start, n / rate), frames, hop, int(rate))
        assert durations.sum() == frames
        assert durations.min() >= 0


def test_marks_and_silences_are_not_spoken_and_odd_phones_are():
    assert [s for s in ("sil", ",", "_", "-", "?", "@", "?^", "*", "AH0", "'a") if is_spoken(s)] == ["@", "?^", "*", "AH0", "'a"]


def words_of(*rows):
    return [WordPronunciation("w", tuple(row.split()), "made") for row in rows]


def test_label_files_are_fitted_to_the_words_and_follow_the_trimming(tmp_path):
    example = {**example_of(tmp_path, ["S"], [22050]), "phone_samples": None}
    (tmp_path / "u.lab").write_text("#\n0.2 125 pau\n0.3 125 S\n0.5 125 IY\n1.01 125 pau\n")
    given = GivenDurations(SYMBOLS, alignments=tmp_path)
    segments = given.segments(example, words_of("S IY1", "."), np.zeros(9600), 16000, trim_start=0.15)
    assert [s.symbol for s in segments] == ["sil", "S", "IY1", "."]
    np.testing.assert_allclose([s.end_seconds for s in segments], [0.05, 0.15, 0.35, 0.6])
    assert given.spoken_range(example) == (0.2, 0.5)
    assert given.covers(example)
    assert given.spoken_range({**example, "utt_id": "v", "wav_path": tmp_path / "v.wav"}) is None


@pytest.mark.parametrize(
    ("last", "message"),
    [("1.2", r"its labels end at 1\.200 s, the recording at 1\.000 s; are they those of this recording"), ("0.4", r"end at 0\.400 s")],
)
def test_labels_of_another_recording_or_unit_are_refused(last, message, tmp_path):
    (tmp_path / "u.lab").write_text(f"#\n0.1 125 S\n0.3 125 IY\n{last} 125 pau\n")
    with pytest.raises(AlignmentFailure, match=message):
        GivenDurations(SYMBOLS, tmp_path).segments(example_of(tmp_path, ["S"], [22050]), words_of("S IY1"), np.zeros(16000), 16000)


def test_a_map_serves_labels_with_phones_of_their_own(tmp_path):
    (tmp_path / "u.lab").write_text("#\n0.2 125 pau\n0.3 125 ss\n0.5 125 ih\n1.01 125 pau\n")
    (tmp_path / "map").write_text("ss S\nih IY\n")
    example, words, wav = example_of(tmp_path, ["S"], [22050]), words_of("S IY1", "."), np.zeros(16000)
    with pytest.raises(AlignmentFailure, match="none of the frontend's: 'ss'"):
        GivenDurations(SYMBOLS, tmp_path).segments(example, words, wav, 16000)
    given = GivenDurations(SYMBOLS, tmp_path, tmp_path / "map")
    assert [s.symbol for s in given.segments(example, words, wav, 16000)] == ["sil", "S", "IY1", "."]
    before = given.identity(example)
    (tmp_path / "map").write_text("ss S\nih IH\n")
    assert GivenDurations(SYMBOLS, tmp_path, tmp_path / "map").identity(example) != before


def test_a_recording_that_is_no_audio_is_named(tmp_path):
    example = {**example_of(tmp_path, ["S"], [22050]), "wav_path": tmp_path / "u.lab"}
    (tmp_path / "u.lab").write_text("#\n0.5 125 S\n")
    assert GivenDurations(SYMBOLS).spoken_range(example) is None
    with pytest.raises(DataError, match=r"u\.lab: can't be read as audio"):
        GivenDurations(SYMBOLS, tmp_path).segments(example, words_of("S"), np.zeros(16000), 16000)
