"""How far the run is, how fast it goes and when it ends."""

import collections
import shutil
import sys
import time

from parakeet.training.extension import Extension
from parakeet.training.reporter import is_scalar, read
from parakeet.training.triggers.limit import Limit

_WINDOW = 20  # looks over which the rate is measured
_BAR = 20  # characters


class ProgressBar(Extension):
    """Shows position, rate, remaining time and the losses: one line redrawn on a terminal, a line now and then elsewhere.

    Values are read when the line is drawn, not in each iteration.

    Args:
        keys (Iterable[str], optional): the reported values to show; the losses of training when None, four at most.
        total (tuple, optional): where the run ends, ``(n, unit)``; the trainer's limit when None, if it has one.
        seconds (float, optional): how often it is drawn; 0.5 on a terminal, 60 elsewhere when None.
        stream: where to; ``sys.stderr`` when None.
        clock (callable): gives seconds.
    """

    replayed = False

    def __init__(self, keys=None, total=None, seconds=None, stream=None, clock=time.monotonic):
        self._keys = None if keys is None else list(keys)
        self._total = None if total is None else Limit(*total)
        self._seconds = seconds
        self._stream = stream
        self._clock = clock
        self._looks = collections.deque(maxlen=_WINDOW)
        self._line = ""

    def initialize(self, trainer):
        if self._stream is None:
            self._stream = sys.stderr
        self._terminal = self._stream.isatty()
        if self._seconds is None:
            self._seconds = 0.5 if self._terminal else 60.0
        if self._total is None and isinstance(trainer.stop_trigger, Limit):
            self._total = trainer.stop_trigger
        self._looks.clear()
        self._look(trainer)

    def __call__(self, trainer):
        if self._clock() - self._looks[-1][0] >= self._seconds:
            self._look(trainer)
            self._draw(self._text(trainer))

    def finalize(self, trainer):
        if trainer.updater.iteration > self._looks[-1][1]:
            self._look(trainer)
            self._draw(self._text(trainer))
        if self._terminal and self._line:
            print(file=self._stream, flush=True)

    def _look(self, trainer):
        self._looks.append((self._clock(), trainer.updater.iteration, self._share(trainer)))

    def _share(self, trainer):
        """float or None: how much of the run is done, from 0 to 1."""
        if self._total is None:
            return None
        unit = self._total.unit
        now = trainer.span(unit)[1]
        return float(min(now / self._total.limit, 1)) if self._total.limit else 1.0

    def _text(self, trainer):
        (begin, first, share_then), (now, iteration, share) = self._looks[0], self._looks[-1]
        seconds = max(now - begin, 1e-9)
        parts = [
            f"iteration {iteration}, epoch {trainer.updater.epoch_detail:.2f}",
            _rate((iteration - first) / seconds),
        ]
        if share is not None:
            done = int(share * _BAR)
            parts.insert(0, f"{share:4.0%} [{'#' * done}{'.' * (_BAR - done)}]")
            if share > share_then:
                parts.append(f"{_duration((1 - share) * seconds / (share - share_then))} left")
        parts += [f"{key} {read(trainer.observation[key]):.4g}" for key in self._shown(trainer.observation)]
        return " | ".join(parts)

    def _shown(self, observation):
        if self._keys is not None:
            return [key for key in self._keys if key in observation]
        return [key for key, value in observation.items() if "/" not in key and is_scalar(_value(value))][:4]

    def _draw(self, text):
        self._line = text
        if self._terminal:
            columns = shutil.get_terminal_size().columns
            print(f"\r{text[: columns - 1]}\033[K", end="", file=self._stream, flush=True)
        else:
            print(text, file=self._stream, flush=True)


def _value(value):
    return value[0] if isinstance(value, tuple) else value


def _rate(iterations_per_second):
    slow = 0 < iterations_per_second < 1
    return f"{1 / iterations_per_second:.1f} s/it" if slow else f"{iterations_per_second:.1f} it/s"


def _duration(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"
