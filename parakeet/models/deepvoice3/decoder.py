"""From what was spoken so far and the text to the next frames (arXiv:1710.07654, "Decoder")."""

import itertools
from typing import NamedTuple

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.functions.attention import window_mask
from parakeet.models.deepvoice3.attention import AttentionBlock
from parakeet.modules.conv_glu import ROOT_HALF, ConvGLUBlock
from parakeet.modules.weight_norm import normalised_linear


class DecoderState(NamedTuple):
    """Where a decoder stands: ``step``, how many were made; of each layer ``memories`` (what its attention looks at), ``pasts`` (what its
    convolution remembers) and ``attended`` (B,), the symbol it looked at most."""

    step: int
    memories: list
    pasts: list
    attended: list


class Decoded(NamedTuple):
    """Of n steps: ``hidden`` (B, n, C), ``frames`` (B, n, r * n_mels), ``stop`` (B, n), a logit, and ``weights`` of the attention, a
    list of (B, n, S), one a layer."""

    hidden: paddle.Tensor
    frames: paddle.Tensor
    stop: paddle.Tensor
    weights: list


class Decoder(nn.Layer):
    """Causal gated convolutions, each followed by a look at the text.

    Args:
        n_mels (int): bands.
        frames_per_step (int): r.
        widths (Sequence[int]): of the linear layers that read the last frames; the last is C.
        n_layers (int): convolutions, each with its attention.
        kernel_size (int): steps.
        attention_channels (int): of the attention.
        position_weight (float): of positions beside what they are added to.
        dropout (float): probability of dropping a value.
        speaker_channels (int, optional): D of a speaker's embedding; None for one speaker.
    """

    def __init__(
        self,
        n_mels,
        frames_per_step,
        widths,
        n_layers,
        kernel_size,
        attention_channels,
        position_weight=1.0,
        dropout=0.0,
        speaker_channels=None,
    ):
        super().__init__()
        channels = widths[-1]
        sizes = itertools.pairwise([n_mels * frames_per_step, *widths])
        # Nothing is dropped of the frames themselves ("Decoder").
        self.prenet = nn.LayerList(
            [normalised_linear(wide, wider, dropout if i else 0.0) for i, (wide, wider) in enumerate(sizes)]
        )
        self.convs = nn.LayerList(
            [ConvGLUBlock(channels, kernel_size, True, dropout, speaker_channels) for _ in range(n_layers)]
        )
        self.attentions = nn.LayerList(
            [AttentionBlock(channels, attention_channels, position_weight, dropout) for _ in range(n_layers)]
        )
        self.frames = normalised_linear(channels, n_mels * frames_per_step)
        self.stop = normalised_linear(channels, 1)
        self.frames_per_step, self.dropout = frames_per_step, dropout

    def begin(self, source):
        """The state before the first step.

        Args:
            source (Source): of B utterances.

        Returns:
            DecoderState: everyone looks at the first symbol.
        """
        batch = source.keys.shape[0]
        first = paddle.zeros([batch], "int64")
        memories = [attention.remember(source) for attention in self.attentions]
        # Queries have as many channels as keys.
        pasts = [conv.beginning(source.keys) for conv in self.convs]
        return DecoderState(0, memories, pasts, [first] * len(self.convs))

    def go_on(self, frames, source, state, speaker=None, window=None, monotonic_layers=()):
        """Make the next steps; step after step gives what all of them at once give.

        Args:
            frames (Tensor): (B, n, r * n_mels), those of the step before, for each of n steps.
            source (Source): what is spoken.
            state (DecoderState): what :meth:`begin` or the last call gave.
            speaker (Tensor, optional): (B, D).
            window (int, optional): how many symbols a step may look at, the one looked at last being the first ("Attention block"); all
                when None. Only for single steps.
            monotonic_layers (Sequence[int]): the layers that have this window, counted from 0.

        Returns:
            tuple[Decoded, DecoderState]: the steps, and where the decoder stands now.
        """
        x = self._read(frames)
        steps = paddle.arange(state.step, state.step + x.shape[1], dtype=x.dtype)
        positions = source.rate * (steps * self.frames_per_step)
        pasts, looks = [], []
        for i, (conv, attention) in enumerate(zip(self.convs, self.attentions, strict=True)):
            mask = source.mask
            if window is not None and i in monotonic_layers:
                mask = mask * window_mask(state.attended[i], window, mask.shape[-1], mask.dtype).unsqueeze(1)
            x, past = conv.go_on(x, state.pasts[i], speaker)
            found, weights = attention(x, positions, state.memories[i], source, mask)
            x = (x + found) * ROOT_HALF
            pasts.append(past)
            looks.append(weights)
        attended = [weights[:, -1].argmax(-1) for weights in looks]
        made = Decoded(x, self.frames(x), self.stop(x).squeeze(-1), looks)
        return made, DecoderState(state.step + len(steps), state.memories, pasts, attended)

    def _read(self, frames):
        x = frames
        for i, layer in enumerate(self.prenet):
            if i and self.dropout and self.training:
                x = F.dropout(x, self.dropout)
            x = F.relu(layer(x))
        return x
