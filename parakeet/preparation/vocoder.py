"""Prepared data as vocoders learn from it: recordings beside their mel spectra, recorded or predicted."""

import hashlib
from pathlib import Path

import numpy as np

from parakeet.audio.mel import MelConfig
from parakeet.audio.source import continuous_pitch, source_spectra
from parakeet.data import Crops, DataCargo, DatasetMixin, SubsetDataset, WeightedRandomSampler
from parakeet.errors import DataError
from parakeet.files import read_json


class Recordings(DatasetMixin):
    """The recordings of prepared data beside their mel spectra.

    Examples are dicts of ``utt_id``, ``mel`` (T, n_mels), ``wav`` (N,), ``pitch`` (T,) in Hz without gaps, ``voiced`` (T,) of 1 and 0, and
    ``predicted`` (T, n_mels) where there are such.

    Args:
        prepared (PreparedData): with its recordings (``keep_wav``).
        predicted (PredictedMels, optional): of the same data.
    """

    def __init__(self, prepared, predicted=None):
        self.prepared, self.predicted = prepared, predicted

    def __len__(self):
        return len(self.prepared)

    def describe(self, i):
        return self.prepared.describe(i)

    def fingerprint(self):
        """str: of the prepared data, and of the predicted spectra where there are such."""
        own = self.prepared.fingerprint()
        return own if self.predicted is None else f"{own} {self.predicted.fingerprint()}"

    def get_example(self, i):
        features = self.prepared[i]
        example = {
            "utt_id": features["utt_id"],
            "mel": features["mel"],
            "wav": self.prepared.wav(i),
            "pitch": continuous_pitch(features["pitch"]),
            "voiced": (features["pitch"] > 0).astype(np.float32),
        }
        return example if self.predicted is None else {**example, "predicted": self.predicted.mel(i)}


class PredictedMels:
    """The spectra that an acoustic model makes of prepared data's texts in the rhythm of their recordings.

    The folder holds ``predicted.json``, whose ``mel`` is the `MelConfig`, and for each utterance ``mel/<utt_id>.npy`` ("/" in a name is "-"
    there), (T, n_mels) float32, of as many frames as its recording. ``parakeet predict`` makes it.

    Args:
        directory (str | Path): the folder.
        prepared (PreparedData): what was predicted.
        indices (Iterable[int]): the utterances that are needed.

    Raises:
        DataError: if it holds no such spectra, they are made otherwise, or of another shape, or some are missing.
    """

    FILE = "predicted.json"

    def __init__(self, directory, prepared, indices):
        self.directory, self.prepared = Path(directory), prepared
        self._check_config()
        self._check_files(indices)

    def fingerprint(self):
        """str: of what ``predicted.json`` says."""
        return hashlib.sha256((self.directory / self.FILE).read_bytes()).hexdigest()[:16]

    def mel(self, i):
        """The spectrum of utterance i: (T, n_mels) float32."""
        return np.load(self._path(i), allow_pickle=False)

    def _path(self, i):
        return self.directory / "mel" / f"{self.prepared.describe(i).replace('/', '-')}.npy"

    def _check_config(self):
        path = self.directory / self.FILE
        if not path.is_file():
            raise DataError(
                f"{path}: not found, so {self.directory} holds no predicted spectra. Make them with `parakeet predict RUN "
                f"{self.prepared.directory} {self.directory}`, or leave data.predicted out."
            )
        try:
            config = MelConfig(**read_json(path, "Predict them again.")["mel"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path}: 'mel' does not say how its spectra were made ({error}). Predict them again.") from None
        different = config.differences(self.prepared.mel_config)
        if different:
            raise DataError(
                f"{path}: the spectra are made otherwise than those of {self.prepared.directory}: {'; '.join(different)}. Predict them "
                "with an acoustic model that was trained on these data."
            )

    def _check_files(self, indices):
        missing, wrong = [], []
        for i in indices:
            path = self._path(i)
            if not path.is_file():
                missing.append(self.prepared.describe(i))
                continue
            expected = (self.prepared.utterance(i)["n_frames"], self.prepared.mel_config.n_mels)
            try:
                mel = np.load(path, mmap_mode="r", allow_pickle=False)
                found = f"{mel.shape} {mel.dtype}"
            except (OSError, ValueError, EOFError) as error:
                found = f"what is no array ({error})"
            if found != f"{expected} float32":
                wrong.append(f"{path.name}: expected {expected} float32, received {found}")
        if missing:
            raise DataError(
                f"{self.directory / 'mel'}: {len(missing)} of {len(indices)} utterances are missing: {_listed(missing)}. Predict the "
                "splits train and valid, all of them."
            )
        if wrong:
            raise DataError(
                f"{self.directory / 'mel'}: {len(wrong)} spectra do not fit their recordings: {_listed(wrong)}. Predict them with the "
                "recorded durations, from these data."
            )


class SourcedCrops:
    """The batch function of vocoders that filter a source: `Crops`, and the spectra of the two sources at their pitch.

    A batch holds beside ``utt_id``, ``mel`` and ``wav`` also ``pitch`` and ``voiced`` (B, n_frames), ``harmonics`` and ``noise``
    (B, n_frames, 2, 1 + n_fft // 2), real and imaginary parts.

    Args:
        mel_config (MelConfig): of the data.
        n_frames, gains, predicted_share: see `parakeet.data.Crops`.
    """

    def __init__(self, mel_config, n_frames, gains=None, predicted_share=1.0):
        self.mel_config = mel_config
        self.crops = Crops(n_frames, mel_config.hop_length, gains, predicted_share, tracks=("pitch", "voiced"))

    def __call__(self, examples, rng):
        batch, mel = self.crops(examples, rng), self.mel_config
        sources = [source_spectra(pitch, mel.sample_rate, mel.n_fft, mel.hop_length, rng) for pitch in batch["pitch"]]
        spectra = {name: np.stack(found) for name, found in zip(("harmonics", "noise"), zip(*sources, strict=True), strict=True)}
        return {**batch, **{name: np.stack([found.real, found.imag], axis=2) for name, found in spectra.items()}}


def _listed(items, most=5):
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def vocoder_cargoes(
    prepared,
    seed,
    crop_frames=64,
    batch_size=16,
    gains=(-6.0, 3.0),
    valid=32,
    valid_frames=64,
    predicted=None,
    predicted_share=1.0,
    sourced=False,
    wrap=None,
):
    """Crops to train on, long recordings more often than short ones, and the middles of held-out recordings.

    Args:
        prepared (PreparedData): what ``parakeet prepare`` made.
        seed (int): of the order and the crops.
        crop_frames (int): length of a crop.
        batch_size (int): crops in a batch.
        gains (tuple[float, float]): in dB; see `parakeet.data.Crops`.
        valid (int): how many held-out recordings are looked at.
        valid_frames (int): of the middle of each.
        predicted (str | Path, optional): the folder of an acoustic model's spectra, see `PredictedMels`.
        predicted_share (float): of the crops, so many have predicted spectra, the others recorded ones; held-out ones are all predicted.
        sourced (bool): whether batches hold the spectra of sources, see `SourcedCrops`.
        wrap (Callable, optional): makes of each batch function the one that is taken.

    Returns:
        tuple[DataCargo, DataCargo]: train, valid.

    Raises:
        DataError: if predicted spectra are asked for and do not fit.
    """
    learnt, held_out = prepared.indices("train"), prepared.indices("valid")[:valid]
    mels = None if predicted is None else PredictedMels(predicted, prepared, [*learnt, *held_out])
    recordings, mel = Recordings(prepared, mels), prepared.mel_config

    def cut(n_frames, *options):
        crops = SourcedCrops(mel, n_frames, *options) if sourced else Crops(n_frames, mel.hop_length, *options)
        return crops if wrap is None else wrap(crops)

    lengths = prepared.lengths(learnt)
    crops = max(batch_size, int(lengths.sum()) // crop_frames)
    return (
        DataCargo(
            SubsetDataset(recordings, learnt),
            cut(crop_frames, gains, predicted_share),
            batch_size=batch_size,
            sampler=WeightedRandomSampler(lengths, crops, seed=seed),
            drop_last=True,
            seed=seed,
        ),
        DataCargo(SubsetDataset(recordings, held_out), cut(valid_frames), batch_size=8),
    )
