"""A cargo through Paddle's own loader: the same batches, and an error always arrives."""

import time

import numpy as np
import paddle
import pytest

from parakeet.data import DataCargo, DatasetMixin
from parakeet.data.loader import through_paddle
from parakeet.errors import DataError


class Numbers(DatasetMixin):
    """Utterances u0 ... u9; some of them can't be read."""

    def __init__(self, bad=()):
        self.bad = bad

    def __len__(self):
        return 10

    def describe(self, i):
        return f"u{i}"

    def get_example(self, i):
        if i in self.bad:
            raise ValueError("spoiled")
        return {"utt_id": f"u{i}", "x": np.full(2, i, np.float32)}


def stack(examples):
    return {"utt_id": [e["utt_id"] for e in examples], "x": np.stack([e["x"] for e in examples])}


def names_only(examples):
    return {"utt_id": [e["utt_id"] for e in examples]}


def test_batches_are_those_of_the_cargo_in_order_from_any_position():
    cargo = DataCargo(Numbers(), stack, batch_size=3, shuffle=True, seed=1)
    expected = list(cargo.iterator(epoch=2, consumed=3))
    found = list(through_paddle(cargo, epoch=2, consumed=3))
    assert [batch["utt_id"] for batch in found] == [batch["utt_id"] for batch in expected]
    for batch, other in zip(found, expected, strict=True):
        assert isinstance(batch["x"], paddle.Tensor)
        np.testing.assert_array_equal(batch["x"].numpy(), other["x"])


def test_an_exception_arrives_with_the_utterance_and_its_origin():
    cargo = DataCargo(Numbers(bad=(4,)), stack, batch_size=2)
    passing = through_paddle(cargo)
    seen = next(passing)["utt_id"] + next(passing)["utt_id"]
    assert seen == ["u0", "u1", "u2", "u3"]
    began = time.monotonic()
    with pytest.raises(DataError, match=r"can't read utterance 'u4' .*ValueError: spoiled") as caught:
        next(passing)
    assert time.monotonic() - began < 1.0
    assert "in get_example" in str(caught.value)


def test_batches_without_a_tensor_do_not_end_the_epoch_in_silence():
    cargo = DataCargo(Numbers(), names_only, batch_size=4)
    found = [batch["utt_id"] for batch in through_paddle(cargo)]
    assert [len(batch) for batch in found] == [4, 4, 2]
