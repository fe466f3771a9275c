"""Examples, run in a process of their own, or loaded into that of the tests and taken out again: each has modules of the same names."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from parakeet.config import load_config
from parakeet.training.run_folder import load_experiment

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
OWN = ("train", "data", "utils")


@contextlib.contextmanager
def loaded_example(name):
    """The experiment's class of an example, while the block lasts."""
    before, path = dict(sys.modules), list(sys.path)
    for module in OWN:
        sys.modules.pop(module, None)
    try:
        yield load_experiment(str(EXAMPLES / name / "train.py"))
    finally:
        for module in [*OWN, f"{name}_train"]:
            sys.modules.pop(module, None)
            if module in before:
                sys.modules[module] = before[module]
        sys.path[:] = path


def example_config(example, name, *overrides):
    """A configuration of an example."""
    with loaded_example(example) as experiment:
        return load_config(experiment.config_class, EXAMPLES / example / "configs" / f"{name}.yaml", ["data.path=x", *overrides])


def run_python(*arguments, code=0):
    """All that a command says, which has to end with a code and never with a traceback."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120, text=True)
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert "Traceback" not in output, output
    return output
