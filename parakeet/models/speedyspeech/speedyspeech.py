"""Phones to mel spectrum by residual convolutions alone (SpeedySpeech, arXiv:2008.03802), steered by pitch and energy
(FastPitch, arXiv:2006.06873).

What differs from the paper, and why: layer normalisation instead of batch normalisation, so that padding never changes a result and
batches may be small; predictors of pitch and energy, so that they can be taught and steered; the position within the phone is given to the
decoder, which replaces the positional encoding; it is given the pitch of each frame, too, and makes several frames at a time, which divides
its work; how something is spoken (durations, pitch, energy) is predicted from an encoding of its own: one for both was learnt more slowly
by each (all of it measured: docs/design/acoustic.md). The durations come from a forced alignment instead of a teacher's attention.
"""

import math

import paddle
from paddle import nn

from parakeet.functions.alignment import (
    contour_by_symbols,
    expand_by_durations,
    frame_positions,
    longest,
    predicted_durations,
)
from parakeet.functions.masking import sequence_mask
from parakeet.functions.positions import places, waves
from parakeet.modules.conv import ChannelNorm, ResidualConvBlock
from parakeet.modules.statistics import statistic

CONTOUR_RATES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Radians a standard deviation of log pitch: where the eighth harmonic lies turns by some ten of them."""


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


class SymbolEncoder(nn.Layer):
    """What a symbol is, and what stands around it.

    Shape: text (B, S), text_lengths (B,), mask (B, 1, S) -> (B, C, S), zero on padding.
    """

    def __init__(self, vocab_size, channels, kernel_size, dilations, dropout):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, channels, padding_idx=0)
        self.place_embedding = nn.Linear(2, channels)
        self.stack = ConvStack(channels, kernel_size, dilations, dropout)

    def forward(self, text, text_lengths, mask):
        """Encode text, (B, S)."""
        x = self.embedding(text)
        x = x + self.place_embedding(places(text_lengths, text.shape[1]).astype(x.dtype))
        return self.stack(x.transpose([0, 2, 1]) * mask, mask)


class Predictor(nn.Layer):
    """One number per symbol from its encoding: a duration, a pitch or an energy.

    Args:
        channels (int): C.
        start (float): about what it predicts before it is trained.

    Shape: x (B, C, S), mask (B, 1, S) -> (B, S), zero on padding.
    """

    def __init__(self, channels, start=0.0):
        super().__init__()
        self.output = nn.Conv1D(channels, 1, 1, bias_attr=nn.initializer.Constant(start))

    def forward(self, x, mask):
        """Predict from x, (B, C, S)."""
        return (self.output(x) * mask).squeeze(1)


class SpeedySpeech(nn.Layer):
    """Phones to log-mel spectrum.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        channels (int): C of encoder and decoder.
        kernel_size (int): of the convolutions, odd.
        encoder_dilations (Sequence[int]): one block each.
        decoder_dilations (Sequence[int]): one block each.
        frames_per_step (int): frames the decoder makes at a time; its convolutions step over as many.
        predictor_channels (int): C of the encoder that the predictors of duration, pitch and energy share.
        predictor_dilations (Sequence[int]): one block each, of that encoder.
        dropout (float): in the encoders. (At 0.2, what the predictors normalise differs so much without dropout that durations suffer.)
        decoder_dropout (float): in the decoder, dear on a CPU.
        mel_mean (Sequence[float], optional): (n_mels,), of the training data; zeros when None.
        mel_std (Sequence[float], optional): (n_mels,), likewise; ones when None.

    Attributes:
        inputs (tuple): what of a recording ``forward`` takes.
        controls (tuple): how what ``infer`` says can be steered.
    """

    inputs = ("text", "text_lengths", "durations", "pitch", "energy", "contour", "n_frames")
    controls = ("rate", "pitch_shift", "energy_shift")

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        channels=224,
        kernel_size=5,
        encoder_dilations=(1, 2),
        decoder_dilations=(1, 2, 1, 2),
        frames_per_step=2,
        predictor_channels=128,
        predictor_dilations=(1, 2, 4, 1),
        dropout=0.1,
        decoder_dropout=0.0,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        self.encoder = SymbolEncoder(vocab_size, channels, kernel_size, encoder_dilations, dropout)
        self.prosody = SymbolEncoder(vocab_size, predictor_channels, kernel_size, predictor_dilations, dropout)
        self.duration_predictor = Predictor(predictor_channels, start=math.log(1 + 6))  # frames: an untrained voice is heard, too
        self.pitch_predictor = Predictor(predictor_channels)
        self.energy_predictor = Predictor(predictor_channels)
        self.contour_embedding = nn.Linear(1 + 2 * len(CONTOUR_RATES), channels)
        self.energy_embedding = nn.Conv1D(1, channels, 3, padding=1)
        self.position_embedding = nn.Linear(2, channels)
        self.frames_per_step = frames_per_step
        self.join = nn.Linear(channels * frames_per_step, channels)
        self.decoder = ConvStack(channels, kernel_size, decoder_dilations, decoder_dropout)
        self.output = nn.Linear(channels, n_mels * frames_per_step)
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    def forward(self, text, text_lengths, durations, pitch, energy, n_frames=None, contour=None):
        """The training pass, with true durations, pitch and energy.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            durations (Tensor): (B, S), int64 frames; 0 on padding.
            pitch (Tensor): (B, S), normalised log pitch of each symbol; 0 on padding.
            energy (Tensor): (B, S), normalised log energy of each symbol; 0 on padding.
            n_frames (int, optional): T, at least the longest sum of durations; that when None, which waits for the device.
            contour (Tensor, optional): (B, T), normalised log pitch of each frame; straight lines between the symbols' when None.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude; ``log_durations`` (B, S) of ``1 + frames``, ``pitch`` and ``energy``
            (B, S).
        """
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(1)
        n_frames = longest(durations) if n_frames is None else n_frames
        n_padded = self._whole_steps(n_frames) * self.frames_per_step
        if contour is None:
            contour = contour_by_symbols(pitch, durations, text_lengths, n_padded)
        elif n_padded > n_frames:
            contour = paddle.concat([contour, paddle.zeros([contour.shape[0], n_padded - n_frames], contour.dtype)], axis=1)
        encoded = self.encoder(text, text_lengths, mask)
        return {"mel": self._decode(encoded, mask, durations, contour, energy, n_frames), **self._predict(text, text_lengths, mask)}

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
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(1)
        found = self._predict(text, text_lengths, mask)
        durations = predicted_durations(found["log_durations"], text_lengths, rate)
        pitch, energy = found["pitch"] + pitch_shift, found["energy"] + energy_shift
        n_frames = longest(durations)
        contour = contour_by_symbols(pitch, durations, text_lengths, self._whole_steps(n_frames) * self.frames_per_step)
        return {
            "mel": self._decode(self.encoder(text, text_lengths, mask), mask, durations, contour, energy, n_frames),
            "durations": durations,
            "mel_lengths": durations.sum(axis=1),
        }

    def _predict(self, text, text_lengths, mask):
        x = self.prosody(text, text_lengths, mask)
        predictors = {"log_durations": self.duration_predictor, "pitch": self.pitch_predictor, "energy": self.energy_predictor}
        return {name: predictor(x, mask) for name, predictor in predictors.items()}

    def _whole_steps(self, n_frames):
        return (n_frames + self.frames_per_step - 1) // self.frames_per_step

    def _decode(self, encoded, mask, durations, contour, energy, n_frames):
        lengths, together = durations.sum(axis=1), self.frames_per_step
        n_steps = self._whole_steps(n_frames)
        frame_mask = sequence_mask(lengths, n_steps * together, encoded.dtype).unsqueeze(-1)
        steered = (encoded + self.energy_embedding(energy.unsqueeze(1) * mask)) * mask
        x = expand_by_durations(steered.transpose([0, 2, 1]), durations, n_steps * together)
        x = x + self.position_embedding(frame_positions(durations, n_steps * together).astype(x.dtype))
        x = x + self.contour_embedding(waves(contour.astype(x.dtype), CONTOUR_RATES))
        x = self.join((x * frame_mask).reshape([x.shape[0], n_steps, self.join.weight.shape[0]])).transpose([0, 2, 1])
        step_mask = sequence_mask((lengths + together - 1) // together, n_steps, x.dtype).unsqueeze(1)
        x = self.decoder(x * step_mask, step_mask).transpose([0, 2, 1])
        mel = self.output(x).reshape([x.shape[0], n_steps * together, self.mel_mean.shape[-1]])
        return ((mel * self.mel_std + self.mel_mean) * frame_mask)[:, :n_frames]
