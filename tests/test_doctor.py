import os
import subprocess
import sys
from pathlib import Path

import pytest

from parakeet import doctor
from parakeet.doctor import Line, Report, examine, installed_version, render
from parakeet.probes import Outcome

ROOT = Path(__file__).parents[1]
CPU = {"vendor": "AuthenticAMD", "model": "Made Up 9000", "avx2": True, "mhz": 2500.0, "threads": 8, "cores": 4}
VERSIONS = {
    "parakeet-tts": "0.1.0", "click": "8.5.1", "numpy": "2.4.6", "pydantic": "2.14.3", "pyyaml": "6.0.3", "safetensors": "0.8.0",
    "scipy": "1.17.1", "soundfile": "0.14.0", "visualdl": "2.5.3", "paddlepaddle": "3.3.1", "pocketsphinx": "5.1.1",
    "pypinyin": "0.55.0", "jieba": "0.42.1", "espeakng-loader": "0.2.4", "playwright": "1.65.2", "G722": "1.2.8", "pytest": "9.2.0",
    "hypothesis": "6.170.15", "ruff": "0.17.6", "setuptools": "84.2.1", "inflect": "7.6.0",
}  # fmt: skip
USABLE = {"version": "3.3.1", "import_seconds": 1.5, "cuda": False, "gpus": 0, "gradient_error": 1e-7}


class Probe:
    """Stands for fresh processes: gives prepared outcomes and keeps what it was asked."""

    def __init__(self, check=Outcome(USABLE, None), rates=(40.0, 120.0)):  # noqa: B008
        self.check, self.rates, self.asked = check, list(rates), []

    def __call__(self, target, environ):
        self.asked.append((target, environ))
        if target.endswith(":check_paddle"):
            return self.check
        rate = self.rates.pop(0)
        return rate if isinstance(rate, Outcome) else Outcome({"gflops": rate, "median_gflops": rate}, None)


def report(changes=(), environ=None, probe=None):
    versions = {**VERSIONS, **dict(changes)}
    return examine(environ or {}, CPU, versions.get, probe or Probe())


def line(found, name):
    return next(x for lines in found.sections.values() for x in lines if x.name == name)


def test_where_everything_is_there_nothing_has_to_be_mended():
    found = report()
    assert (found.problems, found.exit_code) == ([], 0)
    assert render(found).endswith("Nothing has to be mended.")


def test_where_paddle_is_missing_one_line_says_which_install_to_run():
    probe = Probe()
    found = report({"paddlepaddle": None}, probe=probe)
    assert found.sections["Paddle"] == [
        Line("problem", "paddle", "not installed", 'pip install "parakeet-tts[cpu]"   (with a GPU: pip install "parakeet-tts[gpu]")')
    ]
    assert found.exit_code == 1
    assert "Speed" not in found.sections
    assert probe.asked == []
    assert render(found).endswith("To mend (1): paddle")


def test_a_paddle_that_crashes_is_reported_and_its_speed_is_not_measured():
    found = report(probe=Probe(check=Outcome(None, "the process died of SIGSEGV")))
    assert line(found, "usable") == Line("problem", "usable", "no", "a first training step failed: the process died of SIGSEGV")
    assert "Speed" not in found.sections
    assert found.exit_code == 1


@pytest.mark.parametrize("error", [0.5, float("nan")])
def test_a_wrong_gradient_makes_paddle_unusable(error):
    found = report(probe=Probe(check=Outcome({**USABLE, "gradient_error": error}, None)))
    assert line(found, "usable").mark == "problem"
    assert "a gradient is wrong by" in line(found, "usable").remark


def test_two_paddles_at_once_are_a_problem():
    found = report({"paddlepaddle-gpu": "3.3.1"})
    assert line(found, "paddle").remark == "they overwrite each other: pip uninstall paddlepaddle paddlepaddle-gpu, then install one"
    assert found.exit_code == 1


def test_paddle_for_gpus_without_a_gpu_is_worth_a_note():
    probe = Probe(check=Outcome({**USABLE, "cuda": True}, None))
    found = report({"paddlepaddle": None, "paddlepaddle-gpu": "3.3.1"}, probe=probe)
    assert line(found, "GPUs").mark == "note"
    assert found.exit_code == 0


def test_an_old_package_is_a_problem_that_says_what_to_run():
    found = report({"numpy": "1.25.4"})
    assert line(found, "numpy") == Line(
        "problem", "numpy", "1.25.4", "too old, 1.26 or newer is needed: pip install --upgrade parakeet-tts"
    )
    assert found.exit_code == 1


def test_a_package_newer_than_the_tested_one_is_a_note_and_no_error():
    found = report({"numpy": "3.1.0rc1"})
    assert line(found, "numpy") == Line("note", "numpy", "3.1.0rc1", "newer than the tested 2.4")
    assert found.exit_code == 0


def test_a_later_patch_of_the_tested_version_counts_as_tested():
    assert line(report({"numpy": "2.4.99.post1"}), "numpy").mark == "ok"


def test_a_missing_package_that_parakeet_always_needs_is_a_problem():
    found = report({"pyyaml": None})
    assert line(found, "pyyaml") == Line("problem", "pyyaml", "not installed", "pip install --upgrade parakeet-tts")


def test_missing_optional_packages_name_their_command_and_are_no_error():
    found = report({"jieba": None, "G722": None})
    assert line(found, "zh") == Line("missing", "zh", "jieba", 'for Chinese text: pip install "parakeet-tts[zh]"')
    assert line(found, "corpora").remark.endswith(': pip install "parakeet-tts[corpora]"')
    assert line(found, "align").mark == "ok"
    assert found.exit_code == 0


def test_an_optional_package_that_is_too_old_is_a_note_and_no_error():
    found = report({"pypinyin": "0.9.1"})
    assert line(found, "zh") == Line("note", "zh", "pypinyin 0.9.1", 'too old, 0.50 or newer is needed: pip install "parakeet-tts[zh]"')
    assert found.exit_code == 0


def test_parakeets_settings_and_the_users_are_told_apart():
    found = report(environ={"OMP_NUM_THREADS": "1", "MKL_DYNAMIC": "FALSE", "HOME": "/home/x"})
    assert found.sections["Settings"] == [
        Line("note", "OMP_NUM_THREADS", "1", "set in your environment; parakeet would set 4"),
        Line("ok", "MKL_DEBUG_CPU_TYPE", "5", "set by parakeet"),
        Line("ok", "MKL_DYNAMIC", "FALSE", "set in your environment"),
    ]


def test_settings_that_parakeet_made_before_the_report_are_still_its_own():
    environ = {"OMP_NUM_THREADS": "4", "MKL_DEBUG_CPU_TYPE": "5", "PARAKEET_CPU_SETTINGS": "MKL_DEBUG_CPU_TYPE=5 OMP_NUM_THREADS=4"}
    assert [x.remark for x in report(environ=environ).sections["Settings"]] == ["set by parakeet", "set by parakeet"]


def test_the_speed_is_measured_without_and_with_the_settings_in_force():
    probe = Probe()
    found = report(environ={"OMP_NUM_THREADS": "3", "HOME": "/home/x"}, probe=probe)
    (_, checked), (_, plain), (_, tuned) = probe.asked
    assert plain == {"HOME": "/home/x"}
    assert (tuned["OMP_NUM_THREADS"], tuned["MKL_DEBUG_CPU_TYPE"], tuned["HOME"]) == ("3", "5", "/home/x")
    assert checked == tuned
    assert [x.value for x in found.sections["Speed"]] == ["40 GFLOP/s", "120 GFLOP/s", "3.0 times"]


def test_settings_that_make_paddle_slower_are_noted():
    assert line(report(probe=Probe(rates=(100.0, 50.0))), "gain").mark == "note"


def test_settings_that_kill_paddle_are_a_problem():
    died = Outcome(None, "the process died of SIGILL")
    found = report(environ={"MKL_DEBUG_CPU_TYPE": "8"}, probe=Probe(rates=(40.0, died)))
    assert line(found, "matmul, as set") == Line("problem", "matmul, as set", "failed", "the process died of SIGILL")
    assert found.exit_code == 1


def test_little_memory_is_noted(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 8388608 kB\nMemFree: 100 kB\nMemAvailable: 1048576 kB\nHugePages_Total: 0\n")
    (tmp_path / "limit").write_text("4294967296\n")
    assert doctor._memory(tmp_path / "meminfo", [tmp_path / "limit"]) == Line(
        "note", "memory", "1.0 GiB free", "of 8.0 GiB, limited to 4.0 GiB; training wants 2 GiB or more"
    )
    assert doctor._memory(tmp_path / "none") is None


def test_the_text_is_aligned():
    text = render(Report({"One": [Line("ok", "a", "1", "x"), Line("problem", "long name", "222")], "Two": [Line("note", "b", "3", "y")]}))
    assert text == (
        "One\n"
        "  ok       a          1    x\n"
        "  problem  long name  222\n"
        "\n"
        "Two\n"
        "  note     b          3  y\n"
        "\n"
        "To mend (1): long name"
    )


def test_examining_changes_no_environment_variable():
    before = dict(os.environ)
    examine(cpu=CPU, version_of=VERSIONS.get, probe=Probe())
    assert dict(os.environ) == before


def test_a_distribution_that_is_not_there_has_no_version():
    assert installed_version("parrot-that-is-not-there") is None
    assert installed_version("numpy")


def test_the_doctor_can_be_imported_without_any_package_of_parakeets():
    code = "import sys, parakeet.doctor; print(sorted({'paddle', 'numpy', 'click', 'soundfile', 'yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_this_machines_paddle_is_really_tried_and_measured():
    if installed_version("paddlepaddle") is None:
        pytest.skip("Paddle for processors isn't installed")
    found = examine()
    assert line(found, "usable").value == "yes"
    rates = [float(line(found, f"matmul, {name}").value.split()[0]) for name in ("no settings", "as set")]
    assert all(1 < rate < 100_000 for rate in rates)
