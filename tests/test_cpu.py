import logging
import os
import subprocess
import sys
import types
import warnings
from pathlib import Path

import pytest

from parakeet import cpu as cpu_module
from parakeet.cpu import (
    Setting,
    cgroup_quota,
    import_paddle,
    plan_settings,
    processor,
    recommended,
    tune_cpu,
    tuned,
    untuned,
)
from parakeet.errors import MissingDependencyError

ROOT = Path(__file__).parents[1]


def cpuinfo(vendor="AuthenticAMD", flags="fpu sse2 avx avx2 avx512f", cores=(0, 1, 2, 3), sockets=None):
    sockets = sockets or [0] * len(cores)
    return "".join(
        f"processor\t: {i}\nvendor_id\t: {vendor}\nmodel name\t: Made Up 9000\ncpu MHz\t\t: 2500.5\n"
        f"physical id\t: {socket}\ncore id\t\t: {core}\nflags\t\t: {flags}\n\n"
        for i, (core, socket) in enumerate(zip(cores, sockets, strict=True))
    )


def describe(text, usable=range(4), quota=float("inf")):
    return processor(text, usable, quota)


@pytest.fixture
def environ(monkeypatch):
    """The real environment without the variables concerned, restored afterwards."""
    for name in ("OMP_NUM_THREADS", "MKL_DEBUG_CPU_TYPE", "MKL_NUM_THREADS", "PADDLE_LOCAL_SIZE", "PARAKEET_CPU_SETTINGS"):
        monkeypatch.setenv(name, "")  # so that monkeypatch restores it, whatever the code does to it
        monkeypatch.delenv(name)
    monkeypatch.delitem(sys.modules, "paddle", raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield os.environ


@pytest.fixture
def amd(monkeypatch):
    cpu = describe(cpuinfo())
    monkeypatch.setattr(cpu_module, "processor", lambda: cpu)
    return cpu


def test_a_processor_is_described_with_vendor_model_clock_and_cores():
    assert describe(cpuinfo()) == {
        "vendor": "AuthenticAMD",
        "model": "Made Up 9000",
        "avx2": True,
        "mhz": 2500.5,
        "threads": 4,
        "cores": 4,
    }


def test_two_hyper_threads_count_as_one_core():
    cpu = describe(cpuinfo(cores=(0, 1, 0, 1)))
    assert (cpu["threads"], cpu["cores"]) == (4, 2)


def test_equal_core_numbers_on_two_sockets_are_two_cores():
    assert describe(cpuinfo(cores=(0, 1, 0, 1), sockets=(0, 0, 1, 1)))["cores"] == 4


def test_only_cores_this_process_may_use_are_counted():
    assert describe(cpuinfo(), usable={1, 3})["cores"] == 2
    assert describe(cpuinfo(cores=(0, 1, 0, 1)), usable={0, 2})["cores"] == 1


@pytest.mark.parametrize(("quota", "cores"), [(2.0, 2), (2.9, 2), (0.5, 1), (64.0, 4)])
def test_a_container_gets_no_more_threads_than_its_quota(quota, cores):
    assert describe(cpuinfo(), quota=quota)["cores"] == cores


def test_avx2_is_a_flag_of_its_own_and_not_part_of_another():
    assert not describe(cpuinfo(flags="fpu avx avx2x"))["avx2"]


def test_without_proc_cpuinfo_every_usable_processor_counts_and_the_vendor_is_unknown():
    assert describe("", usable=range(6)) == {"vendor": "", "model": "", "avx2": False, "mhz": 0.0, "threads": 6, "cores": 6}


def test_arm_has_neither_vendor_nor_core_numbers_but_its_processors_count():
    text = "".join(f"processor\t: {i}\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n\n" for i in range(4)) + "Hardware\t: Board\n"
    assert recommended(describe(text)) == {"OMP_NUM_THREADS": "4"}


def test_cpuinfo_that_does_not_list_the_usable_processors_falls_back_to_their_number():
    assert describe(cpuinfo(), usable={10, 11})["cores"] == 2


def test_this_machine_has_at_least_one_core():
    cpu = processor()
    assert 1 <= cpu["cores"] <= (os.cpu_count() or 1)


def test_a_group_of_version_two_limits_through_its_parents(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "cpu.max").write_text("150000 100000\n")
    (tmp_path / "a" / "b" / "cpu.max").write_text("max 100000\n")
    own = tmp_path / "own"
    own.write_text("0::/a/b\n")
    assert cgroup_quota(tmp_path, own) == 1.5


def test_a_group_of_version_one_limits_where_the_container_sees_only_its_root(tmp_path):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("300000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    own = tmp_path / "own"
    own.write_text("4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/\n")
    assert cgroup_quota(tmp_path, own) == 3.0


def test_no_limit_is_infinite(tmp_path):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("-1\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    own = tmp_path / "own"
    own.write_text("3:cpu:/\n")
    assert cgroup_quota(tmp_path, own) == float("inf")
    assert cgroup_quota(tmp_path / "none", tmp_path / "none") == float("inf")


def test_intel_gets_threads_and_no_mkl_type():
    assert recommended(describe(cpuinfo(vendor="GenuineIntel"))) == {"OMP_NUM_THREADS": "4"}


def test_amd_without_avx2_gets_no_mkl_type():
    assert "MKL_DEBUG_CPU_TYPE" not in recommended(describe(cpuinfo(flags="fpu sse2 avx")))


@pytest.mark.parametrize("flags", ["avx2", "avx2 avx512f avx512bw avx512_bf16 avx512_vnni"])
def test_amd_with_avx2_gets_type_5_and_never_8_which_dies_with_sigill(flags):
    assert recommended(describe(cpuinfo(flags=flags)))["MKL_DEBUG_CPU_TYPE"] == "5"


@pytest.mark.parametrize(("processes", "threads"), [(1, "4"), (2, "2"), (3, "1"), (9, "1")])
def test_processes_share_the_cores(processes, threads):
    assert recommended(describe(cpuinfo()), processes)["OMP_NUM_THREADS"] == threads


def test_tuning_sets_what_is_missing(environ, amd):
    assert tune_cpu() == {"OMP_NUM_THREADS": "4", "MKL_DEBUG_CPU_TYPE": "5"}
    assert (environ["OMP_NUM_THREADS"], environ["MKL_DEBUG_CPU_TYPE"]) == ("4", "5")


@pytest.mark.parametrize(("name", "value"), [("OMP_NUM_THREADS", "3"), ("MKL_DEBUG_CPU_TYPE", "4"), ("OMP_NUM_THREADS", "")])
def test_the_users_value_is_never_overridden(environ, amd, name, value):
    environ[name] = value
    assert tune_cpu()[name] == value
    assert environ[name] == value
    assert plan_settings(amd, environ)[name] == Setting(value, "user")


def test_parakeets_own_value_is_not_taken_for_the_users(environ, amd):
    tune_cpu()
    assert {s.setter for s in plan_settings(amd, environ).values()} == {"parakeet"}


def test_a_value_changed_after_tuning_is_the_users(environ, amd):
    tune_cpu()
    environ["OMP_NUM_THREADS"] = "2"
    assert plan_settings(amd, environ)["OMP_NUM_THREADS"] == Setting("2", "user")
    assert tune_cpu()["OMP_NUM_THREADS"] == "2"


def test_a_process_of_a_distributed_run_takes_only_its_share_of_what_its_parent_set(environ, amd):
    tune_cpu()
    environ["PADDLE_LOCAL_SIZE"] = "2"
    assert tune_cpu()["OMP_NUM_THREADS"] == "2"


def test_tuning_twice_warns_nobody_even_after_paddle_was_imported(environ, amd, monkeypatch):
    tune_cpu()
    monkeypatch.setitem(sys.modules, "paddle", types.ModuleType("paddle"))
    assert tune_cpu() == {"OMP_NUM_THREADS": "4", "MKL_DEBUG_CPU_TYPE": "5"}


def test_a_setting_that_comes_after_paddle_warns(environ, amd, monkeypatch):
    monkeypatch.setitem(sys.modules, "paddle", types.ModuleType("paddle"))
    message = r"called after paddle was imported: MKL_DEBUG_CPU_TYPE, OMP_NUM_THREADS may have no effect. Call it first."
    with pytest.warns(RuntimeWarning, match=message):
        tune_cpu()


def test_the_thread_number_that_paddles_import_writes_is_noticed(environ, amd, monkeypatch):
    monkeypatch.setitem(sys.modules, "paddle", types.ModuleType("paddle"))
    environ["OMP_NUM_THREADS"] = "1"  # what importing paddle leaves behind
    environ["MKL_DEBUG_CPU_TYPE"] = "5"
    with pytest.warns(RuntimeWarning, match="imported: OMP_NUM_THREADS may have no effect"):
        tune_cpu()


def test_an_environment_is_tuned_and_untuned_without_touching_the_real_one(environ):
    before = dict(environ)
    settings = {"OMP_NUM_THREADS": Setting("4", "parakeet"), "MKL_DEBUG_CPU_TYPE": Setting("6", "user")}
    copy = tuned(settings, {"HOME": "/home/x", "MKL_DEBUG_CPU_TYPE": "6"})
    assert copy == {
        "HOME": "/home/x",
        "OMP_NUM_THREADS": "4",
        "MKL_DEBUG_CPU_TYPE": "6",
        "PARAKEET_CPU_SETTINGS": "OMP_NUM_THREADS=4",
    }
    assert untuned(copy) == {"HOME": "/home/x"}
    assert dict(environ) == before


@pytest.fixture
def made_paddle(tmp_path, monkeypatch, environ, amd):
    """Let a made module of a given source be what ``import paddle`` finds."""

    def make(source):
        (tmp_path / "paddle.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)

    yield make
    sys.modules.pop("paddle", None)


def test_paddle_is_imported_with_the_settings_in_force_and_without_its_warning_about_them(made_paddle, capsys):
    made_paddle(
        "import os, sys\nthreads, mkl = os.environ['OMP_NUM_THREADS'], os.environ['MKL_DEBUG_CPU_TYPE']\n"
        "print('WARNING: OMP_NUM_THREADS set to 4, not 1.', file=sys.stderr)\n"
        "print('PLEASE USE OMP_NUM_THREADS WISELY.', file=sys.stderr)\nprint('something else', file=sys.stderr)\n"
    )
    paddle = import_paddle()
    assert (paddle.threads, paddle.mkl) == ("4", "5")
    assert capsys.readouterr().err == "something else\n"
    assert import_paddle() is paddle


def test_warnings_that_are_logged_are_still_read_after_paddle_was_imported(made_paddle, capsys):
    made_paddle(
        "import logging\nlogging.basicConfig(level=logging.INFO, force=True)\nown = logging.getLogger('made_paddle')\n"
        "own.addHandler(logging.StreamHandler())\nown.propagate = False\n"
    )
    root = logging.getLogger()
    before = root.handlers[:], root.level
    import_paddle()
    assert (root.handlers, root.level) == before
    logging.getLogger("made_paddle").warning("of its own")
    assert capsys.readouterr().err == "of its own\n"


def test_what_paddle_says_before_it_fails_to_load_is_not_lost(made_paddle, capsys):
    made_paddle("import sys\nprint('no libgomp here', file=sys.stderr)\nraise ImportError('libgomp.so.1')\n")
    with pytest.raises(MissingDependencyError, match=r"^Training needs 'paddle', which is installed but can't be loaded"):
        import_paddle("Training")
    assert capsys.readouterr().err == "no libgomp here\n"


def test_importing_the_module_sets_nothing_and_loads_nothing_heavy():
    code = (
        "import os, sys; before = dict(os.environ); import parakeet.cpu; assert dict(os.environ) == before; "
        "print(sorted({'paddle', 'numpy', 'click', 'pathlib', 'inspect'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
