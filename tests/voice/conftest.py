"""Runs and a packed voice to try things on."""

import pytest
from making_voices import make_packed, make_run, make_vocoder_run


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


@pytest.fixture
def vocoder_run(tmp_path):
    return make_vocoder_run(tmp_path / "vocoder")


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """A packed voice with a Vocos; not to be changed."""
    return make_packed(tmp_path_factory.mktemp("packed"))
