"""The shape of an engine: symbols to a mel spectrum, a mel spectrum to samples; numpy in, numpy out."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from parakeet.errors import DataError, nearest

ENGINES = {
    "onnx": ("parakeet.voice.engines.onnx", "onnxruntime"),
    "static": ("parakeet.voice.engines.static", "paddle"),
    "dynamic": ("parakeet.voice.engines.dynamic", "paddle"),
}
"""Name to module and the package it needs, the fastest first; each module has ``load(directory, description, weights) -> Engine``."""

ABOUT = "engine.json"


class Engine:
    """An acoustic model and a vocoder, run by some runtime; safe to call from many threads at once, each call gives the same bytes.

    Args:
        name (str): of the runtime, a key of :data:`ENGINES`.
        acoustic (Callable): ids (1, S) int64, rate, pitch_shift, energy_shift (1, S) float32 -> mel (1, T, n_mels) float32,
            durations (1, S) int64; T is at least the sum of the durations, frames past it are not looked at.
        vocoder (Callable): mel (T, n_mels) float32, seed -> wav (T * hop_length,) float32; it has ``context``, ``drifts``,
            ``in_chunks``, and unless ``context`` is None ``numbers``.

    Attributes:
        context (int | None): frames on each side that what the vocoder's network says of a frame depends on; None where that is all of
            them (Griffin-Lim): whole sentences only.
        drifts (bool): whether the last bits of what the vocoder's network says add up, frame by frame, in the sound (a pitch's do).
    """

    def __init__(self, name, acoustic, vocoder):
        self.name = name
        self.context, self.drifts = vocoder.context, vocoder.drifts
        self._acoustic, self._vocoder = acoustic, vocoder

    def acoustic(self, ids, rate=1.0, pitch_shift=0.0, energy_shift=0.0):
        """The mel spectrum of a sentence.

        Args:
            ids (numpy.ndarray): (S,) int64, S > 0, of the voice's vocabulary.
            rate (float | numpy.ndarray): speaking rate, 2 is twice as fast: for all, or (S,), for each symbol.
            pitch_shift, energy_shift (float | numpy.ndarray): added, in standard deviations of the speaker: for all, or (S,).

        Returns:
            tuple: mel (T, n_mels) float32, natural-log amplitude, and durations (S,) int64 frames, which sum to T; T may be 0.

        Raises:
            DataError: if an array has another shape.
        """
        ids = np.asarray(ids, np.int64)
        if ids.ndim != 1 or not len(ids):
            raise DataError(f"ids: expected (S,), one symbol at least, received shape {ids.shape}.")
        controls = {"rate": rate, "pitch_shift": pitch_shift, "energy_shift": energy_shift}
        mel, durations = self._acoustic(ids[None], *(_for_each_symbol(*item, len(ids)) for item in controls.items()))
        return np.ascontiguousarray(mel[0, : durations.sum()]), durations[0]

    def numbers(self, mel):
        """What the vocoder's network says of a mel spectrum, (T, n_mels) float32: a list of (T, n) float32; empty without a network."""
        return self._vocoder.numbers(np.ascontiguousarray(mel, np.float32)) if self.context is not None and len(mel) else []

    def vocode(self, mel, seed=0):
        """The sound of a mel spectrum.

        Args:
            mel (numpy.ndarray): (T, n_mels) float32, natural-log amplitude; T may be 0.
            seed (int): of the noise of a vocoder with a source, and of Griffin-Lim's first phases; others leave nothing to chance.

        Returns:
            numpy.ndarray: wav (T * hop_length,) float32 in [-1, 1].
        """
        if not len(mel):
            return np.zeros(0, np.float32)
        return self._vocoder(np.ascontiguousarray(mel, np.float32), seed)

    def vocode_in_chunks(self, mel, sizes, seed=0):
        """The sound of a mel spectrum in chunks that follow one another; together they equal :meth:`vocode` to 1e-5.

        Where it drifts they are equal in chunks of the usual sizes (``parakeet.voice.streaming.ChunkSizes``), in others to 1e-3.

        A vocoder that needs the whole spectrum (Griffin-Lim) gives it in one chunk.

        Args:
            mel (numpy.ndarray): (T, n_mels) float32, natural-log amplitude; T may be 0.
            sizes (Callable): gives the frames of the next chunk each time it is called.
            seed (int): as for :meth:`vocode`.

        Returns:
            Iterator[numpy.ndarray]: (n,) float32 each, a whole number of frames; the last one may be a few frames longer.
        """
        return self._vocoder.in_chunks(np.ascontiguousarray(mel, np.float32), sizes, seed) if len(mel) else iter(())


def _for_each_symbol(name, value, count):
    value = np.asarray(value, np.float32)
    if value.shape not in ((), (count,)):
        raise DataError(f"{name}: expected a number, or one for each of {count} symbols, received shape {value.shape}.")
    return np.array(np.broadcast_to(value, (1, count)))


def exported_folder(directory, name):
    """Where ``parakeet export`` puts an engine of a voice."""
    return Path(directory) / "engines" / name


def available_engines(directory):
    """The engines that can speak a voice here: exported, their package installed; the fastest first.

    Args:
        directory (str | Path): the voice's folder.

    Returns:
        list[str]: keys of :data:`ENGINES`; ``dynamic`` needs no export.
    """
    return [
        name
        for name, (_, package) in ENGINES.items()
        if (name == "dynamic" or (exported_folder(directory, name) / ABOUT).is_file()) and find_spec(package) is not None
    ]


def load_engine(name, directory, description, weights):
    """Load a voice into a runtime.

    ``auto`` is the first of onnx, static, dynamic that is there. Measured on two cores (docs/guides/export.md): onnx speaks three times
    as fast as the others, of which static is the quicker one, starts in a third of the time, because Paddle is never imported, and
    gives a sentence's first sound soonest.

    Args:
        name (str): a key of :data:`ENGINES`, or ``auto``.
        directory (str | Path): the voice's folder.
        description (VoiceDescription): what it is made of.
        weights (Callable): ``weights("acoustic")``, ``weights("vocoder")`` -> dict of arrays by structural name; called only by a
            runtime that needs them.

    Returns:
        Engine: ready to be called.

    Raises:
        DataError: if there is no such runtime, the voice was not exported to it, or the weights are not those of its models.
        MissingDependencyError: if its package isn't installed.
    """
    if name == "auto":
        name = next(iter(available_engines(directory)), "dynamic")
    if name not in ENGINES:
        raise DataError(f"no engine '{name}'; there are {', '.join(ENGINES)}, or auto.{nearest(name, ENGINES)}")
    return import_module(ENGINES[name][0]).load(directory, description, weights)
