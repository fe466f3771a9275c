"""What prepared data depend on, as checksums: what has not changed need not be done again."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import parakeet.frontend
from parakeet.errors import DataError
from parakeet.preparation.labels import open_labels
from parakeet.preparation.record import REVISION

_READERS = 4  # threads that read recordings: enough to keep a disk busy
_PIECE = 2**20  # bytes
_FILES = {"lexicon": "lexicon", "phone_map": "map of phones"}
_OF_RECORDS = {"mel", "mix_channels", "loudness", "trim", "min_seconds", "max_seconds", "pitch_range", "keep_wav"}


def recording_checksums(corpus, progress):
    """Read every recording.

    Args:
        corpus (Corpus): whose.
        progress (Callable): called with (done, total).

    Returns:
        list[str | None]: SHA-256 of each; None where it can't be read.
    """
    checksums = []
    pool = ThreadPoolExecutor(_READERS)
    try:
        for checksum in pool.map(_checksum, [example["wav_path"] for example in corpus]):
            checksums.append(checksum)
            progress(len(checksums), len(corpus))
    finally:
        pool.shutdown(cancel_futures=True)  # or Ctrl-C would wait for all that is left
    return checksums


def _checksum(path):
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:  # what can't be read is listed when its turn comes
        return None
    return digest.hexdigest()


def checksum_of(value):
    """SHA-256 of anything that json can hold."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def record_key(example, recording, words, config, durations):
    """Name everything that the record of one utterance depends on.

    The words as the frontend gives them stand for its code, its dictionaries and the lexicon: a change of those concerns the utterances
    that are now spoken differently, and no others.

    Args:
        example (dict): of the corpus.
        recording (str): its checksum.
        words (list[WordPronunciation] | None): what the frontend makes of its text; None where durations come later.
        config (PrepareConfig): the settings.
        durations (object | None): the source of durations.

    Returns:
        str: a checksum.
    """
    words = None if words is None else [[word.word, list(word.phones)] for word in words]
    identity = None if durations is None else durations.identity(example)
    return checksum_of([REVISION, recording, words, identity, config.model_dump(mode="json", include=_OF_RECORDS)])


def settings_of(config):
    """The settings as ``prepared.json`` keeps them: of the files it only says whether there are any; what they hold counts elsewhere."""
    settings = config.model_dump(mode="json")
    return settings | {name: settings[name] is not None for name in (*_FILES, "alignments")}


def inputs_checksum(corpus, checksums, config, durations):
    """Name everything that prepared data depend on, without looking at what it does: where it is the same, nothing has to be done.

    Args:
        corpus (Corpus): its texts, speakers and splits.
        checksums (list[str | None]): of its recordings.
        config (PrepareConfig): the settings.
        durations (str): which source of durations is taken.

    Returns:
        str: a checksum.

    Raises:
        DataError: if a file that the settings name is not there, or one of labels can't be read.
    """
    texts = [[example["utt_id"], example["speaker"], example["split"], example["text"]] for example in corpus]
    labels = [[example.get("phones"), example.get("phone_samples")] for example in corpus]
    info = {key: value for key, value in asdict(corpus.info).items() if key != "build"}
    files = [_file_checksum(name, getattr(config, name)) for name in _FILES]
    if config.alignments is not None:
        # Of a folder the labels alone: recordings, or the prepared data themselves, may lie in it too.
        elsewhere = open_labels(config.alignments)
        files.append([elsewhere.identity(example) for example in corpus])
    frontend = _tree_checksum(Path(parakeet.frontend.__file__).parent)
    return checksum_of(
        [REVISION, info, texts, labels, checksums, settings_of(config), files, frontend, durations, list(corpus.rejected)]
    )


def _file_checksum(name, path):
    if path is None:
        return None
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: no such {_FILES[name]} (key '{name}'). Check the path.")
    return _checksum(path)


def _tree_checksum(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return checksum_of([[path.relative_to(folder).as_posix(), _checksum(path)] for path in files])
