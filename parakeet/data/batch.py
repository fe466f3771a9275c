"""Batching: a list of arrays of different lengths -> one padded array, and the lengths.

To fix options for later use, take `functools.partial`: ``partial(batch_spec, time_axis=-1)``. It can be sent to worker processes.
"""

import numpy as np

from parakeet.errors import DataError


def batch_text_id(minibatch, pad_id=0, dtype=np.int64):
    """Batch sequences of ints: ids of symbols, or what belongs to symbols, as durations do.

    Args:
        minibatch (list[array]): each (S,), ints; S may differ.
        pad_id (int): fills up the shorter ones.
        dtype (dtype): of the batch.

    Returns:
        tuple: the batch (B, S), S the longest; the lengths (B,) int64.

    Raises:
        DataError: if there is none, one has another number of axes, or holds anything but ints.
    """
    arrays = _arrays(minibatch, "batch_text_id", (1,), "iu", "ints of shape (S,)")
    return batch_sequences(arrays, 0, pad_id, dtype)


def batch_wav(minibatch, pad_value=0.0, dtype=np.float32):
    """Batch recordings.

    Args:
        minibatch (list[array]): each (N,) mono, or each (C, N) with the same C channels; floats in [-1, 1]; N samples, may differ.
        pad_value (float): fills up the shorter ones.
        dtype (dtype): of the batch.

    Returns:
        tuple: the batch (B, N) or (B, C, N), N the longest; the lengths (B,) int64.

    Raises:
        DataError: if there is none, one has another number of axes or channels than the first, or holds anything but floats.
    """
    arrays = _arrays(minibatch, "batch_wav", (1, 2), "f", "floats in [-1, 1] of shape (N,) or (C, N)")
    return batch_sequences(arrays, -1, pad_value, dtype, "batch_wav")


def batch_spec(minibatch, pad_value=0.0, time_axis=-2, dtype=np.float32):
    """Batch spectrograms, or anything else with features in every frame.

    Args:
        minibatch (list[array]): each (T, n_mels), time before features as everywhere in this project, or (C, T, n_mels) with the same
            C channels; T frames, may differ.
        pad_value (float): fills up the shorter ones; 0 is a loud frame of a log spectrogram, so mask by the lengths.
        time_axis (int): where time is: -2 for (T, F) and (C, T, F); -1 for (F, T) and (C, F, T).
        dtype (dtype): of the batch.

    Returns:
        tuple: the batch (B, T, n_mels) or (B, C, T, n_mels), T the longest; the lengths (B,) int64.

    Raises:
        DataError: if there is none, or one differs from the first in anything but time.
    """
    expected = "floats of shape (T, F) or (C, T, F), or (F, T) or (C, F, T) with time_axis=-1"
    arrays = _arrays(minibatch, "batch_spec", (2, 3), "f", expected)
    return batch_sequences(arrays, time_axis, pad_value, dtype, "batch_spec")


def batch_sequences(minibatch, time_axis=0, pad_value=0, dtype=None, caller="batch_sequences"):
    """Batch arrays that differ in the length of one axis.

    Args:
        minibatch (list[array]): all of the same number of axes.
        time_axis (int): the axis that may differ; negative ones count from the last.
        pad_value: fills up the shorter ones, at the end.
        dtype (dtype, optional): of the batch; that of the arrays together when None.
        caller (str): for messages.

    Returns:
        tuple: the batch, its first axis B and those of the arrays behind it; the lengths (B,) int64.

    Raises:
        DataError: if there is none, the axis does not exist, or another axis differs.
    """
    arrays = _arrays(minibatch, caller, range(1, 64), None, "arrays")
    first = arrays[0]
    if not -first.ndim <= time_axis < first.ndim:
        raise DataError(f"{caller}: time_axis={time_axis} does not exist in arrays of shape {first.shape}.")
    axis = time_axis % first.ndim
    for k, array in enumerate(arrays):
        if array.ndim != first.ndim or _without(array.shape, axis) != _without(first.shape, axis):
            raise DataError(
                f"{caller}: all arrays must agree in every axis but time (time_axis={time_axis}); "
                f"number {k} has the shape {array.shape}, number 0 has {first.shape}."
            )
    lengths = np.array([array.shape[axis] for array in arrays], np.int64)
    shape = list(first.shape)
    shape[axis] = int(lengths.max())
    batch = np.full((len(arrays), *shape), pad_value, np.result_type(*arrays) if dtype is None else dtype)
    for row, array in zip(batch, arrays, strict=True):
        row[(slice(None),) * axis + (slice(array.shape[axis]),)] = array
    return batch, lengths


def _without(shape, axis):
    return shape[:axis] + shape[axis + 1 :]


def _arrays(minibatch, caller, ndims, kinds, expected):
    if len(minibatch) == 0:
        raise DataError(f"{caller}: expected a list of {expected}; received an empty list.")
    arrays = [np.asarray(item) for item in minibatch]
    for k, array in enumerate(arrays):
        if array.ndim not in ndims or (kinds is not None and array.dtype.kind not in kinds and array.size > 0):
            integers = caller == "batch_wav" and array.dtype.kind in "iu"
            hint = " Integer samples become floats by dividing by their full scale, 32768 for 16 bits." if integers else ""
            raise DataError(f"{caller}: expected {expected}; number {k} has the shape {array.shape} and dtype {array.dtype}.{hint}")
    return arrays
