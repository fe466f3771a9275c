"""The training core: a trainer drives an updater and calls extensions when their triggers fire. It knows nothing of speech.

Names are imported when they are first used, so that importing this package imports neither Paddle nor anything that needs it.
"""

import importlib

_HOME = {
    "parakeet.training.experiment": ("Experiment", "Interval", "TrainingConfig"),
    "parakeet.training.extension": (
        "Extension",
        "GiveUp",
        "PRIORITY_EDITOR",
        "PRIORITY_READER",
        "PRIORITY_WRITER",
        "make_extension",
    ),
    "parakeet.training.random": ("seed_everything",),
    "parakeet.training.reporter": ("DictSummary", "Summary", "report", "scope"),
    "parakeet.training.signals": ("Interrupted",),
    "parakeet.training.trainer": ("Trainer",),
    "parakeet.training.trigger": ("IntervalTrigger", "Trigger", "get_trigger"),
    "parakeet.training.triggers": (
        "BestValue",
        "EarlyStopping",
        "Limit",
        "ManualSchedule",
        "MaxValue",
        "MinValue",
        "Once",
        "Time",
    ),
    "parakeet.training.updater": ("StandardUpdater", "Updater"),
    "parakeet.training.updaters": ("GANUpdater",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
