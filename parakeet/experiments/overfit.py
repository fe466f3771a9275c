"""A few utterances learnt by heart: whether an experiment can learn at all, told in figures.

::

    parakeet overfit examples/fastspeech2/train.py --config examples/fastspeech2/configs/small.yaml --data PREPARED --keep FOLDER

prints how far the sound of the model is from the recordings, before and after training on them alone, beside copy synthesis: their own mel
spectra made sound by Griffin-Lim, which no acoustic model that is heard through it can surpass. Nothing is left behind but the sounds
that ``--keep`` asks for. An experiment takes part if it has ``prepared`` and ``say(index)``: see `AcousticExperiment`, `VocoderExperiment`.
"""

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.io import write_wav
from parakeet.audio.mel import log_mel
from parakeet.errors import DataError, RunError
from parakeet.evaluation.distortion import warp_spectra
from parakeet.preparation.store import PreparedData

UNTRAINED, LEARNT, COPIED = "untrained", "after training", "copy synthesis"


class FewUtterances(PreparedData):
    """Prepared data of which all splits are the same few recordings: those of the training data whose lengths are nearest to one.

    Args:
        directory (str or Path): of the prepared data.
        count (int): how many.
        seconds (float): how long they are to be.

    Raises:
        DataError: as `PreparedData`, or if there are not that many.
    """

    def __init__(self, directory, count=4, seconds=2.0):
        super().__init__(directory)
        self._asked = count, seconds
        indices = super().indices("train")
        if len(indices) < count:
            raise DataError(f"{self.directory}: {count} utterances were asked for, its split 'train' has {len(indices)}. Ask for fewer.")
        frames = seconds * self.mel_config.sample_rate / self.mel_config.hop_length
        nearest = np.argsort(np.abs(self.lengths(indices) - frames), kind="stable")[:count]
        self._few = sorted(indices[i] for i in nearest)

    def __getstate__(self):
        return self.directory, *self._asked

    def __setstate__(self, state):
        self.__init__(*state)

    def indices(self, split):
        """The positions of the few, whatever the split."""
        return list(self._few)


class Distance(NamedTuple):
    """How far sounds are from their recordings, on average.

    Attributes:
        mel (float): mean absolute difference of the log-mel spectra, laid over one another in time; natural logarithms of amplitude.
        mcd (float): mel-cepstral distortion, decibels; see `parakeet.evaluation.distortion.warp_spectra`.
        seconds (float): how long all the sounds are, taken together.
    """

    mel: float
    mcd: float
    seconds: float


class Overfit(NamedTuple):
    """What `overfit` found.

    Attributes:
        distances (dict[str, Distance]): of `UNTRAINED`, `LEARNT` and `COPIED`.
        sounds (dict[str, list[ndarray]]): of the same, a sound for each utterance.
        names (list[str]): of the utterances.
        recorded_seconds (float): of the recordings, all together.
        iterations (int): made.
        train_seconds (float): that they took.
    """

    distances: dict
    sounds: dict
    names: list
    recorded_seconds: float
    iterations: int
    train_seconds: float

    def table(self):
        """str: in Markdown."""
        lines = ["| sound | mel distance | MCD, dB | seconds |", "| --- | --- | --- | --- |"]
        lines += [f"| {what} | {d.mel:.3f} | {d.mcd:.2f} | {d.seconds:.2f} |" for what, d in self.distances.items()]
        return "\n".join(lines)


def overfit(experiment, iterations, count=4, seconds=2.0, progress=None):
    """Train an experiment on a few utterances alone and measure what it says of them, before and after.

    Args:
        experiment (Experiment): as its class makes it, not set up yet; has ``prepared`` and ``say(index)``.
        iterations (int): to train.
        count (int): utterances.
        seconds (float): how long they are to be; the nearest are taken.
        progress (Callable, optional): called with (iteration, what was reported in it).

    Returns:
        Overfit: figures and sounds.

    Raises:
        RunError: if the experiment is of another kind.
        DataError: if the data hold too few utterances.
    """
    from parakeet.training.reporter import scope

    if not callable(getattr(experiment, "say", None)) or not hasattr(type(experiment), "prepared"):
        raise RunError(
            f"{type(experiment).__name__} can't be measured on a few utterances: it has no `prepared` (its data) or no `say(index)` "
            "(the sound it makes of one). Write them, as AcousticExperiment and VocoderExperiment do."
        )
    experiment.prepared = data = FewUtterances(experiment.prepared.directory, count, seconds)
    experiment.setup()
    indices = data.indices("train")
    sounds = {UNTRAINED: [experiment.say(i) for i in indices]}
    experiment.updater.start()
    start = time.perf_counter()
    for iteration in range(1, iterations + 1):
        with scope({}) as observation:
            experiment.updater.update()
        if progress is not None:
            progress(iteration, observation)
    took = time.perf_counter() - start
    sounds[LEARNT] = [experiment.say(i) for i in indices]
    sounds[COPIED] = [griffin_lim(data[i]["mel"], data.mel_config) for i in indices]
    recorded = float(data.lengths(indices).sum() - len(indices)) * data.mel_config.hop_length / data.mel_config.sample_rate
    distances = {what: measure([data[i]["mel"] for i in indices], wavs, data.mel_config) for what, wavs in sounds.items()}
    return Overfit(distances, sounds, [data.describe(i) for i in indices], recorded, iterations, took)


def measure(mels, wavs, config):
    """How far sounds are from what was recorded, averaged over the utterances.

    Args:
        mels (Sequence[ndarray]): (T, n_mels) each, recorded.
        wavs (Sequence[ndarray]): (N,) each, made.
        config (MelConfig): of the spectra.

    Returns:
        Distance: 0 where the sounds have the recorded spectra.
    """
    rows = []
    for mel, wav in zip(mels, wavs, strict=True):
        made = log_mel(np.pad(wav, (0, max(0, config.n_fft - len(wav)))), config)  # what is no window long is silence
        warp = warp_spectra(mel, made)
        there, here = warp.path.T
        rows.append((float(np.abs(mel[there] - made[here]).mean()), warp.distortion))
    distance, distortion = np.mean(rows, axis=0).tolist()
    return Distance(distance, distortion, sum(map(len, wavs)) / config.sample_rate)


def keep_sounds(found, config, folder):
    """Write every sound of an `Overfit` as ``<utt_id>-<what>.wav``.

    Args:
        found (Overfit): what to keep.
        config (MelConfig): for the sample rate.
        folder (str or Path): made if need be.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for what, wavs in found.sounds.items():
        for name, wav in zip(found.names, wavs, strict=True):
            write_wav(folder / f"{name.replace('/', '-')}-{what.replace(' ', '-')}.wav", wav, config.sample_rate)
