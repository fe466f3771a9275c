"""The log, as a table on the terminal."""

import sys

from parakeet.training.extension import Extension

_CLEAR_LINE = "\r\033[K"  # a progress bar may stand there


class PrintReport(Extension):
    """Prints each row that a `LogReport` writes, in columns; the head again when a new column appears.

    Args:
        keys (Iterable[str], optional): the columns; iteration, epoch, elapsed_time and every value when None.
        log_report (str): the name the `LogReport` is registered under.
        stream: where to; ``sys.stdout`` when None.
    """

    replayed = False

    def __init__(self, keys=None, log_report="LogReport", stream=None):
        self._keys = None if keys is None else list(keys)
        self._log_report = log_report
        self._stream = stream
        self._log = None
        self._printed = 0
        self._columns = None

    def initialize(self, trainer):
        self._log = trainer.get_extension(self._log_report)
        self._printed = self._log.written

    def __call__(self, trainer):
        if self._log.written == self._printed:
            return
        self._printed = self._log.written
        row = self._log.row
        # A value that is not in every row, such as a validation loss, keeps its column.
        columns = list(dict.fromkeys([*(self._columns or []), *row])) if self._keys is None else self._keys
        lines = [] if columns == self._columns else ["  ".join(column.rjust(_width(column)) for column in columns)]
        lines.append("  ".join(_cell(row.get(column)).rjust(_width(column)) for column in columns))
        self._columns = columns
        stream = sys.stdout if self._stream is None else self._stream
        for line in lines:
            print((_CLEAR_LINE if stream.isatty() else "") + line, file=stream, flush=True)


def _width(column):
    return max(9, len(column))


def _cell(value):
    return "" if value is None else str(value) if isinstance(value, int) else f"{value:.5g}"
