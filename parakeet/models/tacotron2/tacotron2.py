"""Tacotron 2 (J. Shen et al., arXiv:1712.05884): phones to mel spectrum, each frame made after those before it.

What differs from the paper, and why: it is fed phones instead of letters, and its spectra are normalised band by band, as everywhere here;
the stop token belongs to frames, not to steps, so that an utterance of any length ends where it ends when several frames are made in a
step; batch normalisation does not count padding. Speakers are told apart as in arXiv:1806.04558, sec. 2.2: a vector beside what is read.
"""

import numpy as np
import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.focus import attended_durations, frames_of_steps
from parakeet.functions.masking import sequence_mask
from parakeet.models.tacotron2.decoder import Decoder
from parakeet.models.tacotron2.encoder import Encoder
from parakeet.modules.conv import MaskedBatchNorm
from parakeet.modules.postnet import PostNet
from parakeet.modules.statistics import statistic

SIZES = {
    "paper": {
        "channels": 512,
        "encoder_blocks": 3,
        "prenet_channels": 256,
        "decoder_channels": 1024,
        "attention_channels": 128,
        "location_filters": 32,
        "location_kernel_size": 31,
        "postnet_channels": 512,
        "postnet_blocks": 5,
        "frames_per_step": 1,
    },
    "small": {
        "channels": 128,
        "encoder_blocks": 3,
        "prenet_channels": 64,
        "decoder_channels": 256,
        "attention_channels": 64,
        "location_filters": 16,
        "location_kernel_size": 15,
        "postnet_channels": 128,
        "postnet_blocks": 5,
        "frames_per_step": 4,
    },
}
"""``paper``: 28,117,377 parameters and 512 for each symbol, 28,193,153 of 148 symbols; ``small``: for a CPU."""

FRAMES_PER_SYMBOL = 30
"""What has not ended after so many for each symbol has lost its way: half a second each where frames are 16 ms apart."""

SEED = 0
"""Of the pre-net's dropout outside of training."""


class Tacotron2(nn.Layer):
    """Phones to log-mel spectrum, frame by frame.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        channels (int): of embedding and encoder, even.
        encoder_blocks (int): convolutions of the encoder.
        kernel_size (int): of the convolutions of encoder and post-net, odd.
        prenet_channels (int): of each of the pre-net's two layers.
        decoder_channels (int): of each of the decoder's two memories.
        attention_channels (int): where query and keys meet.
        location_filters, location_kernel_size (int): of the convolution over past attention; the kernel odd.
        postnet_channels, postnet_blocks (int): of the post-net; 2 blocks at least.
        frames_per_step (int): r, frames made at a time.
        dropout (float): after each convolution, in training.
        prenet_dropout (float): of the pre-net, always.
        zoneout (float): of the memories.
        n_speakers (int): told apart; 0 where there is one alone.
        speaker_channels (int): of a speaker's vector.
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
        channels=512,
        encoder_blocks=3,
        kernel_size=5,
        prenet_channels=256,
        decoder_channels=1024,
        attention_channels=128,
        location_filters=32,
        location_kernel_size=31,
        postnet_channels=512,
        postnet_blocks=5,
        frames_per_step=1,
        dropout=0.5,
        prenet_dropout=0.5,
        zoneout=0.1,
        n_speakers=0,
        speaker_channels=64,
        mel_mean=None,
        mel_std=None,
    ):
        super().__init__()
        self.encoder = Encoder(vocab_size, channels, encoder_blocks, kernel_size, dropout, zoneout)
        self.speakers = nn.Embedding(n_speakers, speaker_channels) if n_speakers else None
        self.decoder = Decoder(
            n_mels,
            channels + (speaker_channels if n_speakers else 0),
            decoder_channels,
            prenet_channels,
            attention_channels,
            location_filters,
            location_kernel_size,
            frames_per_step,
            prenet_dropout,
            zoneout,
        )
        self.postnet = PostNet(n_mels, postnet_channels, postnet_blocks, kernel_size, dropout, norm=MaskedBatchNorm, bias=True)
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))

    def forward(self, text, text_lengths, mel, mel_lengths, speaker=None):
        """The training pass: each step is told the recorded frame before it.

        In evaluation mode the pre-net drops what it drops in :meth:`infer` with its default seed.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor): (B,), int64.
            speaker (Tensor, optional): (B,), int64, below ``n_speakers``; needed where there are several.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, ``mel_before`` the post-net; ``stop`` (B, T), logits of being the last
            frame; ``attention`` (B, ceil(T / r), S), 0 on padding; ``step_lengths`` (B,) int64, steps of each utterance.

        Raises:
            ValueError: if a speaker is missing, or named where there is one alone.
        """
        memory = self._read(text, text_lengths, speaker)
        mask = sequence_mask(mel_lengths, mel.shape[1], mel.dtype).unsqueeze(-1)
        steps = -(-mel_lengths // self.decoder.frames_per_step)
        n_steps = -(-mel.shape[1] // self.decoder.frames_per_step)
        masks = None if self.training else self.decoder.prenet.masks(np.random.default_rng(SEED), n_steps)
        made, stop, attention = self.decoder(memory, (mel - self.mel_mean) / self.mel_std * mask, masks)
        return {
            **self._refined(made, mask),
            "stop": stop * mask.squeeze(-1),
            "attention": attention * sequence_mask(steps, n_steps, mel.dtype).unsqueeze(-1),
            "step_lengths": steps,
        }

    @paddle.no_grad()
    def infer(self, text, text_lengths, max_frames=None, seed=SEED, speaker=None):
        """The synthesis pass: each step is told the frame that was made before it.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            max_frames (int, optional): where what does not end is cut off; `FRAMES_PER_SYMBOL` for each symbol when None.
            seed (int): of the pre-net's dropout; another seed speaks a little differently.
            speaker (Tensor, optional): as for :meth:`forward`.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, zeros on padding, and ``mel_before`` the post-net; ``mel_lengths`` (B,)
            int64; ``durations`` (B, S) int64, the frames in which a symbol was looked at most; ``attention`` (B, ceil(T / r), S);
            ``stopped`` (B,) bool, whether an utterance ended by itself.

        Raises:
            ValueError: as :meth:`forward`, or if not even one frame may be made.
        """
        if max_frames is not None and max_frames < 1:
            raise ValueError(f"Tacotron2: max_frames is at least 1; it is {max_frames}.")
        memory = self._read(text, text_lengths, speaker)
        r = self.decoder.frames_per_step
        limits = text_lengths.numpy() * FRAMES_PER_SYMBOL if max_frames is None else np.full(len(text), max_frames)
        made, attention, ends = self._speak(memory, limits, np.random.default_rng(seed))
        lengths = paddle.to_tensor(np.minimum(ends, limits).astype("int64"))
        mel = made[:, : int(lengths.max())]
        mask = sequence_mask(lengths, mel.shape[1], mel.dtype).unsqueeze(-1)
        attention = attention * sequence_mask(-(-lengths // r), attention.shape[1], mel.dtype).unsqueeze(-1)
        return {
            **self._refined(mel, mask),
            "mel_lengths": lengths,
            "durations": attended_durations(frames_of_steps(attention, r)[:, : mel.shape[1]], text_lengths, lengths),
            "attention": attention,
            "stopped": paddle.to_tensor(ends <= limits),
        }

    def _speak(self, memory, limits, generator):
        """mel (B, T, n_mels), attention (B, T / r, S), and as an array the frames of each, more than its limit where it did not end."""
        decoder = self.decoder
        state, made, weights = decoder.begin(memory), [], []
        frame = paddle.zeros([len(limits), 1, decoder.n_mels], memory.values.dtype)
        ends = limits + 1
        while len(made) * decoder.frames_per_step < np.minimum(ends, limits).max():
            heard = decoder.prenet(frame, decoder.prenet.masks(generator, 1)).squeeze(1)
            decided, looked, state = decoder.step(heard, memory, state)
            frames, stop = decoder.say(decided.unsqueeze(1))
            ending = F.sigmoid(stop).numpy() > 0.5
            here = len(made) * decoder.frames_per_step + 1 + ending.argmax(axis=1)
            ends = np.where(ending.any(axis=1), np.minimum(ends, here), ends)
            frame = frames[:, -1:]
            made.append(frames)
            weights.append(looked)
        return paddle.concat(made, axis=1), paddle.stack(weights, axis=1), ends

    def _read(self, text, text_lengths, speaker):
        if (speaker is None) != (self.speakers is None):
            told = "none was named" if speaker is None else "one was named"
            known = "one speaker alone" if self.speakers is None else f"{self.speakers.weight.shape[0]} speakers"
            raise ValueError(f"Tacotron2: it knows {known}, and {told}; pass `speaker` exactly where there are several (n_speakers).")
        mask = sequence_mask(text_lengths, text.shape[1], self.mel_mean.dtype)
        read = self.encoder(text, mask.unsqueeze(-1))
        if self.speakers is not None:
            vectors = self.speakers(speaker).unsqueeze(1).expand([-1, text.shape[1], -1])
            read = paddle.concat([read, vectors * mask.unsqueeze(-1)], axis=-1)
        return self.decoder.attention.remember(read, mask)

    def _refined(self, mel, mask):
        mel = mel * mask
        return {
            "mel": self._in_logarithms(self.postnet(mel, mask), mask),
            "mel_before": self._in_logarithms(mel, mask),
        }

    def _in_logarithms(self, mel, mask):
        return (mel * self.mel_std + self.mel_mean) * mask
