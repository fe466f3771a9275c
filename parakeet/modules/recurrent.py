"""Recurrent layers that are regularised by zoneout."""

import paddle
from paddle import nn
from paddle.nn import functional as F


class ZoneoutLSTMCell(nn.LSTMCell):
    """A long short-term memory that now and then keeps a value of its state as it was (D. Krueger et al., arXiv:1606.01305, eq. 5, 6).

    In training each value is kept with a probability; afterwards, what is expected of that takes its place.

    Args:
        in_channels (int): of the input.
        channels (int): C.
        zoneout (float): probability of keeping a value, of the cell and of the output alike.

    Shape: see :meth:`step`; the state is (h, c), each (B, C).
    """

    def __init__(self, in_channels, channels, zoneout=0.0):
        super().__init__(in_channels, channels)
        self.zoneout = zoneout

    def zero_state(self, batch_size):
        """tuple[Tensor, Tensor]: (B, C) each: nothing has been heard yet."""
        zeros = paddle.zeros([batch_size, self.hidden_size], self.weight_hh.dtype)
        return zeros, zeros

    def project(self, x):
        """What an input says to the gates; inputs of all steps at once are one product.

        Args:
            x (Tensor): (..., in_channels).

        Returns:
            Tensor: (..., 4 * C).
        """
        return x.matmul(self.weight_ih, transpose_y=True) + (self.bias_ih + self.bias_hh)

    def step(self, projected, state):
        """Hear one step.

        Args:
            projected (Tensor): (B, 4 * C), what :meth:`project` gave.
            state (tuple[Tensor, Tensor]): h and c.

        Returns:
            tuple[Tensor, Tensor]: the new h, which is the output, and c.
        """
        h, c = state
        gates = projected + h.matmul(self.weight_hh, transpose_y=True)
        enter, forget, new, leave = paddle.split(gates, 4, axis=-1)
        moved = F.sigmoid(forget) * c + F.sigmoid(enter) * paddle.tanh(new)
        said = F.sigmoid(leave) * paddle.tanh(moved)
        return self._zone(said, h), self._zone(moved, c)

    def _zone(self, new, old):
        if not self.zoneout:
            return new
        if not self.training:
            return new + self.zoneout * (old - new)
        keep = F.dropout(paddle.ones_like(new), self.zoneout, mode="downscale_in_infer")  # ones and zeros
        return old + keep * (new - old)


class BidirectionalZoneoutLSTM(nn.Layer):
    """Two memories that hear a sequence from its beginning and from its end; padding is not heard.

    Args:
        in_channels (int): of the input.
        channels (int): C, of both together; even.
        zoneout (float): see :class:`ZoneoutLSTMCell`.

    Shape: x (B, T, in_channels), mask (B, T, 1) -> (B, T, C), zero on padding.

    Raises:
        ValueError: if the channels can't be halved.
    """

    def __init__(self, in_channels, channels, zoneout=0.0):
        super().__init__()
        if channels % 2:
            raise ValueError(f"BidirectionalZoneoutLSTM: {channels} channels can't be shared by two directions; take an even number.")
        self.forwards = ZoneoutLSTMCell(in_channels, channels // 2, zoneout)
        self.backwards = ZoneoutLSTMCell(in_channels, channels // 2, zoneout)

    def forward(self, x, mask):
        """Hear x, (B, T, in_channels)."""
        masks = paddle.unbind(mask, axis=1)
        ahead = self._hear(self.forwards, x, masks, range(len(masks)))
        back = self._hear(self.backwards, x, masks, range(len(masks) - 1, -1, -1))
        return paddle.concat([paddle.stack(ahead, axis=1), paddle.stack(back, axis=1)], axis=-1)

    @staticmethod
    def _hear(cell, x, masks, order):
        projected = paddle.unbind(cell.project(x), axis=1)
        state, said = cell.zero_state(x.shape[0]), [None] * len(masks)
        for t in order:
            # On padding the state is nothing: from the end, an utterance begins at its own last step.
            state = tuple(part * masks[t] for part in cell.step(projected[t], state))
            said[t] = state[0]
        return said
