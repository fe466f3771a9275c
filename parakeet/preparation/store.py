"""Prepared data on disk: features of all utterances end to end in memory-mapped shards, beside them who is where.

``shards/NNNNN.mel.npy`` (frames, n_mels), ``pitch`` and ``energy`` (frames,) are float32, ``wav`` (samples,) the cleaned recordings in
16 bits; ``manifest.jsonl`` holds one utterance a line; ``prepared.json`` says how it was made; ``rejected.jsonl`` lists what was left
out, with the reason.
"""

from pathlib import Path

import numpy as np

from parakeet.audio.mel import MelConfig
from parakeet.data.dataset import DatasetMixin
from parakeet.errors import DataError, nearest
from parakeet.files import read_json, read_json_lines
from parakeet.preparation.shards import ShardReader

FORMAT = 2
SPLITS = ("train", "valid", "test")

_AGAIN = "Remove the folder and prepare the corpus again."
_NEEDED = ("mel", "symbols", "frontend", "frontend_options", "statistics", "keep_wav")


class PreparedData(DatasetMixin):
    """What ``parakeet prepare`` made of a corpus.

    Examples are dicts of ``utt_id``, ``speaker``, ``text`` (str), ``phones`` (list of S symbols), ``durations`` (S,) int64 frames, and
    float32 views of memory-mapped arrays: ``mel`` (T, n_mels), ``pitch`` (T,) Hz, 0 where unvoiced, and ``energy`` (T,); the sum of
    ``durations`` is T. The recording itself, as it was when the features were made, is :meth:`wav`.

    Args:
        directory (str | Path): the folder that holds ``prepared.json``.

    Raises:
        DataError: if it holds no prepared data, an older format, or parts that contradict one another.
    """

    def __init__(self, directory):
        self.directory = Path(directory)
        self.info = _read_info(self.directory / "prepared.json")
        self.mel_config = MelConfig(**self.info["mel"])
        self.symbols = self.info["symbols"]
        self.frontend = self.info["frontend"]
        self.frontend_options = self.info["frontend_options"]
        self.statistics = self.info["statistics"]
        self._utterances = _lines(self.directory / "manifest.jsonl")
        self._shards = ShardReader(self.directory, self._expected_rows())

    def _expected_rows(self):
        rows = {}
        for utterance in self._utterances:
            for name in ("mel", "pitch", "energy"):
                key = utterance["shard"], name
                rows[key] = rows.get(key, 0) + utterance["n_frames"]
            if self.info["keep_wav"]:
                key = utterance["shard"], "wav"
                rows[key] = rows.get(key, 0) + utterance["n_samples"]
        return rows

    def __getstate__(self):
        # A worker process maps the files again; sent along, they would be copied whole.
        return self.directory

    def __setstate__(self, directory):
        self.__init__(directory)

    def __len__(self):
        return len(self._utterances)

    def describe(self, i):
        """The name of utterance i."""
        return self._utterances[i]["utt_id"]

    def fingerprint(self):
        """str: of the recordings, texts and settings it was prepared from."""
        return self.info["fingerprint"]

    def get_example(self, i):
        """Utterance i as a dict; see the class."""
        utterance = self._utterances[i]
        where = utterance["first_frame"], utterance["n_frames"]
        return {
            "utt_id": utterance["utt_id"],
            "speaker": utterance["speaker"],
            "text": utterance["text"],
            "phones": utterance["phones"],
            "durations": np.array(utterance["durations"], np.int64),
            **{name: self._shards.rows(utterance["shard"], name, *where) for name in ("mel", "pitch", "energy")},
        }

    def wav(self, i):
        """Give the recording of utterance i, cleaned: what its features were made from.

        Args:
            i (int): its position.

        Returns:
            ndarray: (N,) float32 in [-1, 1] at ``mel_config.sample_rate``; its features have 1 + N // hop_length frames.

        Raises:
            DataError: if the recordings were not kept.
        """
        if not self.info["keep_wav"]:
            raise DataError(f"{self.directory}: holds no recordings (keep_wav: false). Prepare the corpus again with keep_wav=true.")
        utterance = self._utterances[i]
        pcm = self._shards.rows(utterance["shard"], "wav", utterance["first_sample"], utterance["n_samples"])
        return pcm.astype(np.float32) / 32768

    def lengths(self, indices):
        """The number of frames of each of some utterances: (len(indices),) int64."""
        return np.array([self._utterances[i]["n_frames"] for i in indices], np.int64)

    def indices(self, split):
        """The positions of the utterances of a split.

        Raises:
            DataError: if there is no such split, or nothing in it.
        """
        if split not in SPLITS:
            raise DataError(
                f"{self.directory}: no split '{split}'; there are {', '.join(SPLITS)}.{nearest(split, SPLITS)}"
            )
        found = [i for i, utterance in enumerate(self._utterances) if utterance["split"] == split]
        if not found:
            raise DataError(
                f"{self.directory}: no utterance in its split '{split}'. See {self.directory / 'rejected.jsonl'} for what was left out."
            )
        return found

    def utterance(self, i):
        """The manifest's line of utterance i.

        Returns:
            dict: ``utt_id, speaker, split, text``; ``wav`` (its recording in the corpus' folder); ``key`` (a checksum of everything it
            was made from); ``gain_db`` and ``trim`` (start and length in seconds) of what was kept of the recording; ``phones,
            durations``; ``score`` (how well the recording fits the text, or None); ``n_frames, n_samples``; ``shard, first_frame`` and
            ``first_sample``.
        """
        return self._utterances[i]

    @property
    def rejected(self):
        """list[dict]: ``utt_id`` and ``reason`` of what was left out."""
        return _lines(self.directory / "rejected.jsonl")


def _lines(path):
    return [line for _, line in read_json_lines(path, _AGAIN)]


def _read_info(path):
    if not path.is_file():
        raise DataError(
            f"{path}: not found, so {path.parent} holds no prepared data. Make it with `parakeet prepare CORPUS {path.parent}`, "
            "or give its folder with --data."
        )
    info = read_json(path, _AGAIN)
    if info.get("format") != FORMAT:
        raise DataError(
            f"{path}: format {info.get('format')}, expected {FORMAT}: another version of parakeet made it. {_AGAIN}"
        )
    missing = [key for key in _NEEDED if key not in info]
    if missing:
        raise DataError(f"{path}: has no {', '.join(missing)}. {_AGAIN}")
    return info
