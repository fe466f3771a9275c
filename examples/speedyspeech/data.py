"""Prepared data -> examples -> batches."""

import numpy as np

from parakeet.audio.pitch import pitch_by_symbol
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


class ToArrays:
    """One utterance as arrays: ids for the symbols, the pitch of each symbol in standard deviations of the speaker.

    Args:
        prepared (PreparedData): gives the vocabulary and the statistics.
    """

    def __init__(self, prepared):
        self._vocab = Vocab(prepared.symbols)
        self._mean = prepared.statistics["log_pitch_mean"]
        self._std = prepared.statistics["log_pitch_std"]

    def __call__(self, example):
        pitch = (pitch_by_symbol(example["pitch"], example["durations"]) - self._mean) / self._std
        return {
            "utt_id": example["utt_id"],
            "text": np.array(self._vocab.encode(example["phones"]), np.int64),
            "durations": example["durations"],
            "pitch": np.nan_to_num(pitch, nan=0.0).astype(np.float32),
            "mel": example["mel"],
        }


def batch_fn(examples):
    """A list of utterances -> a batch of padded arrays, and lengths."""
    text, text_lengths = batch_text_id([example["text"] for example in examples])
    durations, _ = batch_text_id([example["durations"] for example in examples])
    pitch, _ = batch_spec([example["pitch"][:, None] for example in examples])
    mel, mel_lengths = batch_spec([example["mel"] for example in examples])
    return {
        "utt_id": [example["utt_id"] for example in examples],
        "text": text,
        "text_lengths": text_lengths,
        "durations": durations,
        "pitch": pitch[:, :, 0],
        "mel": mel,
        "mel_lengths": mel_lengths,
    }


def build_cargoes(prepared, batch_frames, seed):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        batch_frames (int): frames in a batch, padding included.
        seed (int): of the order.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    to_arrays = ToArrays(prepared)

    def examples(split):
        return TransformDataset(SubsetDataset(prepared, prepared.indices(split)), to_arrays)

    lengths = prepared.lengths(prepared.indices("train"))
    train = DataCargo(
        examples("train"),
        batch_fn,
        batch_sampler=SimilarLengthBatchSampler(lengths, max_frames=max(batch_frames, int(lengths.max())), seed=seed),
    )
    valid = examples("valid")
    return train, DataCargo(valid, batch_fn, batch_size=8, sampler=SequentialSampler(valid))
