"""From symbols to what the decoder's attention looks for and what it finds."""

from paddle import nn

from parakeet.modules.conv_glu import ROOT_HALF, ConvGLUBlock, SpeakerBias
from parakeet.modules.weight_norm import normalised_linear


class Encoder(nn.Layer):
    """Embedded symbols, read by gated convolutions (arXiv:1710.07654, "Encoder").

    Args:
        vocab_size (int): number of symbols; 0 is padding.
        embedding_channels (int): E.
        channels (int): of the convolutions.
        n_blocks (int): how many of them.
        kernel_size (int): odd.
        dropout (float): probability of dropping a value.
        speaker_channels (int, optional): D of a speaker's embedding; None for one speaker.
    """

    def __init__(self, vocab_size, embedding_channels, channels, n_blocks, kernel_size, dropout, speaker_channels=None):
        super().__init__()
        spread = nn.initializer.Normal(0.0, 0.1)
        self.embedding = nn.Embedding(vocab_size, embedding_channels, padding_idx=0, weight_attr=spread)
        self.enter = normalised_linear(embedding_channels, channels)
        self.blocks = nn.LayerList(
            [ConvGLUBlock(channels, kernel_size, False, dropout, speaker_channels) for _ in range(n_blocks)]
        )
        self.leave = normalised_linear(channels, embedding_channels)
        self.first_bias, self.last_bias = (
            None if speaker_channels is None else SpeakerBias(speaker_channels, embedding_channels) for _ in range(2)
        )

    def forward(self, text, mask, speaker=None):
        """Read texts.

        Args:
            text (Tensor): (B, S), int64 ids.
            mask (Tensor): (B, S, 1).
            speaker (Tensor, optional): (B, D).

        Returns:
            tuple[Tensor, Tensor]: keys and values, (B, S, E) each; zeros on padding.
        """
        embedded = self.embedding(text)
        if self.first_bias is not None:
            embedded = embedded + self.first_bias(speaker)
        x = self.enter(embedded)
        for block in self.blocks:
            x = block(x, mask, speaker)
        keys = self.leave(x)
        if self.last_bias is not None:
            keys = keys + self.last_bias(speaker)
        # A value holds what the symbol is as well as what surrounds it.
        return keys * mask, (keys + embedded) * ROOT_HALF * mask
