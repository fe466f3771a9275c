"""Whoever does the work, the result is the same; and what ends a process does not end the work."""

import os
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from making import make_corpus

from parakeet.errors import ConfigError, DataError, MissingDependencyError
from parakeet.preparation import executors
from parakeet.preparation.executors import results_here, results_of
from parakeet.preparation.prepare import prepare
from parakeet.preparation.record import Rejection

ROOT = Path(__file__).parents[2]
DEADLY = "__import__('os')._exit(1)"


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Lazy(Executor):
    """Of a user's own: works only when asked for a result, the last one first."""

    def __init__(self):
        self.waiting = []

    def submit(self, function, /, *arguments):
        self.waiting.append((future := Future(), function, arguments))
        if len(self.waiting) == 2:
            while self.waiting:
                last, function, arguments = self.waiting.pop()
                last.set_result(function(*arguments))
        return future


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return make_corpus(tmp_path_factory.mktemp("corpora") / "corpus", splits=("train",) * 5 + ("valid",))


@pytest.fixture(scope="module")
def expected(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared") / "prepared"
    prepare(corpus, folder, workers=1)
    return contents(folder)


@pytest.mark.parametrize(
    "make", [lambda: ThreadPoolExecutor(3), lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")), Lazy]
)
def test_any_executor_gives_the_same_bytes(corpus, expected, tmp_path, make):
    with make() as executor:
        prepare(corpus, tmp_path / "prepared", executor=executor)
    assert contents(tmp_path / "prepared") == expected


def test_a_task_that_ends_its_process_is_rejected_and_the_others_go_on():
    tasks = ["1", "2", DEADLY, "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]
    results = dict(results_here(eval, tasks, workers=2))
    reason = "the process that worked on it was ended twice, as by a fault in a library or for want of memory"
    assert results.pop(DEADLY) == Rejection(reason, lasting=False)
    assert results == {str(n): n for n in range(1, 13)}


def test_a_script_that_the_processes_would_run_again_is_told_how_to_begin(corpus, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom parakeet.errors import DataError\nfrom parakeet.preparation.prepare import prepare\n"
        f"try:\n    prepare({str(corpus)!r}, {str(tmp_path / 'prepared')!r}, workers=2)\n"
        "except DataError as error:\n    sys.exit(f'refused: {error}')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, env=environment, timeout=60)
    assert "refused: no process for the work could be started" in ended.stderr
    assert "under `if __name__ == '__main__':`" in ended.stderr


def test_an_executor_that_breaks_is_told_with_what_to_do():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(DataError, match="start again, and it goes on"):
        list(results_of(eval, ["1", DEADLY, "2"], pool, ahead=1))


def test_an_executor_that_loses_its_tasks_is_told_of_too():
    class Ended(Lazy):
        def submit(self, function, /, *arguments):
            (future := Future()).cancel()
            future.set_running_or_notify_cancel()
            return future

    with pytest.raises(DataError, match="its tasks were cancelled, as when a scheduler ends.*start again"):
        list(results_of(eval, ["1"], Ended()))


def test_no_more_is_handed_out_than_was_asked_for():
    handed = []
    with ThreadPoolExecutor(1) as pool:
        for done, _ in enumerate(results_of(abs, (handed.append(n) or n for n in range(50)), pool, ahead=5)):
            assert len(handed) <= done + 5
    assert handed == list(range(50))


def test_an_error_that_is_no_rejection_reaches_the_caller():
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        list(results_of(eval, ["1", "1 / 0"], pool))


def test_workers_without_a_package_are_told_of():
    with ThreadPoolExecutor(1) as pool, pytest.raises(MissingDependencyError, match="a worker has no 'parrot_q'. Install where"):
        list(results_of(eval, ["__import__('parrot_q')"], pool))


def test_an_executor_and_a_cluster_are_one_too_many(corpus, tmp_path):
    with pytest.raises(ConfigError, match="only one of them"):
        prepare(corpus, tmp_path / "prepared", executor=Lazy(), scheduler="tcp://127.0.0.1:1")


def test_a_scheduler_that_is_not_there_is_named(corpus, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    with pytest.raises(ConfigError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:1'"):
        prepare(corpus, tmp_path / "prepared", scheduler="tcp://127.0.0.1:1")


@pytest.fixture
def cluster():
    """A scheduler's address, and the processes of two workers."""
    distributed = pytest.importorskip("distributed")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, processes=True) as scheduler:
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", scheduler.scheduler_address]
        options = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
        workers = [subprocess.Popen([*worker, *options], env=environment, stderr=subprocess.DEVNULL) for _ in range(2)]
        with distributed.Client(scheduler.scheduler_address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield scheduler.scheduler_address, workers
        for process in workers:
            process.kill()
            process.wait()


def test_a_dask_cluster_of_which_a_worker_is_killed_gives_the_same_bytes(corpus, expected, tmp_path, cluster):
    address, workers = cluster
    killed = []

    def kill_one(what, done, total):
        if what == "preparing the recordings" and not killed:
            workers[0].send_signal(signal.SIGKILL)
            killed.append(workers[0].wait())
            assert done < total

    prepare(corpus, tmp_path / "prepared", scheduler=address, progress=kill_one)
    assert killed == [-signal.SIGKILL]
    assert contents(tmp_path / "prepared") == expected
