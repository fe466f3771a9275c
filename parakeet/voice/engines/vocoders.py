"""From a mel spectrum to samples: a network gives numbers for each frame, and numpy makes sound of them, in every runtime."""

import numpy as np

from parakeet.audio.feedback import MelFeedback
from parakeet.audio.griffin_lim import griffin_lim
from parakeet.audio.source import SourceFilter
from parakeet.audio.stft import InverseTransform
from parakeet.voice.streaming import ChunkSizes

METHODS = {"filters": "filters", "spectrum": "spectrum", "waveform": "forward"}
"""What a vocoder's network may give, and the method that gives it for mel (B, T, n_mels); the first one that a model has counts."""

LOWEST_PITCH = 20.0
"""Hz: below it there would be more harmonics than can be summed exactly."""


def describe_vocoder(model):
    """What has to be known of a vocoder beside what its graph computes.

    Args:
        model (paddle.nn.Layer): of ``parakeet.models.VOCODERS``.

    Returns:
        dict: ``gives`` (a key of :data:`METHODS`), ``context`` in frames, and unless it gives a waveform ``hop_length`` and ``n_fft``, of
        filters also the ``sample_rate``; ``feedback``, the strength of a :class:`parakeet.audio.feedback.MelFeedback`, 0 for none.
    """
    gives = next(gives for gives, method in METHODS.items() if hasattr(model, method))
    needed = {"filters": ("hop_length", "n_fft", "sample_rate"), "spectrum": ("hop_length", "n_fft"), "waveform": ()}[gives]
    about = {"gives": gives, "context": model.context, "feedback": getattr(model, "feedback", 0.0)}
    return {**about, **{name: getattr(model, name) for name in needed}}


def vocoder_of(about, run, description):
    """The vocoder of a voice.

    Args:
        about (dict | None): as :func:`describe_vocoder` gives it; None for Griffin-Lim.
        run (Callable | None): what computes its graph.
        description (VoiceDescription): of the voice.

    Returns:
        GriffinLim | NetworkVocoder
    """
    if about is None:
        return GriffinLim(description.mel, **description.vocoder.options)
    return network_vocoder(about, run, description.mel)


def network_vocoder(about, run, mel_config):
    """The vocoder around a network; see :func:`vocoder_of`; the `MelConfig` is that of the spectra. Gives a :class:`NetworkVocoder`."""

    def uncorrected(seed):
        if about["gives"] == "filters":
            return FiltersToSamples(SourceFilter(about["sample_rate"], about["n_fft"], about["hop_length"], seed))
        if about["gives"] == "spectrum":
            return SpectrumToSamples(InverseTransform(about["n_fft"], about["hop_length"]))
        return Samples()

    def corrected(seed):
        return Corrected(uncorrected(seed), MelFeedback(mel_config, feedback))

    feedback = about.get("feedback")  # what was exported before there was any does not speak of it
    synthesis = corrected if feedback else uncorrected
    return NetworkVocoder(run, about["context"], synthesis, drifts=about["gives"] == "filters")


class GriffinLim:
    """No network: phases are estimated, for a whole sentence at once.

    Args:
        config (MelConfig): of the spectra.
        iterations (int): rounds of phase estimation.
    """

    context, drifts = None, False

    def __init__(self, config, iterations):
        self.config, self.iterations = config, iterations

    def __call__(self, mel, seed):
        """The samples of mel, (T, n_mels)."""
        wav = griffin_lim(mel, self.config, self.iterations, seed=seed, length=len(mel) * self.config.hop_length)
        return np.clip(wav, -1.0, 1.0)

    def in_chunks(self, mel, sizes, seed):
        """All samples of mel as one chunk."""
        yield self(mel, seed)


class NetworkVocoder:
    """A network, and what makes samples of its numbers.

    Args:
        run (Callable): mel (1, T, n_mels) -> arrays, each with as many numbers for every frame: (1, T), (1, T, n) or (1, T * n).
        context (int): frames on each side that a frame's numbers depend on.
        synthesis (Callable): seed -> a synthesis that begins anew: ``push(mel, *arrays)``, (n, numbers of a frame) each, gives the samples
            that are final, ``finish()`` the rest, hop_length a frame in all; ``lag`` is how many frames it waits for.
        drifts (bool): whether the last bits of a number, those of a pitch, add up from frame to frame.
    """

    def __init__(self, run, context, synthesis, drifts=False):
        self.run, self.context, self.synthesis, self.drifts = run, context, synthesis, drifts

    def __call__(self, mel, seed):
        """The samples of mel, (T, n_mels).

        A runtime's last bits depend on how many frames it is given at once. Where they would add up, a sentence as a whole is made in the
        pieces in which it is streamed, and both are the same.
        """
        if self.drifts:
            return np.concatenate(list(self.in_chunks(mel, ChunkSizes(), seed)))
        synthesis = self.synthesis(seed)
        return np.clip(np.concatenate([synthesis.push(mel, *self.numbers(mel)), synthesis.finish()]), -1.0, 1.0)

    def numbers(self, mel):
        """What the network gives for mel, (T, n_mels): arrays (T, numbers of a frame)."""
        return [np.reshape(found, (len(mel), -1)) for found in self.run(mel[None])]

    def in_chunks(self, mel, sizes, seed):
        """The samples of mel, (T, n_mels), in chunks of as many frames as ``sizes()`` says each time.

        The network sees as many frames around each chunk as its numbers depend on; the synthesis goes on from chunk to chunk.
        """
        synthesis, begin, end = self.synthesis(seed), 0, 0
        while begin < len(mel):
            end += sizes()
            known = min(end + synthesis.lag, len(mel))
            left = max(0, begin - self.context)
            numbers = self.numbers(mel[left : known + self.context])
            wav = synthesis.push(mel[begin:known], *(found[begin - left : known - left] for found in numbers))
            if known == len(mel):
                wav = np.concatenate([wav, synthesis.finish()])
            yield np.clip(wav, -1.0, 1.0)
            begin = known


class Samples:
    """Of a network that gives samples (HiFi-GAN) nothing is to be made."""

    lag = 0

    def push(self, mel, frames):
        """Samples (n, hop_length) as (n * hop_length,)."""
        return frames.reshape(-1)

    def finish(self):
        """Nothing is left."""
        return np.zeros(0, np.float32)


class SpectrumToSamples:
    """Of a network that gives a complex spectrum (Vocos).

    Args:
        inverse (InverseTransform): that begins.
    """

    def __init__(self, inverse):
        self.lag, self.finish, self._inverse = inverse.lag, inverse.finish, inverse

    def push(self, mel, real, imaginary):
        """The real and imaginary part, (n, 1 + n_fft // 2) each, to the samples that are final."""
        return self._inverse.push(_complex(real, imaginary))


class FiltersToSamples:
    """Of a network that gives filters of a source, and its pitch (the harmonic Vocos).

    Args:
        source (SourceFilter): that begins.
    """

    def __init__(self, source):
        self.lag, self.finish, self._source = source.lag, source.finish, source

    def push(self, mel, real, imaginary, level, log_pitch):
        """The harmonics' filter, the noise's gain, (n, 1 + n_fft // 2) each, and the log pitch (n, 1), to the samples that are final."""
        pitch = np.exp(np.clip(log_pitch[:, 0].astype(np.float64), np.log(LOWEST_PITCH), np.log(self._source.sample_rate / 2)))
        return self._source.push(pitch, _complex(real, imaginary), level)


class Corrected:
    """A synthesis whose sound is brought nearer to the mel spectrum that was asked for.

    Args:
        synthesis (object): that begins.
        feedback (MelFeedback): that begins.
    """

    def __init__(self, synthesis, feedback):
        self.lag = synthesis.lag + feedback.lag
        self._synthesis, self._feedback = synthesis, feedback

    def push(self, mel, *numbers):
        """What the network says of frames, and their mel (n, n_mels), to the samples that are final."""
        self._feedback.want(mel)
        return self._feedback.push(self._synthesis.push(mel, *numbers))

    def finish(self):
        """The rest."""
        return np.concatenate([self._feedback.push(self._synthesis.finish()), self._feedback.finish()])


def _complex(real, imaginary):
    found = np.empty(real.shape, np.complex64)
    found.real, found.imag = real, imaginary
    return found
