"""Mel feedback with gradients; what it is for and how it goes stands in ``parakeet.audio.feedback``, the form that speaks."""

import numpy as np
import paddle
from paddle import nn

from parakeet.functions.masking import sequence_mask
from parakeet.functions.stft import istft, stft


class MelFeedback(nn.Layer):
    """Brings a sound nearer to the mel spectrum that was asked for, by one correction of its magnitudes.

    Args:
        filters (ndarray): (n_mels, 1 + n_fft // 2), of ``parakeet.audio.mel.mel_filters``.
        hop_length (int): samples.
        win_length (int): samples.
        strength (float): how much of the way, of logarithms; 1 is all of it.
        floor (float): of the amplitude.
        most (float): natural logarithm: a band that is further off than that counts as this far.
    """

    def __init__(self, filters, hop_length, win_length, strength, floor=1e-5, most=2.0):
        super().__init__()
        self.hop_length, self.win_length, self.strength = hop_length, win_length, strength
        self.floor, self.most = floor, most
        heard = filters.sum(axis=0)
        self.register_buffer("filters", paddle.to_tensor(filters.T.copy()), persistable=False)
        self.register_buffer("shares", paddle.to_tensor(filters / np.where(heard > 0, heard, 1)), persistable=False)

    def forward(self, wav, mel, mel_lengths=None):
        """The corrected sound.

        Args:
            wav (Tensor): (B, T * hop_length).
            mel (Tensor): (B, T, n_mels), natural-log amplitude, what was asked for.
            mel_lengths (Tensor, optional): (B,), int64; all of T when None.

        Returns:
            Tensor: (B, T * hop_length); what belongs to padding has no meaning.
        """
        frames, hop_length, half = mel.shape[1], self.hop_length, self.filters.shape[0] - 1
        if mel_lengths is None:
            mel_lengths = paddle.full([mel.shape[0]], frames, "int64")
        reach = -(-half // hop_length)  # so many frames behind the sound still reach into it
        before, behind = (paddle.zeros([wav.shape[0], width], wav.dtype) for width in (half, half + reach * hop_length))
        sounding = wav * sequence_mask(mel_lengths * hop_length, wav.shape[1], str(wav.dtype).split(".")[-1])
        real, imaginary = stft(paddle.concat([before, sounding, behind], axis=1), 2 * half, hop_length, self.win_length)
        # What lies behind the sound, and windows that reach beyond it, are left as they are.
        inside = sequence_mask(mel_lengths - (reach - 1), frames, mel.dtype) * (paddle.arange(frames) >= reach).astype(mel.dtype)
        magnitude = paddle.sqrt(real[:, :frames] ** 2 + imaginary[:, :frames] ** 2 + self.floor**4)
        heard = paddle.log(paddle.clip(paddle.matmul(magnitude, self.filters), min=self.floor))
        missing = self.strength * paddle.clip(mel - heard, -self.most, self.most) * inside.unsqueeze(-1)
        gain = paddle.exp(paddle.matmul(missing, self.shares))
        gain = paddle.concat([gain, paddle.ones([gain.shape[0], real.shape[1] - frames, gain.shape[2]], gain.dtype)], axis=1)
        return istft(real * gain, imaginary * gain, hop_length, self.win_length, wav.shape[1])
