"""Vocos with a source: harmonics of a pitch and noise are given; what is learned is what the mouth makes of them.

Vocos (arXiv:2306.00814) has to find phases that go on from frame to frame, in every harmonic, from a mel spectrum that says nothing of
phases; that takes it most of its training, and at high harmonics it hardly ever succeeds. Here the spectrum of a pulse train of the right
pitch stands for them, as in the neural homomorphic vocoder (Z. Liu et al., Interspeech 2020) and HiFTNet (arXiv:2309.09493), and noise is
noise: the backbone gives a gain and a phase for each bin of the harmonics, and a gain for each bin of the noise, all of which change
slowly. The pitch is found in the mel spectrum by the same backbone.
"""

import math

import paddle

from parakeet.functions.stft import istft
from parakeet.models.vocos.backbone import Backbone, magnitudes

HARMONIC_LOG_GAIN, NOISE_LOG_GAIN = -2.0, -4.0
"""Where the gains begin: a quiet hum, and noise far below it."""


class HarmonicVocos(Backbone):
    """Log-mel spectrum to waveform, by filtering a source.

    Args:
        n_mels, channels, intermediate_channels, n_blocks, n_fft, hop_length, mel_mean, mel_std: as for
            :class:`parakeet.models.vocos.Vocos`.
        sample_rate (int): Hz, of the source.
        feedback (float): how far its sound is to be brought towards the mel spectrum that was asked for by who speaks with it, see
            ``parakeet.audio.feedback.MelFeedback``; 0 for not at all. It has no part in ``forward``.
        middle_pitch (float): Hz; predictions begin there.
    """

    def __init__(
        self,
        n_mels=80,
        channels=256,
        intermediate_channels=768,
        n_blocks=8,
        n_fft=1024,
        hop_length=256,
        sample_rate=22050,
        feedback=0.0,
        middle_pitch=150.0,
        mel_mean=None,
        mel_std=None,
    ):
        bins = 1 + n_fft // 2
        super().__init__(3 * bins + 1, n_mels, channels, intermediate_channels, n_blocks, n_fft, hop_length, mel_mean, mel_std)
        self.sample_rate, self.bins = sample_rate, bins
        self.feedback = feedback
        begin = paddle.concat(
            [
                paddle.full([bins], HARMONIC_LOG_GAIN),
                paddle.zeros([bins]),
                paddle.full([bins], NOISE_LOG_GAIN),
                paddle.full([1], math.log(middle_pitch)),
            ]
        )
        self.head.bias.set_value(begin)

    def filters(self, mel, mel_lengths=None):
        """What the sources go through, and the pitch of the harmonics.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            tuple[Tensor, Tensor, Tensor, Tensor]: real and imaginary part of the harmonics' filter, and the gain of the noise,
            (B, T, 1 + n_fft // 2), all zero on padding; the natural logarithm of the pitch in Hz, (B, T).
        """
        numbers, mask = self.numbers(mel, mel_lengths)
        gain, phase, level, log_pitch = paddle.split(numbers, [self.bins, self.bins, self.bins, 1], axis=-1)
        gain, level = magnitudes(gain, mask), magnitudes(level, mask)
        return gain * paddle.cos(phase), gain * paddle.sin(phase), level, log_pitch.squeeze(-1)

    def forward(self, mel, harmonics, noise, mel_lengths=None):
        """The waveform of a spectrum, from given sources, without feedback.

        Args:
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            harmonics, noise (Tensor): (B, T, 2, 1 + n_fft // 2), real and imaginary parts of their spectra, as
                ``parakeet.audio.source.source_spectra`` gives them.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            tuple[Tensor, Tensor]: wav (B, T * hop_length), and the natural logarithm of the pitch in Hz, (B, T).
        """
        real, imaginary, level, log_pitch = self.filters(mel, mel_lengths)
        pulse_real, pulse_imaginary = paddle.unbind(harmonics, axis=2)
        noise_real, noise_imaginary = paddle.unbind(noise, axis=2)
        wav = istft(
            pulse_real * real - pulse_imaginary * imaginary + noise_real * level,
            pulse_real * imaginary + pulse_imaginary * real + noise_imaginary * level,
            self.hop_length,
            self.n_fft,
            mel.shape[1] * self.hop_length,
        )
        return wav, log_pitch
