"""Learning to align, on sounds that change at known times."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

from parakeet.errors import DataError
from parakeet.preparation.learned import AlignmentTask, LearnedAlignerConfig, learn_segments

RATE = 16000
QUICK = LearnedAlignerConfig(views=1, components=2)
FORMANTS = {"a": 300, "b": 700, "c": 1100, "d": 1700, "e": 2600, "f": 3900}
NOISES = {"g": [1, -0.9], "h": [1, 0, 0.9]}


def sound(phone, n, rng):
    """A hum of harmonics around a formant, or coloured noise."""
    if phone in NOISES:
        return 0.05 * np.convolve(rng.standard_normal(n), NOISES[phone], "same")
    time, harmonics = np.arange(n) / RATE, np.arange(1, 50)[:, None] * 120
    loud = np.exp(-(((harmonics - FORMANTS[phone]) / 300) ** 2))
    return 0.1 * (loud * np.sin(2 * np.pi * harmonics * time + harmonics)).sum(axis=0)


def utterance(seed, pause=0.0):
    """Three words of four sounds, a comma behind the first, a pause behind the second; (words, wav, where each sound begins)."""
    rng = np.random.default_rng(seed)
    words, pieces, starts = [], [np.zeros(1600)], []
    for word in range(3):
        phones = rng.permutation(sorted({**FORMANTS, **NOISES}))[:4].tolist()
        for phone in phones:
            starts.append(sum(map(len, pieces)) / RATE)
            pieces.append(sound(phone, int(rng.integers(800, 2400)), rng))
        words.append(("word", phones))
        if word == 0:
            words.append((",", [","]))
            pieces.append(np.zeros(3200))
        if word == 1:
            pieces.append(np.zeros(int(pause * RATE)))
    pieces.append(np.zeros(2400))
    return [*words, (".", ["."])], np.concatenate(pieces).astype(np.float32), starts


class Wav:
    def __init__(self, wav):
        self.wav = wav

    def __call__(self):
        return self.wav


def task(name, words, wav, train=True):
    return AlignmentTask(name, words, Wav(wav), RATE, train)


@pytest.fixture(scope="module")
def corpus():
    """Forty utterances, every fourth with a pause of 0.2 s between its second and third word; those from the thirty-sixth on are for
    validation, and so is one with a sound that is nowhere else; two utterances have exchanged texts; and four can't be used."""
    made = [utterance(i, pause=0.2 if i % 4 == 0 else 0.0) for i in range(40)]
    tasks = [task(f"u{i:02}", words, wav, train=i < 36) for i, (words, wav, _) in enumerate(made)]
    (words, wav, _), (others, _, _) = utterance(100), utterance(101)
    tasks += [
        task("exchanged", others, wav, train=False),
        task("short", words, wav[:2000]),
        task("silent", words, np.zeros(16000, np.float32)),
        task("nan", words, np.full(16000, np.nan, np.float32)),
        task("wordless", [(".", ["."])], wav),
        task("unheard", [("z", ["z"]), *words], np.append(wav[8000:9600], wav), train=False),
    ]
    return made, tasks


@pytest.fixture(scope="module")
def learned(corpus, tmp_path_factory):
    return learn_segments(corpus[1], tmp_path_factory.mktemp("learned"), QUICK)


def test_the_sounds_are_found_where_they_are(corpus, learned):
    off = []
    for (_, _, starts), segments in zip(corpus[0], learned, strict=False):
        assert not isinstance(segments, str), segments
        found = [segment.start_seconds for segment in segments if segment.symbol not in ("sil", ",", ".")]
        off += np.abs(np.subtract(found, starts)).tolist()
    assert np.median(off) < 0.005
    assert np.mean(np.array(off) < 0.02) > 0.97


def test_the_segments_are_laid_out_as_the_forced_aligners(corpus, learned):
    for i, ((words, wav, _), segments) in enumerate(zip(corpus[0], learned, strict=False)):
        assert segments[0].symbol == "sil"
        assert segments[0].start_seconds == 0
        assert segments[-1].symbol == "."
        assert segments[-1].end_seconds == len(wav) / RATE
        assert all(a.end_seconds == b.start_seconds and a.end_seconds >= a.start_seconds for a, b in itertools.pairwise(segments))
        symbols = [phone for _, phones in words for phone in phones]
        if i % 4 == 0:
            symbols.insert(9, "sil")
        assert [segment.symbol for segment in segments[1:]] == symbols
        assert all((segment.score is None) == (segment.end_seconds == segment.start_seconds) for segment in segments)
        assert all(segment.score <= 0 for segment in segments if segment.score is not None)


def test_what_can_not_be_used_is_told_with_its_reason(corpus, learned):
    reasons = {task.utt_id: found for task, found in zip(corpus[1], learned, strict=True) if isinstance(found, str)}
    assert "does not seem to say this text: its phones score -" in reasons.pop("exchanged")
    assert reasons.pop("short") == "too short: 0.12 s of sound for 12 phones, which take 0.18 s at the very least"
    assert reasons.pop("silent").startswith("silent: no sample is louder than")
    assert reasons.pop("nan") == "the recording holds samples that are not numbers (NaN or infinite)"
    assert reasons.pop("wordless") == "the text holds no word"
    reasons.pop("unheard", None)  # a phone that nothing was learned of may fit or not; it is no error
    assert not reasons


def test_learning_that_was_interrupted_goes_on_to_the_same_bits(corpus, learned, tmp_path):
    rounds = []

    def until_the_fifth_round(what, done, total):
        if what == "learning the sounds":
            rounds.append(done)
            if done == 5:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn_segments(corpus[1], tmp_path, QUICK, until_the_fifth_round)
    assert rounds == [0, 1, 2, 3, 4, 5]

    def note(what, done, total):
        if what == "learning the sounds":
            rounds.append(done)

    assert learn_segments(corpus[1], tmp_path, QUICK, note) == learned
    assert rounds[6:8] == [5, 6], "the first five rounds were not learned again"


def test_what_was_learned_of_other_recordings_is_not_taken_up(corpus, tmp_path):
    rounds = []
    config = LearnedAlignerConfig(views=0, network_minutes=0.0, min_score=-100.0)
    for tasks in (corpus[1][:12], corpus[1][:12], corpus[1][1:12]):
        rounds.append(0)

        def count(what, done, total):
            rounds[-1] += what == "learning the sounds" and done < total

        learn_segments(tasks, tmp_path, config, count)
    assert rounds == [6, 0, 6]


def test_a_corpus_with_nothing_to_learn_from_is_refused(corpus, tmp_path):
    with pytest.raises(DataError, match="no recording can be learned from: of 2, 0 are for training, and none of these says a text"):
        learn_segments(corpus[1][37:39], tmp_path, QUICK)


def test_importing_it_imports_neither_paddle_nor_scipy():
    code = "import sys, parakeet.preparation.learned; print(sorted({'paddle', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
