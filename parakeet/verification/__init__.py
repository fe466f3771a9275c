"""What the papers promise, held against the models: ``parakeet verify``.

Each module that is named like a folder of ``parakeet/models`` holds the ``CHECKS`` of that model.
"""

from importlib import import_module
from pathlib import Path

from parakeet.errors import RunError, nearest


def verified_models():
    """list[str]: the models that have checks."""
    here = Path(__file__).parent
    models = {path.name for path in (here.parent / "models").iterdir() if path.is_dir()}
    return sorted(path.stem for path in here.glob("*.py") if path.stem in models)


def checks_of(model):
    """The checks of a model.

    Args:
        model (str): one of `verified_models`.

    Returns:
        Sequence[Check]: in the order in which they are told.

    Raises:
        RunError: if there are none of that name.
    """
    known = verified_models()
    if model not in known:
        raise RunError(f"no checks of a model '{model}'; there are those of {', '.join(known)}.{nearest(model, known)}")
    return import_module(f"parakeet.verification.{model}").CHECKS
