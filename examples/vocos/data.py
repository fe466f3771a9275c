"""Prepared data -> crops of recordings and their mel spectra -> batches."""

import numpy as np

from parakeet.data import DataCargo, DatasetMixin, SubsetDataset, WeightedRandomSampler


class Recordings(DatasetMixin):
    """The recordings of prepared data beside their mel spectra.

    Args:
        prepared (PreparedData): with its recordings (``keep_wav``).
    """

    def __init__(self, prepared):
        self.prepared = prepared

    def __len__(self):
        return len(self.prepared)

    def describe(self, i):
        return self.prepared.describe(i)

    def get_example(self, i):
        return {"utt_id": self.describe(i), "mel": self.prepared[i]["mel"], "wav": self.prepared.wav(i)}


class Crops:
    """The batch function: a crop of each recording, at its mel frames' borders.

    Args:
        n_frames (int): of a crop; shorter recordings are continued by silence.
        hop_length (int): samples from frame to frame.
        gains (tuple[float, float] or None): decibels; every crop is made louder or quieter by as many, drawn evenly between the two, so
            that the vocoder serves other levels than the corpus'. None takes the middle of each recording as it is: for validation.
    """

    def __init__(self, n_frames, hop_length, gains=None):
        self.n_frames, self.hop_length, self.gains = n_frames, hop_length, gains

    def __call__(self, examples, rng):
        crops = [self._crop(example["mel"], example["wav"], rng) for example in examples]
        return {
            "utt_id": [example["utt_id"] for example in examples],
            "mel": np.stack([mel for mel, _ in crops]),
            "wav": np.stack([wav for _, wav in crops]),
        }

    def _crop(self, mel, wav, rng):
        spare = max(len(mel) - self.n_frames, 0)
        first = spare // 2 if self.gains is None else int(rng.integers(spare + 1))
        mel = mel[first : first + self.n_frames]
        wav = wav[first * self.hop_length : (first + self.n_frames) * self.hop_length]
        missing = self.n_frames - len(mel)
        if missing:
            mel = np.pad(mel, ((0, missing), (0, 0)), constant_values=float(np.log(1e-5)))
        wav = np.pad(wav, (0, self.n_frames * self.hop_length - len(wav)))
        if self.gains is not None:
            gain = rng.uniform(*self.gains) * np.log(10) / 20
            mel, wav = mel + np.float32(gain), wav * np.float32(np.exp(gain))
        return mel, wav


def build_cargoes(prepared, section, seed):
    """Crops to train on, long recordings more often than short ones, and the middles of held-out recordings.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        section (DataSection): sizes.
        seed (int): of the order and the crops.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.
    """
    recordings, hop_length = Recordings(prepared), prepared.mel_config.hop_length
    train, valid = prepared.indices("train"), prepared.indices("valid")
    lengths = prepared.lengths(train)
    crops = max(section.batch_size, int(lengths.sum()) // section.crop_frames)
    return (
        DataCargo(
            SubsetDataset(recordings, train),
            Crops(section.crop_frames, hop_length, section.gains),
            batch_size=section.batch_size,
            sampler=WeightedRandomSampler(lengths, crops, seed=seed),
            drop_last=True,
            seed=seed,
        ),
        DataCargo(
            SubsetDataset(recordings, valid[: section.valid]),
            Crops(section.valid_frames, hop_length),
            batch_size=8,
        ),
    )
