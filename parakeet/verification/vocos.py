"""Vocos (arXiv:2306.00814): size, length, padding, context, and that its head can say any sound."""

import numpy as np
import paddle

from parakeet.audio.stft import stft
from parakeet.functions.stft import istft
from parakeet.models.vocos import Vocos
from parakeet.verification.check import Check
from parakeet.verification.proofs import padding_difference, reach, stirred, stored_parameters

PAPER = "arXiv:2306.00814"
SMALL = {"n_mels": 8, "channels": 16, "intermediate_channels": 32, "n_blocks": 3, "n_fft": 64, "hop_length": 16}


def small():
    """A small model in double precision."""
    return stirred(Vocos(**SMALL))


def samples(frames):
    """Samples made of so many frames."""
    return small()(paddle.randn([2, frames, 8], "float64")).shape[1]


def padding():
    """What company changes in the spectrum."""
    vocoder = small()
    batch = {"mel": paddle.randn([3, 20, 8], "float64"), "mel_lengths": paddle.to_tensor([20, 5, 11])}

    def run(batch):
        return dict(zip(("real", "imaginary"), vocoder.spectrum(batch["mel"], batch["mel_lengths"]), strict=True))

    return padding_difference(run, batch, {"mel": "mel_lengths"})


def frames_reached():
    """Which frames hear a poke at frame 30, beside what ``context`` says."""
    vocoder = small()
    first, last = reach(lambda mel: vocoder.spectrum(mel)[0], paddle.randn([1, 60, 8], "float64"), 30)
    return f"{first - 30} to {last - 30}, context {vocoder.context}"


def faithfulness():
    """Decibels of a sound over the error that true magnitudes and phases leave of it, put through the inverse transform."""
    wav = np.random.default_rng(0).standard_normal(256 * 30).astype("float32") * 0.1
    spectrum = stft(wav, 1024, 256, 1024)
    parts = [paddle.to_tensor(part[None].astype("float32")) for part in (spectrum.real, spectrum.imag)]
    error = wav - istft(*parts, 256, 1024, len(wav)).numpy()[0]
    return float(10 * np.log10((wav**2).mean() / (error**2).mean()))


CHECKS = [
    Check("parameters, paper's size", 13_531_650, lambda: stored_parameters(Vocos()), f"{PAPER}, table 1: 13.5 M", quick=False),
    Check("samples of 1 frame", 16, lambda: samples(1), f"{PAPER}, sec. 3.2: one hop each"),
    Check("samples of 40 frames", 640, lambda: samples(40), f"{PAPER}, sec. 3.2: one hop each"),
    Check("change by padding", 1e-12, padding, "a batch is a matter of speed", relation="<="),
    Check("frames that hear a frame", "-12 to 12, context 12", frames_reached, f"{PAPER}, sec. 3.2: kernels of 7, 3 blocks here"),
    Check("dB by which the head can be true", 90, faithfulness, f"{PAPER}, sec. 3.1", relation=">="),
]
