"""A corpus on disk, written whole: see parakeet.datasets.corpus for the layout."""

import dataclasses
import glob
import json
import os
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parakeet.audio.io import write_wav
from parakeet.datasets.corpus import SPLITS, SpeechCorpus, text_key, unknown_split
from parakeet.errors import DataError

# A building folder this old was left by a process that was killed: no builder here needs more than a minute.
_ORPHAN_SECONDS = 3600


@dataclass(frozen=True)
class Utterance:
    """One recording and its text; ``wav`` is (N,) float32 in [-1, 1], ``phone_samples`` samples a phone, summing to N.

    ``labels`` is the content of a file of labels, to lie beside as ``labels/UTT_ID.lab``.
    """

    utt_id: str
    text: str
    speaker: str
    split: str
    wav: np.ndarray
    phones: tuple = None
    phone_samples: tuple = None
    labels: str = None


def write_corpus(directory, info, utterances, licence, attribution, rejected=(), files=None):
    """Write a corpus; the folder appears complete or not at all.

    Args:
        directory (str | Path): a folder that doesn't exist, or is empty.
        info (CorpusInfo): what the corpus is.
        utterances (Iterable[Utterance]): written as they come; only one wav is held at a time.
        licence (str): the content of ``LICENSE.txt``.
        attribution (str): the content of ``ATTRIBUTION.txt``.
        rejected (Iterable[dict]): ``{"utt_id", "reason"}``; read after the last utterance, so a generator of utterances may fill it.
        files (dict[str, str], optional): name to content of further text files.

    Returns:
        SpeechCorpus: the corpus, read back.

    Raises:
        DataError: if the folder holds something else, an utterance is invalid or repeated, or a text is in two splits.
    """
    directory = Path(directory)
    _refuse_occupied(directory)
    with _built_beside(directory) as folder:
        (folder / "wavs").mkdir()
        with (folder / "utterances.jsonl").open("w", encoding="utf-8") as file:
            split_of = {}  # utt_id or text key -> split
            for utterance in utterances:
                _check_utterance(utterance, split_of)
                file.write(_json_line(_write_utterance(folder, utterance, info.sample_rate)))
        if not split_of:
            raise DataError(f"{directory}: nothing to write: the corpus '{info.name}' would hold no utterance.")
        (folder / "rejected.jsonl").write_text("".join(_json_line(r) for r in rejected), encoding="utf-8")
        for name, text in ({} if files is None else files).items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "LICENSE.txt").write_text(licence, encoding="utf-8")
        (folder / "ATTRIBUTION.txt").write_text(attribution, encoding="utf-8")
        content = json.dumps(dataclasses.asdict(info), indent=2, ensure_ascii=False)
        (folder / "corpus.json").write_text(content + "\n", encoding="utf-8")
    return SpeechCorpus(directory)


def existing_corpus(directory, name, build):
    """Recognise a corpus that a builder wrote before, so that building again costs nothing.

    Args:
        directory (str | Path): where the corpus shall be.
        name (str): its name.
        build (dict): what the builder is asked for; compared with what the folder was built with.

    Returns:
        SpeechCorpus | None: None where there is nothing yet.

    Raises:
        DataError: if the folder holds something else, or the same corpus built differently.
    """
    directory = Path(directory)
    if not (directory / "corpus.json").is_file():
        _refuse_occupied(directory)
        return None
    corpus = SpeechCorpus(directory)
    if corpus.info.name != name:
        raise DataError(f"{directory}: holds the corpus '{corpus.info.name}', not '{name}'. Choose another folder.")
    if corpus.info.build != build:
        raise DataError(
            f"{directory}: holds the corpus '{name}' built with {corpus.info.build}, but {build} is asked for. "
            "Choose another folder, or remove this one to build it again."
        )
    return corpus


def _refuse_occupied(directory):
    if directory.exists() and not directory.is_dir():
        raise DataError(f"{directory}: is a file, expected a folder that doesn't exist or is empty. Choose another folder.")
    if directory.is_dir() and (names := sorted(p.name for p in directory.iterdir())):
        raise DataError(
            f"{directory}: isn't empty and isn't a corpus (it holds {', '.join(names[:3])}{' ...' if names[3:] else ''}). "
            "Choose another folder; nothing was written."
        )


@contextmanager
def _built_beside(directory):
    """Give a fresh folder that becomes `directory` by one rename, or vanishes on any error or interrupt."""
    directory = directory.absolute()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        for orphan in directory.parent.glob(f".{glob.escape(directory.name)}.building-*"):
            if time.time() - orphan.stat().st_mtime > _ORPHAN_SECONDS:
                shutil.rmtree(orphan, ignore_errors=True)
        folder = directory.with_name(f".{directory.name}.building-{os.getpid()}")
        folder.mkdir()
    except OSError as error:
        raise DataError(f"{directory}: can't be created ({error.strerror}: {error.filename}). Choose a folder you may write to.") from error
    try:
        yield folder
        # An empty directory is replaced by the rename; one filled meanwhile is not.
        folder.rename(directory)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise DataError(f"{directory}: can't be written ({error.strerror}). Check the room on the disk and the rights.") from error
        raise


def _check_utterance(utterance, split_of):
    """Refuse what no reader could use; `split_of` remembers the names and texts met so far."""
    name, split = f"utterance '{utterance.utt_id}'", utterance.split
    if not re.fullmatch(r"[\w+-][\w.+-]*", utterance.utt_id):
        raise DataError(f"{name}: its name also names a file; expected letters, digits, and any of _ . + - only.")
    if ("id", utterance.utt_id) in split_of:
        raise DataError(f"{name}: two utterances bear this name. Names must be unique.")
    if split not in SPLITS:
        raise DataError(f"{name}: {unknown_split(split)}")
    if not text_key(utterance.text):
        raise DataError(f"{name}: its text {utterance.text!r} holds no word.")
    if split_of.setdefault(("text", text_key(utterance.text)), split) != split:
        raise DataError(
            f"{name}: its text {utterance.text!r} is in split '{split}' and in split "
            f"'{split_of['text', text_key(utterance.text)]}'. A text may be in one split only."
        )
    if utterance.phones is not None and len(utterance.phones) != len(utterance.phone_samples):
        raise DataError(f"{name}: {len(utterance.phones)} phones but {len(utterance.phone_samples)} phone_samples.")
    if utterance.phone_samples is not None and sum(utterance.phone_samples) != len(utterance.wav):
        raise DataError(f"{name}: its phones last {sum(utterance.phone_samples)} samples, its wav {len(utterance.wav)}.")
    split_of["id", utterance.utt_id] = split


def _write_utterance(folder, utterance, sample_rate):
    wav = f"wavs/{utterance.utt_id}.wav"
    write_wav(folder / wav, utterance.wav, sample_rate)
    if utterance.labels is not None:
        (folder / "labels").mkdir(exist_ok=True)
        (folder / "labels" / f"{utterance.utt_id}.lab").write_text(utterance.labels, encoding="utf-8")
    record = {"utt_id": utterance.utt_id, "wav": wav, "text": utterance.text, "speaker": utterance.speaker, "split": utterance.split}
    if utterance.phones is not None:
        record |= {"phones": list(utterance.phones), "phone_samples": [int(n) for n in utterance.phone_samples]}
    return record


def _json_line(record):
    return json.dumps(record, ensure_ascii=False) + "\n"
