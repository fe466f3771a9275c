"""How fast a corpus is prepared, beside the same features through librosa, and what a second and a killed run cost.

python benchmarks/prepare.py CORPUS [--minutes 10] [--workers 2] [--whole] [--keep FOLDER] [--read PREPARED] [KEY=VALUE ...]

Features: some minutes of the corpus are read, brought to one rate and loudness, trimmed, and turned into mel spectrum, pitch and energy
by processes that take turns between parakeet and librosa (0.11; loudness by pyloudnorm). librosa has two pitch trackers: pyin decides, as
parakeet's does, which frames are voiced and finds the best path through candidates; yin gives each frame's best guess alone. "hours a
minute" is hours of audio a minute of wall time, "ms" the processor's milliseconds a second of audio: on a busy machine trust the latter.
--whole prepares the whole corpus: once, again with nothing to do, and once killed with SIGKILL half-way and started again; the bytes are
compared. --keep moves what was prepared to a folder. --read measures how fast prepared data are read when nothing of them is in memory,
beside their files in one piece. KEY=VALUE are settings of `parakeet prepare`.
"""

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from parakeet.config import load_config
from parakeet.datasets.layouts import open_corpus
from parakeet.preparation.prepare import PrepareConfig
from parakeet.preparation.record import Task, make_record
from parakeet.preparation.store import PreparedData

ROUNDS = 4


def ours(path, config):
    """Seconds of audio that were turned into features."""
    record = make_record(Task({"utt_id": "x", "wav_path": path}, None, config, None, None))
    return record.line["n_samples"] / config.mel.sample_rate


def librosa_features(path, config, pitch):
    """The same through librosa."""
    import librosa
    import pyloudnorm

    mel = config.mel
    wav, rate = librosa.load(path, sr=mel.sample_rate)
    if len(wav) > 0.4 * rate:
        wav = wav * 10 ** ((config.loudness - pyloudnorm.Meter(rate).integrated_loudness(wav)) / 20)
    wav, _ = librosa.effects.trim(wav, top_db=config.trim.level)
    spectrum = np.abs(librosa.stft(wav, n_fft=mel.n_fft, hop_length=mel.hop_length, win_length=mel.win_length))
    bands = librosa.feature.melspectrogram(S=spectrum, sr=rate, n_mels=mel.n_mels, fmin=mel.fmin, fmax=mel.fmax, power=1)
    np.log(np.maximum(bands, 1e-5))
    np.linalg.norm(spectrum, axis=0)
    fmin, fmax = config.pitch_range
    # Frames as long as librosa's own default, 2048 samples at 22050 Hz.
    getattr(librosa, pitch)(wav, fmin=fmin, fmax=fmax, sr=rate, hop_length=mel.hop_length)
    return len(wav) / rate


def pyin(path, config):
    return librosa_features(path, config, "pyin")


def yin(path, config):
    return librosa_features(path, config, "yin")


def share(function, paths, config):
    """Seconds of audio, and of this process' time, for some recordings."""
    warnings.simplefilter("ignore")
    begin = time.process_time()
    seconds = sum(function(path, config) for path in paths)
    return seconds, time.process_time() - begin


def compare(corpus, config, minutes, workers):
    """Print the table of features."""
    paths, left = [], 60 * minutes
    import soundfile

    step = max(1, len(corpus) // max(1, int(left / 3)))
    for i in range(0, len(corpus), step):
        paths.append(corpus[i]["wav_path"])
        left -= soundfile.info(paths[-1]).duration
        if left < 0:
            break
    sides = {"parakeet": ours, "librosa, pyin": pyin, "librosa, yin": yin}
    totals = {name: np.zeros(3) for name in sides}  # audio, wall, processor
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for function in sides.values():  # what is imported and compiled once
            list(pool.map(share, [function] * workers, [paths[:2]] * workers, [config] * workers))
        for number in range(ROUNDS):
            here = paths[number::ROUNDS]
            parts = [here[i :: 2 * workers] for i in range(2 * workers)]
            for name, function in sides.items():
                begin = time.perf_counter()
                results = list(pool.map(share, [function] * len(parts), parts, [config] * len(parts)))
                audio, processor = np.sum(results, axis=0)
                totals[name] += audio, time.perf_counter() - begin, processor
    print(f"{totals['parakeet'][0] / 60:.1f} minutes in {len(paths)} recordings, {workers} processes")
    print("| features by | hours a minute | times as long | ms a second | times as long |\n| --- | ---: | ---: | ---: | ---: |")
    rates = {name: (wall / audio, processor / audio) for name, (audio, wall, processor) in totals.items()}
    for name, (wall, processor) in rates.items():
        ratios = wall / rates["parakeet"][0], processor / rates["parakeet"][1]
        print(f"| {name} | {1 / wall / 60:.2f} | {ratios[0]:.1f} | {processor * 1000:.1f} | {ratios[1]:.1f} |")


def whole(corpus, overrides, workers, keep):
    """Print the table of whole runs."""
    folder = Path(tempfile.mkdtemp(prefix="prepare-", dir=None if keep is None else Path(keep).parent))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "OMP_NUM_THREADS": "1"}

    def command(name):
        return [sys.executable, "-m", "parakeet", "prepare", corpus, str(folder / name), "--workers", str(workers), *overrides]

    def run(name, row):
        before, begin = processor_seconds(), time.perf_counter()
        subprocess.run(command(name), check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - begin
        print(f"| {row} | {seconds:.1f} | {processor_seconds() - before:.1f} |", flush=True)
        return seconds

    try:
        print(f"\n| whole run, {workers} processes | wall seconds | processor seconds |\n| --- | ---: | ---: |")
        once = run("once", "once")
        run("once", "again, nothing to do")
        with subprocess.Popen(command("killed"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(once / 2)
            process.send_signal(signal.SIGKILL)
        kept = (folder / ".killed.unfinished" / "journal").stat().st_size
        first = contents(folder / "once")
        total = sum(len(content) for content in first.values())
        run("killed", f"started again after SIGKILL at {once / 2:.0f} s, with {kept / total:.0%} of the work done")
        second = contents(folder / "killed")
        print(f"\nThe killed run's files are {'the same to the byte' if first == second else 'DIFFERENT'}.")
        if keep is not None:
            (folder / "once").rename(keep)
    finally:
        shutil.rmtree(folder)


def reading(folder):
    """Print the table of reading."""
    files = sorted(Path(folder).glob("shards/*"))
    size = sum(path.stat().st_size for path in files)

    def forget():
        for path in files:
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def plainly():
        for path in files:
            with path.open("rb") as file:
                while file.read(2**22):
                    pass

    def through(order):
        prepared = PreparedData(folder)
        for i in order(len(prepared)):
            example = prepared[i]
            for name in ("mel", "pitch", "energy"):
                example[name].copy()
            prepared.wav(i)

    print("\n| reading, nothing in memory | MB a second |\n| --- | ---: |")
    rows = {
        "the files, each in one piece": plainly,
        "PreparedData, in order": lambda: through(range),
        "PreparedData, in random order": lambda: through(np.random.default_rng(0).permutation),
    }
    best = dict.fromkeys(rows, 0.0)
    for _ in range(ROUNDS):
        for name, read in rows.items():
            forget()
            begin = time.perf_counter()
            read()
            best[name] = max(best[name], size / 2**20 / (time.perf_counter() - begin))
    for name, speed in best.items():
        print(f"| {name} | {speed:.0f} |")


def processor_seconds():
    """Of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--read")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE")
    arguments = parser.parse_intermixed_args()
    config = load_config(PrepareConfig, overrides=arguments.overrides)
    if arguments.minutes:
        compare(open_corpus(arguments.corpus), config, arguments.minutes, arguments.workers)
    if arguments.whole:
        whole(arguments.corpus, arguments.overrides, arguments.workers, arguments.keep)
    if arguments.read:
        reading(arguments.read)


if __name__ == "__main__":
    main()
