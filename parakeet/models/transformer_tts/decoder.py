"""The decoder of Transformer TTS: what is heard next, given what was heard and the text."""

import paddle
from paddle import nn

from parakeet.modules.prenet import PreNet
from parakeet.modules.transformer import DecoderBlock, ScaledPositions


class Decoder(nn.Layer):
    """Steps of one or more frames, each made of the frames before it and of the encoded text (arXiv:1809.08895, sec. 3.6).

    Args:
        step_channels (int): numbers of a step: bands times frames.
        channels (int): C, of the text's encoding, too.
        n_blocks (int): how many.
        heads (int): of each attention.
        intermediate_channels (int): within the position-wise layers.
        prenet_channels (int): of the pre-net's two layers.
        dropout (float): in the blocks.
        prenet_dropout (float): of the pre-net, always.

    Shape: former steps (B, T, step_channels), encoded (B, S, C), mask (B, 1, S) -> steps (B, T, step_channels), logits of the stop
    (B, T), weights (B, L, H, T, S) of L blocks with H heads each.
    """

    def __init__(
        self, step_channels, channels, n_blocks, heads, intermediate_channels, prenet_channels=256, dropout=0.1, prenet_dropout=0.5
    ):
        super().__init__()
        self.prenet = PreNet(step_channels, (prenet_channels, prenet_channels), prenet_dropout)
        self.enter = nn.Linear(prenet_channels, channels)  # to the middle of the positions' range (sec. 3.4)
        self.positions = ScaledPositions(channels, dropout)
        self.blocks = nn.LayerList([DecoderBlock(channels, heads, intermediate_channels, dropout) for _ in range(n_blocks)])
        self.norm = nn.LayerNorm(channels)
        self.output = nn.Linear(channels, step_channels)
        self.stop = nn.Linear(channels, 1)

    def forward(self, former, encoded, mask, kept=None):
        """All steps at once, each given the true one before it; ``kept`` are masks of the pre-net, drawn when None."""
        x, weights = self.positions(self.enter(self.prenet(former, kept))), []
        for block in self.blocks:
            x, looked = block(x, encoded, mask)
            weights.append(looked)
        return self._heads(x, weights)

    def begin(self, encoded):
        """list[DecoderMemory]: what :meth:`step` knows before the first step; encoded is (B, S, C)."""
        return [block.remember(encoded) for block in self.blocks]

    def step(self, former, number, memories, mask, kept):
        """One step, given the one before it, (B, 1, step_channels): but for the last bits what :meth:`forward` gives for it where the
        pre-net keeps the same.

        Returns:
            tuple: the step (B, 1, step_channels), its logit (B, 1), its weights (B, L, H, 1, S), and the memories for the next one.
        """
        x, weights, later = self.positions(self.enter(self.prenet(former, kept)), start=number), [], []
        for block, memory in zip(self.blocks, memories, strict=True):
            x, looked, memory = block.step(x, memory, mask)
            weights.append(looked)
            later.append(memory)
        return *self._heads(x, weights), later

    def _heads(self, x, weights):
        x = self.norm(x)
        return self.output(x), self.stop(x).squeeze(-1), paddle.stack(weights, axis=1)
