"""Does the data doctor find what is wrong? Faults of every kind are planted, by seed, in a copy of a corpus, and looked for.

    python benchmarks/diagnosis.py CORPUS [--each 20] [--utterances 400] [--quick] [--json out.json]

A copy of the corpus is examined twice: as it is, to see what is flagged without reason (or with: a corpus is never quite clean), and
with faults. Every fault stands in an utterance of its own. CORPUS is any that `parakeet doctor` reads; nothing in it is changed.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from parakeet.audio.io import read_wav, resample
from parakeet.commands.progress import Progress
from parakeet.datasets.layouts import open_corpus
from parakeet.diagnosis import signal
from parakeet.diagnosis.diagnose import diagnose
from parakeet.frontend import load_frontend


class Line:
    """One utterance of the copy, while faults are planted in it."""

    def __init__(self, name, wav, rate, row):
        self.name, self.wav, self.rate, self.row = name, wav, rate, row
        self.content = None  # of the file, where it isn't a wav of these samples
        self.extra = []  # further lines


def speech_level(wav, rate):
    """Linear level of the speech."""
    levels = signal.moment_levels(wav - wav.mean(), rate)
    return 10 ** (np.mean(levels[signal.speaking(levels)]) / 20)


def room(n, level, rng):
    """The noise of a quiet room."""
    return (rng.standard_normal(n) * level).astype(np.float32)


def clipping(line, rng, _):
    top = np.quantile(np.abs(line.wav), 1 - rng.uniform(0.003, 0.03))
    line.wav = np.clip(line.wav, -top, top) * (rng.uniform(0.3, 1.0) / top)


def silent(line, rng, _):
    line.wav = room(len(line.wav), 10 ** rng.uniform(-5, -3.6), rng)


def edges(line, rng, _):
    quiet = room(int(rng.uniform(2, 4) * line.rate), 3e-5, rng)
    line.wav = np.concatenate([quiet, line.wav] if rng.random() < 0.5 else [line.wav, quiet])


def pauses(line, rng, _):
    levels = signal.moment_levels(line.wav, line.rate)
    size = len(line.wav) // len(levels)
    at = (len(levels) // 4 + int(levels[len(levels) // 4 : -len(levels) // 4].argmin())) * size
    line.wav = np.concatenate([line.wav[:at], room(int(rng.uniform(2, 4) * line.rate), 3e-5, rng), line.wav[at:]])


def offset(line, rng, _):
    line.wav = line.wav + rng.choice([-1, 1]) * rng.uniform(0.2, 0.5) * speech_level(line.wav, line.rate)


def noise(line, rng, _):
    white = rng.standard_normal(len(line.wav))
    if rng.random() < 0.5:  # pink
        spectrum = np.fft.rfft(white)
        lowest = 60 * len(white) / line.rate  # what is lower is not heard
        white = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), lowest)), len(white))
    white *= speech_level(line.wav, line.rate) * 10 ** (-rng.uniform(0, 12) / 20) / white.std()
    line.wav = line.wav + white


def hum(line, rng, _):
    mains, t = rng.choice([50, 60]), np.arange(len(line.wav)) / line.rate
    tones = sum(np.sin(2 * np.pi * mains * k * t + rng.uniform(0, 6)) * 0.7**k for k in range(1, 5))
    line.wav = line.wav + tones / tones.std() * speech_level(line.wav, line.rate) * 10 ** (-rng.uniform(10, 25) / 20)


def rate(line, rng, _):
    lower = int(rng.choice([r for r in (8000, 11025, 12000) if r < line.rate]))
    line.wav, line.rate = resample(line.wav, line.rate, lower), lower


def bandwidth(line, rng, _):
    lower = int(rng.choice([r for r in (8000, 11025) if r < line.rate]))
    line.wav = resample(resample(line.wav, line.rate, lower), lower, line.rate)[: len(line.wav)]


def channels(line, rng, _):
    delay = int(rng.uniform(0.001, 0.01) * line.rate)
    other = np.concatenate([np.zeros(delay), line.wav])[: len(line.wav)] * 0.7 + room(len(line.wav), 1e-3, rng)
    line.wav = np.stack([line.wav, -line.wav if rng.random() < 0.3 else other], axis=1)


def length(line, rng, others):
    if rng.random() < 0.5:
        loud = len(line.wav) // 2
        line.wav = line.wav[loud : loud + int(rng.uniform(0.1, 0.25) * line.rate)]
    else:
        while len(line.wav) < 17 * line.rate:
            other = others[rng.integers(len(others))]
            line.wav = np.concatenate([line.wav, other.wav])
            line.row["text"] += " " + other.row["text"]


def level(line, rng, _):
    gain = 10 ** (rng.uniform(12, 20) / 20)
    if np.abs(line.wav).max() * gain > 0.99 or rng.random() < 0.7:
        gain = 1 / gain
    line.wav = line.wav * gain


def pace(line, rng, others):
    words = line.row["text"].split()
    line.row["text"] = (
        " ".join(words[: len(words) // 2])
        if rng.random() < 0.5 and len(words) > 5
        else line.row["text"] + " " + others[0].row["text"]
    )


def mismatch(line, rng, others):
    line.row["text"] = rng.choice(
        [o.row["text"] for o in sorted(others, key=lambda o: abs(o.sounds - line.sounds))[:4]]
    )


def missing_words(line, rng, _):
    words = line.row["text"].split()
    line.row["text"] = " ".join(words[: -max(3, len(words) // 3)])


def duplicate(line, rng, _):
    gain = rng.uniform(0.3, 0.9)
    line.extra.append((f"{line.name}-again", line.wav * gain, line.rate, dict(line.row)))


def leak_sound(line, rng, _):
    line.extra.append(
        (f"{line.name}-again", line.wav * rng.uniform(0.3, 0.9), line.rate, {**line.row, "split": "valid"})
    )


def leak_text(line, rng, others):
    known = next(other for other in others if other.row["split"] == "train")
    line.row["split"], line.row["text"] = "test", known.row["text"]


def dropouts(line, rng, _):
    levels = signal.moment_levels(line.wav, line.rate)
    size, wav = len(line.wav) // len(levels), line.wav.copy()
    loud = np.flatnonzero(levels > np.percentile(levels, 95) - 10)
    for at in rng.choice(loud[5:-5] if len(loud) > 20 else loud, 3):
        wav[at * size : at * size + int(rng.uniform(0.01, 0.04) * line.rate)] = 0
    line.wav = wav


def cut(line, rng, _):
    levels = signal.moment_levels(line.wav, line.rate)
    size = len(line.wav) // len(levels)
    loud = np.flatnonzero(levels > np.percentile(levels, 95) - 4)
    if rng.random() < 0.5:
        line.wav = line.wav[loud[len(loud) // 8] * size :]
    else:
        line.wav = line.wav[: (loud[-1 - len(loud) // 8] + 1) * size]


def truncated(line, rng, _):
    soundfile.write(line.path, line.wav, line.rate, subtype="PCM_16")
    line.content = line.path.read_bytes()[: int(rng.uniform(0.3, 0.9) * 2 * len(line.wav))]


def garbage(line, rng, _):
    line.content = bytes(rng.integers(0, 256, 5000, dtype=np.uint8)) if rng.random() < 0.5 else b""


def missing_file(line, rng, _):
    line.content = None
    line.wav = None


def empty_text(line, rng, _):
    line.row["text"] = ""


def unknown_word(line, rng, _):
    made = "".join(rng.choice(list("bdfgklmnprstvz")) + rng.choice(list("aeiou")) for _ in range(4)) + "x"
    line.row["text"] = f"{line.row['text'].rstrip('.')} {made}."


def unspeakable(line, rng, _):
    line.row["text"] = f"{line.row['text'].rstrip('.')} {rng.choice(['привет', '你好', 'γειά'])}."


def markup(line, rng, _):
    line.row["text"] += " " + rng.choice(["[laughs]", "<noise>", "(coughing)", "&amp;"])


def digits(line, rng, _):
    line.row["text"] += " " + rng.choice(["In 1987.", "It is 5 km.", "Dr. Who, etc."])


def speaker(line, rng, _):
    line.row["speaker"] = f"guest-{line.name}"


# kind: (how it is planted, which checks may tell it). A kind that needs alignment is left out with --quick.
KINDS = {
    "clipped": (clipping, {"clipping"}),
    "no speech": (silent, {"silent"}),
    "long silence at an end": (edges, {"edges"}),
    "long silence inside": (pauses, {"pauses"}),
    "offset (DC)": (offset, {"offset"}),
    "noise, 0 to 12 dB": (noise, {"noise", "silent"}),
    "hum, 10 to 25 dB": (hum, {"hum"}),
    "other sample rate": (rate, {"rate"}),
    "upsampled": (bandwidth, {"bandwidth"}),
    "two different channels": (channels, {"channels"}),
    "too short, too long": (length, {"length", "silent"}),
    "far louder, quieter": (level, {"level"}),
    "half or twice the text": (pace, {"pace", "mismatch"}),
    "text of another": (mismatch, {"mismatch", "pace"}),
    "last third of the text missing": (missing_words, {"mismatch", "pace"}),
    "same sound twice": (duplicate, {"duplicate"}),
    "leak: same sound": (leak_sound, {"leak"}),
    "leak: same text": (leak_text, {"leak"}),
    "holes in speech": (dropouts, {"dropouts"}),
    "begins, ends in a sound": (cut, {"cut"}),
    "file cut short": (truncated, {"unreadable"}),
    "file of garbage, empty file": (garbage, {"unreadable"}),
    "recording missing": (missing_file, {"unusable"}),
    "text empty": (empty_text, {"unusable"}),
    "word unknown": (unknown_word, {"guessed"}),
    "word of another script": (unspeakable, {"unspeakable"}),
    "marks in the text": (markup, {"markup"}),
    "digits, abbreviations": (digits, {"digits"}),
    "speaker of one sentence": (speaker, {"speaker"}),
}
ALIGNED = {"text of another", "last third of the text missing"}
LONG_ENOUGH = {
    "text of another",
    "last third of the text missing",
    "half or twice the text",
    "holes in speech",
    "begins, ends in a sound",
}
"""Kinds that need a sentence: a single word that says another is told by nobody without hearing it."""


def read_lines(path, limit, seed):
    """Read the corpus, or some utterances of it, which are drawn by the seed."""
    corpus = open_corpus(path)
    frontend = load_frontend("english")
    chosen = np.arange(len(corpus))
    if limit and limit < len(corpus):
        chosen = np.sort(np.random.default_rng(seed).choice(len(corpus), limit, replace=False))
    lines = []
    for i in chosen:
        example = corpus[int(i)]
        wav, sample_rate = read_wav(example["wav_path"], mix=True)
        row = {"text": example["text"], "speaker": example["speaker"], "split": example["split"]}
        line = Line(example["utt_id"], wav, sample_rate, row)
        line.sounds = sum(len(word.phones) for word in frontend.words(example["text"]))
        lines.append(line)
    return lines


def write_copy(lines, folder):
    """Write a folder of recordings and one table."""
    folder.mkdir(parents=True)
    table = []
    for line in lines:
        path = folder / f"{line.name}.wav"
        if line.content is not None:
            path.write_bytes(line.content)
        elif line.wav is not None:
            soundfile.write(path, line.wav, line.rate, subtype="PCM_16")
        table.append({"file": line.name, **line.row})
        for name, wav, sample_rate, row in line.extra:
            soundfile.write(folder / f"{name}.wav", wav, sample_rate, subtype="PCM_16")
            table.append({"file": name, **row})
    (folder / "metadata.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table), encoding="utf-8"
    )


def _suits(line, kind):
    if kind == "leak: same sound":
        return line.row["split"] == "train"  # its copy is held out, and no other take becomes a leak
    return kind not in LONG_ENOUGH or (line.sounds >= 12 and len(line.row["text"].split()) >= 4)


def plant(lines, each, seed, kinds, scratch):
    """Plant faults; returns {name of the line: kind}."""
    rng = np.random.default_rng(seed)
    free = [lines[i] for i in rng.permutation(len(lines))]
    reserve, planted = len(lines) // 4, {}  # of these texts and sounds are taken, and they are what must not be flagged
    kept, free = free[:reserve], free[reserve:]
    for kind in sorted(kinds, key=lambda kind: kind not in LONG_ENOUGH):
        fits = [line for line in free if _suits(line, kind)]
        if len(fits) < each:
            sys.exit(
                f"the corpus is too small: {len(fits)} utterances are left for {each} faults of the kind '{kind}'; take --each less"
            )
        for line in fits[:each]:
            free.remove(line)
            line.path = scratch / "line.wav"
            others = [kept[i] for i in rng.choice(len(kept), min(60, len(kept)), replace=False)]
            KINDS[kind][0](line, rng, [o for o in others if o.row["text"].lower() != line.row["text"].lower()])
            planted[line.name] = kind
    return planted


def told(diagnosis):
    """{utterance: the checks that name it}, both of a pair."""
    named = {}
    for finding in diagnosis.findings:
        for case in finding.cases:
            for name in (case.utt_id, case.other):
                named.setdefault(name, set()).add(finding.check.name)
    return named


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--each", type=int, default=20, help="faults of each kind")
    parser.add_argument("--utterances", type=int, help="take so many of the corpus only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="without alignment")
    parser.add_argument("--json", help="write the result there too")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if not (options.quick and kind in ALIGNED)]
    lines = read_lines(options.corpus, options.utterances, options.seed)
    with tempfile.TemporaryDirectory() as scratch, Progress() as progress:
        scratch = Path(scratch)
        write_copy(lines, scratch / "clean")
        start = time.time()
        clean = diagnose(scratch / "clean", options.quick, progress=progress)
        clean_seconds = time.time() - start
        planted = plant(lines, options.each, options.seed, kinds, scratch)
        write_copy(lines, scratch / "faulty")
        faulty = diagnose(scratch / "faulty", options.quick, progress=progress)
    report(lines, kinds, clean, faulty, planted, clean_seconds, options)


def report(lines, kinds, clean, faulty, planted, seconds, options):
    """Print what was found, as a table of Markdown."""
    named, rows = told(faulty), []
    for kind in kinds:
        names = [name for name, planted_kind in planted.items() if planted_kind == kind]
        if KINDS[kind][1] & set(faulty.survey.not_judged):
            print(f"not judged in this corpus: {kind}")
            continue
        missed = [name for name in names if not KINDS[kind][1] & named.get(name, set())]
        rows.append((kind, len(names) - len(missed), len(names), missed))
    untouched = {line.name for line in lines} - set(planted)
    false = {name: sorted(named[name]) for name in sorted(faulty.flagged & untouched)}
    audio = sum(len(line.wav) / line.rate for line in lines if line.wav is not None) / 60
    found, total = sum(row[1] for row in rows), sum(row[2] for row in rows)
    print(f"| fault planted in {Path(options.corpus).name} | found | of |\n| --- | ---: | ---: |")
    for kind, n, of, _ in rows:
        print(f"| {kind} | {n} | {of} |")
    print(f"| **all** | **{found} ({found / total:.1%})** | **{total}** |")
    print(
        f"\nClean copy: {len(clean.flagged)} of {len(lines)} recordings flagged ({len(clean.flagged) / len(lines):.2%})."
    )
    print(
        f"Among the faults: {len(false)} of {len(untouched)} untouched recordings flagged ({len(false) / len(untouched):.2%})."
    )
    print(f"{audio:.1f} minutes were examined in {seconds:.0f} s.")
    for kind, _, _, missed in rows:
        if missed:
            print(f"missed, {kind}: {', '.join(missed)}", file=sys.stderr)
    print(f"flagged among the untouched: {false}", file=sys.stderr)
    print(
        f"flagged in the clean copy: { {n: sorted(c) for n, c in told(clean).items() if n in clean.flagged} }",
        file=sys.stderr,
    )
    if options.json:
        result = {
            "found": {kind: [n, of, missed] for kind, n, of, missed in rows},
            "clean": sorted(clean.flagged),
            "false": false,
        }
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
