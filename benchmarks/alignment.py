"""How exactly the borders between sounds are found: the aligner that learns, beside pocketsphinx.

    python benchmarks/alignment.py espeak [--sentences 510] [--prompts FILE]     exact times, by the synthesizer
    python benchmarks/alignment.py festvox-ru FOLDER [--utterances 620]          labelled Russian (parakeet corpus festvox-ru FOLDER)
    python benchmarks/alignment.py FOLDER [--utterances N]                       any English corpus: the two against one another

An error is the time found less the true time of the beginning of a symbol (a phone, a mark, a pause), the first of each utterance left
out. pocketsphinx knows English phones alone, which are not eSpeak NG's; so the beginnings of words are compared as well, in the
sentences that both frontends part into the same words. Festvox' labels are on a grid of 10 ms; their pauses are given to the aligner as
marks of punctuation. Of the recordings every twentieth is given a second time with the text of another: how many are refused is told.
It asserts nothing.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from parakeet.audio.io import read_wav
from parakeet.cpu import tune_cpu
from parakeet.datasets.espeak import build_espeak
from parakeet.datasets.layouts import open_corpus
from parakeet.datasets.sentences import english_sentences
from parakeet.frontend import load_frontend
from parakeet.frontend.pronunciation import PAUSE, is_mark
from parakeet.preparation.alignment import ForcedAligner
from parakeet.preparation.labels import open_labels
from parakeet.preparation.learned import AlignmentTask, LearnedAlignerConfig, learn_segments
from parakeet.preparation.sphinx import AlignmentFailure

LIMITS = (10, 20, 25, 50)
EVERY = 20


class Case:
    """An utterance: its name, recording, the words to be aligned, and where its symbols begin, if that is known."""

    def __init__(self, utt_id, wav, sample_rate, words, starts=None, text=None):
        self.utt_id, self.wav, self.sample_rate = utt_id, wav, sample_rate
        self.words, self.starts, self.text = list(words), starts, text

    def task(self, words=None):
        name = self.utt_id if words is None else f"{self.utt_id}, text of another"
        return AlignmentTask(name, self.words if words is None else words, lambda: self.wav, self.sample_rate, words is None)


def espeak_cases(folder, count, prompts):
    """Sentences spoken by eSpeak NG, with the starts of their symbols, exact to the sample."""
    sentences = (english_sentences() if prompts is None else Path(prompts).read_text(encoding="utf-8").splitlines())[:count]
    corpus, frontend = build_espeak(folder, sentences), load_frontend("espeak")
    for example in corpus:
        wav, rate = read_wav(example["wav_path"])
        words = frontend.words(example["text"])
        if [phone for word in words for phone in word.phones] == example["phones"]:
            starts = np.cumsum([0, *example["phone_samples"][:-1]]) / rate
            yield Case(example["utt_id"], wav, rate, words, starts, example["text"])


def festvox_cases(folder, count):
    """Russian, by the phones of its labels; what stands between two labelled pauses is one word."""
    labels = open_labels(Path(folder) / "labels")
    for example in list(open_corpus(folder))[:count]:
        wav, rate = read_wav(example["wav_path"])
        words, starts = [], []
        for label in labels.phones(example):
            if label.is_pause:
                words.append((PAUSE, [PAUSE]))
            elif not words or words[-1][0] == PAUSE:
                words.append(("word", [label.symbol]))
            else:
                words[-1][1].append(label.symbol)
            starts.append(label.start)
        yield Case(example["utt_id"], wav, rate, words, np.array(starts))


def english_cases(folder, count):
    """Recorded English of unknown times, all equally loud."""
    frontend = load_frontend("english")
    for example in list(open_corpus(folder))[:count]:
        wav, rate = read_wav(example["wav_path"])
        loudness = 0.1 / max(np.sqrt((wav**2).mean()), 1e-4)
        yield Case(example["utt_id"], np.clip(wav * loudness, -1, 1), rate, frontend.words(example["text"]), None, example["text"])


def table_row(name, errors):
    """One line of the table, from errors in seconds."""
    off = np.abs(errors) * 1000
    shares = " | ".join(f"{100 * np.mean(off < limit):.1f}" for limit in LIMITS)
    return f"| {name} | {len(off)} | {np.median(off):.1f} | {1000 * np.median(errors):+.1f} | {shares} |"


def symbol_errors(cases, found):
    """Found less true starts of all symbols but the first of each utterance; a "sil" that the truth doesn't have is passed over."""
    errors = []
    for case, segments in zip(cases, found, strict=True):
        if isinstance(segments, str):
            continue
        wanted = [phone for _, phones in map(_pair, case.words) for phone in phones]
        at = 0
        for segment in segments:
            if at < len(wanted) and segment.symbol == wanted[at]:
                if at:
                    errors.append(segment.start_seconds - case.starts[at])
                at += 1
    return np.array(errors)


def word_starts(words, segments):
    """Where each spoken word begins, in seconds."""
    starts, at = [], 0
    for _, phones in map(_pair, words):
        while at < len(segments) and phones and segments[at].symbol != phones[0]:
            at += 1
        if phones and not is_mark(phones[0]):
            starts.append(segments[at].start_seconds)
        at += len(phones)
    return starts


def _pair(word):
    return (word[0], word[1]) if isinstance(word, tuple) else (word.word, word.phones)


def _spoken(words):
    return [name.lower() for name, phones in map(_pair, words) if phones and not is_mark(phones[0])]


def by_sphinx(wav, sample_rate, words):
    """The segments by pocketsphinx, however badly it finds the text to fit, or why there are none."""
    try:
        return ForcedAligner(sample_rate, min_score=-np.inf).align(wav, words)
    except AlignmentFailure as error:
        return str(error)


def compare_words(cases, found):
    """Rows for the starts of words, by both aligners, beside eSpeak NG's."""
    frontend, rows = load_frontend("english"), {"learned": [], "pocketsphinx": []}
    used = 0
    for case, segments in zip(cases, found, strict=True):
        words = frontend.words(case.text)
        pairs = same_words(_spoken(case.words), _spoken(words))
        other = by_sphinx(case.wav, case.sample_rate, words) if pairs and not isinstance(segments, str) else ""
        if isinstance(other, str):
            continue
        truth = [case.starts[at] for at in _first_phones(case.words)]
        mine, theirs = word_starts(case.words, segments), word_starts(words, other)
        rows["learned"] += [mine[i] - truth[i] for i, _ in pairs[1:]]
        rows["pocketsphinx"] += [theirs[j] - truth[i] for i, j in pairs[1:]]
        used += 1
    return [table_row(f"starts of words ({used} sentences), {name}", np.array(errors)) for name, errors in rows.items()]


def same_words(spoken, others):
    """Pairs of places of the same words, where one list may hold several of the other's words as one; none if they are not the same."""
    pairs, at = [], 0
    for i, name in enumerate(spoken):
        parts = name.split()
        if others[at : at + len(parts)] != parts:
            return []
        pairs.append((i, at))
        at += len(parts)
    return pairs if at == len(others) else []


def _first_phones(words):
    """The place, among all symbols, of the first phone of each spoken word."""
    at = 0
    for _, phones in map(_pair, words):
        if phones and not is_mark(phones[0]):
            yield at
        at += len(phones)


def compare_aligners(cases, found):
    """A row for the starts of all phones, the learned ones less pocketsphinx's."""
    differences = []
    for case, segments in zip(cases, found, strict=True):
        other = by_sphinx(case.wav, case.sample_rate, case.words)
        if isinstance(segments, str) or isinstance(other, str):
            continue
        phones = [[s for s in one if s.symbol != "sil"] for one in (segments, other)]
        differences += [a.start_seconds - b.start_seconds for a, b in zip(*phones, strict=True)]
    return [table_row("learned less pocketsphinx", np.array(differences))]


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", help="espeak, festvox-ru, or a folder of English")
    parser.add_argument("folder", nargs="?", help="of festvox-ru")
    parser.add_argument("--sentences", type=int, default=510, help="for eSpeak NG to speak")
    parser.add_argument("--prompts", help="a file of other sentences, one a line")
    parser.add_argument("--utterances", type=int, help="of a corpus in a folder")
    options = parser.parse_args()
    tune_cpu()
    with tempfile.TemporaryDirectory() as folder:
        if options.corpus == "espeak":
            cases = list(espeak_cases(Path(folder) / "espeak", options.sentences, options.prompts))
        elif options.corpus == "festvox-ru":
            cases = list(festvox_cases(options.folder, options.utterances))
        else:
            cases = list(english_cases(options.corpus, options.utterances))
        others = cases[len(cases) // 2 :] + cases[: len(cases) // 2]  # neighbours may be takes of the same text
        exchanged = [case.task(words=other.words) for case, other in zip(cases[::EVERY], others[::EVERY], strict=True)]
        wall, cpu = time.perf_counter(), time.process_time()
        found = learn_segments([*(case.task() for case in cases), *exchanged], Path(folder) / "learned", LearnedAlignerConfig())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    own, others = found[: len(cases)], found[len(cases) :]
    minutes = sum(len(case.wav) / case.sample_rate for case in cases) / 60
    refused, other_refused = (sum(isinstance(segments, str) for segments in some) for some in (own, others))
    print(f"{len(cases)} recordings, {minutes:.1f} minutes; learned and aligned in {wall:.0f} s ({cpu:.0f} s of processor time)")
    print(f"refused: {refused} of {len(own)} own texts, {other_refused} of {len(others)} texts of others\n")
    print("| what | n | median ms | shift ms | " + " | ".join(f"< {limit} ms %" for limit in LIMITS) + " |")
    print("| --- |" + " ---: |" * (3 + len(LIMITS)))
    rows = [] if cases[0].starts is None else [table_row("starts of all symbols, learned", symbol_errors(cases, own))]
    if options.corpus == "espeak":
        rows += compare_words(cases, own)
    elif options.corpus != "festvox-ru":
        rows += compare_aligners(cases, own)
    print("\n".join(rows))


if __name__ == "__main__":
    main()
