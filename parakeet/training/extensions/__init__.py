"""The extensions that come with the toolkit, one file each; names are imported when they are first used."""

import importlib

_HOME = {
    "AudioSamples": "audio_samples",
    "EMA": "ema",
    "Evaluator": "evaluator",
    "FailOnNonNumber": "fail_on_non_number",
    "LogReport": "log_report",
    "ObserveLR": "observe_lr",
    "ParameterStatistics": "parameter_statistics",
    "PlotReport": "plot_report",
    "PrintReport": "print_report",
    "Profile": "profile",
    "ProgressBar": "progress_bar",
    "Snapshot": "snapshot",
    "TimeLimit": "time_limit",
    "VisualDLWriter": "visualdl_writer",
}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
