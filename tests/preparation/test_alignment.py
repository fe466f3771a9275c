import concurrent.futures
import itertools
import multiprocessing
import pickle
import sys

import numpy as np
import pytest

from parakeet.errors import DataError, MissingDependencyError
from parakeet.frontend.pronunciation import WordPronunciation
from parakeet.preparation import alignment, sphinx
from parakeet.preparation.alignment import (
    AlignmentFailure,
    ForcedAligner,
    Segment,
    durations_in_frames,
    mean_score,
    symbols_of,
)
from parakeet.preparation.sphinx import Run

MEETING = [
    ("the", ["DH", "AH0"]),
    ("man", ["M", "AE1", "N"]),
    (",", [","]),
    ("sees", ["S", "IY1", "Z"]),
    ("me", ["M", "IY1"]),
    (".", ["."]),
]


# -- the layout of pauses, with the decoder's answer given -------------------------------------------------------------------------


def align_given(monkeypatch, words, phone_frames, pause_frames, seconds=None, **settings):
    """Align with a decoder that answers so: frames of every phone (by word), frames of the pause before each word and behind the last."""

    def find(pcm, words):
        runs = [
            [Run(phone, n, -1.0 * n) for phone, n in zip(phones, frames, strict=True)]
            for (_, phones), frames in zip(words, phone_frames, strict=True)
        ]
        pauses = [pause_frames[0] + 10, *pause_frames[1:-1], pause_frames[-1] + 10]  # the edges put around every recording
        return runs, [Run("", n, -0.5 * n) for n in pauses]

    monkeypatch.setattr(alignment, "find_phones", find)
    n_frames = sum(map(sum, phone_frames)) + sum(pause_frames)
    wav = np.full(round((n_frames * 0.01 if seconds is None else seconds) * 16000), 0.5, dtype=np.float32)
    return ForcedAligner(16000, **settings).align(wav, words)


def frames_of(segments):
    return [round((s.end_seconds - s.start_seconds) * 100) for s in segments]


WORDS_FRAMES = [[10, 10], [10, 10, 10], [10, 10, 10], [10, 10]]


def test_a_pause_belongs_to_the_punctuation_at_its_place_and_the_silences_to_the_edges(monkeypatch):
    segments = align_given(monkeypatch, MEETING, WORDS_FRAMES, [20, 0, 30, 0, 25])
    assert [s.symbol for s in segments] == ["sil", "DH", "AH0", "M", "AE1", "N", ",", "S", "IY1", "Z", "M", "IY1", "."]
    assert frames_of(segments) == [21, 10, 10, 10, 10, 10, 30, 10, 10, 10, 10, 10, 24]  # borders lie 7.8 ms behind k * 10 ms


def test_a_long_pause_without_punctuation_becomes_a_sil_and_a_short_one_belongs_to_the_phone_before(monkeypatch):
    segments = align_given(monkeypatch, MEETING, WORDS_FRAMES, [0, 5, 0, 4, 0])
    assert [s.symbol for s in segments] == ["sil", "DH", "AH0", "sil", "M", "AE1", "N", ",", "S", "IY1", "Z", "M", "IY1", "."]
    assert frames_of(segments) == [1, 10, 10, 5, 10, 10, 10, 0, 10, 10, 14, 10, 9, 0]


def test_the_least_pause_is_a_setting(monkeypatch):
    segments = align_given(monkeypatch, MEETING, WORDS_FRAMES, [0, 5, 0, 4, 0], min_pause=0.04)
    assert [s.symbol for s in segments].count("sil") == 3


def test_the_first_of_several_marks_takes_the_pause(monkeypatch):
    words = [(mark, [mark]) for mark in '"."-!)']
    words[1:1] = [("me", ["M", "IY1"])]
    words[5:5] = [("man", ["M", "AE1", "N"])]
    segments = align_given(monkeypatch, words, [[10, 10], [10, 10, 10]], [20, 30, 40])
    assert [s.symbol for s in segments] == ["sil", '"', "M", "IY1", ".", '"', "-", "M", "AE1", "N", "!", ")"]
    assert frames_of(segments) == [21, 0, 10, 10, 30, 0, 0, 10, 10, 10, 39, 0]


def test_a_text_without_a_final_mark_ends_with_a_sil(monkeypatch):
    segments = align_given(monkeypatch, MEETING[3:5], WORDS_FRAMES[2:], [0, 0, 12])
    assert [s.symbol for s in segments] == ["sil", "S", "IY1", "Z", "M", "IY1", "sil"]


def test_segments_fill_the_recording_without_gap_or_overlap(monkeypatch):
    segments = align_given(monkeypatch, MEETING, WORDS_FRAMES, [20, 7, 30, 0, 0], seconds=1.58123)
    assert segments[0].start_seconds == 0
    assert segments[-1].end_seconds == pytest.approx(1.58123, abs=1 / 16000)
    assert all(a.end_seconds == b.start_seconds for a, b in itertools.pairwise(segments))
    assert segments[-1].end_seconds - segments[-1].start_seconds < 0.01


def test_a_word_without_phones_is_not_spoken(monkeypatch):
    words = [*MEETING[:2], ("%", []), *MEETING[2:]]
    segments = align_given(monkeypatch, words, WORDS_FRAMES, [20, 7, 30, 0, 0])
    assert segments == align_given(monkeypatch, MEETING, WORDS_FRAMES, [20, 7, 30, 0, 0])


def test_the_words_of_the_english_frontend_are_taken_as_they_are(monkeypatch):
    words = [WordPronunciation(word, tuple(phones), "cmudict") for word, phones in MEETING]
    segments = align_given(monkeypatch, words, WORDS_FRAMES, [20, 7, 30, 0, 0])
    assert segments == align_given(monkeypatch, MEETING, WORDS_FRAMES, [20, 7, 30, 0, 0])


def test_scores_are_means_over_frames_and_none_where_there_is_no_time(monkeypatch):
    segments = align_given(monkeypatch, MEETING, WORDS_FRAMES, [20, 0, 0, 0, 0])
    assert [s.score for s in segments[:3]] == [-0.5, -1.0, -1.0]
    assert segments[-1].score is None
    assert mean_score(segments) == pytest.approx(-1.0)


def test_a_recording_that_scores_too_low_for_its_text_is_refused(monkeypatch):
    with pytest.raises(AlignmentFailure, match=r"does not seem to say this text: its phones score -1\.00 a frame, -0\.90 is the least"):
        align_given(monkeypatch, MEETING, WORDS_FRAMES, [0, 0, 0, 0, 0], min_score=-0.9)


def test_the_symbols_to_speak_are_those_of_the_alignment_without_the_inserted_pauses(monkeypatch):
    for words, phone_frames, pauses in (
        (MEETING, WORDS_FRAMES, [20, 0, 3, 0, 9]),
        (MEETING[3:5], WORDS_FRAMES[2:], [0, 0, 0]),
        ([(",", [","]), *MEETING[3:]], WORDS_FRAMES[2:], [0, 0, 8]),
    ):
        segments = align_given(monkeypatch, words, phone_frames, pauses)
        assert symbols_of(words) == [s.symbol for s in segments]


# -- what can't be aligned -----------------------------------------------------------------------------------------------------------


def test_a_text_without_a_word_is_refused():
    with pytest.raises(AlignmentFailure, match="the text holds no word"):
        ForcedAligner(16000).align(np.ones(16000, dtype=np.float32), [(".", ["."])])
    with pytest.raises(AlignmentFailure, match="the text holds no word"):
        symbols_of([])


def test_a_symbol_that_is_no_phone_is_named_with_its_word():
    with pytest.raises(AlignmentFailure, match=r"the word 'bon' holds 'ON', which is not a phone of the CMU dictionary"):
        ForcedAligner(16000).align(np.ones(16000, dtype=np.float32), [("bon", ["B", "ON"])])


def test_a_recording_too_short_for_its_text_is_refused():
    with pytest.raises(AlignmentFailure, match=r"too short: 0\.20 s of sound for 10 phones, which take 0\.30 s at the very least"):
        ForcedAligner(16000).align(np.ones(3200, dtype=np.float32), MEETING)


def test_a_recording_that_holds_only_a_part_of_the_text_is_refused(monkeypatch):
    with pytest.raises(AlignmentFailure, match=r"does not hold the whole text: nothing is left for 'IY1' at its edge"):
        align_given(monkeypatch, MEETING, WORDS_FRAMES, [0, 0, 0, 0, 0], seconds=0.85)


def test_a_silent_recording_is_refused():
    with pytest.raises(AlignmentFailure, match="silent: no sample is louder than"):
        ForcedAligner(16000).align(np.zeros(16000, dtype=np.float32), MEETING)


@pytest.mark.parametrize(
    ("wav", "message"),
    [
        (np.zeros((16000, 2), dtype=np.float32), r"one channel of floats of shape \(N,\), received float32 of shape \(16000, 2\)"),
        (np.zeros(16000, dtype=np.int16), "received int16"),
        (np.full(16000, np.nan, dtype=np.float32), "not numbers"),
    ],
)
def test_a_wav_that_is_not_one_is_refused(wav, message):
    with pytest.raises(DataError, match=message):
        ForcedAligner(16000).align(wav, MEETING)


def test_a_missing_pocketsphinx_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    sphinx._decoder.cache_clear()
    with pytest.raises(MissingDependencyError, match=r"Forced alignment needs 'pocketsphinx'.*parakeet-tts\[align\]"):
        ForcedAligner(16000).align(np.ones(16000, dtype=np.float32), MEETING)


# -- durations in frames -------------------------------------------------------------------------------------------------------------


def segments_ending(ends):
    return [Segment("AH", start, end) for start, end in itertools.pairwise([0.0, *ends])]


@pytest.mark.parametrize(("hop_length", "sample_rate"), [(256, 16000), (200, 16000), (256, 22050), (300, 24000), (512, 48000)])
def test_durations_sum_to_the_frames_and_each_frame_belongs_to_the_segment_that_holds_its_centre(hop_length, sample_rate):
    random = np.random.default_rng(hop_length)
    for _ in range(200):
        n_samples = int(random.integers(2000, 150_000))
        cuts = np.sort(random.integers(0, n_samples + 1, size=random.integers(0, 60)))
        if random.random() < 0.5:
            cuts = cuts // hop_length * hop_length  # borders on centres
        ends = [*(cuts / sample_rate).tolist(), n_samples / sample_rate]
        n_frames = 1 + n_samples // hop_length
        durations = durations_in_frames(segments_ending(ends), n_frames, hop_length, sample_rate)

        owners = np.searchsorted([*cuts, n_samples], np.arange(n_frames) * hop_length, side="right")
        expected = np.bincount(np.minimum(owners, len(cuts)), minlength=len(cuts) + 1)
        assert durations.tolist() == expected.tolist()
        assert durations.sum() == n_frames
        long_enough = np.diff([0, *cuts, n_samples]) >= hop_length
        assert (durations[long_enough] >= 1).all()


def test_durations_do_not_drift_in_a_long_utterance():
    ends = (np.arange(1, 10_001) * 0.03).tolist()
    durations = durations_in_frames(segments_ending(ends), 1 + 300 * 22050 // 256, 256, 22050)
    drift = np.cumsum(durations) * 256 / 22050 - np.array(ends)
    assert drift.min() > -1e-6
    assert drift.max() < 256 / 22050 + 1e-6


def test_one_frame_less_or_more_than_centred_framing_gives_is_taken_from_the_end():
    segments = segments_ending([0.1, 0.2])
    assert [durations_in_frames(segments, n, 160, 16000).tolist() for n in (20, 21, 22)] == [[10, 10], [10, 11], [10, 12]]


def test_frames_of_another_length_are_refused():
    with pytest.raises(DataError, match=r"segments last 0\.2000 s, which is 21 frames of 160 samples at 16000 Hz, but n_frames is 40"):
        durations_in_frames(segments_ending([0.1, 0.2]), 40, 160, 16000)


def test_segments_with_a_gap_are_refused():
    broken = [Segment("AH", 0.0, 0.1), Segment("B", 0.15, 0.2)]
    with pytest.raises(DataError, match=r"segment 1 \('B'\) lasts from 0\.15 to 0\.2 s; expected it to begin .* at 0\.1 s"):
        durations_in_frames(broken, 21, 160, 16000)
    with pytest.raises(DataError, match="no segments"):
        durations_in_frames([], 21, 160, 16000)


# -- real decoding -------------------------------------------------------------------------------------------------------------------

TEXT = "The man sees the moon, and he sings."
WORDS = [
    ("the", ["DH", "AH0"]),
    ("man", ["M", "AE1", "N"]),
    ("sees", ["S", "IY1", "Z"]),
    ("the", ["DH", "AH0"]),
    ("moon", ["M", "UW1", "N"]),
    (",", [","]),
    ("and", ["AE1", "N", "D"]),
    ("he", ["HH", "IY1"]),
    ("sings", ["S", "IH1", "NG", "Z"]),
    (".", ["."]),
]


@pytest.fixture(scope="module")
def speech(say):
    pytest.importorskip("pocketsphinx")
    return say(TEXT)


def test_the_sounds_of_a_spoken_text_are_found_where_they_are(speech):
    wav, rate, events = speech
    segments = ForcedAligner(rate).align(wav, WORDS)
    assert [s.symbol for s in segments if s.symbol != "sil"] == symbols_of(WORDS)[1:]
    assert segments[-1].end_seconds == pytest.approx(len(wav) / rate)

    truth = [(name, sample / rate) for name, sample in events]
    for symbol, name in (("S", "s"), ("M", "m"), ("NG", "N"), (",", ",")):
        found = [s.start_seconds for s in segments if s.symbol == symbol]
        begin = [start for label, start in truth if label == name][: len(found)]
        assert len(begin) == len(found)
        assert np.abs(np.subtract(found, begin)).max() < 0.06, symbol


def test_short_silences_at_the_edges_are_found(speech):
    wav, rate, events = speech
    first = events[0][1]
    noise = np.random.default_rng(1).normal(scale=1e-3, size=(2, rate)).astype(np.float32)
    for silence in (0.07, 0.3):
        n = round(silence * rate)
        segments = ForcedAligner(rate).align(np.concatenate([noise[0, :n], wav[first:], noise[1, :n]]), WORDS)
        assert segments[0].end_seconds == pytest.approx(silence, abs=0.04)
        assert segments[-1].end_seconds - segments[-1].start_seconds == pytest.approx(silence, abs=0.05)


def test_an_alignment_depends_on_nothing_that_was_aligned_before(speech, say):
    wav, rate, _ = speech
    aligner = ForcedAligner(rate)
    first = aligner.align(wav, WORDS)
    other, _, _ = say("Me, the man.")
    aligner.align(0.01 * other, [("me", ["M", "IY1"]), ("the", ["DH", "AH0"]), ("man", ["M", "AE1", "N"])])
    assert aligner.align(wav, WORDS) == first
    assert aligner.align(0.25 * wav, WORDS)[5].start_seconds == first[5].start_seconds


def test_another_text_is_refused(speech):
    wav, rate, _ = speech
    other = [("joy", ["JH", "OY1"]), ("for", ["F", "AO1", "R"]), ("fish", ["F", "IH1", "SH"]), ("cages", ["K", "EY1", "JH", "IH0", "Z"])]
    with pytest.raises(AlignmentFailure, match=r"does not seem to say this text|no path leads through"):
        ForcedAligner(rate).align(wav, other * 2)


def test_an_alignment_after_a_failed_one_is_as_good(speech, monkeypatch):
    wav, rate, _ = speech
    first = ForcedAligner(rate).align(wav, WORDS)
    run_pass = sphinx._run_pass

    def break_off(decoder, pcm):
        decoder.start_utt()
        raise RuntimeError("out of luck")

    monkeypatch.setattr(sphinx, "_run_pass", break_off)
    with pytest.raises(AlignmentFailure, match=r"no path leads through the phones \(out of luck\)"):
        ForcedAligner(rate).align(wav, WORDS)
    monkeypatch.setattr(sphinx, "_run_pass", run_pass)
    assert ForcedAligner(rate).align(wav, WORDS) == first


def test_a_score_of_no_phones_is_refused():
    with pytest.raises(DataError, match="hold no phone"):
        mean_score([Segment("sil", 0.0, 1.0, -1.0)])


def test_an_aligner_works_in_other_processes(speech):
    wav, rate, _ = speech
    aligner = ForcedAligner(rate)
    here = aligner.align(wav, WORDS)
    assert len(pickle.dumps(aligner)) < 300, "no decoder travels"
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert [pool.submit(aligner.align, wav, WORDS).result() for _ in range(2)] == [here, here]
