"""What several processes get of a cargo: together all of it, each sample once, at positions that mean the same to any number of them."""

import numpy as np
import pytest

from parakeet.data import DataCargo, ListDataset, SimilarLengthBatchSampler
from parakeet.errors import DataError


def indices_only(examples):
    return [int(example) for example in examples]


def cargo(size=21, batch_size=5):
    return DataCargo(ListDataset(list(range(size))), indices_only, batch_size=batch_size, shuffle=True, seed=3)


def counted(data, epoch=0, consumed=0):
    """Every batch of a pass: (position after it, the examples of it that count)."""
    iterator = data.iterator(epoch, consumed)
    return [(iterator.consumed, batch[: iterator.last_counted]) for batch in iterator]


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_the_parts_of_every_batch_are_the_batch(parts):
    whole = counted(cargo())
    shares = [counted(cargo().split(part, parts)) for part in range(parts)]
    for k, (position, batch) in enumerate(whole):
        assert {share[k][0] for share in shares} == {position}
        assert sorted(i for share in shares for i in share[k][1]) == sorted(batch)
        sizes = [len(share[k][1]) for share in shares]
        assert max(sizes) - min(sizes) <= 1


def test_a_process_without_a_sample_computes_with_one_that_does_not_count():
    iterator = cargo().split(1, 2).iterator(0, 20)
    assert len(next(iterator)) == 1
    assert (iterator.last_counted, iterator.consumed) == (0, 21)


def test_positions_hold_for_any_number_of_processes():
    whole = counted(cargo(), epoch=2)
    taken = [i for share in (counted(cargo().split(part, 2), 2)[:2] for part in range(2)) for _, batch in share for i in batch]
    taken += [i for _, batch in counted(cargo(), 2, consumed=10)[:1] for i in batch]
    taken += [i for part in range(3) for _, batch in counted(cargo().split(part, 3), 2, consumed=15) for i in batch]
    assert sorted(taken) == sorted(i for _, batch in whole for i in batch) == list(range(21))


@pytest.mark.parametrize("parts", [2, 3, 9])
def test_dealt_batches_stay_whole_and_each_goes_to_one_process(parts):
    whole = [batch for _, batch in counted(cargo())]
    shares = [[batch for _, batch in counted(cargo().deal(part, parts))] for part in range(parts)]
    assert sorted(batch for share in shares for batch in share) == sorted(whole)
    for part in range(parts):
        view = cargo().deal(part, parts)
        assert view.samples_per_epoch() == sum(map(len, shares[part]))
        assert view.batches_per_epoch() == len(shares[part])


def drawing(examples, rng):
    return np.array([rng.integers(2**40)])


def test_what_is_drawn_for_a_dealt_batch_is_what_one_process_draws():
    def data():
        return DataCargo(ListDataset(list(range(9))), drawing, batch_size=2)

    drawn = [int(batch[0]) for batch in data()]
    assert [int(batch[0]) for part in range(2) for batch in data().deal(part, 2)] == drawn[::2] + drawn[1::2]


def test_processes_draw_numbers_of_their_own_for_their_parts():
    data = DataCargo(ListDataset(list(range(8))), drawing, batch_size=4)
    assert len({int(batch[0]) for part in range(3) for batch in data.split(part, 3)}) == 6


def test_batches_by_cost_are_split_evenly():
    lengths = np.linspace(10, 100, 60)
    data = DataCargo(lengths.tolist(), batch_sampler=SimilarLengthBatchSampler(lengths, max_frames=800, seed=1))
    for mine, other in zip(data.split(0, 2), data.split(1, 2), strict=True):
        if len(mine) == len(other):
            assert sum(mine) == pytest.approx(sum(other), rel=0.1)


def test_there_are_no_more_parts_than_were_said():
    with pytest.raises(DataError, match="part 2 of 2 parts: there are parts 0 to 1."):
        cargo().split(2, 2)


def test_a_loader_is_shared_as_its_cargo_is():
    from parakeet.data import DataLoader

    loader = DataLoader(cargo(), read_ahead=3, timeout=None)
    assert counted(loader.split(1, 2)) == counted(cargo().split(1, 2))
    assert counted(loader.deal(1, 2)) == counted(cargo().deal(1, 2))
    assert (loader.split(1, 2).read_ahead, loader.split(1, 2).timeout) == (3, loader.timeout)
