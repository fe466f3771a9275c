"""The extensions that come with the toolkit, one file each; names are imported when they are first used."""

from parakeet.lazy import lazy_names

_HOMES = {
    "audio_samples": ("AudioSamples",),
    "ema": ("EMA",),
    "evaluator": ("Evaluator",),
    "fail_on_non_number": ("FailOnNonNumber",),
    "initial_weights": ("InitialWeights",),
    "log_report": ("LogReport",),
    "observe_lr": ("ObserveLR",),
    "parameter_statistics": ("ParameterStatistics",),
    "plot_report": ("PlotReport",),
    "print_report": ("PrintReport",),
    "profile": ("Profile",),
    "progress_bar": ("ProgressBar",),
    "snapshot": ("Snapshot",),
    "time_limit": ("TimeLimit",),
    "visualdl_writer": ("VisualDLWriter",),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
