"""The state of the global random generators, to begin with one that is known and to go on with the one that was."""

import random
import sys


def seed_everything(seed):
    """Seed Python's, NumPy's and Paddle's global generators; nothing in this library does so unasked.

    Args:
        seed (int): 0 ... 2**32 - 1.

    Raises:
        ValueError: if it is not such a number.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"a seed is an int from 0 to 2**32 - 1; it is {seed!r}")
    import numpy
    import paddle

    random.seed(seed)
    numpy.random.seed(seed)
    paddle.seed(seed)


def seed_apart(rank):
    """In all processes but the first, go on with numbers of one's own, which depend on the present state and the rank alone.

    Args:
        rank (int): of this process; 0 changes nothing.
    """
    if rank:
        import zlib

        seed_everything(zlib.crc32(repr((rank, random.getstate())).encode()))


def capture():
    """Take the state of all global generators.

    Returns:
        dict: of json values: ``python``, ``numpy`` and, if Paddle is loaded, ``paddle`` and ``cuda`` (lists, one per generator).
    """
    import numpy

    version, words, gauss = random.getstate()
    kind, keys, position, has_gauss, cached = numpy.random.get_state(legacy=True)
    state = {
        "python": [version, list(words), gauss],
        "numpy": [kind, keys.tolist(), int(position), int(has_gauss), float(cached)],
    }
    if "paddle" in sys.modules:
        paddle = sys.modules["paddle"]
        state["paddle"] = [_generator_state(generator) for generator in paddle.get_rng_state()]
        state["cuda"] = [_generator_state(generator) for generator in paddle.get_cuda_rng_state()]
    return state


def restore(state):
    """Put back what `capture` took.

    Args:
        state (dict): as it came, or as it came through json.
    """
    import numpy

    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    kind, keys, position, has_gauss, cached = state["numpy"]
    numpy.random.set_state((kind, numpy.asarray(keys, dtype=numpy.uint32), position, has_gauss, cached))
    if "paddle" in state:
        import paddle

        paddle.set_rng_state(_generators(paddle.get_rng_state(), state["paddle"]))
        # A run may go on on another device: a generator that is not there has nothing to take back.
        cuda = paddle.get_cuda_rng_state()
        if len(cuda) == len(state["cuda"]) > 0:
            paddle.set_cuda_rng_state(_generators(cuda, state["cuda"]))


def _generator_state(generator):
    # (device, seed, offset, words of the Mersenne twister): what Paddle itself would pickle.
    device, seed, offset, words = generator.__getstate__()
    return [device, seed, offset, list(words)]


def _generators(current, saved):
    restored = []
    for generator, (device, seed, offset, words) in zip(current, saved, strict=True):
        kind = type(generator)
        fresh = kind.__new__(kind)
        fresh.__setstate__((device, seed, offset, list(words)))
        restored.append(fresh)
    return restored
