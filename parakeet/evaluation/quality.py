"""How good speech sounds, as estimated by models of listeners: DNSMOS and PESQ. Neither knows what is said."""

import functools
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from parakeet.audio.io import resample
from parakeet.errors import DataError
from parakeet.requirements import require

RATE = 16000


class Dnsmos(NamedTuple):
    """Estimated mean opinions of listeners, from 1 (bad) to 5 (excellent).

    Attributes:
        overall (float): of the whole, ITU-T P.835.
        signal (float): of the speech itself.
        background (float): of the noise around it; higher is quieter.
        p808 (float): of the whole, by another network, ITU-T P.808.
    """

    overall: float
    signal: float
    background: float
    p808: float


def dnsmos(wav, sample_rate):
    """Estimate what listeners would say of speech, without knowing how it should sound (DNSMOS P.835, Reddy, Gopal and Cutler 2022,
    arXiv:2110.01763; P.808: arXiv:2010.15258), as the package speechmos computes it.

    It was made to judge noise suppression. It hears nothing of what is said (recordings played backwards lose little) and nothing above
    8 kHz; silence scores above noise. Speech is looked at in windows of nine seconds; what is shorter is repeated.

    Args:
        wav (ndarray): (N,) float in [-1, 1]; its level matters a little: bring it to :data:`parakeet.evaluation.level.LEVEL` first.
        sample_rate (int): Hz.

    Returns:
        Dnsmos

    Raises:
        DataError: if there are no samples, or some are not finite or outside [-1, 1].
        MissingDependencyError: if the package is not installed.
    """
    wav = np.asarray(wav)
    if wav.ndim != 1 or not len(wav) or not np.abs(wav).max() <= 1:
        raise DataError(f"dnsmos: expected one channel of samples from -1 to 1, received shape {wav.shape}")
    wav = np.clip(resample(wav, sample_rate, RATE), -1, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a spectrum of silence
        found = _listener()(wav, RATE, is_personalized_MOS=False)
    return Dnsmos(*(float(found[f"{name}_mos"]) for name in ("ovrl", "sig", "bak", "p808")))


@functools.lru_cache(maxsize=1)
def _listener():
    """This process's networks, with one thread: several processes listen at once."""
    module = load_dnsmos()
    onnxruntime = require("onnxruntime", "listen", "Estimating opinions (DNSMOS)")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    folder = Path(module.__file__).parent / "dnsmos_models"
    listener = module.DNSMOS(str(folder / "sig_bak_ovr.onnx"), str(folder / "model_v8.onnx"))
    for name, file in (("onnx_sess", "sig_bak_ovr.onnx"), ("p808_onnx_sess", "model_v8.onnx")):
        setattr(listener, name, onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"]))
    return listener


def load_dnsmos():
    """Import the package of :func:`dnsmos`, or say in one line what to install."""
    return require("speechmos.dnsmos", "listen", "Estimating opinions (DNSMOS)")


def pesq(reference, wav, sample_rate):
    """Measure how much worse a copy sounds than its original: wideband PESQ (ITU-T P.862.2), at 16 kHz.

    For copies that keep the original's timing: copy synthesis, not a voice that speaks in its own time.

    Args:
        reference (ndarray): (N,) float, the original.
        wav (ndarray): (N',) float, the copy.
        sample_rate (int): of both, Hz.

    Returns:
        float: from 1 (bad) to 4.64 (no difference); NaN where the measure finds no speech, or under a quarter of a second.

    Raises:
        MissingDependencyError: if the package is not installed.
    """
    package = load_pesq()
    reference, wav = (resample(np.asarray(x, np.float32), sample_rate, RATE) for x in (reference, wav))
    score = package.pesq(RATE, reference, wav, "wb", on_error=package.PesqError.RETURN_VALUES)
    return float(score) if score > 0 else float("nan")


def load_pesq():
    """Import the package of :func:`pesq`, or say in one line what to install."""
    return require("pesq", "pesq", "Comparing a copy with its original (PESQ)")
