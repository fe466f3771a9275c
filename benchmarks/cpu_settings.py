"""What the processor settings of parakeet.cpu are worth: Paddle by itself, each setting alone, both together.

    python benchmarks/cpu_settings.py [--rounds 3]

The variants run in turn, each in a fresh process because the settings are read once; a variant's time is its fastest of all
rounds (the one least disturbed by neighbours), and the ratios are taken between those. It asserts nothing; it prints a table.
"""

import argparse
import itertools
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that it runs from a source folder without an installation

from parakeet.cpu import processor, recommended, untuned
from parakeet.probes import repeat, run_probe

BATCH, FRAMES, MELS, CHANNELS, KERNEL = 16, 256, 80, 512, 5


def square_matmul():
    """Multiply two float32 matrices of 2048 x 2048.

    Returns:
        float: milliseconds of the fastest.
    """
    import paddle

    paddle.set_device("cpu")
    a, b = paddle.rand([2048, 2048]), paddle.rand([2048, 2048])
    return 1e3 * min(repeat(lambda: paddle.matmul(a, b), budget=1.5))


def numpy_matmul():
    """Multiply the same matrices with numpy's own OpenBLAS: what this machine can do, whatever its clock really is.

    Returns:
        float: milliseconds of the fastest.
    """
    import numpy as np

    generator = np.random.default_rng(0)
    a, b = (generator.random((2048, 2048), dtype=np.float32) for _ in range(2))
    return 1e3 * min(repeat(lambda: a @ b, budget=1.5))


def conv_training_step():
    """Train a convolutional post-net (80 -> 512 -> 512 -> 80, kernel 5; Tacotron 2, arXiv:1712.05884, sec. 2.2) for one step.

    Forward, mean squared error, backward and Adam's update, on 16 x 256 frames.

    Returns:
        float: milliseconds of the fastest.
    """
    import paddle
    from paddle import nn

    paddle.set_device("cpu")
    paddle.seed(0)
    widths = [MELS, CHANNELS, CHANNELS, MELS]
    layers = [nn.Conv1D(a, b, KERNEL, padding=KERNEL // 2) for a, b in itertools.pairwise(widths)]
    model = nn.Sequential(layers[0], nn.Tanh(), layers[1], nn.Tanh(), layers[2])
    optimizer = paddle.optimizer.Adam(parameters=model.parameters())
    mel = paddle.rand([BATCH, MELS, FRAMES])

    def step():
        loss = paddle.mean(paddle.square(model(mel) - mel))
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()

    return 1e3 * min(repeat(step, budget=2.0))


# flop of one call: two per multiplication and addition; a training step costs a layer's forward three times, save that the
# first layer needs no gradient of its input.
_LAYER = 2e-9 * BATCH * FRAMES * KERNEL
TASKS = {
    "matmul 2048, float32": ("square_matmul", 2e-9 * 2048**3),
    "conv post-net, training step": (
        "conv_training_step",
        _LAYER * (2 * MELS * CHANNELS + 3 * CHANNELS * CHANNELS + 3 * CHANNELS * MELS),
    ),
}


BASE = "Paddle by itself"


def trials(cpu):
    """Give what is measured: (task, variant) to (function, the variables that are set)."""
    settings = recommended(cpu)
    choices = {BASE: {}, **{f"{name}={value}": {name: value} for name, value in settings.items()}}
    if len(settings) > 1:
        choices["all of them (`tune_cpu`)"] = settings
    chosen = {(task, name): (function, chosen) for task, (function, _) in TASKS.items() for name, chosen in choices.items()}
    for threads in sorted({1, cpu["cores"]}):
        chosen[next(iter(TASKS)), f"numpy (OpenBLAS), threads: {threads}"] = "numpy_matmul", {"OPENBLAS_NUM_THREADS": str(threads)}
    return chosen


def measure(rounds, chosen):
    """Measure every trial once a round, in turn; (task, variant) to the fastest milliseconds."""
    best = {}
    for _ in range(rounds):
        for key, (function, settings) in chosen.items():
            outcome = run_probe(f"cpu_settings:{function}", {**untuned(os.environ), **settings}, timeout=300)
            if outcome.failure is not None:
                sys.exit(f"{key[0]}, {key[1]}: {outcome.failure}")
            best[key] = min(outcome.values, best.get(key, float("inf")))
    return best


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each variant runs")
    cpu = processor()
    best = measure(max(1, parser.parse_args().rounds), trials(cpu))

    print(f"{cpu['model'] or 'unknown processor'}, {cpu['cores']} cores", end="")
    if hasattr(os, "getloadavg"):
        print(f", load at the end {os.getloadavg()[0]:.1f}", end="")
    peak = cpu["cores"] * cpu["mhz"] / 1e3 * 32 if cpu["avx2"] else 0.0
    print(f"; AVX2 peak at the nominal clock {peak:.0f} GFLOP/s (cores x {cpu['mhz'] / 1e3:.1f} GHz x 32)\n" if peak else "\n")
    print("| task | variant | ms | GFLOP/s | times as fast |")
    print("| --- | --- | ---: | ---: | ---: |")
    for (task, name), ms in sorted(best.items(), key=lambda item: list(TASKS).index(item[0][0])):
        print(f"| {task} | {name} | {ms:.0f} | {1e3 * TASKS[task][1] / ms:.0f} | {best[task, BASE] / ms:.2f} |")


if __name__ == "__main__":
    main()
