"""Curves of the log, as a picture in the run folder."""

import math
from html import escape
from pathlib import Path

from parakeet.errors import RunError
from parakeet.training.extension import Extension
from parakeet.training.extensions.log_report import read_log

_WIDTH, _HEIGHT = 900, 500
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 20, 50
# Okabe and Ito's colours, which the colour-blind can tell apart.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


class PlotReport(Extension):
    """Draws values of the log over the iterations into an SVG file, from the log's first line on, after a restart too.

    Args:
        keys (str or Iterable[str]): the values to draw, in one picture.
        file_name (str): below the run folder; ends in ``.svg``.
        logarithmic (bool): whether the vertical axis is logarithmic; what is not positive is left out then.
        log_file (str): the log, below the run folder.

    Raises:
        RunError: if the file's name ends otherwise.
    """

    replayed = False
    trigger = (1, "epoch")

    def __init__(self, keys, file_name="plot.svg", logarithmic=False, log_file="log.jsonl"):
        if Path(file_name).suffix != ".svg":
            raise RunError(f"PlotReport draws SVG: file_name must end in '.svg', received '{file_name}'")
        self._keys = [keys] if isinstance(keys, str) else list(keys)
        self._file_name = file_name
        self._logarithmic = logarithmic
        self._log_file = log_file

    @property
    def default_name(self):
        """str: the name of the picture, so that there may be several."""
        return Path(self._file_name).stem

    def __call__(self, trainer):
        log = trainer.out / self._log_file
        rows = read_log(log) if log.exists() else []
        curves = {
            key: [(row["iteration"], row[key]) for row in rows if self._drawable(row.get(key))] for key in self._keys
        }
        (trainer.out / self._file_name).write_text(draw(curves, self._logarithmic), encoding="utf-8")

    def _drawable(self, value):
        return value is not None and (value > 0 or not self._logarithmic)


def draw(curves, logarithmic=False):
    """Draw curves as SVG.

    Args:
        curves (dict[str, list[tuple]]): name -> points (x, y), by x; finite numbers.
        logarithmic (bool): whether y is drawn logarithmically; all y are positive then.

    Returns:
        str: the file's text.
    """
    points = [point for curve in curves.values() for point in curve]
    x_axis = _Axis([x for x, _ in points], _LEFT, _WIDTH - _RIGHT, False)
    y_axis = _Axis([y for _, y in points], _HEIGHT - _BOTTOM, _TOP, logarithmic)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for value in x_axis.ticks():
        x = x_axis.place(value)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{value:g}</text>')
    for value in y_axis.ticks():
        y = y_axis.place(value)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    parts.append(f'<text x="{_WIDTH / 2:g}" y="{_HEIGHT - 10}" text-anchor="middle">iteration</text>')
    for i, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[i % len(_COLOURS)]
        path = " ".join(f"{x_axis.place(x):.1f},{y_axis.place(y):.1f}" for x, y in curve)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if len(curve) < 50:
            parts += [
                f'<circle cx="{x_axis.place(x):.1f}" cy="{y_axis.place(y):.1f}" r="2.5" fill="{colour}"/>'
                for x, y in curve
            ]
        parts.append(
            f'<text x="{_WIDTH - _RIGHT - 8}" y="{_TOP + 18 * (i + 1)}" text-anchor="end" fill="{colour}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


class _Axis:
    """Where values stand between two edges of the picture."""

    def __init__(self, values, begin, end, logarithmic):
        self._map = math.log10 if logarithmic else float
        mapped = [self._map(value) for value in values] or [0.0, 1.0]
        self._low, self._high = min(mapped), max(mapped)
        if self._low == self._high:
            self._low, self._high = self._low - 0.5, self._high + 0.5
        self._begin, self._end = begin, end
        self._logarithmic = logarithmic

    def place(self, value):
        return self._begin + (self._map(value) - self._low) / (self._high - self._low) * (self._end - self._begin)

    def ticks(self):
        """About six round values; powers of ten on a logarithmic axis that spans some."""
        if self._logarithmic and math.floor(self._high) > math.ceil(self._low):
            powers = range(math.ceil(self._low), math.floor(self._high) + 1)
            return [10.0**power for power in powers][:: max(1, len(powers) // 6)]
        low, high = (10**self._low, 10**self._high) if self._logarithmic else (self._low, self._high)
        rough = (high - low) / 6
        power = 10 ** math.floor(math.log10(rough))
        step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough * 0.999)
        first = math.ceil(low / step)
        return [step * n for n in range(first, math.floor(high / step + 1e-9) + 1)]
