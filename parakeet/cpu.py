"""The processor used well: what to set in the environment before Paddle's first use.

Paddle's CPU wheel runs one thread unless ``OMP_NUM_THREADS`` says otherwise, and the MKL it bundles takes a slow path on AMD
processors unless ``MKL_DEBUG_CPU_TYPE`` says otherwise. Both are read once, so they have to be set before Paddle is imported.
What a user has set is never overridden.
"""

import contextlib
import io
import os
import re
import sys
import warnings
from typing import NamedTuple

# 5 selects MKL's AVX2 kernels; 8 would select AVX-512 ones that die with SIGILL on AMD, so it is never used.
_MKL_AVX2 = "5"

# Names the variables parakeet itself has set. Child processes inherit it with them, so nobody takes them for the user's own.
_MARK = "PARAKEET_CPU_SETTINGS"


class Setting(NamedTuple):
    """One environment variable: its ``value`` and its ``setter``, ``"user"`` or ``"parakeet"``."""

    value: str
    setter: str


def processor(cpuinfo=None, usable=None, quota=None):
    """Describe this machine's processor; what isn't given is read from the machine.

    Args:
        cpuinfo (str, optional): the text of ``/proc/cpuinfo``; '' where there is none (macOS, Windows).
        usable (Iterable[int], optional): the logical processors this process may run on.
        quota (float, optional): how many processors' worth of time a container may use; ``inf`` for no limit.

    Returns:
        dict: ``vendor`` (str, '' where unknown), ``model`` (str), ``avx2`` (bool), ``mhz`` (float, 0.0 where unknown),
        ``threads`` (int, logical processors this process may use), ``cores`` (int, physical ones, within the quota).
    """
    cpuinfo = _read("/proc/cpuinfo") if cpuinfo is None else cpuinfo
    usable = _affinity() if usable is None else set(usable)
    quota = cgroup_quota() if quota is None else quota
    records = [r for r in map(_record, re.split(r"\n\s*\n", cpuinfo)) if r.get("processor", "").isdigit()]
    first = records[0] if records else {}
    # Two hyper-threads share one core's arithmetic units, so a thread for each would only wait for the other.
    physical = {(r.get("physical id"), r["core id"]) for r in records if "core id" in r and int(r["processor"]) in usable}
    cores = len(physical) if physical else len(usable)
    return {
        "vendor": first.get("vendor_id", ""),
        "model": first.get("model name", ""),
        "avx2": "avx2" in first.get("flags", "").split(),
        "mhz": float(first.get("cpu MHz", 0.0)),
        "threads": len(usable),
        "cores": max(1, int(min(cores, quota))),
    }


def _read(path):
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _record(block):
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _affinity():
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def cgroup_quota(root="/sys/fs/cgroup", own="/proc/self/cgroup"):
    """Give how many processors' worth of time the control groups of this process leave it (Linux containers).

    Args:
        root (str): where the control groups are mounted.
        own (str): the file that names this process's groups.

    Returns:
        float: the smallest quota on the way from the process's group to the root, version 1 or 2; ``inf`` where there is none.
    """
    quotas = [float("inf")]
    for line in _read(own).splitlines():
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers and "cpu" not in controllers.split(","):
            continue
        mount = os.path.join(root, "cpu") if controllers else str(root)
        steps = [step for step in path.split("/") if step]
        quotas += [_quota(os.path.join(mount, *steps[:depth])) for depth in range(len(steps) + 1)]
    return min(quotas)


def _quota(folder):
    words = _read(os.path.join(folder, "cpu.max")).split()
    words = words or [_read(os.path.join(folder, name)).strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")]
    if len(words) == 2 and all(word.isdigit() for word in words) and int(words[1]) > 0:
        return int(words[0]) / int(words[1])
    return float("inf")


def recommended(cpu, processes=1):
    """Give the environment variables that make Paddle fast on a processor.

    Args:
        cpu (dict): as :func:`processor` returns it.
        processes (int): how many processes share the processor, as in data-parallel training.

    Returns:
        dict[str, str]: variable to value.
    """
    settings = {"OMP_NUM_THREADS": str(max(1, cpu["cores"] // processes))}
    if cpu["vendor"] == "AuthenticAMD" and cpu["avx2"]:
        settings["MKL_DEBUG_CPU_TYPE"] = _MKL_AVX2
    return settings


def plan_settings(cpu, environ):
    """Give the settings that will be in force for Paddle and who set each; changes nothing.

    Args:
        cpu (dict): as :func:`processor` returns it.
        environ (Mapping[str, str]): the environment Paddle would start with.

    Returns:
        dict[str, Setting]: for each recommended variable the user's value where there is one, else the recommended one.
    """
    share = environ.get("PADDLE_LOCAL_SIZE", "")  # set by paddle.distributed.launch in each of its processes
    settings = recommended(cpu, processes=int(share) if share.isdigit() and int(share) > 0 else 1)
    ours = environ.get(_MARK, "").split()
    return {
        name: Setting(environ[name], "user")
        if name in environ and f"{name}={environ[name]}" not in ours
        else Setting(value, "parakeet")
        for name, value in settings.items()
    }


def usable_threads():
    """Give how many threads a library shall compute with: what Paddle is told by ``OMP_NUM_THREADS``, the user's word or ours."""
    value = plan_settings(processor(), os.environ)["OMP_NUM_THREADS"].value
    return int(value) if value.isdigit() and int(value) > 0 else 1


def untuned(environ):
    """Give a copy of an environment without anything that steers Paddle's arithmetic: what Paddle does by itself.

    Args:
        environ (Mapping[str, str]): the environment.

    Returns:
        dict[str, str]: the copy.
    """
    steering = {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "MKL_DEBUG_CPU_TYPE", _MARK}
    return {name: value for name, value in environ.items() if name not in steering}


def tuned(settings, environ):
    """Give a copy of an environment with settings in force, marked so that parakeet's can be told from the user's.

    Args:
        settings (dict[str, Setting]): as :func:`plan_settings` returns them.
        environ (Mapping[str, str]): the environment.

    Returns:
        dict[str, str]: the copy.
    """
    ours = sorted(f"{name}={s.value}" for name, s in settings.items() if s.setter == "parakeet")
    return {**environ, **{name: s.value for name, s in settings.items()}, _MARK: " ".join(ours)}


def tune_cpu():
    """Set what makes Paddle fast on this processor, where the user set nothing; call it before importing paddle.

    Returns:
        dict[str, str]: every variable concerned and the value now in force, the user's own included.

    Warns:
        RuntimeWarning: if Paddle was imported already and a setting comes too late.
    """
    cpu = processor()
    settings = plan_settings(cpu, os.environ)
    if "paddle" in sys.modules:
        late = {name for name, s in settings.items() if os.environ.get(name) != s.value}
        # Importing paddle writes OMP_NUM_THREADS=1 where nothing was set, which then looks like the user's own.
        if settings["OMP_NUM_THREADS"] == Setting("1", "user") and cpu["cores"] > 1:
            late.add("OMP_NUM_THREADS")
        if late:
            warnings.warn(
                f"tune_cpu() was called after paddle was imported: {', '.join(sorted(late))} may have no effect. Call it first.",
                RuntimeWarning,
                stacklevel=2,
            )
    os.environ.update(tuned(settings, os.environ))
    # Paddle mentions at every import that ccache is missing; it matters only to those who compile Paddle operators.
    warnings.filterwarnings("ignore", message="No ccache found", category=UserWarning)
    return {name: s.value for name, s in settings.items()}


@contextlib.contextmanager
def _logging_left_alone(captured):
    """Undo what an import does to the root logger, and give its own loggers the true standard error, not the captured one."""
    import logging

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for logger in list(root.manager.loggerDict.values()):
            for handler in getattr(logger, "handlers", ()):  # placeholders have none
                if getattr(handler, "stream", None) is captured:
                    handler.setStream(sys.stderr)


def import_paddle(purpose="Paddle's tensors"):
    """Import Paddle with :func:`tune_cpu`'s settings in force, and without its warning that several threads are used as asked.

    Args:
        purpose (str): what needs it, as the beginning of a sentence: ``"Training"``.

    Returns:
        module: paddle.

    Raises:
        MissingDependencyError: if Paddle isn't installed or can't be loaded; one line says which installation to run.
    """
    from parakeet.requirements import require

    if "paddle" in sys.modules:
        return sys.modules["paddle"]
    tune_cpu()
    said = io.StringIO()
    try:
        with _logging_left_alone(said), contextlib.redirect_stderr(said):
            return require("paddle", "cpu", purpose)
    finally:
        for line in said.getvalue().splitlines():
            if "OMP_NUM_THREADS" not in line:
                print(line, file=sys.stderr)
