"""Prepared data -> batches for an acoustic model: ids, durations, pitch and energy of the symbols, and the spectrum they make.

    train, valid = acoustic_cargoes(PreparedData("data/prepared"), batch_frames=2400, seed=0)
"""

import numpy as np

from parakeet.audio.symbols import energy_by_symbol, interpolated, pitch_by_symbol
from parakeet.data import (
    DataCargo,
    SequentialSampler,
    SimilarLengthBatchSampler,
    SubsetDataset,
    TransformDataset,
    batch_spec,
    batch_text_id,
)
from parakeet.frontend.vocab import Vocab
from parakeet.preparation.statistics import Moments


class SymbolArrays:
    """One utterance as arrays; pitch and energy of each symbol in standard deviations of the speaker, 0 being the mean.

    Where a symbol is unvoiced, its pitch lies on the line between its voiced neighbours: a curve without holes is easier to predict and
    to bend. A symbol that lasts no frame has an energy between its neighbours', too.

    Args:
        prepared (PreparedData): gives vocabulary and statistics; the statistics of energies are taken from its training utterances here.
    """

    def __init__(self, prepared):
        self._vocab = Vocab(prepared.symbols)
        self._pitch = prepared.statistics["log_pitch_mean"], prepared.statistics["log_pitch_std"]
        moments = Moments(1)
        for i in prepared.indices("train"):
            energy = _energy(prepared[i])
            moments.add(energy[~np.isnan(energy)][:, None])
        self._energy = tuple(float(value[0]) for value in moments.mean_and_std())

    def __call__(self, example):
        return {
            "utt_id": example["utt_id"],
            "text": np.array(self._vocab.encode(example["phones"]), np.int64),
            "durations": example["durations"],
            "pitch": _normalised(pitch_by_symbol(example["pitch"], example["durations"]), *self._pitch),
            "energy": _normalised(_energy(example), *self._energy),
            "contour": _normalised(_log_pitch(example["pitch"]), *self._pitch),
            "mel": example["mel"],
        }


def batch_symbols(examples):
    """A list of what :class:`SymbolArrays` gives -> a batch of padded arrays, and lengths.

    Returns:
        dict: ``utt_id`` (list), ``text``, ``durations``, ``pitch`` and ``energy`` (B, S), ``text_lengths`` (B,), ``contour``
        (B, T), ``mel`` (B, T, n_mels), ``mel_lengths`` (B,).
    """
    text, text_lengths = batch_text_id([example["text"] for example in examples])
    durations, _ = batch_text_id([example["durations"] for example in examples])
    mel, mel_lengths = batch_spec([example["mel"] for example in examples])
    names = ("pitch", "energy", "contour")
    curves = {name: batch_spec([example[name][:, None] for example in examples])[0][:, :, 0] for name in names}
    return {
        "utt_id": [example["utt_id"] for example in examples],
        "text": text,
        "text_lengths": text_lengths,
        "durations": durations,
        **curves,
        "mel": mel,
        "mel_lengths": mel_lengths,
    }


def model_inputs(model, batch):
    """What a model's ``forward`` takes of a batch.

    Args:
        model (paddle.nn.Layer): its ``inputs`` name them; ``n_frames`` is how many frames the batch's spectra have, padding included.
        batch (dict): as :func:`batch_symbols` makes it.

    Returns:
        dict: name to value.
    """
    known = {**batch, "n_frames": batch["mel"].shape[1]}
    return {name: known[name] for name in model.inputs}


def acoustic_cargoes(prepared, batch_frames, seed):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        batch_frames (int): frames in a batch, padding included.
        seed (int): of the order.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    to_arrays = SymbolArrays(prepared)

    def examples(split):
        return TransformDataset(SubsetDataset(prepared, prepared.indices(split)), to_arrays)

    lengths = prepared.lengths(prepared.indices("train"))
    sampler = SimilarLengthBatchSampler(lengths, max_frames=max(batch_frames, int(lengths.max())), seed=seed)
    train = DataCargo(examples("train"), batch_symbols, batch_sampler=sampler)
    valid = examples("valid")
    return train, DataCargo(valid, batch_symbols, batch_size=8, sampler=SequentialSampler(valid))


def _log_pitch(pitch):
    return np.log(np.where(pitch > 0, pitch, np.nan))


def _energy(example):
    return energy_by_symbol(example["energy"], example["durations"])


def _normalised(values, mean, std):
    return interpolated((values - mean) / std)
