"""Examples loaded into the process of the tests, and taken out of it again: each has modules of the same names."""

import contextlib
import sys
from pathlib import Path

from parakeet.training.run_folder import load_experiment

EXAMPLES = Path(__file__).parents[1] / "examples"
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
