"""Prepared data -> batches for a net from mel spectra to linear ones.

    train, valid = linear_cargoes(PreparedData("data/prepared"), batch_frames=4000, seed=0)
"""

import numpy as np

from parakeet.audio.mel import AMPLITUDE_FLOOR
from parakeet.audio.stft import magnitudes
from parakeet.data import (
    DataCargo,
    DatasetMixin,
    SequentialSampler,
    SimilarLengthBatchSampler,
    SubsetDataset,
    batch_spec,
)
from parakeet.preparation.statistics import Moments


class LinearSpectra(DatasetMixin):
    """The mel spectra of prepared data beside the linear ones of the same frames.

    Examples are dicts of ``utt_id``, ``mel`` (T, n_mels) and ``linear`` (T, 1 + n_fft // 2), natural-log amplitude.

    Args:
        prepared (PreparedData): with its recordings (``keep_wav``).
    """

    def __init__(self, prepared):
        self.prepared = prepared

    def __len__(self):
        return len(self.prepared)

    def describe(self, i):
        return self.prepared.describe(i)

    def fingerprint(self):
        """str: of the prepared data."""
        return self.prepared.fingerprint()

    def get_example(self, i):
        config, features = self.prepared.mel_config, self.prepared[i]
        magnitude = magnitudes(self.prepared.wav(i), config.n_fft, config.hop_length, config.win_length)
        linear = np.log(np.maximum(magnitude, AMPLITUDE_FLOOR)).astype(np.float32)
        return {"utt_id": features["utt_id"], "mel": features["mel"], "linear": linear}

    def statistics(self):
        """Mean and standard deviation of each bin over the training utterances: two lists of 1 + n_fft // 2 floats."""
        moments = Moments(1 + self.prepared.mel_config.n_fft // 2)
        for i in self.prepared.indices("train"):
            moments.add(self[i]["linear"])
        return tuple(values.tolist() for values in moments.mean_and_std())


def batch_linear(examples):
    """A list of examples of :class:`LinearSpectra` -> a batch of padded arrays.

    Returns:
        dict: ``utt_id`` (list), ``mel`` (B, T, n_mels), ``linear`` (B, T, bins), ``mel_lengths`` (B,).
    """
    mel, mel_lengths = batch_spec([example["mel"] for example in examples])
    linear, _ = batch_spec([example["linear"] for example in examples])
    return {"utt_id": [example["utt_id"] for example in examples], "mel": mel, "linear": linear, "mel_lengths": mel_lengths}


def linear_cargoes(prepared, batch_frames, seed):
    """The training data in batches of similar lengths, and the validation data in order.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made, with recordings.
        batch_frames (int): frames in a batch, padding included.
        seed (int): of the order.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    spectra, indices = LinearSpectra(prepared), prepared.indices("train")
    lengths = prepared.lengths(indices)
    sampler = SimilarLengthBatchSampler(lengths, max_frames=max(batch_frames, int(lengths.max())), seed=seed)
    valid = SubsetDataset(spectra, prepared.indices("valid"))
    return (
        DataCargo(SubsetDataset(spectra, indices), batch_linear, batch_sampler=sampler),
        DataCargo(valid, batch_linear, batch_size=8, sampler=SequentialSampler(valid)),
    )
