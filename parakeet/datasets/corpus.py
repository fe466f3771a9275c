"""A corpus on disk, read as a dataset.

``corpus.json`` says what the corpus is, ``utterances.jsonl`` holds one utterance a line, ``wavs/`` the recordings,
``LICENSE.txt`` and ``ATTRIBUTION.txt`` what its use asks for, ``rejected.jsonl`` what was left out and why.
"""

import dataclasses
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from parakeet.data.dataset import DatasetMixin
from parakeet.errors import DataError, nearest
from parakeet.files import read_json, read_json_lines

SPLITS = ("train", "valid", "test")

_MEND = "Repair or remove the line."
_KINDS = {str: "a text that isn't empty", int: "a whole number above 0", dict: "a json object"}


@dataclass(frozen=True)
class CorpusInfo:
    """What a corpus is: the content of ``corpus.json``.

    ``frontend`` names the frontend its texts are meant for, ``frontend_options`` is what else that takes, a language say; ``build`` is
    what its builder was asked for, so that a folder built differently is never mistaken for it.
    """

    name: str
    language: str
    sample_rate: int
    licence: str
    attribution: str
    source: str
    frontend: str
    build: dict = field(default_factory=dict)
    frontend_options: dict = field(default_factory=dict)


class Corpus(DatasetMixin):
    """Utterances with their recordings: what every corpus is, whatever its layout on disk.

    Examples are dicts of ``utt_id, wav_path, text, speaker, split`` and, where the corpus has them, ``phones`` (list of str) and
    ``phone_samples`` (list of int, samples a phone).

    Args:
        directory (Path): the corpus' folder.
        info (CorpusInfo): what it is.
        examples (list[dict]): its utterances; their names differ.
        rejected (list[dict]): ``utt_id`` and ``reason`` of everything that was left out.
    """

    def __init__(self, directory, info, examples, rejected=()):
        self.directory = Path(directory)
        self.info = info
        self._examples = examples
        self._index = {example["utt_id"]: i for i, example in enumerate(examples)}
        self.rejected = list(rejected)

    def __len__(self):
        return len(self._examples)

    def get_example(self, i):
        return {key: list(value) if isinstance(value, list) else value for key, value in self._examples[i].items()}

    def describe(self, i):
        return self._examples[i]["utt_id"]

    def index(self, utt_id):
        """Find an utterance by its name.

        Raises:
            DataError: if there is none of that name.
        """
        if utt_id not in self._index:
            raise DataError(f"{self.directory}: no utterance '{utt_id}' among {len(self)}.{nearest(utt_id, self._index)}")
        return self._index[utt_id]

    def indices(self, split):
        """Give the positions of the utterances of one split, in order.

        Args:
            split (str): "train", "valid" or "test".

        Returns:
            list[int]

        Raises:
            DataError: if split is none of the three.
        """
        if split not in SPLITS:
            raise DataError(f"{self.directory}: {unknown_split(split)}")
        return [i for i, example in enumerate(self._examples) if example["split"] == split]


class SpeechCorpus(Corpus):
    """A corpus in parakeet's own layout; it is checked here, so a fault is met before any work is done.

    Args:
        directory (str | Path): the folder that holds ``corpus.json``.

    Raises:
        DataError: if a file is missing or malformed, an utterance has no text, no wav, an unknown split or a name taken before.
    """

    def __init__(self, directory):
        directory = Path(directory)
        info = _read_info(directory / "corpus.json")
        left_out = directory / "rejected.jsonl"
        rejected = [record for _, record in read_json_lines(left_out, _MEND)] if left_out.is_file() else []
        super().__init__(directory, info, _read_utterances(directory), rejected)


def unknown_split(split):
    """Word the complaint about a split that isn't one."""
    return f"unknown split '{split}', expected one of {', '.join(SPLITS)}.{nearest(split, SPLITS)}"


def text_key(text):
    """Reduce a text to what must not be shared between splits: its words, without case and punctuation.

    Args:
        text (str): any text.

    Returns:
        str: words joined by single spaces; apostrophes stay inside words.
    """
    return " ".join(word for part in re.sub(r"[^\w\s']", " ", text.lower()).split() if (word := part.strip("'")))


def _read_info(path):
    if not path.is_file():
        raise DataError(
            f"{path}: not found, so {path.parent} isn't a corpus. Build one with `parakeet corpus NAME DIR`, "
            "or give the folder that holds corpus.json."
        )
    content = read_json(path, "Repair it or build the corpus again.")
    known = {f.name: f for f in dataclasses.fields(CorpusInfo)}
    for key in content:
        if key not in known:
            raise DataError(f"{path}: unknown key '{key}', expected {', '.join(known)}.{nearest(key, known)}")
    for key, spec in known.items():
        if spec.type is dict and key not in content:
            continue
        if key not in content:
            raise DataError(f"{path}: key '{key}' is missing. Expected keys: {', '.join(known)}.")
        value = content[key]
        if type(value) is not spec.type or value == "" or (spec.type is int and value <= 0):
            raise DataError(f"{path}: '{key}' should be {_KINDS[spec.type]}, received {value!r}.")
    return CorpusInfo(**content)


def _read_utterances(directory):
    path = directory / "utterances.jsonl"
    if not path.is_file():
        raise DataError(f"{path}: not found. A corpus lists its utterances there, one json object a line; build the corpus again.")
    examples, line_of = [], {}
    for line, record in read_json_lines(path, _MEND):
        where = f"{path}, line {line}"
        example = _read_utterance(directory, where, record)
        utt_id = example["utt_id"]
        if utt_id in line_of:
            raise DataError(
                f"{where}, utterance '{utt_id}': its name was on line {line_of[utt_id]} already. Give each utterance a name of its own."
            )
        line_of[utt_id] = line
        examples.append(example)
    if not examples:
        raise DataError(f"{path}: holds no utterance.")
    return examples


def _read_utterance(directory, where, record):
    keys = ("utt_id", "wav", "text", "speaker", "split")
    for key in keys:
        if not isinstance(record.get(key), str):
            raise DataError(f"{where}: '{key}' should be a string, received {record.get(key)!r}. Expected keys: {', '.join(keys)}.")
    where = f"{where}, utterance '{record['utt_id']}'"
    if not record["utt_id"]:
        raise DataError(f"{where}: its utt_id is empty.")
    if not record["text"].strip():
        raise DataError(f"{where}: its text is empty. Write what is spoken, or leave the utterance out.")
    if record["split"] not in SPLITS:
        raise DataError(f"{where}: {unknown_split(record['split'])}")
    inside = PurePosixPath(record["wav"])
    if inside.is_absolute() or ".." in inside.parts:
        raise DataError(f"{where}: its wav '{record['wav']}' should be a path inside {directory}.")
    if not (directory / inside).is_file():
        raise DataError(f"{where}: its wav {directory / inside} is missing. Restore it, or remove the line.")
    example = {"utt_id": record["utt_id"], "wav_path": directory / inside, "text": record["text"]}
    example |= {"speaker": record["speaker"], "split": record["split"]}
    return example | _read_phones(where, record)


def _read_phones(where, record):
    phones, samples = record.get("phones"), record.get("phone_samples")
    if phones is None and samples is None:
        return {}
    if not isinstance(phones, list) or not phones or not all(isinstance(p, str) and p for p in phones):
        raise DataError(f"{where}: 'phones' should be a list of names, received {phones!r}.")
    if samples is None:
        return {"phones": phones}
    if not isinstance(samples, list) or not all(type(n) is int and n >= 0 for n in samples):
        raise DataError(f"{where}: 'phone_samples' should be a list of whole numbers, received {samples!r}.")
    if len(samples) != len(phones):
        raise DataError(f"{where}: {len(phones)} phones but {len(samples)} phone_samples; expected one for each.")
    return {"phones": phones, "phone_samples": samples}
