"""Durations from a teacher's attention (FastSpeech, arXiv:1905.09263, sec. 3.3), and data that take them.

::

    teach_durations("runs/teacher", PreparedData("data/prepared"), "durations.jsonl")
    data = TaughtData("data/prepared", "durations.jsonl")
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from parakeet.data import DataCargo, DataLoader, SequentialSampler, SubsetDataset, TransformDataset
from parakeet.errors import DataError
from parakeet.files import read_json_lines, write_whole
from parakeet.preparation.acoustic import SymbolArrays, batch_symbols, model_inputs
from parakeet.preparation.store import PreparedData
from parakeet.voice.description import VoiceDescription
from parakeet.voice.folder import newest_snapshot, trained_weights
from parakeet.voice.weights import set_weights

SPLITS = ("train", "valid")

_AGAIN = "Make the file again with the data it is to be used with: python examples/fastspeech/durations.py RUN PREPARED FILE"


class TaughtData(PreparedData):
    """Prepared data whose durations are a teacher's.

    Args:
        directory (str | Path): the prepared data.
        durations (str | Path): what :func:`teach_durations` wrote.

    Raises:
        DataError: as `PreparedData`; if the durations can't be read, an utterance to be trained on has none, or they don't fit it.
    """

    def __init__(self, directory, durations):
        super().__init__(directory)
        self._file = Path(durations)
        lines = read_json_lines(self._file, _AGAIN)
        try:
            self._durations = {line["utt_id"]: np.array(line["durations"], np.int64) for _, line in lines}
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{self._file}: expected lines with utt_id and durations; one has none ({error}). {_AGAIN}") from error
        for split in SPLITS:
            for i in self.indices(split):
                self._refuse_other_sizes(i)

    def __getstate__(self):
        return self.directory, self._file

    def __setstate__(self, state):
        self.__init__(*state)

    def fingerprint(self):
        """str: of the prepared data and the durations."""
        return hashlib.sha256(super().fingerprint().encode() + self._file.read_bytes()).hexdigest()

    def get_example(self, i):
        """Utterance i as a dict, with the teacher's durations where it gave any; see `PreparedData`."""
        example = super().get_example(i)
        return {**example, "durations": self._durations.get(example["utt_id"], example["durations"])}

    def _refuse_other_sizes(self, i):
        utterance = self.utterance(i)
        name, durations = utterance["utt_id"], self._durations.get(utterance["utt_id"])
        if durations is None:
            raise DataError(f"{self._file}: has no durations of the utterance '{name}' of {self.directory}. {_AGAIN}")
        expected = len(utterance["phones"]), utterance["n_frames"]
        found = durations.size, int(durations.sum())
        if found != expected or durations.min() < 0:
            raise DataError(
                f"{self._file}: the durations of '{name}' are of {found[0]} symbols and {found[1]} frames, none negative; the utterance in "
                f"{self.directory} has {expected[0]} and {expected[1]}. {_AGAIN}"
            )


def teach_durations(run, prepared, file, splits=SPLITS):
    """Let a run's model attend to recorded utterances and write down how long it looks at each symbol.

    Each utterance is read from the head of the greatest focus rate. The file has a line for each: ``utt_id``, ``durations`` and
    ``focus_rate``.

    Args:
        run (str | Path): of a model whose ``forward`` gives ``attention``; its newest valid snapshot is taken.
        prepared (PreparedData): what it was trained on.
        file (str | Path): is written, whole.
        splits (Iterable[str]): of the data.

    Returns:
        ndarray: (n,) focus rates, in the order of the lines.

    Raises:
        DataError: if the model doesn't attend, or the data have other symbols or spectra.
        SnapshotError: if the run has no valid snapshot.
    """
    description = VoiceDescription.load(run)
    if description.symbols != prepared.symbols or description.mel != prepared.mel_config:
        raise DataError(f"{prepared.directory}: its symbols or spectra are not those the model of {run} was trained with.")
    snapshot, model = newest_snapshot(run), description.build_acoustic()
    set_weights(model, trained_weights(snapshot, "main"), snapshot.path)
    indices = sorted((i for split in splits for i in prepared.indices(split)), key=lambda i: prepared.utterance(i)["n_frames"])
    examples = TransformDataset(SubsetDataset(prepared, indices), SymbolArrays(prepared))
    lines = []
    for batch in DataLoader(DataCargo(examples, batch_symbols, batch_size=8, sampler=SequentialSampler(examples))):
        lines += _attended(model, batch, run)
    write_whole(Path(file), "".join(json.dumps(line) + "\n" for line in lines))
    return np.array([line["focus_rate"] for line in lines])


def _attended(model, batch, run):
    """The lines of a batch."""
    import paddle

    from parakeet.functions.focus import attended_durations, frames_of_steps, most_focused

    with paddle.no_grad():
        attention = model(**model_inputs(model, batch)).get("attention")
    if attention is None:
        raise DataError(f"{run}: its model, {type(model).__name__}, does not attend to symbols. Give the run of one that does.")
    heads = attention.reshape([attention.shape[0], -1, *attention.shape[-2:]])
    heads = frames_of_steps(heads, model.frames_per_step)[:, :, : batch["mel"].shape[1]]
    weights, rates = most_focused(heads, batch["mel_lengths"])
    durations = attended_durations(weights, batch["text_lengths"], batch["mel_lengths"]).numpy()
    return [
        {"utt_id": name, "durations": row[:length].tolist(), "focus_rate": round(rate, 4)}
        for name, row, length, rate in zip(batch["utt_id"], durations, batch["text_lengths"].tolist(), rates.tolist(), strict=True)
    ]
