"""From the decoder's hidden states, which know the past alone, to the spectrum (arXiv:1710.07654, "Converter")."""

from paddle import nn

from parakeet.modules.conv_glu import ConvGLUBlock
from parakeet.modules.weight_norm import normalised_linear


class Converter(nn.Layer):
    """Gated convolutions over frames that see both sides.

    Args:
        hidden (int): C of the decoder, a multiple of r.
        frames_per_step (int): r; a step's state is dealt out to its frames.
        channels (int): of the convolutions.
        n_blocks (int): how many of them.
        kernel_size (int): odd.
        bands (int): of what is made: mel or linear.
        dropout (float): probability of dropping a value.
        speaker_channels (int, optional): D of a speaker's embedding; None for one speaker.
    """

    def __init__(self, hidden, frames_per_step, channels, n_blocks, kernel_size, bands, dropout=0.0, speaker_channels=None):
        super().__init__()
        if hidden % frames_per_step:
            raise ValueError(f"Converter: {frames_per_step} frames a step do not share {hidden} channels.")
        self.enter = normalised_linear(hidden // frames_per_step, channels)
        self.blocks = nn.LayerList(
            [ConvGLUBlock(channels, kernel_size, False, dropout, speaker_channels) for _ in range(n_blocks)]
        )
        self.leave = normalised_linear(channels, bands)
        self.frames_per_step = frames_per_step

    def forward(self, hidden, mask, speaker=None):
        """Make spectra.

        Args:
            hidden (Tensor): (B, n, C), of n steps.
            mask (Tensor): (B, n * r, 1).
            speaker (Tensor, optional): (B, D).

        Returns:
            Tensor: (B, n * r, bands); zeros on padding.
        """
        batch, steps, channels = hidden.shape
        x = self.enter(hidden.reshape([batch, steps * self.frames_per_step, channels // self.frames_per_step]))
        for block in self.blocks:
            x = block(x, mask, speaker)
        return self.leave(x) * mask
