"""Sound as it is made: a spectrum is vocoded piece by piece, and the pieces are the whole, to the last bits."""

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


def vocode_in_chunks(engine, mel, sizes, seed=0):
    """The sound of a mel spectrum in chunks that follow one another; together they equal ``engine.vocode(mel)`` to 1e-5.

    Each chunk is made with as many frames around it as its sound depends on, which are cut off again. A vocoder that needs the whole
    spectrum (Griffin-Lim) gives it in one chunk.

    Args:
        engine (Engine): with ``context`` and ``vocode``.
        mel (numpy.ndarray): (T, n_mels), T > 0.
        sizes (ChunkSizes): of the chunks.
        seed (int): of the vocoder.

    Yields:
        numpy.ndarray: (n,) float32, a whole number of frames.
    """
    if engine.context is None:
        yield engine.vocode(mel, seed=seed)
        return
    begin = 0
    while begin < len(mel):
        end = begin + sizes()
        left = max(0, begin - engine.context)
        surrounded = mel[left : end + engine.context]
        wav = engine.vocode(surrounded, seed=seed)
        hop_length = len(wav) // len(surrounded)
        yield wav[(begin - left) * hop_length : (end - left) * hop_length]
        begin = end
