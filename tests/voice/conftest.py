"""Runs and a packed voice to try things on."""

import pytest
from making_voices import make_run, make_vocoder_run

from parakeet.voice import pack_voice


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


@pytest.fixture
def vocoder_run(tmp_path):
    return make_vocoder_run(tmp_path / "vocoder")


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """A packed voice with a Vocos; not to be changed."""
    folder = tmp_path_factory.mktemp("packed")
    return pack_voice(make_run(folder / "run"), folder / "voice", make_vocoder_run(folder / "vocoder"))
