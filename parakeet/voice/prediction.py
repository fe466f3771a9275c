"""The spectra an acoustic model makes of the recorded utterances, frame for frame: what a vocoder is tuned on to what it will meet."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from parakeet.data import DataCargo, DataLoader, SequentialSampler, SubsetDataset, TransformDataset
from parakeet.errors import DataError
from parakeet.files import write_whole
from parakeet.preparation.acoustic import SymbolArrays, batch_symbols, model_inputs
from parakeet.voice.description import VoiceDescription
from parakeet.voice.folder import newest_snapshot, trained_weights
from parakeet.voice.weights import set_weights

INDEX = "predicted.json"


def predict_spectra(run, prepared, folder, splits=("train", "valid"), progress=None):
    """Let a run's model speak the recorded utterances with their recorded durations, pitch and energy.

    The folder then holds ``mel/<utt_id>.npy`` ("/" in a name becomes "-"), (T, n_mels) float32 with as many frames as the recording, and,
    written last, ``predicted.json``: ``run``, ``step``, ``mel`` (the MelConfig), ``utterances``.

    Args:
        run (str | Path): of an acoustic model; its newest valid snapshot is taken, the moving average of the weights where it has one.
        prepared (PreparedData): what it was trained on.
        folder (str | Path): is made, or filled again.
        splits (Iterable[str]): of the data.
        progress (Callable, optional): called with (what is being done, done, total).

    Returns:
        int: how many spectra were written.

    Raises:
        DataError: if the data are not of the run's kind, or two names become one.
        SnapshotError: if the run has no valid snapshot.
    """
    folder, description = Path(folder), VoiceDescription.load(run)
    _refuse_other_data(run, description, prepared)
    names = _names(prepared, [i for split in splits for i in prepared.indices(split)])
    snapshot = newest_snapshot(run)
    model = description.build_acoustic()
    set_weights(model, trained_weights(snapshot, "main"), snapshot.path)
    (folder / "mel").mkdir(parents=True, exist_ok=True)
    (folder / INDEX).unlink(missing_ok=True)  # what was interrupted is not taken for whole
    written = 0
    for utterance, mel in _spectra(model, prepared, list(names)):
        np.save(folder / "mel" / f"{names[utterance]}.npy", mel)
        written += 1
        if progress is not None:
            progress("predicting spectra", written, len(names))
    about = {"run": str(run), "step": snapshot.step, "mel": asdict(prepared.mel_config), "utterances": written}
    write_whole(folder / INDEX, json.dumps(about, indent=1) + "\n")
    return written


def _spectra(model, prepared, indices):
    """Yield (position in the data, (T, n_mels) float32)."""
    import paddle

    indices.sort(key=lambda i: prepared.lengths([i])[0])  # little padding
    examples = TransformDataset(SubsetDataset(prepared, indices), SymbolArrays(prepared))
    cargo = DataCargo(examples, batch_symbols, batch_size=8, sampler=SequentialSampler(examples))
    order = iter(indices)
    for batch in DataLoader(cargo):
        with paddle.no_grad():
            mel = model(**model_inputs(model, batch))["mel"].numpy()
        for row, frames in zip(mel, batch["mel_lengths"].tolist(), strict=True):
            yield next(order), row[:frames]


def _refuse_other_data(run, description, prepared):
    for what, own, theirs in (
        ("symbols", description.symbols, prepared.symbols),
        ("mel", asdict(description.mel), asdict(prepared.mel_config)),
    ):
        if own != theirs:
            raise DataError(
                f"{prepared.directory}: its {what} are not those the model of {run} was trained with. Give the data of that run "
                f"(data.path in its config.yaml)."
            )


def _names(prepared, indices):
    """Position in the data -> name of the file."""
    names = {i: prepared.describe(i).replace("/", "-") for i in indices}
    taken = {}
    for i, name in names.items():
        if name in taken:
            raise DataError(
                f"{prepared.directory}: the utterances '{prepared.describe(taken[name])}' and '{prepared.describe(i)}' would both be "
                f"written to {name}.npy. Rename one of them in the corpus and prepare it again."
            )
        taken[name] = i
    return names
