"""Memories regularised by zoneout."""

import numpy as np
import paddle
import pytest
from paddle import nn

from parakeet.functions.masking import sequence_mask
from parakeet.modules.recurrent import BidirectionalZoneoutLSTM, ZoneoutLSTMCell


def run(cell, x, state):
    for frame in paddle.unbind(x, axis=1):
        state = cell.step(cell.project(frame), state)
    return state


def test_without_zoneout_it_is_the_lstm_of_paddle():
    cell, x = ZoneoutLSTMCell(5, 7), paddle.randn([3, 4, 5])
    h, c = cell.zero_state(3)
    state = (h, c)
    for frame in paddle.unbind(x, axis=1):
        _, state = nn.LSTMCell.forward(cell, frame, state)
    for ours, theirs in zip(run(cell, x, (h, c)), state, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)


def test_in_training_values_are_kept_as_often_as_said_and_else_are_new():
    cell = ZoneoutLSTMCell(3, 1000, zoneout=0.3)
    state = tuple(paddle.randn([1, 1000]) for _ in range(2))
    projected = cell.project(paddle.randn([1, 3]))
    cell.zoneout, zoneout = 0.0, cell.zoneout
    new = cell.step(projected, state)
    cell.zoneout = zoneout
    for kept, fresh, old in zip(cell.step(projected, state), new, state, strict=True):
        is_old, is_new = (np.isclose(kept.numpy(), value.numpy(), atol=1e-6) for value in (old, fresh))
        assert (is_old | is_new).all()
        assert is_old.mean() == pytest.approx(0.3, abs=0.06)


def test_afterwards_what_is_expected_takes_its_place():
    cell = ZoneoutLSTMCell(3, 6, zoneout=0.3)
    state, projected = tuple(paddle.randn([2, 6]) for _ in range(2)), cell.project(paddle.randn([2, 3]))
    cell.eval()
    found = cell.step(projected, state)
    cell.zoneout = 0.0
    for ours, new, old in zip(found, cell.step(projected, state), state, strict=True):
        np.testing.assert_allclose(ours.numpy(), (0.3 * old + 0.7 * new).numpy(), atol=1e-6)


def test_both_directions_are_those_of_paddle_and_padding_is_not_heard():
    ours, lengths = BidirectionalZoneoutLSTM(5, 8), paddle.to_tensor([6, 3])
    theirs = nn.LSTM(5, 4, direction="bidirect")
    cells = (theirs[0].cell_fw, theirs[0].cell_bw)
    for cell, own in zip(cells, (ours.forwards, ours.backwards), strict=True):
        cell.set_state_dict(own.state_dict())
    x = paddle.randn([2, 6, 5])
    expected, _ = theirs(x, sequence_length=lengths)
    found = ours(x, sequence_mask(lengths, 6).unsqueeze(-1))
    np.testing.assert_allclose(found.numpy(), expected.numpy(), atol=1e-6)


def test_channels_that_cannot_be_halved_are_refused():
    with pytest.raises(ValueError, match="7 channels can't be shared by two directions; take an even number"):
        BidirectionalZoneoutLSTM(5, 7)
