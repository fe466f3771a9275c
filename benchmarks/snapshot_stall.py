"""How long a snapshot holds training up: milliseconds more than a step without one, written in the step or beside it.

python benchmarks/snapshot_stall.py [--megabytes 50] [--folder DIR]

A step takes some 50 ms of matrix products. Every fifth one is followed by a snapshot of a model and the moments of its optimizer. The
two ways take turns; "next step" is what a snapshot that is still being written costs the steps after it.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from parakeet.cpu import import_paddle

paddle = import_paddle("The benchmark")

from parakeet.training.extensions import Snapshot  # noqa: E402
from parakeet.training.testing import MockData, MockUpdater  # noqa: E402
from parakeet.training.trainer import Trainer  # noqa: E402

EVERY = 5
STEPS = 40


class Steps(MockUpdater):
    """Computes a little, and notes when each update began."""

    def __init__(self, megabytes):
        size = round((megabytes * 1e6 / 4 / 3 / 8) ** 0.5)  # eight square matrices; Adam keeps two moments of each
        model = paddle.nn.Sequential(*(paddle.nn.Linear(size, size, bias_attr=False) for _ in range(8)))
        optimizer = paddle.optimizer.Adam(parameters=model.parameters())
        model(paddle.ones([2, size])).mean().backward()
        optimizer.step()
        super().__init__(MockData(1000), models={"main": model}, optimizers={"main": optimizer})
        self.square = paddle.ones([700, 700])
        self.began = []

    def update_core(self, batch):
        self.began.append(time.perf_counter())
        end = self.began[-1] + 0.05
        while time.perf_counter() < end:
            (self.square @ self.square).numpy()


def run(megabytes, asynchronous, folder):
    """Seconds from step to step; and megabytes of a snapshot."""
    updater = Steps(megabytes)
    trainer = Trainer(updater, (STEPS, "iteration"), folder)
    trainer.extend(Snapshot(keep_last=2, asynchronous=asynchronous), trigger=(EVERY, "iteration"))
    trainer.run()
    newest = max((Path(folder) / "snapshots").glob("step-*"))
    size = sum(path.stat().st_size for path in newest.iterdir()) / 1e6
    steps = [b - a for a, b in zip(updater.began, updater.began[1:], strict=False)]
    return steps, size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--folder", help="on the disk to be measured; a temporary one if not given")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found = {False: [], True: []}
    for _ in range(options.rounds):
        for asynchronous, steps in found.items():
            with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                seconds, size = run(options.megabytes, asynchronous, folder)
            steps.append(seconds)
    print(f"| snapshot of {size:.0f} MB | stall, ms | fastest, ms | next step, ms |")
    print("| --- | ---: | ---: | ---: |")
    for asynchronous, rounds in found.items():
        # The i-th difference (from 0) begins with update i + 1 and holds what follows it; the first snapshot warms up.
        usual = statistics.median(s for steps in rounds for i, s in enumerate(steps) if (i + 1) % EVERY in (3, 4))
        with_one = [s - usual for steps in rounds for i, s in enumerate(steps) if (i + 1) % EVERY == 0 and i > EVERY]
        after = [s - usual for steps in rounds for i, s in enumerate(steps) if (i + 1) % EVERY == 1 and i > EVERY]
        how = "asynchronous" if asynchronous else "synchronous"
        print(f"| {how} | {statistics.median(with_one) * 1e3:.0f} | {min(with_one) * 1e3:.0f} | {statistics.median(after) * 1e3:.0f} |")


if __name__ == "__main__":
    main()
