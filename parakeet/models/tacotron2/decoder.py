"""Tacotron 2's speaker: one step after another, each of one or several frames."""

from typing import NamedTuple

import paddle
from paddle import nn

from parakeet.modules.location_attention import LocationSensitiveAttention
from parakeet.modules.prenet import PreNet
from parakeet.modules.recurrent import ZoneoutLSTMCell


class State(NamedTuple):
    """What the decoder knows between two steps: (h, c) of both memories, what was looked at (B, D), and the attention's past."""

    looking: tuple
    speaking: tuple
    context: paddle.Tensor
    past: tuple


class Decoder(nn.Layer):
    """A memory that decides where to look, an attention that looks, a memory that speaks (arXiv:1712.05884, sec. 2.2).

    The paper names two memories, the attention, and what is joined with what; that the attention stands between the two is how it is
    commonly read, and what gives the common number of parameters.

    Args:
        n_mels (int): bands.
        memory_channels (int): D, of what the encoder gives.
        channels (int): C, of each memory.
        prenet_channels (int): of the pre-net's two layers.
        attention_channels, location_filters, location_kernel_size (int): see `LocationSensitiveAttention`.
        frames_per_step (int): r, frames made at a time (Tacotron, arXiv:1703.10135, sec. 3.3).
        prenet_dropout (float): of the pre-net, always.
        zoneout (float): of the memories.
    """

    def __init__(
        self,
        n_mels,
        memory_channels,
        channels,
        prenet_channels,
        attention_channels,
        location_filters,
        location_kernel_size,
        frames_per_step,
        prenet_dropout,
        zoneout,
    ):
        super().__init__()
        self.n_mels, self.frames_per_step = n_mels, frames_per_step
        self.prenet = PreNet(n_mels, (prenet_channels, prenet_channels), prenet_dropout)
        self.looking = ZoneoutLSTMCell(prenet_channels + memory_channels, channels, zoneout)
        self.attention = LocationSensitiveAttention(channels, memory_channels, attention_channels, location_filters, location_kernel_size)
        self.speaking = ZoneoutLSTMCell(channels + memory_channels, channels, zoneout)
        self.output = nn.Linear(channels + memory_channels, n_mels * frames_per_step)
        self.stop = nn.Linear(channels + memory_channels, frames_per_step)

    def begin(self, memory):
        """The state before the first step.

        Args:
            memory (Memory): the encoded text, from ``attention.remember``.

        Returns:
            State: nothing looked at, nothing said.
        """
        batch, _, channels = memory.values.shape
        return State(
            self.looking.zero_state(batch),
            self.speaking.zero_state(batch),
            paddle.zeros([batch, channels], memory.values.dtype),
            self.attention.no_past(memory),
        )

    def step(self, heard, memory, state):
        """Look once, and decide what to say.

        Args:
            heard (Tensor): (B, prenet_channels), the last frame through the pre-net.
            memory (Memory): the encoded text.
            state (State): of the step before.

        Returns:
            tuple: (B, C + D), of which :meth:`say` makes frames; the weights of the attention (B, S); the new state.
        """
        looking = self.looking.step(self.looking.project(paddle.concat([heard, state.context], axis=-1)), state.looking)
        context, weights, past = self.attention(looking[0], memory, state.past)
        speaking = self.speaking.step(self.speaking.project(paddle.concat([looking[0], context], axis=-1)), state.speaking)
        return paddle.concat([speaking[0], context], axis=-1), weights, State(looking, speaking, context, past)

    def say(self, decided):
        """The frames of some steps.

        Args:
            decided (Tensor): (B, K, C + D), of K steps.

        Returns:
            tuple[Tensor, Tensor]: mel (B, K * r, n_mels), and the logits of being the last frame (B, K * r).
        """
        batch, n_steps, _ = decided.shape
        n_frames = n_steps * self.frames_per_step
        return self.output(decided).reshape([batch, n_frames, self.n_mels]), self.stop(decided).reshape([batch, n_frames])

    def forward(self, memory, mel, masks=None):
        """All steps, each told the true frame before it.

        Args:
            memory (Memory): the encoded text.
            mel (Tensor): (B, T, n_mels), normalised.
            masks (Sequence[Tensor], optional): of the pre-net, for ceil(T / r) steps; drawn when None.

        Returns:
            tuple: mel (B, T, n_mels), logits of being the last frame (B, T), weights of the attention (B, ceil(T / r), S).
        """
        n_frames = mel.shape[1]
        heard = paddle.unbind(self.prenet(self._before_each_step(mel), masks), axis=1)
        state, decided, weights = self.begin(memory), [], []
        for frame in heard:
            said, looked, state = self.step(frame, memory, state)
            decided.append(said)
            weights.append(looked)
        made, stop = self.say(paddle.stack(decided, axis=1))
        return made[:, :n_frames], stop[:, :n_frames], paddle.stack(weights, axis=1)

    def _before_each_step(self, mel):
        """The last frame of the step before, (B, ceil(T / r), n_mels); before the first there is silence: zeros."""
        batch, n_frames, n_mels = mel.shape
        r = self.frames_per_step
        n_steps = -(-n_frames // r)
        silence = paddle.zeros([batch, 1, n_mels], mel.dtype)
        return paddle.concat([silence, mel[:, r - 1 :: r]], axis=1)[:, :n_steps]
