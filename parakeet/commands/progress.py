"""Long work shows how far it is: a bar on a terminal, a line a step elsewhere."""

import sys
import time

WIDTH = 30
PATIENCE = 2.0  # seconds before it is said how long it will take: the first few steps tell little


class Progress:
    """Called with (what, done, total); shows it on standard error.

    Args:
        stream (TextIO, optional): where to write; standard error when None.
        clock (Callable): gives seconds.
    """

    def __init__(self, stream=None, clock=time.monotonic):
        self._stream = sys.stderr if stream is None else stream
        self._live = self._stream.isatty()
        self._clock = clock
        self._what = None
        self._shown = None

    def __call__(self, what, done, total):
        """Show that ``done`` of ``total`` are done of ``what``, and how long the rest will take at the pace since its first call."""
        if what != self._what:
            self.close()
            self._what, self._shown = what, None
            self._began, self._first = self._clock(), done
            if not self._live:
                print(f"{what} ...", file=self._stream, flush=True)
        share = done / total if total else 1.0
        left = self._left(done, total)
        if self._live and (int(share * 1000), left) != self._shown:
            self._shown = int(share * 1000), left
            bar = "#" * int(share * WIDTH)
            # The line is cleared first: what it said before may have been longer.
            print(f"\r\x1b[K{what} [{bar:<{WIDTH}}] {done}/{total}{left}", end="", file=self._stream, flush=True)

    def _left(self, done, total):
        elapsed = self._clock() - self._began
        if elapsed < PATIENCE or not self._first < done < total:
            return ""
        seconds = round(elapsed / (done - self._first) * (total - done))
        hours, minutes = divmod(seconds // 60, 60)
        return f", {hours}:{minutes:02}:{seconds % 60:02} left" if hours else f", {minutes}:{seconds % 60:02} left"

    def close(self):
        """End the line."""
        if self._live and self._what is not None:
            print(file=self._stream, flush=True)
        self._what = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
