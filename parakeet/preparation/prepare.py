"""``parakeet prepare``: a corpus becomes spectra, pitch, phones and durations, in parallel, with every rejection listed."""

import contextlib
import functools
import hashlib
import json
import multiprocessing
import os
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path

import numpy as np

from parakeet.audio.io import read_wav, refuse_silence
from parakeet.audio.mel import MelConfig, log_mel
from parakeet.audio.pitch import extract_pitch
from parakeet.config import Config
from parakeet.datasets.layouts import open_corpus
from parakeet.errors import ConfigError, DataError, ParakeetError
from parakeet.frontend import load_frontend
from parakeet.preparation.alignment import SILENCE, ForcedAligner, Segment, durations_in_frames
from parakeet.preparation.store import FORMAT, FeatureFile, PreparedData


class PrepareConfig(Config):
    """How a corpus is prepared.

    ``layout`` names the corpus' layout where it isn't recognised (see ``parakeet.datasets.layouts``), ``language`` its language;
    ``valid`` and ``test`` are the shares of the texts held out, for corpora that have no splits of their own. ``lexicon`` is a file of
    pronunciations that win over every other; ``mix_channels`` averages the channels of a recording instead of refusing it; recordings
    shorter than ``min_seconds`` or longer than ``max_seconds`` are left out; ``pitch_range`` is in Hz.
    """

    layout: str | None = None
    language: str | None = None
    valid: float | None = None
    test: float | None = None
    mel: MelConfig = MelConfig()
    lexicon: str | None = None
    mix_channels: bool = False
    min_seconds: float = 0.3
    max_seconds: float = 16.0
    pitch_range: tuple[float, float] = (60.0, 500.0)


def prepare(corpus, directory, config=None, workers=None, strict=False, progress=None):
    """Prepare a corpus.

    The folder appears whole or not at all; one that was prepared from the same recordings, texts and settings is taken as it is.

    Args:
        corpus (str | Path): a folder that ``parakeet corpus`` made, a published corpus, or recordings with their texts.
        directory (str | Path): where the prepared data goes.
        config (PrepareConfig, optional): the settings.
        workers (int, optional): processes; one for each core when None.
        strict (bool): raise at the first utterance that can't be used instead of listing it.
        progress (Callable, optional): called with (done, total) after each utterance.

    Returns:
        PreparedData: what was made; its ``rejected`` says what was left out, and why.

    Raises:
        ConfigError: if no recording could fit the settings.
        DataError: if the corpus can't be read, nothing of it can be used, or the folder holds something else.
        ParakeetError: with ``strict``, the reason why an utterance can't be used.
    """
    config = PrepareConfig() if config is None else config
    _refuse_impossible(config)
    options = config.model_dump(include={"layout", "language", "valid", "test"}, exclude_none=True)
    corpus, directory = open_corpus(corpus, **options), Path(directory)
    fingerprint = _fingerprint(corpus, config)
    if directory.exists() and any(directory.iterdir()):
        return _already_prepared(directory, fingerprint)
    frontend = load_frontend(corpus.info.frontend, lexicon=config.lexicon)
    partial = directory.with_name(f".{directory.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        results = _process_all(corpus, config, workers, strict, progress)
        statistics, counts = _write(partial, corpus, config, results)
        if not counts["train"]:
            raise DataError(_nothing_to_train(corpus, partial))
        info = {
            "format": FORMAT,
            "corpus": {**asdict(corpus.info), "options": options},
            "frontend": corpus.info.frontend,
            "mel": asdict(config.mel),
            "pitch_range": list(config.pitch_range),
            "symbols": [SILENCE, *frontend.symbols],
            "statistics": statistics,
            "utterances": counts,
            "fingerprint": fingerprint,
        }
        if config.lexicon is not None:
            shutil.copyfile(config.lexicon, partial / "lexicon.txt")
        (partial / "prepared.json").write_text(json.dumps(info, indent=1) + "\n", encoding="utf-8")
        if directory.exists():
            directory.rmdir()
        partial.rename(directory)
    except OSError as error:
        raise DataError(
            f"{directory}: can't be written: {error.strerror}. Check the free space and the rights of {directory.parent}."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return PreparedData(directory)


def _refuse_impossible(config):
    low, high = config.pitch_range
    if not 0 < low < high:
        raise ConfigError(f"pitch_range: expected the lowest pitch and a higher one, both above 0 Hz, received {low:g} and {high:g}.")
    if not config.min_seconds <= config.max_seconds:
        raise ConfigError(
            f"min_seconds, max_seconds: expected a shortest length and a longer one, received {config.min_seconds:g} and "
            f"{config.max_seconds:g}."
        )


def _nothing_to_train(corpus, partial):
    """Say why: the reasons are about to be removed with the unfinished folder."""
    names = {corpus.describe(i) for i in corpus.indices("train")}
    if not names:
        return f"{corpus.directory}: none of its {len(corpus)} utterances is in the split 'train'. Give some of them that split."
    with (partial / "rejected.jsonl").open(encoding="utf-8") as lines:
        first = next(record for record in map(json.loads, lines) if record["utt_id"] in names)
    return (
        f"{corpus.directory}: not one of {len(names)} utterances for training could be used; the first reason: "
        f"{first['utt_id']}: {first['reason']}"
    )


def _already_prepared(directory, fingerprint):
    if not (directory / "prepared.json").is_file():
        raise DataError(f"{directory}: not empty, and no prepared data. Give another folder; nothing was changed.")
    prepared = PreparedData(directory)
    if prepared.info["fingerprint"] != fingerprint:
        raise DataError(
            f"{directory}: prepared from other recordings, texts or settings. Remove it, or give another folder; nothing was changed."
        )
    return prepared


def _fingerprint(corpus, config):
    """One number for everything the result depends on."""
    digest = hashlib.sha256(f"{FORMAT} {config.model_dump_json(exclude={'lexicon'})} {corpus.info}".encode())
    for example in corpus:
        wav_path = example.pop("wav_path")
        digest.update(f"{sorted(example.items())}".encode())
        with contextlib.suppress(OSError):  # what can't be read is listed when its turn comes
            digest.update(wav_path.read_bytes())
    if config.lexicon is not None:
        lexicon = Path(config.lexicon)
        if not lexicon.is_file():
            raise DataError(f"{lexicon}: no such lexicon (key 'lexicon'). Check the path.")
        digest.update(lexicon.read_bytes())
    return digest.hexdigest()


def _process_all(corpus, config, workers, strict, progress):
    """Yield (example, features or reason) in the order of the corpus, whatever the number of workers."""
    workers = (
        len(os.sched_getaffinity(0))
        if workers is None and hasattr(os, "sched_getaffinity")
        else workers or os.cpu_count() or 1
    )
    work = functools.partial(_process, config=config, frontend_name=corpus.info.frontend)
    with contextlib.ExitStack() as stack:
        if workers == 1:
            results = map(work, corpus)
        else:
            # Fresh interpreters: a fork of a process that runs threads may deadlock.
            pool = ProcessPoolExecutor(
                workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
            )
            stack.callback(pool.shutdown, cancel_futures=True)
            results = pool.map(work, corpus, chunksize=4)
        for done, (example, result) in enumerate(zip(corpus, _from_living(results), strict=True), 1):
            if strict and isinstance(result, str):
                raise DataError(f"utterance '{example['utt_id']}': {result}")
            if progress is not None:
                progress(done, len(corpus))
            yield example, result


def _end_with_parent():
    """In a worker: end when the parent is gone, killed even; otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch():
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _from_living(results):
    try:
        yield from results
    except BrokenProcessPool as error:
        raise DataError(
            "a worker process was ended from outside, as a system does when memory runs out; nothing was written. Take fewer: --workers 1."
        ) from error


@functools.lru_cache(maxsize=1)
def _frontend(name, lexicon):
    return load_frontend(name, lexicon=lexicon)


def _process(example, config, frontend_name):
    """The features of one utterance, or the reason why it has none (a string: exceptions of every kind cross processes badly)."""
    try:
        wav, rate = read_wav(example["wav_path"], config.mel.sample_rate, mix=config.mix_channels)
        refuse_silence(wav, example["wav_path"])
        seconds = len(wav) / rate
        if not config.min_seconds <= seconds <= config.max_seconds:
            return f"lasts {seconds:.2f} s, expected {config.min_seconds:g} to {config.max_seconds:g} s (min_seconds, max_seconds)"
        frontend = _frontend(frontend_name, config.lexicon)
        mel = log_mel(wav, config.mel)
        segments = (
            _given_segments(example, frontend)
            if "phone_samples" in example
            else _aligned_segments(example, frontend, wav, rate)
        )
        return {
            "phones": [segment.symbol for segment in segments],
            "durations": durations_in_frames(segments, len(mel), config.mel.hop_length, rate).tolist(),
            "mel": mel,
            "pitch": extract_pitch(wav, rate, config.mel.hop_length, *config.pitch_range),
        }
    except ParakeetError as error:
        return str(error)


def _aligned_segments(example, frontend, wav, rate):
    return ForcedAligner(rate).align(wav, frontend.words(example["text"]))


def _given_segments(example, frontend):
    """The corpus' own phone durations as segments; like aligned ones they begin with a silence, here of no length."""
    unknown = sorted(set(example["phones"]) - set(frontend.symbols))
    if unknown:
        raise DataError(
            f"its phones {', '.join(map(repr, unknown))} are none of the frontend's. Correct utterances.jsonl."
        )
    import soundfile

    native = soundfile.info(example["wav_path"]).samplerate
    ends = np.cumsum(example["phone_samples"]) / native
    starts = np.concatenate([[0.0], ends[:-1]])
    return [Segment(SILENCE, 0.0, 0.0)] + [
        Segment(*row) for row in zip(example["phones"], starts.tolist(), ends.tolist(), strict=True)
    ]


def _write(directory, corpus, config, results):
    """Write features, manifest and rejections as they come; return the statistics and the number of utterances of each split."""
    mel_file, pitch_file = FeatureFile(directory / "mel.npy", config.mel.n_mels), FeatureFile(directory / "pitch.npy")
    mel_moments, pitch_moments = Moments(config.mel.n_mels), Moments(1)
    counts = {"train": 0, "valid": 0, "test": 0, "rejected": 0}
    with (
        (directory / "manifest.jsonl").open("w", encoding="utf-8") as manifest,
        (directory / "rejected.jsonl").open("w", encoding="utf-8") as rejected,
    ):
        for example, result in results:
            if isinstance(result, str):
                counts["rejected"] += 1
                rejected.write(json.dumps({"utt_id": example["utt_id"], "reason": result}, ensure_ascii=False) + "\n")
                continue
            counts[example["split"]] += 1
            if example["split"] == "train":
                mel_moments.add(result["mel"])
                pitch_moments.add(np.log(result["pitch"][result["pitch"] > 0])[:, None])
            first = mel_file.append(result["mel"])
            pitch_file.append(result["pitch"])
            line = {
                "utt_id": example["utt_id"],
                "split": example["split"],
                "text": example["text"],
                "wav": str(example["wav_path"].relative_to(corpus.directory)),
                "phones": result["phones"],
                "durations": result["durations"],
                "first_frame": first,
                "n_frames": len(result["mel"]),
            }
            manifest.write(json.dumps(line, ensure_ascii=False) + "\n")
        # What the corpus itself left out is no news and comes last.
        for record in corpus.rejected:
            rejected.write(json.dumps(record, ensure_ascii=False) + "\n")
    mel_file.close()
    pitch_file.close()
    (mel_mean, mel_std), (pitch_mean, pitch_std) = mel_moments.mean_and_std(), pitch_moments.mean_and_std()
    statistics = {
        "mel_mean": mel_mean.tolist(),
        "mel_std": mel_std.tolist(),
        "log_pitch_mean": pitch_mean.item(),
        "log_pitch_std": pitch_std.item(),
    }
    return statistics, counts


class Moments:
    """Mean and standard deviation of rows that come in pieces, merged without cancellation (Chan, Golub and LeVeque 1983, eq. 2.1).

    Args:
        width (int): of a row.
    """

    def __init__(self, width):
        self.count = 0
        self._mean = np.zeros(width)
        self._squares = np.zeros(width)

    def add(self, rows):
        """Take rows, (n, width), into account."""
        n = len(rows)
        if n == 0:
            return
        rows = rows.astype(np.float64)
        mean = rows.mean(axis=0)
        shift = mean - self._mean
        total = self.count + n
        self._squares += ((rows - mean) ** 2).sum(axis=0) + shift**2 * (self.count * n / total)
        self._mean += shift * (n / total)
        self.count = total

    def mean_and_std(self):
        """Two (width,) arrays; a deviation that is 0 (or of nothing) is given as 1, so that one can divide by it."""
        std = np.sqrt(self._squares / max(self.count, 1))
        return self._mean.copy(), np.where(std > 0, std, 1.0)
