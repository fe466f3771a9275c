"""FastSpeech (Y. Ren et al., arXiv:1905.09263): phones to mel spectrum, all frames at once, as long as a teacher's attention says.

What differs from the paper, and why: every normalisation stands before what it normalises (arXiv:2002.04745), with one more at the end
of encoder and decoder, which needs no long warm-up; positions are scaled by a number that is learnt (arXiv:1809.08895, sec. 3.2).
"""

import paddle
from paddle import nn

from parakeet.functions.alignment import expand_by_durations, longest, predicted_durations, stretch_durations
from parakeet.functions.masking import sequence_mask
from parakeet.modules.predictor import VariancePredictor
from parakeet.modules.statistics import statistic
from parakeet.modules.transformer import FFTBlock, ScaledPositions

SIZES = {
    "paper": {
        "channels": 384,
        "encoder_blocks": 6,
        "decoder_blocks": 6,
        "heads": 2,
        "intermediate_channels": 1536,
        "kernel_size": 3,
    },
    "small": {
        "channels": 192,
        "encoder_blocks": 3,
        "decoder_blocks": 3,
        "heads": 2,
        "intermediate_channels": 768,
        "kernel_size": 3,
    },
}
"""``paper``: as printed in sec. 4.2; ``small``: for a CPU."""


class FastSpeech(nn.Layer):
    """Phones to log-mel spectrum.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        channels (int): C of embedding, encoder, decoder and duration predictor.
        encoder_blocks, decoder_blocks (int): feed-forward transformer blocks.
        heads (int): of the attention.
        intermediate_channels (int): between a block's convolutions.
        kernel_size (int): of a block's convolutions, odd.
        dropout (float): in encoder, decoder and duration predictor.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.

    Attributes:
        inputs (tuple): what of a recording ``forward`` takes.
        controls (tuple): how what ``infer`` says can be steered.
    """

    inputs = ("text", "text_lengths", "durations", "n_frames")
    controls = ("rate",)

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        channels=384,
        encoder_blocks=6,
        decoder_blocks=6,
        heads=2,
        intermediate_channels=1536,
        kernel_size=3,
        dropout=0.1,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()

        def blocks(count):
            return nn.LayerList(
                [FFTBlock(channels, heads, intermediate_channels, kernel_size, dropout, dropout) for _ in range(count)]
            )

        self.embedding = nn.Embedding(vocab_size, channels, padding_idx=0)
        self.encoder_positions, self.encoder = ScaledPositions(channels, dropout), blocks(encoder_blocks)
        self.encoder_norm = nn.LayerNorm(channels)
        self.duration_predictor = VariancePredictor(channels, channels, dropout=dropout)
        self.decoder_positions, self.decoder = ScaledPositions(channels, dropout), blocks(decoder_blocks)
        self.decoder_norm = nn.LayerNorm(channels)
        self.output = nn.Linear(channels, n_mels)
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    def forward(self, text, text_lengths, durations, n_frames=None):
        """The training pass, with the durations of the recording.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            durations (Tensor): (B, S), int64 frames; 0 on padding.
            n_frames (int, optional): T, at least the longest sum of durations; that when None, which waits for the device.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude; ``log_durations`` (B, S) of ``1 + frames``.
        """
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(-1)
        encoded = self._encode(text, mask)
        return {"mel": self._decode(encoded, durations, n_frames), "log_durations": self.duration_predictor(encoded, mask)}

    @paddle.no_grad()
    def infer(self, text, text_lengths, rate=1.0, durations=None):
        """The synthesis pass.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            rate (float or Tensor): speaking rate, 2 is twice as fast; for all, or (B, S), for each symbol. Whole frames are divided by
                it and rounded: at 1 they stay what they are.
            durations (Tensor, optional): (B, S), int64 frames, 0 on padding; what is predicted when None.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, ``durations`` (B, S) int64 frames, ``mel_lengths`` (B,) int64.
        """
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(-1)
        encoded = self._encode(text, mask)
        if durations is None:
            durations = predicted_durations(self.duration_predictor(encoded, mask), text_lengths)
        durations = stretch_durations(durations, rate)
        return {"mel": self._decode(encoded, durations), "durations": durations, "mel_lengths": durations.sum(axis=1)}

    def _encode(self, text, mask):
        x = self.encoder_positions(self.embedding(text)) * mask
        for block in self.encoder:
            x = block(x, mask)
        return self.encoder_norm(x) * mask

    def _decode(self, encoded, durations, n_frames=None):
        n_frames = longest(durations) if n_frames is None else n_frames
        x = expand_by_durations(encoded, durations, n_frames)
        mask = sequence_mask(durations.sum(axis=1), n_frames, x.dtype).unsqueeze(-1)
        x = self.decoder_positions(x) * mask
        for block in self.decoder:
            x = block(x, mask)
        return (self.output(self.decoder_norm(x)) * self.mel_std + self.mel_mean) * mask
