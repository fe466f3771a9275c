"""Phones to mel spectrum by residual convolutions alone (SpeedySpeech, arXiv:2008.03802), steered by pitch and energy
(FastPitch, arXiv:2006.06873).

What differs from the paper, and why: layer normalisation instead of batch normalisation, so that padding never changes a result and
batches may be small; predictors of pitch and energy, so that they can be taught and steered; the position within the phone is given to the
decoder, which replaces the positional encoding. The durations come from a forced alignment instead of a teacher's attention.
"""

import paddle
from paddle import nn

from parakeet.functions.alignment import expand_by_durations, frame_positions, predicted_durations
from parakeet.functions.masking import sequence_mask
from parakeet.modules.conv import ChannelNorm, ResidualConvBlock
from parakeet.modules.statistics import statistic


class ConvStack(nn.Layer):
    """Residual blocks whose dilations repeat a cycle, and a last normalisation.

    Args:
        channels (int): C.
        kernel_size (int): odd.
        dilations (Sequence[int]): one block each.
        dropout (float): probability of dropping a value.

    Shape: x (B, C, T), mask (B, 1, T) -> (B, C, T), zero on padding.
    """

    def __init__(self, channels, kernel_size, dilations, dropout):
        super().__init__()
        self.blocks = nn.LayerList(
            [ResidualConvBlock(channels, kernel_size, dilation, dropout) for dilation in dilations]
        )
        self.norm = ChannelNorm(channels)

    def forward(self, x, mask):
        """Transform x, (B, C, T)."""
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x) * mask


class Predictor(nn.Layer):
    """One number per symbol from its encoding: a duration, a pitch or an energy.

    The gradient stops at its input, so that what is easy to predict cannot bend the encoding (as in SpeedySpeech, sec. 2.2).

    Shape: x (B, C, S), mask (B, 1, S) -> (B, S), zero on padding.
    """

    def __init__(self, channels, hidden, kernel_size, dilations, dropout):
        super().__init__()
        self.input = nn.Conv1D(channels, hidden, 1)
        self.stack = ConvStack(hidden, kernel_size, dilations, dropout)
        self.output = nn.Conv1D(hidden, 1, 1)

    def forward(self, x, mask):
        """Predict from x, (B, C, S)."""
        x = self.stack(self.input(x.detach()) * mask, mask)
        return (self.output(x) * mask).squeeze(1)


class SpeedySpeech(nn.Layer):
    """Phones to log-mel spectrum.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        channels (int): C of encoder and decoder.
        kernel_size (int): odd.
        encoder_dilations (Sequence[int]): one block each.
        decoder_dilations (Sequence[int]): one block each.
        predictor_channels (int): C of the predictors of duration, pitch and energy.
        dropout (float): in encoder and predictors.
        decoder_dropout (float): in the decoder, dear on a CPU.
        mel_mean (Sequence[float], optional): (n_mels,), of the training data; zeros when None.
        mel_std (Sequence[float], optional): (n_mels,), likewise; ones when None.
    """

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        channels=192,
        kernel_size=5,
        encoder_dilations=(1, 1, 2, 4),
        decoder_dilations=(1, 2, 4, 8, 1, 2, 4, 1),
        predictor_channels=128,
        dropout=0.1,
        decoder_dropout=0.0,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, channels, padding_idx=0)
        self.encoder = ConvStack(channels, kernel_size, encoder_dilations, dropout)
        self.duration_predictor = Predictor(channels, predictor_channels, kernel_size, (1, 1, 2), dropout)
        self.pitch_predictor = Predictor(channels, predictor_channels, kernel_size, (1, 1, 2), dropout)
        self.energy_predictor = Predictor(channels, predictor_channels, kernel_size, (1, 1, 2), dropout)
        self.pitch_embedding = nn.Conv1D(1, channels, 3, padding=1)
        self.energy_embedding = nn.Conv1D(1, channels, 3, padding=1)
        self.position_embedding = nn.Linear(2, channels)
        self.decoder = ConvStack(channels, kernel_size, decoder_dilations, decoder_dropout)
        self.output = nn.Conv1D(channels, n_mels, 1)
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, n_mels, 1], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, n_mels, 1], 1.0))

    def forward(self, text, text_lengths, durations, pitch, energy, n_frames=None):
        """The training pass, with true durations, pitch and energy.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            durations (Tensor): (B, S), int64 frames; 0 on padding.
            pitch (Tensor): (B, S), normalised log pitch of each symbol; 0 on padding.
            energy (Tensor): (B, S), normalised log energy of each symbol; 0 on padding.
            n_frames (int, optional): T, at least the longest sum of durations; that when None, which waits for the device.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude; ``log_durations`` (B, S) of ``1 + frames``, ``pitch`` and ``energy``
            (B, S).
        """
        mask = sequence_mask(text_lengths, text.shape[1]).unsqueeze(1)
        encoded = self._encode(text, mask)
        return {
            "mel": self._decode(encoded, mask, durations, pitch, energy, n_frames),
            "log_durations": self.duration_predictor(encoded, mask),
            "pitch": self.pitch_predictor(encoded, mask),
            "energy": self.energy_predictor(encoded, mask),
        }

    @paddle.no_grad()
    def infer(self, text, text_lengths, rate=1.0, pitch_shift=0.0, energy_shift=0.0):
        """The synthesis pass, with predicted durations, pitch and energy.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            rate (float or Tensor): speaking rate, 2 is twice as fast; for all, or (B, S), for each symbol.
            pitch_shift, energy_shift (float or Tensor): added, in standard deviations of the speaker; for all, or (B, S).

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, ``durations`` (B, S) int64 frames, ``mel_lengths`` (B,) int64.
        """
        mask = sequence_mask(text_lengths, text.shape[1]).unsqueeze(1)
        encoded = self._encode(text, mask)
        durations = predicted_durations(self.duration_predictor(encoded, mask), text_lengths, rate)
        pitch = self.pitch_predictor(encoded, mask) + pitch_shift
        energy = self.energy_predictor(encoded, mask) + energy_shift
        return {
            "mel": self._decode(encoded, mask, durations, pitch, energy),
            "durations": durations,
            "mel_lengths": durations.sum(axis=1),
        }

    def _encode(self, text, mask):
        return self.encoder(self.embedding(text).transpose([0, 2, 1]) * mask, mask)

    def _decode(self, encoded, mask, durations, pitch, energy, n_frames=None):
        lengths = durations.sum(axis=1)
        n_frames = int(lengths.max()) if n_frames is None else n_frames
        steered = encoded + self.pitch_embedding(pitch.unsqueeze(1) * mask) + self.energy_embedding(energy.unsqueeze(1) * mask)
        x = expand_by_durations((steered * mask).transpose([0, 2, 1]), durations, n_frames)
        x = x + self.position_embedding(frame_positions(durations, n_frames).astype(x.dtype))
        frame_mask = sequence_mask(lengths, n_frames, x.dtype).unsqueeze(1)
        x = self.decoder(x.transpose([0, 2, 1]) * frame_mask, frame_mask)
        mel = self.output(x) * self.mel_std + self.mel_mean
        return (mel * frame_mask).transpose([0, 2, 1])
