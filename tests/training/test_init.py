"""The package's names, and that they cost nothing before they are used."""

import subprocess
import sys

import pytest

import parakeet.training


def test_every_name_is_there():
    for name in parakeet.training.__all__:
        assert getattr(parakeet.training, name) is not None
    assert set(parakeet.training.__all__) <= set(dir(parakeet.training))


def test_a_wrong_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'parakeet\.training' has no attribute 'Trainr'"):
        parakeet.training.Trainr  # noqa: B018


def test_no_name_of_the_package_needs_paddle():
    code = (
        "import sys, parakeet.training; assert not [m for m in sys.modules if m.startswith('parakeet.training.')];"
        "from parakeet.training import *; assert Experiment and StandardUpdater;"
        "assert not {'paddle', 'scipy', 'visualdl', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
