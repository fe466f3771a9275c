"""Random numbers as a function of (seed, epoch): no global random state is read or changed.

They are drawn from the raw output of PCG64, which numpy promises never to change (NEP 19); for `Generator.permutation` and its like it
gives no such promise, and a run must be resumable on another version of numpy.
"""

import operator

import numpy as np

from parakeet.errors import DataError


def at_least(least, value, name):
    """Take an int that is not below a bound.

    Args:
        least (int): the bound.
        value: what was received; anything that is an int, numpy's included, but no bool.
        name (str): what it is, for the message.

    Returns:
        int

    Raises:
        DataError: if it is no int, or below the bound.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, (bool, np.bool_)) or number < least:
        raise DataError(f"expected {name} to be an int, {least} at least; received {value!r}.")
    return number


def uniform(seed, epoch, count, stream=0):
    """Draw numbers from [0, 1), 53 bits each.

    Args:
        seed (int): of the run.
        epoch (int): from 0.
        count (int): how many.
        stream (int): tells apart what one sampler draws for several purposes.

    Returns:
        ndarray: (count,) float64.
    """
    return (_raw(seed, epoch, count, stream) >> np.uint64(11)) * 2.0**-53


def permutation(seed, epoch, size, stream=0):
    """Shuffle the ints below `size`.

    Args:
        seed, epoch, stream: as for `uniform`.
        size (int): how many.

    Returns:
        ndarray: (size,) int64.
    """
    return np.argsort(_raw(seed, epoch, size, stream), kind="stable")


def generator(seed, epoch, position):
    """Give the random generator that belongs to a position in the data.

    Args:
        seed (int): of the run.
        epoch (int): from 0.
        position (int): samples of the epoch that come before.

    Returns:
        numpy.random.Generator
    """
    return np.random.Generator(_bits(seed, epoch, position, 1))


def _raw(seed, epoch, count, stream):
    return _bits(seed, epoch, stream, 0).random_raw(count)


def _bits(seed, epoch, *key):
    return np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(at_least(0, epoch, "epoch"), *key)))
