import ast
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from parakeet.errors import MissingDependencyError
from parakeet.requirements import CORE, EXTRAS, PYTHON, install_command, require

ROOT = Path(__file__).parents[1]


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Write a module of a given name and source where Python finds it."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, source):
        (tmp_path / f"{name}.py").write_text(source)
        monkeypatch.delitem(sys.modules, name, raising=False)

    yield write
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)


def test_a_module_that_is_there_is_imported():
    assert require("json", "eval", "Reading").loads("[1]") == [1]


@pytest.mark.parametrize("module", ["parrot_that_is_not_there", "parrot_that_is_not_there.wing"])
def test_a_missing_module_is_one_line_that_says_which_install_to_run(module):
    with pytest.raises(MissingDependencyError) as caught:
        require(module, "align", "Forced alignment")
    assert str(caught.value) == (
        f"Forced alignment needs '{module}', which is not installed. Run: pip install \"parakeet-tts[align]\""
    )


def test_a_missing_module_that_always_belongs_to_parakeet_names_parakeet_itself():
    with pytest.raises(MissingDependencyError, match=r"Reading needs 'parrot_q', .* Run: pip install --upgrade parakeet-tts$"):
        require("parrot_q", None, "Reading")


def test_a_module_that_lacks_another_one_is_called_broken_and_not_missing(made):
    made("parrot_half", "import parrot_other_half\n")
    with pytest.raises(MissingDependencyError) as caught:
        require("parrot_half", "eval", "Measuring")
    assert str(caught.value) == (
        "Measuring needs 'parrot_half', which is installed but can't be loaded (No module named 'parrot_other_half'). "
        'Install it again: pip install "parakeet-tts[eval]" --force-reinstall'
    )


@pytest.mark.parametrize("error", ["OSError('sndfile library\\nnot found')", "ImportError('sndfile library not found')"])
def test_a_shared_library_that_cannot_be_loaded_is_one_line(made, error):
    made("parrot_sound", f"raise {error}\n")
    with pytest.raises(MissingDependencyError, match=r"can't be loaded \(sndfile library not found\)"):
        require("parrot_sound", None, "Reading a recording")


def test_a_fault_inside_the_module_is_not_hidden(made):
    made("parrot_faulty", "1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        require("parrot_faulty", None, "Anything")


def test_an_unknown_extra_is_a_mistake_of_the_programmer():
    with pytest.raises(ValueError, match="there is no extra 'cup'; there are cpu, gpu, align"):
        require("json", "cup", "Training")


def literal(name):
    """The value of a table that setup.py writes as a literal."""
    for node in ast.parse((ROOT / "setup.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            return ast.literal_eval(node.value)
    pytest.fail(f"setup.py has no table {name} any more")


def floors(specs):
    return {tuple(spec.split(";")[0].split(",")[0].split(">=")) for spec in specs}


def test_the_table_says_what_setup_py_says():
    assert {(need.name, need.at_least) for need in CORE} == floors(literal("REQUIRED"))
    ours = {name: {(need.name, need.at_least) for need in extra.needs} for name, extra in EXTRAS.items()}
    assert ours == {name: floors(specs) for name, specs in literal("EXTRAS").items()}


def test_what_was_tested_is_what_the_constraints_install():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {}
    for line in lines:
        if "==" in line:
            name, version = line.split(";")[0].strip().split("==")
            pinned.setdefault(name.lower(), []).append(version)
    needs = [*CORE, *(need for extra in EXTRAS.values() for need in extra.needs if need.name != "paddlepaddle-gpu")]
    newest = {need: pinned[need.name.lower()][-1] for need in needs}  # a package's last line is for the newest Python
    assert {n.name: v for n, v in newest.items() if f"{v}.".startswith(f"{n.tested}.") is False} == {}


def test_every_extra_has_a_purpose_and_packages():
    assert all(extra.purpose and extra.needs for extra in EXTRAS.values())


def test_every_oldest_version_is_older_than_what_was_tested():
    def number(version):
        return tuple(int(part) for part in version.split("."))[:2]

    needs = [PYTHON, *CORE, *(need for extra in EXTRAS.values() for need in extra.needs)]
    assert [need for need in needs if number(need.at_least) > number(need.tested)] == []


def test_the_command_names_the_extra():
    assert install_command("cpu") == 'pip install "parakeet-tts[cpu]"'
    assert install_command() == "pip install --upgrade parakeet-tts"


def test_setup_py_can_run_the_file_by_its_path_without_parakeet_being_importable(tmp_path):
    code = f"import runpy; print(runpy.run_path({str(ROOT / 'parakeet' / 'requirements.py')!r})['CORE'][0].spec())"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr) == (CORE[0].spec(), "")
    assert runpy.run_path(str(ROOT / "parakeet" / "requirements.py"))["DISTRIBUTION"] == "parakeet-tts"


def test_what_reports_home_is_told_not_to_before_it_is_imported(made, monkeypatch):
    made("curious", "import os\nseen = os.environ.get('ORT_DISABLE_TELEMETRY')\n")
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    assert require("curious", None, "Asking").seen == "0"
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    sys.modules.pop("curious")
    assert require("curious", None, "Asking").seen == "1"


def test_onnxruntime_leaves_nothing_at_home(tmp_path):
    pytest.importorskip("onnxruntime")
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment = {name: value for name, value in environment.items() if name not in ("CI", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY")}
    code = "from parakeet.requirements import require; require('onnxruntime', 'onnx', 'Speaking').InferenceSession"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not list(tmp_path.rglob("*onnxruntime*"))
