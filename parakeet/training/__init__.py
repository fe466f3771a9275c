"""The training core: a trainer drives an updater and calls extensions when their triggers fire. It knows nothing of speech.

Names are imported when they are first used, so that importing this package imports neither Paddle nor anything that needs it.
"""

from parakeet.lazy import lazy_names

_HOMES = {
    "experiment": ("Experiment", "Interval", "TrainingConfig"),
    "extension": (
        "Extension",
        "GiveUp",
        "PRIORITY_EDITOR",
        "PRIORITY_READER",
        "PRIORITY_WRITER",
        "make_extension",
    ),
    "gan_experiment": ("GANExperiment",),
    "random": ("seed_everything",),
    "reporter": ("DictSummary", "Summary", "report", "scope"),
    "signals": ("Interrupted",),
    "trainer": ("Trainer",),
    "trigger": ("IntervalTrigger", "Trigger", "get_trigger"),
    "triggers": (
        "BestValue",
        "EarlyStopping",
        "Limit",
        "ManualSchedule",
        "MaxValue",
        "MinValue",
        "Once",
        "Time",
    ),
    "updater": ("StandardUpdater", "Updater"),
    "updaters": ("GANUpdater",),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
