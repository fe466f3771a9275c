"""Transformer TTS (N. Li et al., arXiv:1809.08895): phones to mel spectrum, step after step, by attention alone.

What differs from the paper, and why: every normalisation is over channels and stands before what it normalises (R. Xiong et al.,
arXiv:2002.04745, trains without a warm-up of thousands of steps), so that padding never changes a result; a step may make several frames,
as in Tacotron (arXiv:1703.10135, sec. 3.3), which makes it cheaper and its attention easier to learn; the decoder's pre-net goes on
dropping in synthesis, as in Tacotron 2 (arXiv:1712.05884, sec. 2.2): a decoder that has always seen holes in its past goes astray without.
"""

import numpy as np
import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.focus import attended_durations, frames_of_steps, most_focused
from parakeet.functions.masking import sequence_mask
from parakeet.models.transformer_tts.decoder import Decoder
from parakeet.modules.conv import ConvStack
from parakeet.modules.postnet import PostNet
from parakeet.modules.statistics import statistic
from parakeet.modules.transformer import FFTBlock, ScaledPositions

FRAMES_PER_SYMBOL = 30
"""Where synthesis ends if the model never says so: as many frames for each symbol."""

SEED = 0
"""Of what the pre-net drops where nobody says another."""

SIZES = {
    "paper": {
        "embedding_channels": 512,
        "channels": 512,
        "encoder_blocks": 6,
        "decoder_blocks": 6,
        "heads": 8,
        "intermediate_channels": 2048,
    },
    "base": {
        "embedding_channels": 512,
        "channels": 256,
        "encoder_blocks": 3,
        "decoder_blocks": 3,
        "heads": 4,
        "intermediate_channels": 1024,
    },
}
"""``paper``: six layers of eight heads, its best (sec. 4.6); ``base``: three of four, a fifth of it."""


class EncoderPrenet(nn.Layer):
    """Embedded symbols through convolutions, which look at their neighbours, then a projection to the middle of the positions' range
    (arXiv:1809.08895, sec. 3.3).

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        hidden (int): of the embedding and the convolutions.
        channels (int): C.
        n_convs (int): how many.
        kernel_size (int): odd.
        dropout (float): probability of dropping a value.

    Shape: text (B, S), mask (B, S, 1) -> (B, S, C).
    """

    def __init__(self, vocab_size, hidden, channels, n_convs=3, kernel_size=5, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden, padding_idx=0)
        self.convs = ConvStack([hidden] * (n_convs + 1), kernel_size, dropout, F.relu, bias=True)
        self.project = nn.Linear(hidden, channels)

    def forward(self, text, mask):
        """Embed text, (B, S)."""
        return self.project(self.convs(self.embedding(text), mask))


class TransformerTTS(nn.Layer):
    """Phones to log-mel spectrum, each step made of all that came before.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        embedding_channels (int): of the embedding and the encoder's convolutions.
        channels (int): C of encoder and decoder.
        encoder_blocks, decoder_blocks (int): transformer blocks.
        heads (int): of each attention.
        intermediate_channels (int): within the position-wise layers.
        prenet_channels (int): of the decoder's pre-net.
        postnet_channels, postnet_blocks (int): of the post-net's convolutions.
        frames_per_step (int): frames the decoder makes at a time.
        dropout (float): in encoder and decoder.
        conv_dropout (float): in the encoder's pre-net and the post-net.
        prenet_dropout (float): of the decoder's pre-net, always.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.

    Attributes:
        inputs (tuple): what of a recording ``forward`` takes.
        controls (tuple): how what ``infer`` says can be steered: not at all.
    """

    inputs = ("text", "text_lengths", "mel", "mel_lengths")
    controls = ()

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        embedding_channels=512,
        channels=256,
        encoder_blocks=3,
        decoder_blocks=3,
        heads=4,
        intermediate_channels=1024,
        prenet_channels=256,
        postnet_channels=512,
        postnet_blocks=5,
        frames_per_step=1,
        dropout=0.1,
        conv_dropout=0.5,
        prenet_dropout=0.5,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        self.encoder_prenet = EncoderPrenet(vocab_size, embedding_channels, channels, dropout=conv_dropout)
        self.encoder_positions = ScaledPositions(channels, dropout)
        self.encoder = nn.LayerList(
            [FFTBlock(channels, heads, intermediate_channels, kernel_size=1, dropout=dropout) for _ in range(encoder_blocks)]
        )
        self.encoder_norm = nn.LayerNorm(channels)
        self.decoder = Decoder(
            n_mels * frames_per_step, channels, decoder_blocks, heads, intermediate_channels, prenet_channels, dropout, prenet_dropout
        )
        self.postnet = PostNet(n_mels, postnet_channels, postnet_blocks, dropout=conv_dropout)
        self.frames_per_step = frames_per_step
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    def forward(self, text, text_lengths, mel, mel_lengths):
        """The training pass: each step is given the true ones before it.

        In evaluation mode the pre-net drops what it drops in :meth:`infer` with its default seed.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor): (B,), int64.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, and ``mel_before``, the same before the post-net; ``stop`` (B, T'),
            for each of T' steps the logit of its being the last, and ``step_lengths`` (B,) int64; ``attention`` (B, L, H, T', S) of L
            blocks with H heads each, zero on padding.
        """
        encoded, text_mask = self._encode(text, text_lengths)
        n_frames, step_lengths = mel.shape[1], self._steps(mel_lengths)
        step_mask = sequence_mask(step_lengths, self._steps(n_frames), mel.dtype)
        kept = None if self.training else self.decoder.prenet.masks(np.random.default_rng(SEED), step_mask.shape[1])
        steps, stop, weights = self.decoder(self._former_steps(mel), encoded, text_mask, kept)
        frame_mask = sequence_mask(mel_lengths, n_frames, mel.dtype).unsqueeze(-1)
        return {
            **self._spectra(steps, frame_mask),
            "stop": stop * step_mask,
            "step_lengths": step_lengths,
            "attention": weights * step_mask.unsqueeze(-1).unsqueeze([1, 2]),
        }

    @paddle.no_grad()
    def infer(self, text, text_lengths, max_frames=None, seed=SEED):
        """The synthesis pass: each step is given its own ones before it, whose keys and values are kept.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            max_frames (int, optional): where it ends if the model never says so; `FRAMES_PER_SYMBOL` for each symbol when None.
            seed (int): of what the pre-net drops; another seed speaks a little differently.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, and ``mel_before``, the same before the post-net; ``mel_lengths`` (B,)
            int64; ``stopped`` (B,) bool, whether the model said where it ends; ``attention`` (B, L, H, T', S) of T' steps; ``durations``
            (B, S) int64 frames, by which symbol the most focused head looks at most.

        Raises:
            ValueError: if not even one frame may be made.
        """
        if max_frames is not None and max_frames < 1:
            raise ValueError(f"TransformerTTS: max_frames is at least 1; it is {max_frames}.")
        encoded, text_mask = self._encode(text, text_lengths)
        limits = text_lengths * FRAMES_PER_SYMBOL if max_frames is None else paddle.full_like(text_lengths, max_frames)
        steps, weights, n_steps, stopped = self._walk(encoded, text_mask, self._steps(limits), np.random.default_rng(seed))
        mel_lengths = paddle.minimum(n_steps * self.frames_per_step, limits)
        n_frames = int(mel_lengths.max())
        attention = weights * sequence_mask(n_steps, weights.shape[3], weights.dtype).unsqueeze(-1).unsqueeze([1, 2])
        of_frames = frames_of_steps(attention.flatten(1, 2), self.frames_per_step)[:, :, :n_frames]
        return {
            **self._spectra(steps, sequence_mask(mel_lengths, n_frames, steps.dtype).unsqueeze(-1)),
            "mel_lengths": mel_lengths,
            "stopped": stopped,
            "attention": attention,
            "durations": attended_durations(most_focused(of_frames, mel_lengths)[0], text_lengths, mel_lengths),
        }

    def _walk(self, encoded, text_mask, max_steps, generator):
        """Step after step until every utterance has ended or is at its limit, max_steps (B,): steps, weights, (B,) how many steps, (B,)
        whether each one has said so."""
        batch, memories = encoded.shape[0], self.decoder.begin(encoded)
        step = paddle.zeros([batch, 1, self.decoder.output.weight.shape[1]], encoded.dtype)
        n_steps, stopped = paddle.zeros([batch], "int64"), paddle.zeros([batch], "bool")
        steps, weights = [], []
        for number in range(int(max_steps.max())):
            kept = self.decoder.prenet.masks(generator, 1)
            step, stop, looked, memories = self.decoder.step(step, number, memories, text_mask, kept)
            steps.append(step)
            weights.append(looked)
            speaking = ~stopped & (max_steps > number)
            n_steps = n_steps + speaking.astype("int64")
            stopped = stopped | (speaking & (stop.squeeze(1) > 0))  # the logit of one half (sec. 3.7)
            if bool((stopped | (max_steps <= number + 1)).all()):
                break
        return paddle.concat(steps, axis=1), paddle.concat(weights, axis=3), n_steps, stopped

    def _encode(self, text, text_lengths):
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype).unsqueeze(-1)
        x = self.encoder_positions(self.encoder_prenet(text, mask)) * mask
        for block in self.encoder:
            x = block(x, mask)
        return self.encoder_norm(x) * mask, mask.transpose([0, 2, 1])

    def _steps(self, n_frames):
        return (n_frames + self.frames_per_step - 1) // self.frames_per_step

    def _former_steps(self, mel):
        """(B, T', r * n_mels): for each step the one before it, normalised; zeros for the first."""
        batch, n_frames, n_mels = mel.shape
        missing = self._steps(n_frames) * self.frames_per_step - n_frames
        mel = paddle.concat([(mel - self.mel_mean) / self.mel_std, paddle.zeros([batch, missing, n_mels], mel.dtype)], axis=1)
        steps = mel.reshape([batch, -1, self.frames_per_step * n_mels])
        return paddle.concat([paddle.zeros_like(steps[:, :1]), steps[:, :-1]], axis=1)

    def _spectra(self, steps, frame_mask):
        n_frames = frame_mask.shape[1]
        mel = steps.reshape([steps.shape[0], -1, self.mel_mean.shape[-1]])[:, :n_frames] * frame_mask
        return {
            "mel": self._in_logarithms(self.postnet(mel, frame_mask), frame_mask),
            "mel_before": self._in_logarithms(mel, frame_mask),
        }

    def _in_logarithms(self, mel, mask):
        return (mel * self.mel_std + self.mel_mean) * mask
