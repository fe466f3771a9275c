"""What the run loop costs: microseconds an iteration of an update that does nothing, with ten extensions that have nothing to do.

python benchmarks/trainer_overhead.py [--other PYTHON]

Ignite and Lightning are measured beside it where they are installed, or in the environment of another interpreter (--other), since
PyTorch and Paddle need not share one. All sides take turns, each in a process of its own that repeats it and reports its fastest.

- due: all ten are called in each iteration, and return at once.
- waiting: all ten wait for an iteration that does not come, by ``(1000000, "iteration")`` and the like.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTENSIONS = 10
ITERATIONS = 5_000
REPEATS = 4


def parakeet_side(waiting, iterations):
    """The Trainer, with an updater that counts positions and batches as always, and updates nothing."""
    sys.path.insert(0, str(ROOT))
    from parakeet.training.testing import MockData, MockUpdater
    from parakeet.training.trainer import Trainer

    class Idle:
        trigger = (1_000_000, "iteration") if waiting else (1, "iteration")

        def __call__(self, trainer):
            pass

    with tempfile.TemporaryDirectory() as out:
        trainer = Trainer(MockUpdater(MockData(1000)), (iterations, "iteration"), out)
        for i in range(EXTENSIONS):
            trainer.extend(Idle(), name=f"idle {i}")
        began = time.perf_counter()
        trainer.run()
        return time.perf_counter() - began


def ignite_side(waiting, iterations):
    """ignite.engine.Engine with ten handlers."""
    from ignite.engine import Engine, Events

    engine = Engine(lambda engine, batch: None)
    for _ in range(EXTENSIONS):
        event = Events.ITERATION_COMPLETED(every=1_000_000) if waiting else Events.ITERATION_COMPLETED
        engine.add_event_handler(event, lambda engine: None)
    data = list(range(1000))
    began = time.perf_counter()
    engine.run(data, max_epochs=iterations // 1000)
    return time.perf_counter() - began


def lightning_side(waiting, iterations):
    """lightning.Trainer with ten callbacks and a training step that returns None; its bar, log and checkpoints are off."""
    import logging
    import warnings

    import torch
    from lightning import Callback, LightningModule, Trainer

    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)

    class Module(LightningModule):
        def __init__(self):
            super().__init__()
            self.automatic_optimization = False

        def training_step(self, batch, batch_idx):
            return None

        def configure_optimizers(self):
            return None

    class Idle(Callback):
        if waiting:

            def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
                if trainer.global_step and trainer.global_step % 1_000_000 == 0:
                    raise AssertionError
        else:

            def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
                pass

    options = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
    trainer = Trainer(max_epochs=iterations // 1000, accelerator="cpu", callbacks=[Idle() for _ in range(EXTENSIONS)], **options)
    data = torch.utils.data.DataLoader(range(1000), batch_size=None)
    marks = []

    class Clock(Callback):
        def on_train_start(self, *_):
            marks.append(time.perf_counter())

        def on_train_end(self, *_):
            marks.append(time.perf_counter())

    trainer.callbacks.append(Clock())
    trainer.fit(Module(), data)
    return marks[1] - marks[0]


SIDES = {"parakeet": (parakeet_side, "click"), "Ignite": (ignite_side, "ignite"), "Lightning": (lightning_side, "lightning")}


def measure(side, waiting):
    """Print the seconds an iteration costs, the least of some repeats; runs in a process of its own."""
    function, _ = SIDES[side]
    function(waiting, 1000)  # once for what only the first iterations cost
    print(json.dumps(min(function(waiting, ITERATIONS) for _ in range(REPEATS)) / ITERATIONS))


def find(module, interpreters):
    """The first interpreter that has a module, or None."""
    for python in interpreters:
        code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        if subprocess.run([python, "-c", code]).returncode == 0:
            return python
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other", help="an interpreter that has Ignite and Lightning")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return measure(options.measure[0], options.measure[1] == "waiting")
    interpreters = [sys.executable, *([options.other] if options.other else [])]
    there = {side: find(module, interpreters if side != "parakeet" else [sys.executable]) for side, (_, module) in SIDES.items()}
    results = {(side, how): [] for side in SIDES if there[side] for how in ("due", "waiting")}
    for _ in range(options.rounds):
        for (side, how), seconds in results.items():
            command = [there[side], __file__, "--measure", side, how]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"| run loop | {EXTENSIONS} extensions due, us | median | {EXTENSIONS} waiting, us | median |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for side in SIDES:
        if not there[side]:
            print(f"| {side} | not installed | | | |")
            continue
        cells = [f"{1e6 * f(results[side, how]):.1f}" for how in ("due", "waiting") for f in (min, middle)]
        print(f"| {side} | {' | '.join(cells)} |")
    return None


def middle(values):
    """The median."""
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
