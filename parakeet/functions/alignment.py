"""From symbols to frames: durations, paths and expansion."""

import paddle


def durations_to_path(durations, n_frames=None):
    """The 0/1 matrix that says which symbol each frame belongs to.

    Args:
        durations (Tensor): (B, S), int64, frames per symbol; 0 on padding.
        n_frames (int, optional): T; the longest sum of durations when None.

    Returns:
        Tensor: (B, T, S), float32; a row past an utterance's end is all zeros.
    """
    ends = paddle.cumsum(durations, axis=1).unsqueeze(1)
    starts = ends - durations.unsqueeze(1)
    n_frames = longest(durations) if n_frames is None else n_frames
    frame = paddle.arange(n_frames, dtype=durations.dtype).reshape([1, -1, 1])
    return paddle.logical_and(frame >= starts, frame < ends).astype("float32")


def longest(durations):
    """How many frames hold the longest utterance.

    While a graph is recorded it is one at least: not every runtime knows a convolution over nothing.

    Args:
        durations (Tensor): (B, S), int64, frames per symbol.

    Returns:
        int: T.
    """
    frames = durations.sum(axis=1).max()
    return int(frames if paddle.in_dynamic_mode() else paddle.clip(frames, min=1))


def expand_by_durations(x, durations, n_frames=None):
    """Repeat each symbol's vector for as many frames as it lasts (FastSpeech, arXiv:1905.09263, sec. 3.3).

    A product with a 0/1 matrix: exact, quick on a CPU in both directions, and without a data-dependent loop.

    Args:
        x (Tensor): (B, S, C).
        durations (Tensor): (B, S), int64, frames per symbol; 0 on padding.
        n_frames (int, optional): T; the longest sum of durations when None.

    Returns:
        Tensor: (B, T, C); zeros past each utterance's end.

    Raises:
        ValueError: if the two disagree in B or S.
    """
    # A model that is being exported has no sizes yet that could be compared.
    if paddle.in_dynamic_mode() and list(x.shape[:2]) != list(durations.shape):
        raise ValueError(
            f"expand_by_durations: x is {list(x.shape)} and durations {list(durations.shape)}; expected (B, S, C) and (B, S)."
        )
    return paddle.matmul(durations_to_path(durations, n_frames).astype(x.dtype), x)


def frame_positions(durations, n_frames=None):
    """Where each frame stands within its symbol.

    Args:
        durations (Tensor): (B, S), int64, frames per symbol; 0 on padding.
        n_frames (int, optional): T; the longest sum of durations when None.

    Returns:
        Tensor: (B, T, 2), float32: the fraction of the symbol that is over at the frame's centre, in (0, 1), and the natural
        logarithm of the symbol's duration; zeros past each utterance's end.
    """
    path = durations_to_path(durations, n_frames)
    lasting = durations.astype("float32")
    start = paddle.cumsum(lasting, axis=1) - lasting
    of_frame = paddle.matmul(path, paddle.stack([start, lasting], axis=-1))
    inside = path.sum(axis=-1)
    frame = paddle.arange(path.shape[1], dtype="float32").unsqueeze(0)
    length = paddle.clip(of_frame[:, :, 1], min=1.0)
    fraction = (frame + 0.5 - of_frame[:, :, 0]) / length
    return paddle.stack([fraction * inside, paddle.log(length) * inside], axis=-1)


def contour_by_symbols(values, durations, lengths, n_frames=None):
    """A value for each frame, on straight lines between the middles of the symbols; level before the first and behind the last.

    Args:
        values (Tensor): (B, S), one value a symbol.
        durations (Tensor): (B, S), int64, frames per symbol; 0 on padding.
        lengths (Tensor): (B,), int64, of the symbols.
        n_frames (int, optional): T; the longest sum of durations when None.

    Returns:
        Tensor: (B, T), float32; zeros past each utterance's end.
    """
    path = durations_to_path(durations, n_frames)
    lasting = durations.astype("float32")
    middle = paddle.cumsum(lasting, axis=1) - (lasting + 1) / 2
    inner = (paddle.arange(1, durations.shape[1] + 1).unsqueeze(0) < lengths.unsqueeze(1)).astype("float32")[:, :-1]

    def with_neighbours(x):
        before = paddle.concat([x[:, :1], x[:, :-1]], axis=1)
        behind = paddle.concat([x[:, 1:] * inner + x[:, :-1] * (1 - inner), x[:, -1:]], axis=1)
        return [before, x, behind]

    of_frame = paddle.matmul(path, paddle.stack(with_neighbours(middle) + with_neighbours(values.astype("float32")), axis=-1))
    m0, m1, m2, v0, v1, v2 = (of_frame[:, :, i] for i in range(6))
    frame = paddle.arange(path.shape[1], dtype="float32").unsqueeze(0)
    # In which of the two halves of its symbol a frame lies; the first symbol has no neighbour before, the last none behind.
    back = paddle.clip((m1 - frame) / paddle.clip(m1 - m0, min=0.5), min=0.0, max=1.0)
    on = paddle.clip((frame - m1) / paddle.clip(m2 - m1, min=0.5), min=0.0, max=1.0)
    return (v1 + back * (v0 - v1) + on * (v2 - v1)) * path.sum(axis=-1)


def predicted_durations(log_durations, text_lengths, rate=1.0):
    """Whole frames from what a duration predictor says.

    Args:
        log_durations (Tensor): (B, S), natural logarithm of ``1 + frames``.
        text_lengths (Tensor): (B,), int64.
        rate (float): speaking rate; 2 is twice as fast.

    Returns:
        Tensor: (B, S), int64; ``round((exp(log_durations) - 1) / rate)``, not below 0; 0 on padding.
    """
    from parakeet.functions.masking import sequence_mask

    # Not expm1, which paddle2onnx does not know; what it is more exact in is rounded away.
    frames = paddle.clip(paddle.round((paddle.exp(log_durations) - 1.0) / rate), min=0.0)
    return (frames * sequence_mask(text_lengths, log_durations.shape[1], frames.dtype)).astype("int64")


def stretch_durations(durations, rate=1.0):
    """Whole frames at another speaking rate (FastSpeech, arXiv:1905.09263, sec. 3.2, eq. 1, where alpha is ``1 / rate``).

    Halves are rounded up, as in the paper's example, so that no symbol of one frame is lost at twice the rate. S symbols are together
    within S / 2 frames of ``durations.sum() / rate``, and a rate of 1 changes nothing.

    Args:
        durations (Tensor): (B, S), int64, frames per symbol.
        rate (float or Tensor): 2 is twice as fast; for all, or (B, S), for each symbol.

    Returns:
        Tensor: (B, S), int64, ``floor(durations / rate + 1 / 2)``.
    """
    # In double precision: in single, 3 / (1 / 1.5) may fall on either side of a half.
    alpha = 1.0 / (rate.astype("float64") if paddle.is_tensor(rate) else rate)
    return paddle.floor(durations.astype("float64") * alpha + 0.5).astype("int64")
