"""The last step of preparation: records in the order of the corpus, as shards, a manifest and statistics."""

import json
import os
import shutil
from dataclasses import asdict

from parakeet.preparation.alignment import SILENCE
from parakeet.preparation.inputs import checksum_of, settings_of
from parakeet.preparation.record import Rejection
from parakeet.preparation.shards import DTYPES, ShardWriter
from parakeet.preparation.statistics import FeatureStatistics
from parakeet.preparation.store import FORMAT


def write_prepared(folder, corpus, config, frontend, durations, inputs, results):
    """Write prepared data; the same results give the same bytes, however they came about.

    Args:
        folder (Path): empty.
        corpus (Corpus): what they are made of.
        config (PrepareConfig): the settings.
        frontend (object): of the corpus.
        durations (dict): ``source`` of durations and, where they were learned, the ``key`` of what they were learned from.
        inputs (str): checksum of everything they depend on.
        results (Iterable): for each utterance of the corpus (key, Record with phones and durations, or Rejection); the key of a rejection
            is None where it isn't the record that failed.

    Returns:
        dict: the number of utterances of each split, and ``rejected``.
    """
    counts = {"train": 0, "valid": 0, "test": 0, "rejected": 0}
    statistics = FeatureStatistics(config.mel.n_mels)
    arrays = [name for name in DTYPES if name != "wav" or config.keep_wav]
    shards = ShardWriter(folder)
    content, try_again = [], 0
    with _lines(folder / "manifest.jsonl") as write_line, _lines(folder / "rejected.jsonl") as write_rejected:
        for example, (key, result) in zip(corpus, results, strict=True):
            if isinstance(result, Rejection):
                counts["rejected"] += 1
                record = {"utt_id": example["utt_id"], "reason": result.reason}
                write_rejected(record | ({"key": key} if result.lasting and key is not None else {}))
                try_again += not result.lasting
                continue
            counts[example["split"]] += 1
            if example["split"] == "train":
                features = {name: result.arrays[name] for name in ("mel", "pitch", "energy")}
                statistics.add(example["speaker"], result.line["n_samples"] / config.mel.sample_rate, **features)
            place = shards.append({name: result.arrays[name] for name in arrays})
            line = _line(example, corpus, key, result.line)
            content.append(line)
            write_line(line | place)
        # What the corpus itself left out is no news and comes last.
        for record in corpus.rejected:
            write_rejected(record)
    shards.close()
    info = {
        "format": FORMAT,
        "corpus": {**asdict(corpus.info), "options": corpus_options(config)},
        "frontend": corpus.info.frontend,
        "frontend_options": corpus.info.frontend_options,
        "mel": asdict(config.mel),
        "settings": settings_of(config),
        "keep_wav": config.keep_wav,
        "durations": durations,
        "symbols": [SILENCE, *frontend.symbols],
        "statistics": statistics.summary(),
        "utterances": counts,
        "try_again": try_again,
    }
    info |= {"fingerprint": checksum_of([info, content]), "inputs": inputs}
    if config.lexicon is not None:
        shutil.copyfile(config.lexicon, folder / "lexicon.txt")
    (folder / "prepared.json").write_text(json.dumps(info, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for path in (*folder.glob("*.*"), *(folder / "shards").iterdir()):
        _sync(path)
    return counts


def corpus_options(config):
    """The settings that say how the corpus is read."""
    return config.model_dump(include={"layout", "language", "valid", "test", "prompt"}, exclude_none=True)


def _line(example, corpus, key, made):
    wav_path = example["wav_path"]
    inside = wav_path.relative_to(corpus.directory) if wav_path.is_relative_to(corpus.directory) else wav_path
    line = {name: example[name] for name in ("utt_id", "speaker", "split", "text")}
    return {**line, "wav": inside.as_posix(), "key": key, **made}


class _lines:
    """Writes a json object a line."""

    def __init__(self, path):
        self._file = path.open("w", encoding="utf-8")

    def __enter__(self):
        return lambda record: self._file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def __exit__(self, *_):
        self._file.close()


def _sync(path):
    """Wait until a file is on the disk: it is to be there when its name is."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
