"""Preparation that is killed at any moment goes on, to the bytes of one that was not."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from making import make_corpus

from parakeet.errors import DataError
from parakeet.preparation.prepare import Preparation, prepare

# One process that imports everything once; each of its children is killed at another moment and followed by one that is not.
SUPERVISOR = """
import hashlib, json, os, pathlib, resource, signal, sys
from parakeet.preparation.prepare import prepare

corpus, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def at_step(moment):
    calls = []
    prepare(corpus, folder / "out", workers=1, progress=lambda *_: calls.append(0) or (len(calls) == moment and die()))


def at_rename(moment):
    prepare(corpus, folder / "out", workers=1)
    (corpus / "rejected.jsonl").write_text(json.dumps({"utt_id": "x", "reason": "made up"}))  # so that there is something to replace
    original, calls = pathlib.Path.rename, []
    def rename(*paths):
        calls.append(0)
        if len(calls) == moment:
            die()
        return original(*paths)
    pathlib.Path.rename = rename
    prepare(corpus, folder / "out", workers=1)


def at_byte(moment):
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # the system's own way to end a process in the middle of a write
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (moment, moment))
    prepare(corpus, folder / "out", workers=1)


def whole():
    prepare(corpus, folder / "out", workers=1)


def run(function, *arguments):
    child = os.fork()
    if child == 0:
        function(*arguments)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def digest():
    out = folder / "out"
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path.relative_to(out)).encode() + path.read_bytes() for path in files)).hexdigest()


whole()  # what is imported and read by now, its children need not
os.system(f"rm -rf {folder}/out")
results = []
for function, moment in json.loads(sys.argv[3]):
    ended = run(globals()[function], moment)
    status = run(whole)
    results.append([function, moment, ended, status, digest(), sorted(path.name for path in folder.iterdir())])
    os.system(f"rm -rf {folder}/out {folder}/.out.unfinished {corpus}/rejected.jsonl")
print(json.dumps(results))
"""


MOMENTS = {
    "at_step": [*range(1, 10), 999],
    "at_byte": [20, 10_000, 60_000, 120_000],
    "at_rename": [1, 2],
}
SIGNALS = {"at_step": signal.SIGKILL, "at_byte": signal.SIGXFSZ, "at_rename": signal.SIGKILL}


@pytest.fixture
def corpus(tmp_path):
    return make_corpus(tmp_path / "corpus", splits=("train", "train", "valid"))


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """How runs killed at all the moments ended, and what the ones after them made: (how, moment) to a dict."""
    folder = tmp_path_factory.mktemp("killed")
    corpus = make_corpus(folder / "corpus", splits=("train", "train", "valid"))
    (folder / "work").mkdir()
    moments = json.dumps([(how, moment) for how, all_of_them in MOMENTS.items() for moment in all_of_them])
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SUPERVISOR, str(corpus), str(folder / "work"), moments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    keys = ("ended", "status", "digest", "names")
    return {(how, moment): dict(zip(keys, rest, strict=True)) for how, moment, *rest in json.loads(done.stdout)}


def test_the_runs_to_compare_with_were_not_killed(ends):
    assert ends["at_step", 999] == {**ends["at_step", 999], "ended": 0, "status": 0, "names": ["out"]}


@pytest.mark.parametrize("how", ["at_step", "at_byte"])
def test_a_run_killed_anywhere_and_started_again_gives_the_same_bytes(ends, how):
    for moment in MOMENTS[how]:
        if moment != 999:
            expected = {"ended": SIGNALS[how], "status": 0, "digest": ends["at_step", 999]["digest"], "names": ["out"]}
            assert ends[how, moment] == expected, moment


def test_a_run_killed_while_new_data_take_the_place_of_former_ones_does_too(ends):
    first, second = (ends["at_rename", moment] for moment in MOMENTS["at_rename"])
    assert first["ended"] == second["ended"] == signal.SIGKILL
    assert (first["status"], first["names"]) == (0, ["out"])
    assert first == second
    assert first["digest"] != ends["at_step", 999]["digest"]  # the corpus had changed


def test_two_processes_do_not_prepare_the_same_folder(corpus, tmp_path):
    script = (
        "from parakeet.preparation.prepare import prepare\n"
        f"prepare({str(corpus)!r}, {str(tmp_path / 'out')!r}, workers=1, "
        "progress=lambda what, *_: what.startswith('prep') and (print('.', flush=True) or input()))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b".\n"
        with pytest.raises(DataError, match=rf"out: process {process.pid} on .* has prepared there since .*kill -TERM {process.pid}"):
            prepare(corpus, tmp_path / "out", workers=1)
        process.kill()
    work = Preparation(corpus, tmp_path / "out")
    work.run(workers=1)
    assert (work.made, work.kept) == (2, 1)
