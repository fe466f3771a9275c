"""What parakeet stands on: the packages, their versions, and one line that says what to install when one is missing.

``setup.py`` says the same and why; a test holds the two together. ``tested`` is the newest version of ``constraints.txt``, as far as
it matters. Nothing of parakeet is imported at the top, so that this file can be run by its path where nothing is installed yet.
"""

import importlib
import os
from typing import NamedTuple

DISTRIBUTION = "parakeet-tts"


class Need(NamedTuple):
    """A package: its name on PyPI, the oldest version that serves, and the newest one parakeet was tested with."""

    name: str
    at_least: str
    tested: str

    def spec(self):
        """Give the requirement as pip reads it."""
        return f"{self.name}>={self.at_least}"


class Extra(NamedTuple):
    """A group of packages that is installed by name: ``parakeet-tts[name]``; ``purpose`` says what for."""

    purpose: str
    needs: tuple[Need, ...]


PYTHON = Need("python", "3.10", "3.13")

CORE = (
    Need("numpy", "1.26", "2.4"),
    Need("scipy", "1.11", "1.17"),
    Need("soundfile", "0.12", "0.14"),
    Need("pyyaml", "6.0", "6.0"),
    Need("pydantic", "2.6", "2.14"),
    Need("click", "8.1", "8.5"),
    Need("visualdl", "2.5.3", "2.5"),
)

EXTRAS = {
    "cpu": Extra("training and synthesis on a processor", (Need("paddlepaddle", "3.0", "3.3"),)),
    "gpu": Extra("training and synthesis on a GPU", (Need("paddlepaddle-gpu", "3.0", "3.3"),)),
    "align": Extra("forced alignment of recordings", (Need("pocketsphinx", "5.0", "5.1"),)),
    "eval": Extra("measuring intelligibility", (Need("pocketsphinx", "5.0", "5.1"),)),
    "listen": Extra(
        "recognising any English word, and estimating listeners' opinions",
        (
            Need("moonshine-voice", "0.0.73", "0.0.73"),
            Need("speechmos", "0.0.1.1", "0.0.1.1"),
            Need("onnxruntime", "1.17", "1.32"),
            Need("librosa", "0.10", "0.11"),
        ),
    ),
    "pesq": Extra("comparing copies with their originals (needs a C compiler)", (Need("pesq", "0.0.4", "0.0.4"),)),
    "corpora": Extra("decoding the recordings of the corpus 'allison'", (Need("G722", "1.2", "1.2"),)),
    "zh": Extra("Chinese text", (Need("pypinyin", "0.50", "0.55"), Need("jieba", "0.42", "0.42"))),
    "espeak": Extra("many languages through eSpeak NG (GPL-3)", (Need("espeakng-loader", "0.2.4", "0.2"),)),
    "dask": Extra("preparation on a Dask cluster", (Need("distributed", "2024.8", "2026.8"),)),
    "onnx": Extra("speaking by onnxruntime, the fastest engine", (Need("onnxruntime", "1.20", "1.32"),)),
    "export": Extra("writing a voice's graphs for onnxruntime", (Need("paddle2onnx", "2.1", "2.1"), Need("onnxruntime", "1.20", "1.32"))),
    "docs": Extra("pictures of the dashboard for the documentation", (Need("playwright", "1.40", "1.65"),)),
    "dev": Extra(
        "developing parakeet",
        (
            Need("pytest", "8", "9.2"),
            Need("hypothesis", "6.100", "6.170"),
            Need("inflect", "7.0", "7.6"),
            Need("pyloudnorm", "0.1.1", "0.2"),
            Need("distributed", "2024.8", "2026.8"),
            Need("onnxruntime", "1.20", "1.32"),
            Need("paddle2onnx", "2.1", "2.1"),
            Need("ruff", "0.6", "0.17"),
            Need("safetensors", "0.4.3", "0.8"),
            Need("setuptools", "68", "84.2"),
        ),
    ),
}


def install_command(extra=None):
    """Give the command that installs what is missing.

    Args:
        extra (str, optional): a key of ``EXTRAS``; None for what parakeet always needs.

    Returns:
        str: one line for a shell.
    """
    # The quotes keep zsh from reading the brackets as a pattern.
    return f'pip install "{DISTRIBUTION}[{extra}]"' if extra is not None else f"pip install --upgrade {DISTRIBUTION}"


def require(module, extra, purpose):
    """Import a module that may be missing, or say in one line what to install.

    What reports home when it is imported is told not to, unless the environment says otherwise.

    Args:
        module (str): the module's name, for example ``"paddle"``.
        extra (str, optional): the key of ``EXTRAS`` that brings it; None for a package parakeet always needs.
        purpose (str): what needs it, as the beginning of a sentence: ``"Training"``.

    Returns:
        module: the imported module.

    Raises:
        ValueError: if there is no such extra.
        MissingDependencyError: if the module isn't installed, or is installed and can't be loaded.
    """
    from parakeet.errors import MissingDependencyError

    if extra is not None and extra not in EXTRAS:
        raise ValueError(f"there is no extra '{extra}'; there are {', '.join(EXTRAS)}.")
    command = install_command(extra)
    # onnxruntime 1.29 and later report to Microsoft, from their import on, unless this is set. Whoever wants that sets it to 0.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        return importlib.import_module(module)
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and (error.name == module or module.startswith(f"{error.name}.")):
            raise MissingDependencyError(f"{purpose} needs '{module}', which is not installed. Run: {command}") from error
        reason = error
    except OSError as error:  # a shared library that isn't there, for example libsndfile
        reason = error
    raise MissingDependencyError(
        f"{purpose} needs '{module}', which is installed but can't be loaded ({_one_line(reason)}). "
        f"Install it again: {command} --force-reinstall"
    ) from reason


def _one_line(error):
    return " ".join(str(error).split()) or type(error).__name__
