"""What an autoregressive model does to its own last frame before it looks at it."""

import itertools

import paddle
from paddle import nn
from paddle.nn import functional as F


class PreNet(nn.Layer):
    """Small rectified layers whose dropout never ends, neither in validation nor in synthesis (Tacotron 2, arXiv:1712.05884, sec. 2.2).

    The dropout of synthesis is part of the model: without it, a decoder that has always seen holes in its past goes astray. Its masks are
    drawn for each frame, the same for every utterance of a batch, so that what is said depends neither on the company nor on whether
    frames are made one after another or all at once.

    Args:
        in_channels (int): of a frame.
        widths (Sequence[int]): of the layers.
        dropout (float): probability of dropping a value, below 1.

    Shape: (B, T, in_channels) -> (B, T, widths[-1]).
    """

    def __init__(self, in_channels, widths=(256, 256), dropout=0.5):
        super().__init__()
        self.layers = nn.LayerList([nn.Linear(a, b, bias_attr=False) for a, b in itertools.pairwise([in_channels, *widths])])
        self.widths, self.dropout = tuple(widths), dropout

    def forward(self, x, masks=None):
        """Transform frames.

        Args:
            x (Tensor): (B, T, in_channels).
            masks (Sequence[Tensor], optional): as :meth:`masks` gives them; drawn from Paddle's generator for each value when None.

        Returns:
            Tensor: (B, T, widths[-1]).
        """
        for i, layer in enumerate(self.layers):
            x = F.relu(layer(x))
            x = F.dropout(x, self.dropout, training=True) if masks is None else x * masks[i].astype(x.dtype)
        return x

    def masks(self, generator, n_frames):
        """What the next frames keep of each layer; drawn frame by frame, so that a longer draw begins like a shorter one.

        Args:
            generator (numpy.random.Generator): goes on by so many frames.
            n_frames (int): T.

        Returns:
            list[Tensor]: for each layer (1, T, width) float32, 0 where dropped, ``1 / (1 - dropout)`` where kept.
        """
        kept = generator.random((1, n_frames, sum(self.widths))) >= self.dropout
        scaled = paddle.to_tensor(kept.astype("float32") / (1.0 - self.dropout))
        return paddle.split(scaled, list(self.widths), axis=2)
