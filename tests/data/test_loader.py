"""DataLoader: asynchronous batches of tensors, and every way in which reading can go wrong."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from parakeet.data import (
    BatchSampler,
    DataCargo,
    DataLoader,
    DatasetMixin,
    RandomSampler,
    SimilarLengthBatchSampler,
    batch_spec,
)
from parakeet.errors import DataError

Pair = namedtuple("Pair", "mel note")
EVERY = pytest.mark.parametrize("workers", [0, 1])
EVERY_2 = pytest.mark.parametrize("workers", [0, 2])


class Utterances(DatasetMixin):
    """Utterances of different lengths; at some of them something happens."""

    def __init__(self, size, happens=None):
        self.size = size
        self.happens = {} if happens is None else happens

    def __len__(self):
        return self.size

    def describe(self, i):
        return f"LJ{i:03d}"

    def get_example(self, i):
        what = self.happens.get(i)
        if what == "raise":
            raise ValueError("bad header")
        if what == "exit":
            sys.exit(3)
        if what == "none":
            return None
        if what == "sleep":
            time.sleep(60)
        if isinstance(what, int):
            os.kill(os.getpid(), what)
            time.sleep(60)
        if what == "unpicklable":
            return {"utt_id": threading.Lock(), "mel": np.ones((1, 2))}
        return {"utt_id": self.describe(i), "mel": np.full((i % 5 + 1, 2), i, np.float32)}


def batch_fn(examples, rng):
    mel, mel_lengths = batch_spec([example["mel"] for example in examples])
    return {
        "utt_id": [example["utt_id"] for example in examples],
        "mel": mel,
        "mel_lengths": mel_lengths,
        "none": np.zeros((0, 3), np.float32),
        "nested": Pair([mel[0], {"deep": (mel_lengths,)}], "note"),
        "drawn": int(rng.integers(1_000_000)),
        "speakers": np.array(["a", "b"]),
    }


def only_names(examples):
    return {"utt_id": [example["utt_id"] for example in examples]}


def failing_batch_fn(examples):
    raise RuntimeError("no batch today")


def killed_batch_fn(examples):
    if examples[0]["utt_id"] == "LJ004":
        os.kill(os.getpid(), signal.SIGKILL)
    return only_names(examples)


def cargo_of(size=23, happens=None, batch_fn=batch_fn, batch_size=3):
    sampler = SimilarLengthBatchSampler([i % 5 + 1 for i in range(size)], batch_size=batch_size, seed=4)
    return DataCargo(Utterances(size, happens), batch_fn, batch_sampler=sampler, seed=4)


def in_order(size, happens, batch_fn=batch_fn):
    return DataCargo(Utterances(size, happens), batch_fn, batch_size=2)


def plain(batch):
    """A batch of tensors as something that can be compared."""
    if hasattr(batch, "numpy"):
        return ("tensor", str(batch.dtype), tuple(batch.shape), batch.numpy().tobytes())
    if isinstance(batch, np.ndarray):
        return ("array", batch.tolist())
    if isinstance(batch, dict):
        return {key: plain(value) for key, value in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [plain(item) for item in batch]
    return batch


def wait_until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def reader_threads():
    return [thread for thread in threading.enumerate() if thread.name == "parakeet-read-ahead"]


def worker_processes():
    return [process for process in multiprocessing.active_children() if process.name.startswith("parakeet-data")]


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    before = set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()
    yield
    gc.collect()
    assert wait_until(lambda: not worker_processes())
    assert wait_until(lambda: not reader_threads())
    mine = str(os.getpid())
    assert not [name for name in (set(os.listdir("/dev/shm")) if before else set()) - before if mine in name]


@contextmanager
def arrives_within(seconds):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


@pytest.fixture(scope="module")
def expected():
    """Two epochs as the cargo itself gives them, as tensors."""
    from parakeet.data.loader import to_tensors

    return [[plain(to_tensors(batch)) for batch in cargo_of().iterator(epoch)] for epoch in range(2)]


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_batches_their_order_and_what_chance_draws_are_the_same_for_any_number_of_workers(workers, expected):
    with DataLoader(cargo_of(), workers=workers) as loader:
        assert [[plain(batch) for batch in loader] for _ in range(2)] == expected
        assert [plain(batch) for batch in loader.iterator(epoch=1)] == expected[1]
        going_on = loader.iterator(epoch=1, consumed=6)
        assert [plain(batch) for batch in going_on] == expected[1][2:]
        assert going_on.consumed == loader.samples_per_epoch(1) == 23
        assert loader.batches_per_epoch(1) == len(loader) == 8


def test_arrays_of_numbers_become_tensors_and_all_the_rest_stays_as_it_is(expected):
    import paddle

    batch = next(DataLoader(cargo_of()).iterator())
    assert isinstance(batch["mel"], paddle.Tensor)
    assert (batch["mel"].dtype, batch["mel_lengths"].dtype) == (paddle.float32, paddle.int64)
    assert (list(batch["none"].shape), batch["none"].dtype) == ([0, 3], paddle.float32)
    assert isinstance(batch["nested"], Pair)
    assert isinstance(batch["nested"].mel[1]["deep"], tuple)
    assert isinstance(batch["nested"].mel[1]["deep"][0], paddle.Tensor)
    assert batch["nested"].note == "note"
    assert isinstance(batch["utt_id"], list)
    assert isinstance(batch["utt_id"][0], str)
    assert isinstance(batch["speakers"], np.ndarray)
    assert isinstance(batch["drawn"], int)


def test_a_tensor_does_not_share_memory_with_the_array_it_was_made_of():
    array = np.zeros(3, np.float32)
    batch = next(DataLoader(DataCargo([array], lambda examples: examples[0])).iterator())
    array[:] = 1
    assert batch.numpy().tolist() == [0, 0, 0]


def test_a_dtype_that_paddle_can_not_hold_is_refused_with_its_place():
    """Paddle takes the bits of uint16 for bfloat16, without a word."""
    cargo = DataCargo([1], lambda examples: {"ids": [np.ones(2, np.uint16)]})
    with pytest.raises(DataError, match=r"batch\['ids'\]\[0\] is an array of uint16, which Paddle has no tensors of"):
        next(DataLoader(cargo).iterator())
    swapped = np.array([1.0, 2.0], ">f4")
    assert next(DataLoader(DataCargo([1], lambda examples: swapped)).iterator()).numpy().tolist() == [1, 2]


@EVERY_2
def test_a_position_counts_what_was_handed_out_and_not_what_was_read_ahead(workers):
    with DataLoader(in_order(20, None), workers=workers, read_ahead=4) as loader:
        iterator = loader.iterator()
        time.sleep(0.2)
        assert (iterator.consumed, iterator.last_indices) == (0, [])
        next(iterator)
        time.sleep(0.2)
        assert (iterator.epoch, iterator.consumed, iterator.last_indices, iterator.last_names) == (0, 2, [0, 1], ["LJ000", "LJ001"])


def test_reading_ahead_is_bounded_and_skipping_reads_nothing():
    class Counted(Utterances):
        read = ()

        def get_example(self, i):
            self.read = (*self.read, i)
            return super().get_example(i)

    data = Counted(40)
    iterator = DataLoader(DataCargo(data, only_names, batch_size=2), read_ahead=3).iterator(consumed=10)
    assert wait_until(lambda: len(data.read) >= 8)
    time.sleep(0.1)
    assert data.read == tuple(range(10, 18))  # three batches are ready, one waits for its place
    next(iterator)
    assert wait_until(lambda: data.read == tuple(range(10, 20)))


@EVERY_2
def test_an_error_in_the_dataset_arrives_within_a_second_and_names_the_utterance(workers):
    with DataLoader(in_order(12, {5: "raise"}), workers=workers) as loader:
        iterator = loader.iterator()
        next(iterator)
        next(iterator)
        message = r"can't read utterance 'LJ005' \(example 5\): ValueError: bad header"
        with arrives_within(1.0), pytest.raises(DataError, match=message) as caught:
            next(iterator)
        if workers == 0:
            assert isinstance(caught.value.__cause__, ValueError)
        else:
            assert "In the worker process:\nTraceback" in str(caught.value)
            assert 'raise ValueError("bad header")' in str(caught.value)
        assert iterator.consumed == 4
        with pytest.raises(DataError, match="LJ005"):
            next(iterator)


@EVERY
def test_an_error_in_the_batch_function_arrives_and_names_the_utterances(workers):
    with DataLoader(in_order(12, None, failing_batch_fn), workers=workers) as loader:
        iterator = loader.iterator()
        with pytest.raises(DataError, match=r"can't make a batch of utterance 'LJ000' .*'LJ001' .*RuntimeError: no batch today"):
            next(iterator)


@EVERY
@pytest.mark.parametrize(("happens", "message"), [("none", "'LJ003'.*returned None"), ("exit", "SystemExit: 3")])
def test_an_example_that_is_none_or_ends_the_process_is_an_error_and_no_silent_end(workers, happens, message):
    with DataLoader(in_order(8, {3: happens}), workers=workers) as loader:
        iterator = loader.iterator()
        next(iterator)
        with arrives_within(1.0), pytest.raises(DataError, match=message):
            next(iterator)


@EVERY
def test_a_batch_without_any_tensor_does_not_end_the_epoch(workers):
    """Paddle's own loader ends the epoch there, in silence."""
    with DataLoader(in_order(6, None, only_names), workers=workers) as loader:
        assert [batch["utt_id"] for batch in loader] == [["LJ000", "LJ001"], ["LJ002", "LJ003"], ["LJ004", "LJ005"]]


@pytest.mark.parametrize(("number", "hint"), [(signal.SIGKILL, "memory runs out"), (signal.SIGSEGV, "A library it uses has crashed")])
def test_a_worker_that_is_killed_becomes_an_error_that_names_what_it_read(number, hint):
    with DataLoader(in_order(40, {9: int(number)}), workers=2) as loader:
        iterator = loader.iterator()
        next(iterator)  # the workers have started
        with arrives_within(3.0), pytest.raises(DataError) as caught:
            list(iterator)
    assert f"was killed by {number.name} while it read utterance 'LJ009' (example 9)" in str(caught.value)
    assert hint in str(caught.value)
    assert iterator.consumed <= 8


def test_a_worker_that_is_killed_while_it_makes_a_batch_names_the_utterances_of_the_batch():
    with DataLoader(in_order(6, None, killed_batch_fn), workers=1) as loader, pytest.raises(DataError) as caught:
        list(loader)
    named = "utterance 'LJ004' (example 4), utterance 'LJ005' (example 5)"
    assert f"was killed by SIGKILL while it made or sent the batch of {named}." in str(caught.value)


def test_workers_that_are_killed_from_outside_become_an_error_and_the_next_pass_starts_new_ones():
    with DataLoader(cargo_of(60), workers=2, read_ahead=1) as loader:
        iterator = loader.iterator()
        next(iterator)
        for process in worker_processes():
            os.kill(process.pid, signal.SIGKILL)
        with arrives_within(3.0), pytest.raises(DataError, match=r"worker process \d \(pid \d+\) was killed by SIGKILL"):
            list(iterator)
        assert len(list(loader.iterator())) == 20
        for process in worker_processes():
            os.kill(process.pid, signal.SIGKILL)
            process.join()
        assert len(list(loader.iterator())) == 20


@pytest.mark.parametrize("happens", ["sleep", int(signal.SIGSTOP)])
def test_a_worker_that_hangs_becomes_an_error_after_the_timeout_and_is_ended(happens):
    with DataLoader(in_order(40, {9: happens}), workers=2, timeout=0.5) as loader:
        iterator = loader.iterator()
        next(iterator)  # the workers have started
        message = "has made no progress for 0.5 s while it read utterance 'LJ009'.*a longer timeout"
        with arrives_within(5.0), pytest.raises(DataError, match=message):
            list(iterator)
        assert wait_until(lambda: not worker_processes())


def test_a_thread_that_hangs_becomes_an_error_after_the_timeout():
    release = threading.Event()

    class Hanging(Utterances):
        def get_example(self, i):
            if i == 3:
                release.wait()
            return super().get_example(i)

    iterator = DataLoader(DataCargo(Hanging(8), only_names, batch_size=2), timeout=0.3).iterator()
    next(iterator)
    with arrives_within(3.0), pytest.raises(DataError, match=r"reading utterance 'LJ003' \(example 3\) has taken more than 0.3 s"):
        next(iterator)
    release.set()


def test_a_slow_dataset_is_not_taken_for_a_hanging_one_while_it_gets_on():
    class Slow(Utterances):
        def get_example(self, i):
            time.sleep(0.05)
            return super().get_example(i)

    loader = DataLoader(DataCargo(Slow(24), only_names, batch_size=12), timeout=0.3)
    assert len(list(loader)) == 2


@EVERY_2
def test_a_consumer_that_leaves_early_leaves_no_thread_and_close_leaves_no_process(workers):
    loader = DataLoader(cargo_of(60), workers=workers)
    for _ in loader:
        break
    gc.collect()
    assert wait_until(lambda: not reader_threads())
    with pytest.raises(ZeroDivisionError):
        [1 / 0 for _ in loader]
    iterator = loader.iterator()
    next(iterator)
    with arrives_within(2.0):
        loader.close()
    assert not worker_processes()
    assert not reader_threads()
    with pytest.raises(DataError, match=r"this pass over the data was ended: by close\(\), or by a newer pass"):
        next(iterator)
    assert len(list(loader.iterator())) == 20
    loader.close()
    loader.close()


def test_a_loader_that_is_dropped_ends_its_workers():
    for _ in DataLoader(cargo_of(), workers=1):
        break
    gc.collect()
    assert wait_until(lambda: not worker_processes())


@EVERY
def test_a_new_pass_ends_the_one_before(workers):
    with DataLoader(cargo_of(), workers=workers) as loader:
        first = loader.iterator()
        next(first)
        second = loader.iterator()
        assert len(list(second)) == 8
        with pytest.raises(DataError, match="was ended"):
            next(first)


def test_a_batch_that_can_not_be_sent_names_its_utterances():
    with DataLoader(in_order(4, {1: "unpicklable"}, only_names), workers=1) as loader, pytest.raises(
        DataError, match=r"the batch of utterance 'LJ000' .*'LJ001' .*can't be sent from a worker process: cannot pickle '_thread.lock'"
    ):
        list(loader)


def test_a_batch_function_that_can_not_be_sent_is_explained():
    with DataLoader(in_order(4, None, lambda examples: examples), workers=1) as loader, pytest.raises(
        DataError, match=r"can't be sent to a worker process: .*lambda.*importable in a new process.*With workers=0 none of this is needed"
    ):
        list(loader)


def _script(tmp_path, body):
    (tmp_path / "dataset.py").write_text(
        "import os, time, signal\nimport numpy as np\nfrom parakeet.data import *\n"
        "def batch_fn(examples): return {'x': np.stack(examples)}\n"
        "class Data(DatasetMixin):\n"
        "    def __len__(self): return 1000\n"
        "    def get_example(self, i): return np.full(5000, i, 'float32')\n"
    )
    path = tmp_path / "script.py"
    path.write_text("from dataset import *\n" + textwrap.dedent(body))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path)])}
    return [sys.executable, str(path)], environment


def test_a_script_without_a_main_guard_is_told_what_it_lacks(tmp_path):
    command, environment = _script(tmp_path, "print(len(list(DataLoader(DataCargo(Data(), batch_fn, batch_size=100), workers=1))))")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "ended with exit code 1 while it started" in done.stderr
    assert "under `if __name__ == '__main__':`" in done.stderr


@EVERY
def test_a_program_that_ends_in_the_middle_of_a_pass_ends_at_once_and_cleanly(tmp_path, workers):
    body = f"""
        if __name__ == '__main__':
            iterator = DataLoader(DataCargo(Data(), batch_fn, batch_size=4), workers={workers}).iterator()
            next(iterator)
            import multiprocessing
            for process in multiprocessing.active_children():
                os.kill(process.pid, signal.SIGSTOP)  # not even workers that can't hear keep it
            print('done')
    """
    command, environment = _script(tmp_path, body)
    with arrives_within(15.0):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    assert "Error" not in done.stderr


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    """Paddle's workers, spawned or forked by a server, would stay for ever."""
    body = """
        if __name__ == '__main__':
            loader = DataLoader(DataCargo(Data(), batch_fn, batch_size=4), workers=2)
            iterator = loader.iterator()
            next(iterator)
            import multiprocessing
            print(*[process.pid for process in multiprocessing.active_children()], flush=True)
            time.sleep(60)
    """
    command, environment = _script(tmp_path, body)
    parent = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(_runs(pid) for pid in pids)
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: not any(_runs(pid) for pid in pids))


def test_ctrl_c_interrupts_a_consumer_that_waits_and_the_pass_can_go_on():
    begun, release = threading.Event(), threading.Event()

    class Interrupting(Utterances):
        def get_example(self, i):
            begun.wait(10)
            signal.raise_signal(signal.SIGINT)
            release.wait(10)
            return super().get_example(i)

    def wait(iterator):
        begun.set()
        return next(iterator)

    iterator = DataLoader(DataCargo(Interrupting(1), only_names)).iterator()
    with arrives_within(3.0), pytest.raises(KeyboardInterrupt):
        wait(iterator)
    release.set()
    assert next(iterator)["utt_id"] == ["LJ000"]


def test_nothing_touches_global_random_state():
    np.random.seed(3)
    expected = np.random.get_state()[1].copy()
    with DataLoader(cargo_of(), workers=1) as loader:
        list(loader)
    assert np.array_equal(np.random.get_state()[1], expected)
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL


def test_the_parts_fit_paddles_own_loader_too():
    import paddle

    data = Utterances(10)
    sampler = BatchSampler(RandomSampler(data, seed=2), 4)
    theirs = paddle.io.DataLoader(data, batch_sampler=sampler, collate_fn=lambda xs: {"n": np.array([x["mel"][0, 0] for x in xs])})
    taken = [batch["n"].numpy().astype(int).tolist() for batch in theirs]
    assert taken == sampler.batches(0)


def test_arguments_out_of_range_are_refused():
    with pytest.raises(DataError, match="expected a DataCargo; received list"):
        DataLoader([1, 2])
    with pytest.raises(DataError, match="expected workers to be an int, 0 at least; received -1"):
        DataLoader(cargo_of(), workers=-1)
    with pytest.raises(DataError, match="expected read_ahead to be an int, 1 at least; received 0"):
        DataLoader(cargo_of(), read_ahead=0)
    with pytest.raises(DataError, match="expected timeout to be a positive number of seconds or None; received 0"):
        DataLoader(cargo_of(), timeout=0)
    with pytest.raises(DataError, match="consumed=4 is not the beginning of a batch"):
        DataLoader(cargo_of()).iterator(consumed=4)
