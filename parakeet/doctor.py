"""What ``parakeet doctor`` says: is everything here that parakeet needs, and is the processor used well?"""

import math
import os
import platform
import re
import shutil
import sys
from importlib import metadata
from typing import NamedTuple

from parakeet.cpu import plan_settings, processor, recommended, tuned, untuned
from parakeet.probes import run_probe
from parakeet.requirements import CORE, DISTRIBUTION, EXTRAS, PYTHON, install_command

# ok: as it should be. note: works, but worth knowing. missing: optional and absent. problem: has to be mended.
OK, NOTE, MISSING, PROBLEM = "ok", "note", "missing", "problem"

_PADDLES = ("paddlepaddle", "paddlepaddle-gpu")
_STEERING = ("OMP_", "KMP_", "MKL_", "OPENBLAS_", "FLAGS_", "CUDA_VISIBLE_DEVICES")
_GIB = 2**30


class Line(NamedTuple):
    """One finding: a ``mark``, what it is about (``name``), what was found (``value``) and a ``remark``."""

    mark: str
    name: str
    value: str
    remark: str = ""


class Report(NamedTuple):
    """All findings: ``sections`` maps a title to its lines."""

    sections: dict[str, list[Line]]

    @property
    def problems(self):
        """The lines that have to be mended."""
        return [line for lines in self.sections.values() for line in lines if line.mark == PROBLEM]

    @property
    def exit_code(self):
        """0 if nothing has to be mended, else 1."""
        return 1 if self.problems else 0


def installed_version(distribution):
    """Give the version of an installed distribution without importing it, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def examine(environ=None, cpu=None, version_of=installed_version, probe=run_probe):
    """Look at the installation, the machine and Paddle; takes about ten seconds where Paddle is installed.

    Args:
        environ (Mapping[str, str], optional): the environment; this process's own when None. It is not changed.
        cpu (dict, optional): as :func:`parakeet.cpu.processor` returns it; read from the machine when None.
        version_of (Callable[[str], str | None]): gives a distribution's version.
        probe (Callable): as :func:`parakeet.probes.run_probe`.

    Returns:
        Report: what was found.
    """
    environ = dict(os.environ if environ is None else environ)
    cpu = processor() if cpu is None else cpu
    settings = plan_settings(cpu, environ)
    sections = {
        "Packages": _packages(version_of),
        "Paddle": _paddle(version_of, probe, tuned(settings, environ)),
        "Optional": _optional(version_of),
        "Machine": _machine(cpu),
        "Settings": _settings(settings, cpu, environ),
    }
    if sections["Paddle"][-1].mark == OK:
        sections["Speed"] = _speed(settings, environ, probe)
    return Report(sections)


def render(report):
    """Lay a report out as plain text.

    Args:
        report (Report): as :func:`examine` returns it.

    Returns:
        str: aligned lines, the last of which says whether something has to be mended.
    """
    names = max(len(line.name) for lines in report.sections.values() for line in lines)
    text = []
    for title, lines in report.sections.items():
        values = max(len(line.value) for line in lines)
        text.append(title)
        text += [f"  {x.mark:<8} {x.name:<{names}}  {x.value:<{values}}  {x.remark}".rstrip() for x in lines]
        text.append("")
    problems = report.problems
    if not problems:
        text.append("Nothing has to be mended.")
    else:
        text.append(f"To mend ({len(problems)}): " + ", ".join(line.name for line in problems))
    return "\n".join(text)


def _packages(version_of):
    own = version_of(DISTRIBUTION)
    lines = [
        _judge(PYTHON, platform.python_version(), "install another Python"),
        Line(OK, "parakeet", own, "") if own else Line(NOTE, "parakeet", "not installed", "runs from a source folder"),
    ]
    for need in CORE:
        lines.append(_judge(need, version_of(need.name), install_command()))
        if need.name == "soundfile" and lines[-1].mark != PROBLEM:
            lines.append(_libsndfile())
    return lines


def _judge(need, version, mend):
    if version is None:
        return Line(PROBLEM, need.name, "not installed", mend)
    if _number(version) < _number(need.at_least):
        return Line(PROBLEM, need.name, version, f"too old, {need.at_least} or newer is needed: {mend}")
    if _number(version)[: len(_number(need.tested))] > _number(need.tested):
        return Line(NOTE, need.name, version, f"newer than the tested {need.tested}")
    return Line(OK, need.name, version, f"needs {need.at_least} or newer, tested with {need.tested}")


def _number(version):
    return tuple(int(part) for part in re.match(r"\d+(?:\.\d+)*", version).group().split("."))


def _libsndfile():
    try:
        import soundfile
    except (ImportError, OSError) as error:
        return Line(PROBLEM, "libsndfile", "can't be loaded", " ".join(str(error).split()))
    return Line(OK, "libsndfile", soundfile.__libsndfile_version__, "")


def _paddle(version_of, probe, environ):
    """The versions of Paddle, and in the last line whether it is usable."""
    present = {name: version_of(name) for name in _PADDLES if version_of(name) is not None}
    if not present:
        return [Line(PROBLEM, "paddle", "not installed", f"{install_command('cpu')}   (with a GPU: {install_command('gpu')})")]
    needs = {need.name: need for extra in ("cpu", "gpu") for need in EXTRAS[extra].needs}
    lines = [
        _judge(needs[name], version, install_command("gpu" if name.endswith("gpu") else "cpu")) for name, version in present.items()
    ]
    if len(present) > 1:
        remark = f"they overwrite each other: pip uninstall {' '.join(present)}, then install one"
        lines.append(Line(PROBLEM, "paddle", "installed twice", remark))
    outcome = probe("parakeet.probes:check_paddle", environ)
    return [*lines, *_usable(outcome)]


def _usable(outcome):
    if outcome.failure is not None:
        return [Line(PROBLEM, "usable", "no", f"a first training step failed: {outcome.failure}")]
    found = outcome.values
    lines = []
    if found["cuda"]:
        count = found["gpus"]
        lines.append(Line(OK, "GPUs", str(count)) if count else Line(NOTE, "GPUs", "none", "Paddle for GPUs runs on the processor here"))
    error = found["gradient_error"]
    if not error < 1e-3:
        return [*lines, Line(PROBLEM, "usable", "no", f"a gradient is wrong by {error:.1%}: Paddle's arithmetic can't be trusted here")]
    return [*lines, Line(OK, "usable", "yes", f"a training step gave the right gradient; import takes {found['import_seconds']:.1f} s")]


def _optional(version_of):
    lines = []
    for name, extra in EXTRAS.items():
        if name in ("cpu", "gpu"):
            continue
        judged = [_judge(need, version_of(need.name), install_command(name)) for need in extra.needs]
        absent = [line.name for line in judged if line.value == "not installed"]
        old = [line for line in judged if line.mark == PROBLEM and line.name not in absent]
        if absent:
            lines.append(Line(MISSING, name, ", ".join(absent), f"for {extra.purpose}: {install_command(name)}"))
        elif old:
            # Optional, so no problem: an ordinary virtual environment brings an old setuptools, for instance.
            lines.append(Line(NOTE, name, f"{old[0].name} {old[0].value}", old[0].remark))
        else:
            mark = NOTE if any(line.mark == NOTE for line in judged) else OK
            newer = "; newer than what was tested" if mark == NOTE else ""
            lines.append(Line(mark, name, ", ".join(f"{x.name} {x.value}" for x in judged), f"for {extra.purpose}{newer}"))
    return lines


def _machine(cpu):
    name = " ".join([cpu["model"] or platform.processor() or platform.machine(), "" if cpu["avx2"] else "(no AVX2 seen)"]).strip()
    cores = f"{cpu['cores']} usable core{'s' if cpu['cores'] > 1 else ''}"
    threads = "" if cpu["threads"] == cpu["cores"] else f" ({cpu['threads']} logical processors)"
    lines = [Line(OK, "processor", name, cores + threads), _load(cpu), _memory(), _disk()]
    return [line for line in lines if line is not None]


def _load(cpu):
    if not hasattr(os, "getloadavg"):
        return None
    load = os.getloadavg()[0]
    busy = load > 0.5 * cpu["cores"]
    remark = "others use the processor: speeds are too low now, and OMP_NUM_THREADS=1 may be faster than more" if busy else ""
    return Line(NOTE if busy else OK, "load", f"{load:.1f}", remark)


def _memory(meminfo="/proc/meminfo", limits=("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")):
    try:
        with open(meminfo) as file:
            kib = {name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in file)}
    except OSError:
        return None
    total, free = kib["MemTotal"] * 1024, kib.get("MemAvailable", kib["MemFree"]) * 1024
    limit = min([math.inf, *(_integer(path) for path in limits)])
    held = f", limited to {limit / _GIB:.1f} GiB" if limit < total else ""
    low = min(free, limit) < 2 * _GIB
    warning = "; training wants 2 GiB or more" if low else ""
    return Line(NOTE if low else OK, "memory", f"{free / _GIB:.1f} GiB free", f"of {total / _GIB:.1f} GiB{held}{warning}")


def _integer(path):
    try:
        with open(path) as file:
            return int(file.read())
    except (OSError, ValueError):
        return math.inf


def _disk(folder="."):
    free = shutil.disk_usage(folder).free
    low = free < 2 * _GIB
    warning = "; a run with snapshots fills 2 GiB soon" if low else ""
    return Line(NOTE if low else OK, "disk", f"{free / _GIB:.1f} GiB free", f"in {os.path.abspath(folder)}{warning}")


def _settings(settings, cpu, environ):
    advice = recommended(cpu)
    lines = []
    for name, setting in settings.items():
        if setting.setter == "parakeet":
            lines.append(Line(OK, name, setting.value, "set by parakeet"))
        elif setting.value == advice[name]:
            lines.append(Line(OK, name, setting.value, "set in your environment, as parakeet would"))
        else:
            lines.append(Line(NOTE, name, setting.value or "(empty)", f"set in your environment; parakeet would set {advice[name]}"))
    others = sorted(name for name in environ if name.startswith(_STEERING) and name not in settings)
    return lines + [Line(OK, name, environ[name], "set in your environment") for name in others]


def _speed(settings, environ, probe):
    """Matrix multiplication as Paddle does it by itself and with the settings in force, each in a fresh process."""
    rates, lines = {}, []
    for name, env in (("no settings", untuned(environ)), ("as set", tuned(settings, environ))):
        outcome = probe("parakeet.probes:measure_gemm", env)
        if outcome.failure is not None:
            lines.append(Line(PROBLEM, f"matmul, {name}", "failed", outcome.failure))
            continue
        rates[name] = outcome.values["gflops"]
        lines.append(Line(OK, f"matmul, {name}", f"{rates[name]:.0f} GFLOP/s", "1024 x 1024, float32, the fastest of a second"))
    if len(rates) == 2:
        ratio = rates["as set"] / rates["no settings"]
        slower = ratio < 0.9
        remark = "slower than Paddle by itself: measure again on a quiet machine, or unset what you set" if slower else ""
        lines.append(Line(NOTE if slower else OK, "gain", f"{ratio:.1f} times", remark))
    return lines


def main():
    """Print the report; the exit code is 1 where something has to be mended."""
    report = examine()
    print(render(report))
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
