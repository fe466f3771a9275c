"""The decoder of Transformer TTS: what is heard next, given what was heard and the text."""

import paddle
from paddle import nn
from paddle.nn import functional as F

from parakeet.modules.transformer import DecoderBlock, ScaledPositions


class Prenet(nn.Layer):
    """Two narrow layers that frames go through before they are looked at, then a projection to the middle of the positions' range
    (arXiv:1809.08895, sec. 3.4).

    Args:
        in_channels (int): of a step's frames.
        hidden (int): of the two layers.
        out_channels (int): C.
        dropout (float): probability of dropping a value of the two layers, in training alone.

    Shape: (B, T, in_channels) -> (B, T, C).
    """

    def __init__(self, in_channels, hidden, out_channels, dropout=0.5):
        super().__init__()
        self.layers = nn.LayerList([nn.Linear(in_channels, hidden), nn.Linear(hidden, hidden)])
        self.project = nn.Linear(hidden, out_channels)
        self.dropout = dropout

    def forward(self, x):
        """Make x, (B, T, in_channels), ready for the decoder."""
        for layer in self.layers:
            x = F.relu(layer(x))
            if self.dropout and self.training:
                x = F.dropout(x, self.dropout)
        return self.project(x)


class Decoder(nn.Layer):
    """Steps of one or more frames, each made of the frames before it and of the encoded text (arXiv:1809.08895, sec. 3.6).

    Args:
        step_channels (int): numbers of a step: bands times frames.
        channels (int): C, of the text's encoding, too.
        n_blocks (int): how many.
        heads (int): of each attention.
        intermediate_channels (int): within the position-wise layers.
        prenet_channels (int): of the pre-net's layers.
        dropout (float): in the blocks.
        prenet_dropout (float): in the pre-net.

    Shape: former steps (B, T, step_channels), encoded (B, S, C), mask (B, 1, S) -> steps (B, T, step_channels), logits of the stop
    (B, T), weights (B, L, H, T, S) of L blocks with H heads each.
    """

    def __init__(
        self, step_channels, channels, n_blocks, heads, intermediate_channels, prenet_channels=256, dropout=0.1, prenet_dropout=0.5
    ):
        super().__init__()
        self.prenet = Prenet(step_channels, prenet_channels, channels, prenet_dropout)
        self.positions = ScaledPositions(channels, dropout)
        self.blocks = nn.LayerList([DecoderBlock(channels, heads, intermediate_channels, dropout) for _ in range(n_blocks)])
        self.norm = nn.LayerNorm(channels)
        self.output = nn.Linear(channels, step_channels)
        self.stop = nn.Linear(channels, 1)

    def forward(self, former, encoded, mask):
        """All steps at once, each given the true one before it."""
        x, weights = self.positions(self.prenet(former)), []
        for block in self.blocks:
            x, looked = block(x, encoded, mask)
            weights.append(looked)
        return self._heads(x, weights)

    def begin(self, encoded):
        """list[DecoderMemory]: what :meth:`step` knows before the first step; encoded is (B, S, C)."""
        return [block.remember(encoded) for block in self.blocks]

    def step(self, former, number, memories, mask):
        """One step, given the one before it, (B, 1, step_channels): to the last bits what :meth:`forward` gives for it.

        Returns:
            tuple: the step (B, 1, step_channels), its logit (B, 1), its weights (B, L, H, 1, S), and the memories for the next one.
        """
        x, weights, later = self.positions(self.prenet(former), start=number), [], []
        for block, memory in zip(self.blocks, memories, strict=True):
            x, looked, memory = block.step(x, memory, mask)
            weights.append(looked)
            later.append(memory)
        return *self._heads(x, weights), later

    def _heads(self, x, weights):
        x = self.norm(x)
        return self.output(x), self.stop(x).squeeze(-1), paddle.stack(weights, axis=1)
