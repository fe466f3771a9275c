"""How fast batches are made, and how long a training step waits for them.

python benchmarks/loader.py --data PREPARED [--config examples/speedyspeech/configs/demo.yaml] [--rounds 3]

PREPARED is what ``parakeet prepare`` made. Each row is an epoch of the experiment examples/speedyspeech, and the rows take turns. First
the loader alone: examples a second when nothing else is done. Then training: "waits" is the share of a step in which the training
thread stands still for its next batch, the beginning of a pass over the data included; "kept in memory" has all batches as tensors
beforehand, so what a step takes longer than there is what the data cost in all, also where they compute beside it on the same cores.
"""

import argparse
import operator
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from parakeet.cpu import import_paddle

import_paddle("The benchmark")

from parakeet.config import load_config  # noqa: E402
from parakeet.data import DataCargo, DataLoader  # noqa: E402
from parakeet.training import StandardUpdater  # noqa: E402
from parakeet.training.run_folder import load_experiment  # noqa: E402
from parakeet.training.timing import Stopwatch  # noqa: E402

EXAMPLE = Path(__file__).parents[1] / "examples" / "speedyspeech"


class Kept:
    """An epoch's batches as tensors, in the place of a loader: data that cost nothing."""

    def __init__(self, batches):
        self._cargo = DataCargo(batches, operator.itemgetter(0))

    def samples_per_epoch(self, epoch):
        return self._cargo.samples_per_epoch(epoch)

    def iterator(self, epoch, consumed):
        return self._cargo.iterator(epoch, consumed)


def build(config, data, folder):
    """The experiment, set up as `parakeet train` does it."""
    experiment_class = load_experiment(str(EXAMPLE / "train.py"))
    experiment = experiment_class(load_config(experiment_class.config_class, config, [f"data.path={data}"]), folder, "cpu")
    experiment.setup()
    return experiment


def read(data, epoch):
    """Seconds and examples of a pass that does nothing with its batches."""
    begin = time.perf_counter()
    examples = sum(len(batch["utt_id"]) for batch in data.iterator(epoch))
    return time.perf_counter() - begin, examples


def train(updater, stopwatch):
    """Milliseconds of a step and the share of it that was spent waiting, over an epoch."""
    steps, epoch = 0, updater.epoch
    stopwatch.take()
    while updater.epoch == epoch:
        updater.update()
        steps += 1
    seconds = stopwatch.take()
    whole = sum(seconds.values())
    return 1000 * whole / steps, seconds["data"] / whole


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--config", default=EXAMPLE / "configs" / "demo.yaml", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        experiment = build(options.config, options.data, folder)
    cargo = experiment.train_data
    loaders = {"0 workers": DataLoader(cargo), "1 worker": DataLoader(cargo, workers=1), "2 workers": DataLoader(cargo, workers=2)}
    for name, loader in loaders.items():
        begin = time.perf_counter()
        next(loader.iterator())
        print(f"{name}: the first batch of all after {time.perf_counter() - begin:.2f} s")

    alone = {"no loader": cargo, **loaders}
    found = {name: [] for name in alone}
    for epoch in range(options.rounds):
        for name, data in alone.items():
            seconds, examples = read(data, epoch)
            found[name].append(examples / seconds)
    print("\n| loader alone | examples/s |\n| --- | ---: |")
    for name, rates in found.items():
        print(f"| {name} | {max(rates):.0f} |")

    kept = Kept(list(loaders["0 workers"].iterator()))
    updaters = {
        name: StandardUpdater(data, experiment.model, experiment.optimizer, experiment.compute_loss, **experiment.updater_options)
        for name, data in {"kept in memory": kept, **loaders}.items()
    }
    stopwatch = Stopwatch()
    stopwatch.start()
    found = {name: [] for name in updaters}
    for updater in updaters.values():
        updater.start()
    train(updaters["kept in memory"], stopwatch)  # Paddle's first steps are slow
    for _ in range(options.rounds):
        for name, updater in updaters.items():
            found[name].append(train(updater, stopwatch))
    print("\n| training | step, ms | times kept | waits | most |\n| --- | ---: | ---: | ---: | ---: |")
    usual = statistics.median(step for step, _ in found["kept in memory"])
    for name, rounds in found.items():
        step, waits = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"| {name} | {step:.0f} | {step / usual:.2f} | {waits:.2%} | {max(share for _, share in rounds):.2%} |")
    for loader in loaders.values():
        loader.close()


if __name__ == "__main__":
    main()
