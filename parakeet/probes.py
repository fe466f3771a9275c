"""Small experiments in a fresh process: the processor's settings are read only once, and a broken Paddle kills its process."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

# The child gets its parent's module path and prints its answer as the last line; Paddle may print others before it.
_CHILD = """
import importlib, json, sys
sys.path[:] = json.loads(sys.argv[1])
module, function = sys.argv[2].split(":")
answer = getattr(importlib.import_module(module), function)()
print(json.dumps(answer), flush=True)
"""

GEMM_SIZE = 1024


class Outcome(NamedTuple):
    """What a probe brought: the ``values`` it measured, or a ``failure`` in one line."""

    values: dict | None
    failure: str | None


def run_probe(target, environ=None, timeout=60.0):
    """Call a function in a fresh Python process and bring its answer back; a crash becomes a sentence.

    Args:
        target (str): ``"module:function"``; the function takes nothing and returns what json can hold.
        environ (Mapping[str, str], optional): the environment of the process; this process's own when None.
        timeout (float): seconds after which the process is ended.

    Returns:
        Outcome: the answer, or why there is none.
    """
    command = [sys.executable, "-W", "ignore", "-c", _CHILD, json.dumps(sys.path), target]
    environ = dict(os.environ if environ is None else environ)
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environ, timeout=timeout)
    except subprocess.TimeoutExpired:
        return Outcome(None, f"did not finish within {timeout:g} s")
    if done.returncode != 0:
        return Outcome(None, _failure(done.returncode, done.stderr))
    return Outcome(json.loads(done.stdout.splitlines()[-1]), None)


def _failure(returncode, stderr):
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    if returncode < 0:
        try:
            name = signal.Signals(-returncode).name
        except ValueError:
            name = f"signal {-returncode}"
        meaning = {"SIGILL": "an instruction this processor doesn't have", "SIGKILL": "probably too little memory"}.get(name)
        return f"the process died of {name}" + (f" ({meaning})" if meaning else "")
    return last or f"the process ended with code {returncode}"


def check_paddle():
    """Train a tiny layer for one step with Paddle and compare the gradient with numpy's; call it in a fresh process.

    Returns:
        dict: ``version`` (str), ``import_seconds`` (float), ``cuda`` (bool, whether this Paddle was built for GPUs), ``gpus`` (int),
        ``gradient_error`` (float, the largest deviation relative to the largest gradient).
    """
    start = time.perf_counter()
    import numpy as np
    import paddle

    imported = time.perf_counter() - start
    generator = np.random.default_rng(0)
    x, w = (generator.standard_normal(shape).astype("float32") for shape in ((64, 32), (32, 16)))
    weight = paddle.to_tensor(w, stop_gradient=False)
    paddle.mean(paddle.square(paddle.matmul(paddle.to_tensor(x), weight))).backward()
    expected = 2 * x.T @ (x @ w) / (64 * 16)
    cuda = bool(paddle.device.is_compiled_with_cuda())
    return {
        "version": paddle.__version__,
        "import_seconds": imported,
        "cuda": cuda,
        "gpus": paddle.device.cuda.device_count() if cuda else 0,
        "gradient_error": float(np.abs(weight.grad.numpy() - expected).max() / np.abs(expected).max()),
    }


def measure_gemm():
    """Measure how fast Paddle multiplies two float32 matrices on the processor; call it in a fresh process.

    Returns:
        dict: ``gflops`` (float, of the fastest multiplication: the one least disturbed by neighbours), ``median_gflops`` (float).
    """
    import paddle

    paddle.set_device("cpu")
    a, b = paddle.rand([GEMM_SIZE, GEMM_SIZE]), paddle.rand([GEMM_SIZE, GEMM_SIZE])
    seconds = repeat(lambda: paddle.matmul(a, b))
    flop = 2e-9 * GEMM_SIZE**3
    return {"gflops": flop / min(seconds), "median_gflops": flop / statistics.median(seconds)}


def repeat(action, budget=1.0, at_least=5):
    """Time an action again and again.

    Args:
        action (Callable): what is timed; called twice before, for what only the first calls cost.
        budget (float): seconds to spend.
        at_least (int): times to run, whatever it costs.

    Returns:
        list[float]: seconds of each run.
    """
    action()
    action()
    seconds, start = [], time.perf_counter()
    while len(seconds) < at_least or time.perf_counter() - start < budget:
        before = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - before)
    return seconds
