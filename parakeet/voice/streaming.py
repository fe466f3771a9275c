"""Sound as it is made: how large the pieces are in which a spectrum is vocoded."""

FIRST_FRAMES = 16
"""Of the first chunk: a fifth of a second, so that something is heard at once."""

MOST_FRAMES = 1024


class ChunkSizes:
    """How many frames come next: few at first, then twice as many each time, because each chunk pays for its surroundings anew.

    Args:
        first (int): frames.
        most (int): frames.
    """

    def __init__(self, first=FIRST_FRAMES, most=MOST_FRAMES):
        self._next, self._most = first, most

    def __call__(self):
        """The next size."""
        size, self._next = self._next, min(2 * self._next, self._most)
        return size
