"""The processor used well: what to set in the environment before Paddle's first use.

Paddle's CPU wheel runs one thread unless ``OMP_NUM_THREADS`` says otherwise, and the MKL it bundles takes a slow path on AMD
processors unless ``MKL_DEBUG_CPU_TYPE`` says otherwise. Both are read once, so they have to be set before Paddle is imported.
What a user has set is never overridden.
"""

import os
import sys
import warnings
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")

# 5 selects MKL's AVX2 kernels; 8 would select AVX-512 ones that die with SIGILL on AMD, so it is never used.
_MKL_AVX2 = "5"


def processor(cpuinfo=None):
    """Describe this machine's processor.

    Args:
        cpuinfo (str, optional): the text of ``/proc/cpuinfo``; read from the machine when None.

    Returns:
        dict: ``vendor`` (str, '' where unknown), ``model`` (str), ``avx2`` (bool), ``cores`` (int, physical cores this process may use).
    """
    if cpuinfo is None:
        cpuinfo = _CPUINFO.read_text(errors="replace") if _CPUINFO.exists() else ""
    records = [_record(block) for block in cpuinfo.split("\n\n") if "processor" in block]
    first = records[0] if records else {}
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    physical = {(r.get("physical id"), r.get("core id")) for r in records if "core id" in r}
    return {
        "vendor": first.get("vendor_id", ""),
        "model": first.get("model name", ""),
        "avx2": "avx2" in first.get("flags", "").split(),
        "cores": max(1, min(usable, len(physical) if physical else usable)),
    }


def _record(block):
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def recommended(cpu):
    """Give the environment variables that make Paddle fast on a processor.

    Args:
        cpu (dict): as :func:`processor` returns it.

    Returns:
        dict[str, str]: variable to value.
    """
    settings = {"OMP_NUM_THREADS": str(cpu["cores"])}
    if cpu["vendor"] == "AuthenticAMD" and cpu["avx2"]:
        settings["MKL_DEBUG_CPU_TYPE"] = _MKL_AVX2
    return settings


def tune_cpu():
    """Set what makes Paddle fast on this processor, where the user set nothing; call it before importing paddle.

    Returns:
        dict[str, str]: every variable concerned and the value now in force, the user's own included.

    Warns:
        RuntimeWarning: if Paddle was imported already and a setting would come too late.
    """
    settings = recommended(processor())
    missing = {name: value for name, value in settings.items() if name not in os.environ}
    if missing and "paddle" in sys.modules:
        warnings.warn(
            f"tune_cpu() was called after paddle was imported: {', '.join(missing)} may have no effect. Call it first.",
            RuntimeWarning,
            stacklevel=2,
        )
    os.environ.update(missing)
    # Paddle mentions at every import that ccache is missing; it matters only to those who compile Paddle operators.
    warnings.filterwarnings("ignore", message="No ccache found", category=UserWarning)
    return {name: os.environ[name] for name in settings}
