"""By the clock."""

from parakeet.training.trigger import IntervalTrigger


class Time(IntervalTrigger):
    """Fires every so many seconds of training; after a stall it fires once and then keeps its grid.

    The time is the trainer's elapsed time, which goes on where it was when a run is resumed.

    Args:
        seconds: the period in seconds.
    """

    def __init__(self, seconds):
        super().__init__(seconds, "second")
