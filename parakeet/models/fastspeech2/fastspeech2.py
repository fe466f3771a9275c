"""FastSpeech 2 (Y. Ren et al., arXiv:2006.04558): phones to mel spectrum, not one frame after another but all at once.

What differs from the paper, and why: pitch and energy are one value a symbol, not a frame, as in FastPitch (arXiv:2006.06873): steadier
to predict and to steer; every normalisation, that of the post-net too, is over channels, so that padding never changes a result (the
number of parameters is the same).
"""

import paddle
from paddle import nn

from parakeet.functions.alignment import expand_by_durations, longest, predicted_durations
from parakeet.functions.masking import sequence_mask
from parakeet.modules.postnet import PostNet
from parakeet.modules.predictor import VariancePredictor
from parakeet.modules.statistics import statistic
from parakeet.modules.transformer import FFTBlock, ScaledPositions

SIZES = {
    "paper": {
        "channels": 384,
        "encoder_blocks": 4,
        "decoder_blocks": 4,
        "heads": 2,
        "intermediate_channels": 1536,
        "pitch_blocks": 5,
        "pitch_kernel_size": 5,
        "postnet_blocks": 5,
    },
    "small": {
        "channels": 192,
        "encoder_blocks": 3,
        "decoder_blocks": 3,
        "heads": 2,
        "intermediate_channels": 768,
        "pitch_blocks": 2,
        "pitch_kernel_size": 3,
        "postnet_blocks": 0,
    },
}
"""``paper``: 37,086,965 parameters and 384 for each symbol, the configuration that is in common use for LJSpeech; ``small``: for a CPU."""


class FastSpeech2(nn.Layer):
    """Phones to log-mel spectrum.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        channels (int): C of encoder and decoder.
        encoder_blocks, decoder_blocks (int): feed-forward transformer blocks.
        heads (int): of the attention.
        intermediate_channels (int): between a block's convolutions.
        kernel_size (int): of a block's convolutions, odd.
        pitch_blocks, pitch_kernel_size (int): of the pitch predictor; those of duration and energy have 2 and 3.
        postnet_blocks (int): convolutions of the post-net; 0 for none.
        dropout (float): in encoder and decoder.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.

    Attributes:
        inputs (tuple): what of a recording ``forward`` takes.
        controls (tuple): how what ``infer`` says can be steered.
    """

    inputs = ("text", "text_lengths", "durations", "pitch", "energy", "n_frames")
    controls = ("rate", "pitch_shift", "energy_shift")

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        channels=384,
        encoder_blocks=4,
        decoder_blocks=4,
        heads=2,
        intermediate_channels=1536,
        kernel_size=3,
        pitch_blocks=5,
        pitch_kernel_size=5,
        postnet_blocks=5,
        dropout=0.2,
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
        self.duration_predictor = VariancePredictor(channels, dropout=0.1)
        self.pitch_predictor = VariancePredictor(channels, n_blocks=pitch_blocks, kernel_size=pitch_kernel_size)
        self.energy_predictor = VariancePredictor(channels)
        self.pitch_embedding = nn.Linear(1, channels)
        self.energy_embedding = nn.Linear(1, channels)
        self.decoder_positions, self.decoder = ScaledPositions(channels, dropout), blocks(decoder_blocks)
        self.decoder_norm = nn.LayerNorm(channels)
        self.output = nn.Linear(channels, n_mels)
        self.postnet = PostNet(n_mels, n_blocks=postnet_blocks) if postnet_blocks else None
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

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
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, and ``mel_before``, the same before the post-net (if there is one);
            ``log_durations`` (B, S) of ``1 + frames``, ``pitch`` and ``energy`` (B, S).
        """
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(-1)
        encoded = self._encode(text, mask)
        return {
            **self._decode(encoded, mask, durations, pitch, energy, n_frames),
            "log_durations": self.duration_predictor(encoded, mask),
            "pitch": self.pitch_predictor(encoded.detach(), mask),
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
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(-1)
        encoded = self._encode(text, mask)
        durations = predicted_durations(self.duration_predictor(encoded, mask), text_lengths, rate)
        flat = mask.squeeze(-1)
        pitch = (self.pitch_predictor(encoded, mask) + pitch_shift) * flat
        energy = (self.energy_predictor(encoded, mask) + energy_shift) * flat
        return {
            "mel": self._decode(encoded, mask, durations, pitch, energy)["mel"],
            "durations": durations,
            "mel_lengths": durations.sum(axis=1),
        }

    def _encode(self, text, mask):
        x = self.encoder_positions(self.embedding(text)) * mask
        for block in self.encoder:
            x = block(x, mask)
        return self.encoder_norm(x) * mask

    def _decode(self, encoded, mask, durations, pitch, energy, n_frames=None):
        lengths = durations.sum(axis=1)
        n_frames = longest(durations) if n_frames is None else n_frames
        steered = encoded + self.pitch_embedding(pitch.unsqueeze(-1)) + self.energy_embedding(energy.unsqueeze(-1))
        x = expand_by_durations(steered * mask, durations, n_frames)
        frame_mask = sequence_mask(lengths, n_frames, x.dtype).unsqueeze(-1)
        x = self.decoder_positions(x) * frame_mask
        for block in self.decoder:
            x = block(x, frame_mask)
        mel = self.output(self.decoder_norm(x)) * frame_mask
        found = {"mel": self._in_logarithms(mel, frame_mask)}
        if self.postnet is not None:
            found = {"mel": self._in_logarithms(self.postnet(mel, frame_mask), frame_mask), "mel_before": found["mel"]}
        return found

    def _in_logarithms(self, mel, mask):
        return (mel * self.mel_std + self.mel_mean) * mask
