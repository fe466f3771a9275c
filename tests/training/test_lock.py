"""Two processes never train in one run folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parakeet.errors import RunError
from parakeet.training.lock import hold

HOLDER = """
import sys, time
from pathlib import Path
from parakeet.training.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    words = [sys.executable, "-c", HOLDER, str(tmp_path)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_process_is_told_who_the_first_is_and_how_to_end_it(tmp_path, holder):
    with pytest.raises(RunError) as error, hold(tmp_path):
        pass
    assert f"{tmp_path}: process {holder.pid} on " in str(error.value)
    assert f"two must not share a run folder. Choose another folder, or let it save and end: kill -TERM {holder.pid}" in str(error.value)


def test_a_killed_process_leaves_no_lock(tmp_path, holder):
    holder.kill()
    holder.wait()
    with hold(tmp_path):
        pass


def test_the_lock_ends_with_the_block_also_by_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path):
        raise ZeroDivisionError
    with hold(tmp_path), pytest.raises(RunError, match=f"process {os.getpid()} on"), hold(tmp_path):
        pass
