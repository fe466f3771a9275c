"""Long work shows how far it is: a bar on a terminal, a line a step elsewhere."""

import sys

WIDTH = 30


class Progress:
    """Called with (what, done, total); shows it on standard error.

    Args:
        stream (TextIO, optional): where to write; standard error when None.
    """

    def __init__(self, stream=None):
        self._stream = sys.stderr if stream is None else stream
        self._live = self._stream.isatty()
        self._what = None
        self._shown = -1

    def __call__(self, what, done, total):
        """Show that ``done`` of ``total`` are done of ``what``."""
        if what != self._what:
            self.close()
            self._what, self._shown = what, -1
            if not self._live:
                print(f"{what} ...", file=self._stream, flush=True)
        share = done / total if total else 1.0
        if self._live and int(share * 1000) != self._shown:
            self._shown = int(share * 1000)
            bar = "#" * int(share * WIDTH)
            print(f"\r{what} [{bar:<{WIDTH}}] {done}/{total}", end="", file=self._stream, flush=True)

    def close(self):
        """End the line."""
        if self._live and self._what is not None:
            print(file=self._stream, flush=True)
        self._what = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
