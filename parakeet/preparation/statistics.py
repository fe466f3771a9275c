"""Statistics of features, of the training utterances alone: what a model normalises by."""

import numpy as np


class Moments:
    """Mean and standard deviation of rows that come in pieces, merged without cancellation (Chan, Golub and LeVeque 1983, eq. 2.1).

    Args:
        width (int): of a row.
    """

    def __init__(self, width):
        self.count = 0
        self._mean = np.zeros(width)
        self._squares = np.zeros(width)

    def add(self, rows):
        """Take rows, (n, width), into account."""
        n = len(rows)
        if n == 0:
            return
        rows = rows.astype(np.float64)
        mean = rows.mean(axis=0)
        shift = mean - self._mean
        total = self.count + n
        self._squares += ((rows - mean) ** 2).sum(axis=0) + shift**2 * (self.count * n / total)
        self._mean += shift * (n / total)
        self.count = total

    def mean_and_std(self):
        """Two (width,) arrays; a deviation that is 0 (or of nothing) is given as 1, so that one can divide by it."""
        std = np.sqrt(self._squares / max(self.count, 1))
        return self._mean.copy(), np.where(std > 0, std, 1.0)


class FeatureStatistics:
    """Gathers the statistics of prepared data.

    Args:
        n_mels (int): bands.
    """

    def __init__(self, n_mels):
        self._mel, self._pitch, self._energy = Moments(n_mels), Moments(1), Moments(1)
        self._speakers = {}

    def add(self, speaker, seconds, mel, pitch, energy):
        """Take one utterance into account: mel (T, n_mels), pitch (T,) Hz, 0 where unvoiced, energy (T,)."""
        log_pitch = np.log(pitch[pitch > 0])[:, None]
        mine = self._speakers.setdefault(speaker, {"pitch": Moments(1), "utterances": 0, "seconds": 0.0})
        mine["pitch"].add(log_pitch)
        mine["utterances"] += 1
        mine["seconds"] += seconds
        self._mel.add(mel)
        self._pitch.add(log_pitch)
        self._energy.add(energy[:, None])

    def summary(self):
        """Give the numbers.

        Returns:
            dict: ``mel_mean`` and ``mel_std`` (lists of n_mels), ``log_pitch_mean``, ``log_pitch_std`` (over voiced frames, natural
            logarithm of Hz), ``energy_mean``, ``energy_std``, and ``speakers``: name to its ``log_pitch_mean``, ``log_pitch_std``,
            ``utterances`` and ``seconds``.
        """
        mel_mean, mel_std = self._mel.mean_and_std()
        speakers = {
            name: {**_named("log_pitch", mine["pitch"]), "utterances": mine["utterances"], "seconds": round(mine["seconds"], 3)}
            for name, mine in sorted(self._speakers.items())
        }
        mel = {"mel_mean": mel_mean.tolist(), "mel_std": mel_std.tolist()}
        return {**mel, **_named("log_pitch", self._pitch), **_named("energy", self._energy), "speakers": speakers}


def _named(name, moments):
    mean, std = moments.mean_and_std()
    return {f"{name}_mean": mean.item(), f"{name}_std": std.item()}
