"""Deep Voice 3 (W. Ping et al., arXiv:1710.07654): a text to a mel spectrum, some frames at a time, by convolutions and attention alone.

What the paper leaves open, and how it is here: a step stands where its first frame stands, so that the rates of positions are frames a
symbol, as the paper's 6.3 is; a speaker's rates are twice a sigmoid times the first ones, so that they are those for the mean speaker; the
converter makes a mel spectrum, for a vocoder, unless it is told to make a linear one, for Griffin-Lim: then the mel is the decoder's.
"""

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.masking import sequence_mask
from parakeet.models.deepvoice3.attention import Source
from parakeet.models.deepvoice3.converter import Converter
from parakeet.models.deepvoice3.decoder import Decoded, Decoder
from parakeet.models.deepvoice3.encoder import Encoder
from parakeet.modules.statistics import statistic
from parakeet.modules.weight_norm import normalised_linear, normalised_once


class DeepVoice3(nn.Layer):
    """Phones to log-mel spectrum, one group of frames after another.

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        n_mels (int): bands.
        embedding_channels (int): of symbols; also the last of ``decoder_widths``, for queries meet keys.
        encoder_channels, encoder_blocks, encoder_kernel_size (int): of the encoder's convolutions.
        decoder_widths (Sequence[int]): of the linear layers that read the last frames.
        decoder_layers, decoder_kernel_size (int): of the decoder's convolutions.
        attention_channels (int): of queries and keys when they meet.
        converter_channels, converter_blocks, converter_kernel_size (int): of the converter's convolutions.
        frames_per_step (int): r, a divisor of the last of ``decoder_widths``.
        position_weight (float): of positions beside queries and keys.
        key_rate (float): frames a symbol of the training data, the slope at which attention begins.
        dropout (float): probability of dropping a value.
        n_speakers (int): how many there are.
        speaker_channels (int): of a speaker's embedding, if there are several.
        linear_bins (int): of a linear spectrum that the converter makes; 0 where it makes the mel spectrum.
        mel_mean, mel_std (Sequence[float], optional): (n_mels,), of the training data; zeros and ones when None.
        linear_mean, linear_std (Sequence[float], optional): (linear_bins,), likewise.

    Attributes:
        inputs (tuple): what of a recording ``forward`` takes.
        controls (tuple): how what ``infer`` says can be steered.
    """

    inputs = ("text", "text_lengths", "mel", "mel_lengths")
    controls = ("rate",)

    def __init__(
        self,
        vocab_size,
        n_mels=80,
        embedding_channels=256,
        encoder_channels=64,
        encoder_blocks=7,
        encoder_kernel_size=5,
        decoder_widths=(128, 256),
        decoder_layers=4,
        decoder_kernel_size=5,
        attention_channels=128,
        converter_channels=256,
        converter_blocks=5,
        converter_kernel_size=5,
        frames_per_step=4,
        position_weight=1.0,
        key_rate=6.3,
        dropout=0.05,
        n_speakers=1,
        speaker_channels=16,
        linear_bins=0,
        mel_mean=None,
        mel_std=None,
        linear_mean=None,
        linear_std=None,
    ):
        super().__init__()
        if decoder_widths[-1] != embedding_channels:
            raise ValueError(f"DeepVoice3: queries have {decoder_widths[-1]} channels, keys {embedding_channels}; they must have as many.")
        speaker = None if n_speakers == 1 else speaker_channels
        self.encoder = Encoder(
            vocab_size, embedding_channels, encoder_channels, encoder_blocks, encoder_kernel_size, dropout, speaker
        )
        self.decoder = Decoder(
            n_mels,
            frames_per_step,
            decoder_widths,
            decoder_layers,
            decoder_kernel_size,
            attention_channels,
            position_weight,
            dropout,
            speaker,
        )
        self.converter = Converter(
            decoder_widths[-1],
            frames_per_step,
            converter_channels,
            converter_blocks,
            converter_kernel_size,
            linear_bins if linear_bins else n_mels,
            dropout,
            speaker,
        )
        self.speakers = self.rates = None
        if speaker is not None:
            self.speakers = nn.Embedding(n_speakers, speaker, weight_attr=nn.initializer.Normal(0.0, 0.1))
            self.rates = normalised_linear(speaker, 2)
        self.frames_per_step, self.key_rate, self.n_speakers, self.linear_bins = frames_per_step, key_rate, n_speakers, linear_bins
        # Statistics of the data travel with the weights: the mel that comes out is in natural-log amplitude.
        self.register_buffer("mel_mean", statistic(mel_mean, [1, 1, n_mels], 0.0))
        self.register_buffer("mel_std", statistic(mel_std, [1, 1, n_mels], 1.0))
        if linear_bins:
            self.register_buffer("linear_mean", statistic(linear_mean, [1, 1, linear_bins], 0.0))
            self.register_buffer("linear_std", statistic(linear_std, [1, 1, linear_bins], 1.0))

    def forward(self, text, text_lengths, mel, mel_lengths, speaker=None):
        """The training pass: each step is told the recorded frames before it.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            mel (Tensor): (B, T, n_mels), natural-log amplitude.
            mel_lengths (Tensor): (B,), int64 frames.
            speaker (Tensor, optional): (B,), int64; needed if there are several.

        Returns:
            dict: ``mel`` (B, T, n_mels) in natural-log amplitude, and ``mel_before`` the converter (in its place ``linear`` (B, T,
            linear_bins), likewise, where the converter makes that); ``stop`` (B, n), a logit for each of n = ceil(T / r) steps;
            ``attention`` (B, L, n, S), where each of L layers looked.

        Raises:
            ValueError: if a speaker is missing, or named where there is one alone.
        """
        embedded, source = self._read(text, text_lengths, speaker)
        n_frames = mel.shape[1]
        groups = self._groups((mel - self.mel_mean) / self.mel_std * _frames(mel_lengths, n_frames, mel.dtype))
        before = paddle.concat([paddle.zeros_like(groups[:, :1]), groups[:, :-1]], axis=1)
        made, _ = self.decoder.go_on(before, source, self.decoder.begin(source), embedded)
        mask = _frames(mel_lengths, made.hidden.shape[1] * self.frames_per_step, mel.dtype)
        return {
            **{name: spectrum[:, :n_frames] for name, spectrum in self._spectra(made.hidden, made.frames, mask, embedded).items()},
            "stop": made.stop,
            "attention": paddle.stack(made.weights, axis=1),
        }

    @paddle.no_grad()
    def infer(self, text, text_lengths, speaker=None, rate=1.0, max_frames=None, window=3, monotonic_layers=None):
        """The synthesis pass: each step is told the frames it made before.

        Args:
            text (Tensor): (B, S), int64 ids.
            text_lengths (Tensor): (B,), int64.
            speaker (Tensor, optional): (B,), int64; needed if there are several.
            rate (float or Tensor): speaking rate, 2 is about twice as fast, for it moves the symbols' positions together; for all, or
                (B, S), for each symbol.
            max_frames (int, optional): what is not over by then is cut off, at the end of a step; when None, three times the frames
                that an utterance's rates lead one to expect, and a hundred.
            window (int, optional): how many symbols a step may look at, the one looked at last being the first; all when None.
            monotonic_layers (Sequence[int], optional): which layers have this window, counted from 0; all when None.

        Returns:
            dict: ``mel`` and ``mel_before`` or ``linear``, as :meth:`forward` gives them; ``mel_lengths`` (B,) int64 frames;
            ``durations`` (B, S) int64, how many frames looked at each symbol, on an average of the layers; ``attention`` (B, L, n, S);
            ``finished`` (B,), bool, whether an utterance came to an end before ``max_frames``.

        Raises:
            ValueError: if a speaker is missing, or named where there is one alone, or if not even one frame may be made.
        """
        if max_frames is not None and max_frames < 1:
            raise ValueError(f"DeepVoice3: max_frames is at least 1; it is {max_frames}.")
        layers = range(len(self.decoder.convs)) if monotonic_layers is None else monotonic_layers
        with normalised_once(self):
            embedded, source = self._read(text, text_lengths, speaker, rate)
            # Each utterance has a limit of its own: what is said does not depend on the company.
            expected = ((source.positions * source.mask.squeeze(1)).max(axis=1) / source.rate.squeeze(1)).astype("int64")
            limits = 100 + 3 * expected if max_frames is None else paddle.full_like(expected, max_frames)
            made, steps, finished = self._speak(source, embedded, -(-limits // self.frames_per_step), window, layers)
            lengths = steps * self.frames_per_step
            mask = _frames(lengths, made.hidden.shape[1] * self.frames_per_step, made.hidden.dtype)
            attention = paddle.stack(made.weights, axis=1)
            return {
                **self._spectra(made.hidden, made.frames, mask, embedded),
                "mel_lengths": lengths,
                "durations": _looked_at(attention, steps) * self.frames_per_step,
                "attention": attention,
                "finished": finished,
            }

    def _speak(self, source, embedded, max_steps, window, layers):
        """Decode until all are done or at their limits, max_steps (B,): what was made, steps of each utterance (B,), and whether it came
        to its end (B,)."""
        state = self.decoder.begin(source)
        batch, dtype = source.keys.shape[0], source.keys.dtype
        last = paddle.zeros([batch, 1, self.frames_per_step * self.mel_mean.shape[-1]], dtype)
        steps = max_steps
        finished = paddle.zeros([batch], "bool")
        pieces = []
        for step in range(1, int(max_steps.max()) + 1):
            made, state = self.decoder.go_on(last, source, state, embedded, window, layers)
            pieces.append(made)
            last = made.frames
            ends = (made.stop[:, 0] > 0) & ~finished & (max_steps >= step)
            steps = paddle.where(ends, paddle.full_like(steps, step), steps)
            finished = paddle.logical_or(finished, ends)
            if bool((finished | (max_steps <= step)).all()):
                break
        hidden, frames, stop = (paddle.concat([getattr(piece, name) for piece in pieces], axis=1) for name in ("hidden", "frames", "stop"))
        weights = [paddle.concat(looks, axis=1) for looks in zip(*(piece.weights for piece in pieces), strict=True)]
        return Decoded(hidden, frames, stop, weights), steps, finished

    def _read(self, text, text_lengths, speaker, rate=1.0):
        """Embedded speakers (B, D) or None, and what attention looks at."""
        dtype = self.encoder.embedding.weight.dtype
        if (speaker is None) != (self.speakers is None):
            told = "none was named" if speaker is None else "one was named"
            raise ValueError(
                f"DeepVoice3: there are {self.n_speakers} speakers, and {told}; expected speaker, (B,), the number of each utterance's, "
                "where there are several, and None where there is one."
            )
        if self.speakers is None:
            embedded, rates = None, paddle.ones([text.shape[0], 2], dtype)
        else:
            embedded = self.speakers(speaker)
            rates = 2 * F.sigmoid(self.rates(embedded))
        mask = sequence_mask(text_lengths, text.shape[1], dtype)
        keys, values = self.encoder(text, mask.unsqueeze(-1), embedded)
        frames = mask * (self.key_rate / rate)
        places = rates[:, 1:] * (paddle.cumsum(frames, axis=1) - frames)
        return embedded, Source(keys, values, places, mask.unsqueeze(1), text_lengths, rates[:, :1])

    def _groups(self, mel):
        """(B, T, n_mels) -> (B, n, r * n_mels), the last group filled with zeros."""
        batch, n_frames, n_mels = mel.shape
        missing = -n_frames % self.frames_per_step
        if missing:
            mel = paddle.concat([mel, paddle.zeros([batch, missing, n_mels], mel.dtype)], axis=1)
        return mel.reshape([batch, -1, self.frames_per_step * n_mels])

    def _spectra(self, hidden, frames, mask, embedded):
        """What decoder and converter made, in natural-log amplitude, zeros on padding."""
        mel = frames.reshape([frames.shape[0], mask.shape[1], -1]) * self.mel_std + self.mel_mean
        converted = self.converter(hidden, mask, embedded)
        if self.linear_bins:
            return {"mel": mel * mask, "linear": (converted * self.linear_std + self.linear_mean) * mask}
        return {"mel": (converted * self.mel_std + self.mel_mean) * mask, "mel_before": mel * mask}


def _frames(lengths, n_frames, dtype):
    return sequence_mask(lengths, n_frames, dtype).unsqueeze(-1)


def _looked_at(attention, steps):
    """How many steps looked at each symbol most, (B, S), on an average of the layers."""
    looked = F.one_hot(attention.mean(axis=1).argmax(-1), attention.shape[-1])
    return (looked * _frames(steps, looked.shape[1], looked.dtype)).sum(axis=1).astype("int64")
