"""From a mel spectrum to samples, around what a runtime computes."""

import numpy as np

from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.stft import istft


def describe_vocoder(model):
    """What has to be known of a vocoder beside what its graph computes.

    Args:
        model (paddle.nn.Layer): of ``parakeet.models.VOCODERS``.

    Returns:
        dict: ``gives`` (``spectrum`` or ``waveform``), ``context`` in frames, and of a spectrum ``hop_length`` and ``n_fft``.
    """
    if hasattr(model, "spectrum"):
        return {"gives": "spectrum", "context": model.context, "hop_length": model.hop_length, "n_fft": model.n_fft}
    return {"gives": "waveform", "context": model.context}


def vocoder_of(about, run, description):
    """The vocoder of a voice.

    Args:
        about (dict | None): as :func:`describe_vocoder` gives it; None for Griffin-Lim.
        run (Callable | None): what computes its graph.
        description (VoiceDescription): of the voice.

    Returns:
        GriffinLim | Spectrum | Waveform
    """
    if about is None:
        return GriffinLim(description.mel, **description.vocoder.options)
    if about["gives"] == "spectrum":
        return Spectrum(run, about["context"], about["hop_length"], about["n_fft"])
    return Waveform(run, about["context"])


class GriffinLim:
    """No network: phases are estimated, for a whole sentence at once.

    Args:
        config (MelConfig): of the spectra.
        iterations (int): rounds of phase estimation.
    """

    context = None

    def __init__(self, config, iterations):
        self.config, self.iterations = config, iterations

    def __call__(self, mel, seed):
        """The samples of mel, (T, n_mels)."""
        wav = griffin_lim(mel, self.config, self.iterations, seed=seed, length=len(mel) * self.config.hop_length)
        return np.clip(wav, -1.0, 1.0)


class Waveform:
    """A network that gives samples (HiFi-GAN).

    Args:
        run (Callable): mel (1, T, n_mels) -> wav (1, T * hop_length).
        context (int): frames on each side that a frame's samples depend on.
    """

    def __init__(self, run, context):
        self.run, self.context = run, context

    def __call__(self, mel, seed):
        """The samples of mel, (T, n_mels)."""
        return np.clip(self.run(mel[None])[0][0], -1.0, 1.0)


class Spectrum:
    """A network that gives a complex spectrum (Vocos); the inverse transform is numpy's, in every runtime.

    Args:
        run (Callable): mel (1, T, n_mels) -> real and imaginary part, (1, T, 1 + n_fft // 2).
        context (int): frames on each side that a frame's spectrum depends on.
        hop_length (int): samples.
        n_fft (int): samples.
    """

    def __init__(self, run, context, hop_length, n_fft):
        self.run, self.hop_length = run, hop_length
        # A frame's window reaches half its length to each side, so that many further frames share a sample.
        self.context = context + -(-n_fft // (2 * hop_length))

    def __call__(self, mel, seed):
        """The samples of mel, (T, n_mels)."""
        real, imaginary = self.run(mel[None])
        spectrum = np.empty(real.shape[1:], np.complex64)
        spectrum.real, spectrum.imag = real[0], imaginary[0]
        wav = istft(spectrum, self.hop_length, 2 * (spectrum.shape[1] - 1), len(mel) * self.hop_length)
        return np.clip(wav, -1.0, 1.0)
