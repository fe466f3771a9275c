"""Between two log points nothing is read from the device: a step never waits for what is only to be shown."""

import collections

import numpy as np
import paddle
import pytest

from parakeet.config import Config
from parakeet.data import DataCargo
from parakeet.training import Experiment, TrainingConfig, report
from parakeet.training.extensions import EMA, FailOnNonNumber

READS = ("numpy", "item", "tolist", "__array__", "__float__", "__int__", "__bool__", "__index__")
LOG = 10


class ReadsConfig(Config):
    training: TrainingConfig = TrainingConfig(
        stop=(40, "iteration"), log=(LOG, "iteration"), snapshot=(20, "iteration"), warmup=5, gradient_norm=1.0
    )


class Reads(Experiment):
    config_class = ReadsConfig

    def build_data(self):
        examples = [{"x": np.full(3, i, "float32")} for i in range(12)]
        return DataCargo(examples, lambda some: {"x": np.stack([e["x"] for e in some])}, batch_size=4), None

    def build_model(self):
        return paddle.nn.Linear(3, 1)

    def compute_loss(self, model, batch):
        loss = (model(batch["x"]) ** 2).mean()
        report({"loss": loss, "weighted": (loss * 2, batch["x"].sum())})
        return loss

    def build_extensions(self, trainer):
        for item in super().build_extensions(trainer):
            # What it takes by itself on a device; on a processor, where values need no waiting, it would look every time.
            yield FailOnNonNumber(every=LOG) if isinstance(item, FailOnNonNumber) else item
        yield EMA(self.model, 0.9)


@pytest.fixture
def reads(monkeypatch):
    """Counts reads: iteration -> how often each method was called; ``at[0]`` says the iteration."""
    counts, at = collections.defaultdict(collections.Counter), [None]

    def counting(name, original):
        def read(self, *args, **kwargs):
            counts[at[0]][name] += 1
            return original(self, *args, **kwargs)

        return read

    for name in READS:
        original = getattr(paddle.Tensor, name, None)
        if original is not None:
            monkeypatch.setattr(paddle.Tensor, name, counting(name, original))
    return counts, at


def test_what_is_counted_is_every_way_of_reading(reads):
    counts, at = reads
    tensor = paddle.ones([])
    for n, read in enumerate((float, int, bool, np.asarray, lambda t: t.item(), lambda t: t.tolist(), lambda t: t.numpy())):
        at[0] = n
        read(tensor)
        assert counts[n], read


def test_nothing_is_read_between_log_points(reads, tmp_path):
    counts, at = reads
    experiment = Reads(ReadsConfig(), tmp_path)
    experiment.setup()
    update = experiment.updater.update

    def counted():
        at[0] = experiment.updater.iteration + 1
        update()

    experiment.updater.update = counted
    experiment.run()
    between = {n: dict(found) for n, found in counts.items() if n is not None and n % LOG}
    assert between == {}
    assert all(counts[n] for n in range(LOG, 41, LOG))  # there, all is read
