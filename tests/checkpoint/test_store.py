"""parakeet.checkpoint.store: a crash, a full disk or a flipped bit never costs more than the snapshot being written."""

import errno
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from parakeet.checkpoint import SnapshotStore
from parakeet.checkpoint import store as store_module
from parakeet.errors import SnapshotError


def state_of(step):
    """A state every part of which tells its step, so that a mixture of two would show."""
    return {
        "models": {"net": {"weight": np.full((17, 13), step, "f4"), "bias": np.full(5, step, "i8")}},
        "optimizers": {"net": {"weight/moment": np.full((17, 13), -step, "f8")}},
        "trainer": {"iteration": step, "log": [step, {"empty": {}}]},
    }


def assert_is(state, step):
    expected = state_of(step)
    assert state["trainer"] == expected["trainer"]
    np.testing.assert_array_equal(state["models"]["net"]["weight"], expected["models"]["net"]["weight"])
    np.testing.assert_array_equal(state["models"]["net"]["bias"], expected["models"]["net"]["bias"])
    np.testing.assert_array_equal(state["optimizers"]["net"]["weight/moment"], expected["optimizers"]["net"]["weight/moment"])


def filled(folder, *steps, **options):
    store = SnapshotStore(folder, **options)
    for step in steps:
        store.save(step, state_of(step), {"epoch": step // 10})
    return store


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir() if path.name != ".lock")


# saving and reading ---------------------------------------------------------------------------------------------------------------


def test_the_newest_is_what_was_saved_last(tmp_path):
    store = filled(tmp_path / "run" / "snapshots", 5, 10)
    newest = SnapshotStore(store.folder).newest()
    assert (newest.step, newest.metadata, newest.score, newest.path.name) == (10, {"epoch": 1}, None, "step-00000010")
    assert names(newest.path) == ["manifest.json", "models.safetensors", "optimizers.safetensors", "state.json"]
    assert_is(newest.load(), 10)


def test_a_part_is_read_without_the_others(tmp_path):
    newest = filled(tmp_path, 5).newest()
    (newest.path / "optimizers.safetensors").unlink()
    assert newest.load_part("models")["net"]["bias"].tolist() == [5] * 5
    assert newest.load_part("trainer")["iteration"] == 5
    with pytest.raises(SnapshotError) as error:
        newest.load_part("model")
    assert str(error.value) == f"{newest.path}: has no part 'model'. Did you mean 'models'? Its parts: models, optimizers, trainer."


def test_an_empty_or_missing_folder_has_no_newest(tmp_path):
    assert SnapshotStore(tmp_path).newest() is None
    assert SnapshotStore(tmp_path / "none").newest() is None
    assert SnapshotStore(tmp_path / "none").best() is None
    assert not (tmp_path / "none").exists()


def test_an_empty_state_can_be_saved(tmp_path):
    SnapshotStore(tmp_path).save(0, {})
    assert SnapshotStore(tmp_path).newest().load() == {}


def test_the_newest_is_chosen_by_step_not_by_time_or_name(tmp_path):
    store = filled(tmp_path, 100_000_000, 99, keep_last=None)
    for i, path in enumerate(sorted(tmp_path.glob("step-*"))):
        os.utime(path, (1e9 - i, 1e9 - i))
    (tmp_path / "step-100000000").rename(tmp_path / "a copy")
    assert (store.newest().step, store.newest().path.name) == (100_000_000, "a copy")


def test_the_folder_may_be_moved(tmp_path):
    filled(tmp_path / "a" / "snapshots", 7)
    shutil.move(tmp_path / "a", tmp_path / "b")
    assert_is(SnapshotStore(tmp_path / "b" / "snapshots").newest().load(), 7)
    assert all(str(tmp_path).encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_metadata_and_score_survive_exactly(tmp_path):
    metadata = {"nan": math.inf, "tuple": (1, "é"), "big": 2**70}
    snapshot = SnapshotStore(tmp_path)
    snapshot.save(np.int64(3), {}, metadata, score=np.float32(0.25))
    newest = snapshot.newest()
    assert (newest.metadata, newest.score, newest.step) == (metadata, 0.25, 3)


@pytest.mark.parametrize("step", [-1, 2.5, "3", None])
def test_a_step_that_is_none_is_refused(tmp_path, step):
    with pytest.raises(SnapshotError, match=r"^step must "):
        SnapshotStore(tmp_path).save(step, {})


def test_a_store_says_what_its_arguments_may_be(tmp_path):
    with pytest.raises(SnapshotError, match=r"^keep_last must be at least 1, or None to keep all; received 0\.$"):
        SnapshotStore(tmp_path, keep_last=0)
    with pytest.raises(SnapshotError, match=r"^keep_best must not be negative; received -1\.$"):
        SnapshotStore(tmp_path, keep_best=-1)
    with pytest.raises(SnapshotError, match=r"^best must be 'min' or 'max'; received 'low'\.$"):
        SnapshotStore(tmp_path, best="low")


# keeping --------------------------------------------------------------------------------------------------------------------------


def test_the_last_n_are_kept(tmp_path):
    assert [s.step for s in filled(tmp_path, 1, 2, 3, 4, 5, keep_last=2).snapshots()] == [4, 5]
    assert names(tmp_path) == ["step-00000004", "step-00000005"]


@pytest.mark.parametrize(("best", "kept", "the_best"), [("min", [2, 5, 6], 2), ("max", [1, 3, 5, 6], 1)])
def test_the_best_k_are_kept_beside_the_last_n(tmp_path, best, kept, the_best):
    store = SnapshotStore(tmp_path, keep_last=2, keep_best=2, best=best)
    for step, score in enumerate([0.9, 0.1, 0.8, 0.5, 0.3, math.nan], start=1):
        store.save(step, state_of(step), score=score)
    assert [s.step for s in store.snapshots()] == kept
    assert store.best().step == the_best
    assert_is(store.best().load(), the_best)


def test_a_snapshot_just_written_is_kept_even_if_later_steps_exist(tmp_path):
    store = filled(tmp_path, 100, 200, 50, keep_last=1)
    assert [s.step for s in store.snapshots()] == [50, 200]


def test_a_step_saved_again_replaces_its_former_snapshot(tmp_path):
    store = filled(tmp_path, 5)
    for marker in range(3):
        store.save(5, {"marker": marker})
        assert [s.step for s in store.snapshots()] == [5]
        assert store.newest().load() == {"marker": marker}


def test_torn_snapshots_do_not_count_as_kept(tmp_path):
    store = filled(tmp_path, 1, 2, keep_last=2)
    (tmp_path / "step-00000002" / "state.json").unlink()
    store.save(3, state_of(3))
    assert [s.step for s in store.snapshots()] == [1, 3]


# strangers ------------------------------------------------------------------------------------------------------------------------


def test_strangers_files_are_neither_taken_nor_touched(tmp_path):
    strange = {
        "step-00000099/weights.bin": "x", "step-00000050": "a file", "notes.txt": "mine", "manifest.json": "{}", "state.json": "{}",
        "step-00000077/manifest.json": '{"manifest": {"format": "npm", "step": 999}}',
        "other/manifest.json": '{"manifest": {"format": "npm", "step": 999}}', "other2/manifest.json": "[]", "empty/.keep": "",
        ".writing-0123456789abcdef/thesis.tex": "mine", ".writing-mine/state.json": "mine", ".writing-0123456789abcdee": "a file",
    }  # fmt: skip
    for name, text in strange.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store = filled(tmp_path, 1, 2, 3, 50, keep_last=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert store.newest().step == 50
    assert {name: (tmp_path / name).read_text() for name in strange} == strange
    assert store.newest().path.name == "step-00000050-1"


def test_a_strangers_file_within_a_snapshot_outlives_it(tmp_path):
    store = filled(tmp_path, 1, keep_last=1)
    (tmp_path / "step-00000001" / "my.safetensors").write_text("mine")
    store.save(2, state_of(2))
    store.save(3, state_of(3))
    assert names(tmp_path) == ["step-00000001", "step-00000003"]
    assert names(tmp_path / "step-00000001") == ["my.safetensors"]
    assert (store.newest().step, store.problems) == (3, [])


# damage ---------------------------------------------------------------------------------------------------------------------------


def damages(folder):
    """Every way of damaging a snapshot tried here: (what, function)."""
    rng = random.Random(7)
    for path in sorted(folder.iterdir()):
        size = path.stat().st_size
        cuts = sorted({0, 1, size // 2, size - 1, *(rng.randrange(size) for _ in range(12))})
        yield from ((f"{path.name} cut to {n}", lambda p=path, n=n: os.truncate(p, n)) for n in cuts)
        flips = [(n, rng.randrange(8)) for n in rng.sample(range(size), 60)]
        yield from ((f"{path.name} flipped at {n}", lambda p=path, n=n, bit=bit: flip(p, n, 1 << bit)) for n, bit in flips)
        yield f"{path.name} longer", lambda p=path: p.write_bytes(p.read_bytes() + b"\0")
        yield f"{path.name} gone", path.unlink
        yield f"{path.name} all zeros", lambda p=path, n=size: p.write_bytes(bytes(n))


def test_a_flipped_bit_anywhere_in_a_manifest_is_harmless_or_named(tmp_path):
    path = filled(tmp_path, 1, 2).folder / "step-00000002" / "manifest.json"
    whole = path.read_bytes()
    for position in range(len(whole)):
        flip(path, position, 1)
        store = SnapshotStore(tmp_path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            newest = store.newest()
        assert newest.step == 2 or store.problems, f"at {position}: {whole[position - 20 : position + 20]}"
        if newest.step == 1:
            (tmp_path / "invalid" / "step-00000002").rename(path.parent)
        path.write_bytes(whole)


def flip(path, position, bit):
    data = bytearray(path.read_bytes())
    data[position] ^= bit
    path.write_bytes(data)


def test_no_damage_of_any_kind_is_ever_loaded(tmp_path):
    filled(tmp_path / "good", 1, 2)
    count = 0
    for what, damage in damages(tmp_path / "good" / "step-00000002"):
        count += 1
        shutil.rmtree(tmp_path / "kept", ignore_errors=True)
        shutil.copytree(tmp_path / "good", tmp_path / "kept")
        held = SnapshotStore(tmp_path / "good").newest()  # found valid before the damage is done
        damage()
        store = SnapshotStore(tmp_path / "good")
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            newest = store.newest()
        assert_is(newest.load(), newest.step)
        if newest.step == 2:  # a flip of white space in the manifest harms nothing
            assert what.startswith("manifest.json flipped"), what
        else:
            assert newest.step == 1
            assert len(store.problems) == len(seen) == 1, what
            assert store.problems[0].startswith("Invalid snapshot step-00000002: "), what
            assert what.split()[0] in store.problems[0], what
            assert names(tmp_path / "good") == ["invalid", "step-00000001"]
            if not what.startswith("manifest"):
                with pytest.raises(SnapshotError):
                    held.load()
        shutil.rmtree(tmp_path / "good")
        (tmp_path / "kept").rename(tmp_path / "good")
    assert count > 250


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_file_cut_or_flipped_in_any_of_its_blocks_of_4_kib_gives_way_to_the_snapshot_before(tmp_path, damage):
    rng = np.random.default_rng(3)
    store = SnapshotStore(tmp_path, keep_last=None)
    for step in (1, 2):
        parts = {name: {"w": rng.normal(size=30_000).astype("f4")} for name in ("models", "optimizers")}
        store.save(step, {**parts, "trainer": {"step": step, "log": list(range(3000))}})
    last = tmp_path / "step-00000002"
    blocks = 0
    for path in sorted(last.iterdir()):
        whole = path.read_bytes()
        for start in range(0, len(whole), 4096):
            blocks += 1
            if damage == "cut":
                os.truncate(path, start)
            else:
                flip(path, min(start + int(rng.integers(4096)), len(whole) - 1), 1 << int(rng.integers(8)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                newest = SnapshotStore(tmp_path).newest()
            if newest.step == 2:  # a flip of white space in the manifest harms nothing
                assert (path.name, damage) == ("manifest.json", "flipped")
            else:
                assert newest.load()["trainer"]["step"] == 1
                (tmp_path / "invalid" / last.name).rename(last)
            path.write_bytes(whole)
    assert blocks > 60
    assert SnapshotStore(tmp_path).newest().load()["trainer"]["step"] == 2


def test_a_snapshot_damaged_after_it_was_chosen_is_not_loaded(tmp_path):
    newest = filled(tmp_path, 1).newest()
    flip(newest.path / "models.safetensors", 300, 4)
    with pytest.raises(SnapshotError) as error:
        newest.load()
    assert str(error.value) == (
        f"{newest.path}/models.safetensors: the content is not what was written (its sha256 differs from the manifest's)."
    )


def test_all_invalid_ones_are_set_aside_under_names_of_their_own(tmp_path):
    for _ in range(2):
        store = filled(tmp_path, 3)
        os.truncate(tmp_path / "step-00000003" / "state.json", 3)
        with pytest.warns(RuntimeWarning, match=r"state.json: \d+ bytes were written, 3 are there; the file is torn\. It was moved to "):
            assert store.newest() is None
    assert names(tmp_path / "invalid") == ["step-00000003", "step-00000003-1"]



def test_a_newer_format_is_an_error_and_stays_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "_VERSION", 2)
    filled(tmp_path, 1)
    monkeypatch.undo()
    with pytest.raises(SnapshotError, match=r"manifest\.json: written in version 2 of the format, this parakeet reads version 1\."):
        SnapshotStore(tmp_path).newest()
    assert names(tmp_path) == ["step-00000001"]


def test_a_damaged_best_gives_way_to_the_next(tmp_path):
    store = SnapshotStore(tmp_path, keep_last=3)
    for step, score in [(1, 0.5), (2, 0.1), (3, 0.9)]:
        store.save(step, state_of(step), score=score)
    flip(tmp_path / "step-00000002" / "optimizers.safetensors", 500, 1)
    with pytest.warns(RuntimeWarning, match="Invalid snapshot step-00000002"):
        assert store.best().step == 1


# crashes and refusals -------------------------------------------------------------------------------------------------------------

FAULTS = '''
import os, sys
import parakeet.checkpoint.store as module

def hook(fault):
    """Call fault() before every operation on the disk."""
    for name in ("mkdir", "rename", "unlink", "rmdir", "fsync"):
        def wrapped(*args, _original=getattr(os, name), **kwargs):
            fault()
            return _original(*args, **kwargs)
        setattr(os, name, wrapped)
    original = module.safetensors_chunks
    def chunks(arrays):
        for chunk in original(arrays):
            fault()
            yield bytes(chunk)[: len(chunk) // 2]
            fault()
            yield bytes(chunk)[len(chunk) // 2 :]
    module.safetensors_chunks = chunks

def hook_writes(fault):
    """Let every write reach the disk in pieces of 512 bytes, and call fault() after each of them."""
    class Pieces:
        def __init__(self, path, mode):
            self.file = open(path, mode, buffering=0)
        def write(self, data):
            data = bytes(data)
            for start in range(0, len(data), 512):
                self.file.write(data[start : start + 512])
                fault()
        def __enter__(self):
            return self
        def __exit__(self, *_):
            self.file.close()
        def flush(self):
            pass
        def fileno(self):
            return self.file.fileno()
    module.open = lambda path, mode: Pieces(path, mode) if "x" in mode else open(path, mode)
'''

KILLED = FAULTS + '''
import signal, warnings
import numpy as np
from parakeet.checkpoint import SnapshotStore

warnings.simplefilter("error")
def state(step):
    return {"models": {"w": np.full(1000, step)}, "trainer": {"step": step}}

root, k = sys.argv[1], 0
while True:
    folder = os.path.join(root, str(k))
    store = SnapshotStore(folder, keep_last=2)
    for step in (1, 2):
        store.save(step, state(step))
    child = os.fork()
    if child == 0:
        left = [k]
        def fault():
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
        globals()[sys.argv[2]](fault)
        SnapshotStore(folder, keep_last=2).save(3, state(3))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    store = SnapshotStore(folder, keep_last=2)
    newest = store.newest()
    loaded = newest.load()
    assert newest.step in (2, 3) and loaded["trainer"]["step"] == newest.step and (loaded["models"]["w"] == newest.step).all(), k
    store.save(4, state(4))
    steps = [snapshot.step for snapshot in store.snapshots()]
    assert steps == [newest.step, 4], (k, steps)
    assert len(os.listdir(folder)) == 3 and not store.problems, (k, os.listdir(folder), store.problems)
    if status == 0:
        assert newest.step == 3
        break
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    k += 1
print(k)
'''


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize(("where", "least"), [("hook", 15), ("hook_writes", 15)])
def test_a_kill_at_any_operation_or_write_of_a_save_leaves_the_old_or_the_new_one_whole(tmp_path, where, least):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, str(tmp_path), where]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > least


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_refuses_at_any_operation_leaves_the_former_snapshots(tmp_path, monkeypatch, code):
    left = [0]

    def faulty(function):
        def call(*args, **kwargs):
            if left[0] == 0:
                raise OSError(code, os.strerror(code))
            left[0] -= 1
            return function(*args, **kwargs)

        return call

    for name in ("mkdir", "rename", "unlink", "rmdir", "fsync"):
        monkeypatch.setattr(os, name, faulty(getattr(os, name)))
    original = store_module.safetensors_chunks
    monkeypatch.setattr(store_module, "safetensors_chunks", lambda arrays: map(faulty(lambda chunk: chunk), original(arrays)))

    reason = f"can't be written: {os.strerror(code)}. The snapshot needs 0.0 MB, "
    advice = "Earlier snapshots are untouched. Free some space, or choose another folder with write permission."
    for k in range(200):
        left[0] = 10**9
        folder = tmp_path / str(k)
        filled(folder, 1, 2, keep_last=2)
        store = SnapshotStore(folder, keep_last=2)
        left[0] = k
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                store.save(3, state_of(3))
                refused = None
            except SnapshotError as error:
                refused = str(error)
            unused = left[0] > 0
            left[0] = 10**9
            newest = SnapshotStore(folder).newest()
            assert_is(newest.load(), newest.step)
            assert newest.step == 3 or refused.startswith(f"{folder}: the snapshot of step 3 {reason}")
            assert refused is None or refused.endswith(advice)
            assert newest.step >= 2
            store.save(4, state_of(4))
        assert [s.step for s in store.snapshots()] == [newest.step, 4]
        assert len(names(folder)) == 2, names(folder)
        if unused:
            break
    assert unused
    assert k > 15


def test_a_file_that_can_not_grow_leaves_the_former_snapshot(tmp_path):
    resource = pytest.importorskip("resource")
    store = filled(tmp_path, 1)
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for limit in (0, 100, 1000, 1500):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, former[1]))
            try:
                with pytest.raises(SnapshotError, match="can't be written: File too large"):
                    store.save(2, state_of(2))
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, former)
    finally:
        signal.signal(signal.SIGXFSZ, handler)
    assert names(tmp_path) == ["step-00000001"]
    assert_is(store.newest().load(), 1)


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(SnapshotError, match=r"/a/b: the snapshot of step 1 can't be written: Not a directory\. Earlier"):
        SnapshotStore(tmp_path / "a" / "b").save(1, {})


def test_a_folder_without_write_permission_is_named_and_still_read(tmp_path, monkeypatch):
    store = filled(tmp_path, 1, 2)
    os.truncate(tmp_path / "step-00000002" / "models.safetensors", 10)

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("mkdir", "rename", "unlink"):  # root may write anywhere, so the refusal is made here
        monkeypatch.setattr(os, name, refuse)
    with pytest.raises(SnapshotError, match=r"the snapshot of step 3 can't be written: Permission denied\."):
        store.save(3, state_of(3))
    with pytest.warns(RuntimeWarning, match=r"It is passed over; it can't be moved aside: Permission denied\.$"):
        assert_is(store.newest().load(), 1)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_folder_that_belongs_to_somebody_else_is_read_and_not_written():
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # not in tmp_path, which nobody else may enter
        store = filled(Path(folder) / "snapshots", 1)
        os.chmod(folder, 0o755)
        os.seteuid(65534)
        try:
            with pytest.raises(SnapshotError, match=r"the snapshot of step 2 can't be written: Permission denied\."):
                store.save(2, state_of(2))
            assert_is(SnapshotStore(store.folder).newest().load(), 1)
        finally:
            os.seteuid(0)
        store.save(2, state_of(2))
        assert store.newest().step == 2


def test_a_snapshot_one_may_not_read_is_an_error_and_not_set_aside(tmp_path, monkeypatch):
    store = filled(tmp_path, 1, 2)

    def refuse(path, *args):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(store_module, "open", refuse, raising=False)
    with pytest.raises(SnapshotError, match=r"step-00000002/\w+\.\w+: can't be read: Permission denied\.$"):
        store.newest()
    assert names(tmp_path) == ["step-00000001", "step-00000002"]


def test_a_leaf_that_can_not_be_stored_leaves_no_trace(tmp_path):
    with pytest.raises(SnapshotError, match=r"^models\.net: a object can't be stored\."):
        SnapshotStore(tmp_path / "new").save(1, {"models": {"net": object()}})
    assert names(tmp_path) == []


def test_an_interrupt_while_saving_leaves_no_debris(tmp_path, monkeypatch):
    store = filled(tmp_path, 1)

    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.save(2, state_of(2))
    assert names(tmp_path) == ["step-00000001"]


def test_two_processes_that_save_into_one_folder_take_turns(tmp_path):
    def work(first):
        store = SnapshotStore(tmp_path, keep_last=None)
        for step in range(first, 40, 2):
            store.save(step, state_of(step))

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 1)]  # flock tells open files apart, not processes
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    snapshots = SnapshotStore(tmp_path).snapshots()
    assert [s.step for s in snapshots] == list(range(40))
    assert sorted(s.serial for s in snapshots) == list(range(1, 41))


def test_a_folder_that_stays_locked_is_an_error(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(store_module, "_LOCK_PATIENCE", 0.1)
    store = filled(tmp_path, 1)
    with open(tmp_path / ".lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SnapshotError, match="another process has been writing a snapshot here for 0 s"):
            store.save(2, state_of(2))


def test_everything_is_synced_before_the_one_rename(tmp_path, monkeypatch):
    log = []
    original = {name: getattr(os, name) for name in ("fsync", "rename")}
    monkeypatch.setattr(os, "fsync", lambda fd: (log.append(Path(os.readlink(f"/proc/self/fd/{fd}")).name), original["fsync"](fd))[1])
    monkeypatch.setattr(os, "rename", lambda a, b: (log.append("rename"), original["rename"](a, b))[1])
    filled(tmp_path, 1)
    assert log[:4] == ["models.safetensors", "optimizers.safetensors", "state.json", "manifest.json"]
    assert log[4].startswith(".writing-")
    assert log[5:] == ["rename", tmp_path.name]


def test_nothing_is_pickled(tmp_path):
    store = filled(tmp_path, 1)
    for path in store.newest().path.iterdir():
        data = path.read_bytes()
        assert data[:1] == b"{" or (path.suffix == ".safetensors" and data[8:9] == b"{")
        if path.suffix == ".json":
            json.loads(data)
