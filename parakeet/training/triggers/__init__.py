"""The triggers that come with the toolkit; the protocol and how to compose them is in `parakeet.training.trigger`."""

from parakeet.training.trigger import AllOf, AnyOf, IntervalTrigger, Never, StatefulTrigger, Trigger, get_trigger
from parakeet.training.triggers.best_value import BestValue, MaxValue, MinValue
from parakeet.training.triggers.early_stopping import EarlyStopping
from parakeet.training.triggers.limit import Limit
from parakeet.training.triggers.manual_schedule import ManualSchedule
from parakeet.training.triggers.once import Once
from parakeet.training.triggers.time import Time

__all__ = [
    "AllOf",
    "AnyOf",
    "BestValue",
    "EarlyStopping",
    "IntervalTrigger",
    "Limit",
    "ManualSchedule",
    "MaxValue",
    "MinValue",
    "Never",
    "Once",
    "StatefulTrigger",
    "Time",
    "Trigger",
    "get_trigger",
]
