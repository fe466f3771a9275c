import subprocess
import sys
from pathlib import Path

import pytest

from parakeet.errors import ConfigError
from parakeet.frontend import FRONTENDS, load_frontend


def test_frontends_are_found_by_name():
    assert load_frontend("english").name == "english"
    assert {"english", "espeak"} <= set(FRONTENDS)


def test_an_unknown_name_is_an_error_that_names_the_nearest():
    with pytest.raises(
        ConfigError, match=r"There is no text frontend 'englsh'. Did you mean 'english'\? There are: english, espeak"
    ):
        load_frontend("englsh")


def test_nothing_is_loaded_before_it_is_needed():
    code = """
import sys
opened = []
sys.addaudithook(lambda event, details: opened.append(str(details[0])) if event == "open" else None)
read = lambda: {path.rpartition("/")[2] for path in opened if "frontend/resources/" in path}

import parakeet.frontend
assert not any(name.startswith("parakeet.frontend.") for name in sys.modules), "importing the room loads nothing of it"
frontend = parakeet.frontend.load_frontend("english")
assert parakeet.frontend.Vocab(frontend.symbols).symbols[0] == "<pad>"
assert read() == set(), read()
frontend.phones("hello")
assert read() == {"cmudict.txt.gz", "english.lexicon", "english_homographs.txt"}, read()
frontend.phones("zorbify")
assert "english_letter_to_sound.npz" in read()
assert "paddle" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr


def test_an_option_that_a_frontend_does_not_have_is_named():
    with pytest.raises(ConfigError, match=r"The frontend 'english' has no option 'language'; it has none\."):
        load_frontend("english", language="en")
    with pytest.raises(ConfigError, match=r"no option 'langauge'; there are language, rate\. Did you mean 'language'"):
        load_frontend("espeak", langauge="de")
