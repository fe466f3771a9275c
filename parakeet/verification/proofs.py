"""Measurements that the checks of several models share. Each gives a number that is small, or a place, never a verdict."""

import numpy as np
import paddle

from parakeet.modules.weight_norm import fold_weight_norm


def stored_parameters(model):
    """How many numbers a model's parameters hold, the lengths of weight normalisation among them.

    Args:
        model (Layer): folded or not.

    Returns:
        int: the count; `parakeet.modules.weight_norm.count_parameters` leaves the lengths out.
    """
    return sum(parameter.size for parameter in model.parameters())


def stirred(model, scale=0.1, dtype="float64"):
    """A model for measurements: in evaluation mode and double precision, parameters and statistics moved away from where they begin.

    What begins as zero, or as one, would otherwise hide what depends on it.

    Args:
        model (Layer): changed in place.
        scale (float): standard deviation of what is added to each parameter; to statistics, such as the mean and the deviation of
            spectra, its magnitude is, so that no deviation becomes negative.
        dtype (str): of parameters and buffers.

    Returns:
        Layer: the model.
    """
    for parameter in model.parameters():
        parameter.set_value(parameter + scale * paddle.randn(parameter.shape))
    for buffer in model.buffers():
        if buffer.is_floating_point():
            buffer.set_value(buffer + scale * paddle.randn(buffer.shape).abs())
    model.to(dtype=dtype)
    model.eval()
    return model


def share_of_loss_left(model, loss_of, steps, learning_rate):
    """The loss of a batch that was learnt by heart, beside that of the first step.

    Args:
        model (Layer): learns, by Adam.
        loss_of (Callable): without arguments -> the loss, a scalar tensor.
        steps (int): how many.
        learning_rate (float): of all of them.

    Returns:
        float: last loss / first loss.
    """
    optimizer = paddle.optimizer.Adam(learning_rate, parameters=model.parameters())
    losses = []
    for _ in range(steps):
        loss = loss_of()
        loss.backward()
        optimizer.step()
        optimizer.clear_grad()
        losses.append(loss.item())
    return losses[-1] / losses[0]


def distance(ours, theirs):
    """The largest difference of two tensors or arrays.

    Raises:
        ValueError: if they differ in shape.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape:
        raise ValueError(f"shapes {ours.shape} and {theirs.shape} can't be compared")
    return float(np.abs(ours - theirs).max(initial=0.0))


def padding_difference(run, batch, cuts):
    """How much the company of longer utterances changes what a model makes of one.

    Args:
        run (Callable): batch -> dict of tensors (B, ...), each of whose further axes, where they belong to symbols or frames, begins with
            an utterance's own.
        batch (dict): tensors (B, ...), with lengths that differ.
        cuts (dict): for each key of the batch with an axis to be cut, the key of its lengths, such as ``{"text": "text_lengths"}``.

    Returns:
        float: the largest difference of an utterance's results in company and alone.
    """
    together = run(batch)
    largest = 0.0
    for b in range(len(next(iter(batch.values())))):
        alone = {key: value[b : b + 1] for key, value in batch.items()}
        for key, lengths in cuts.items():
            alone[key] = alone[key][:, : int(batch[lengths][b])]
        for key, value in run(alone).items():
            own = value.numpy()[0]
            shared = together[key].numpy()[b][tuple(slice(0, n) for n in own.shape)]
            largest = max(largest, distance(shared, own))
    return largest


def reach(function, x, at):
    """Where a result changes when its input is poked at one place.

    Args:
        function (Callable): tensor -> tensor (1, T, ...).
        x (Tensor): (1, T', ...).
        at (int): the place, of T'.

    Returns:
        tuple[int, int]: the first and the last place of T that differs, to the bit.

    Raises:
        ValueError: if nothing differs.
    """
    poked = x.clone()
    poked[:, at] = poked[:, at] + 1.0
    before, after = function(x).numpy()[0], function(poked).numpy()[0]
    differs = np.flatnonzero((before != after).reshape(len(before), -1).any(axis=1))
    if not differs.size:
        raise ValueError(f"a poke at {at} changed nothing")
    return int(differs[0]), int(differs[-1])


def jacobian(function, x):
    """All derivatives of a function, by automatic differentiation.

    Args:
        function (Callable): tensor -> tensor.
        x (Tensor): where.

    Returns:
        ndarray: (results, inputs), both in the order of their memory.
    """
    x = x.detach()
    x.stop_gradient = False
    results = function(x).flatten()
    rows = []
    for i in range(len(results)):
        (row,) = paddle.grad(results[i], x, retain_graph=True, allow_unused=True)
        rows.append(np.zeros(x.size) if row is None else row.numpy().ravel())
    return np.stack(rows)


def folding_difference(model, run):
    """How much folding weight normalisation changes a result.

    Args:
        model (Layer): folded afterwards.
        run (Callable): without arguments -> tensor.

    Returns:
        float: the largest difference.
    """
    before = run().numpy()
    fold_weight_norm(model)
    return distance(before, run())


def made_batch(text_lengths, vocab_size=20, n_mels=8, dtype="float64", seed=1):
    """A batch of made utterances for acoustic models, random and in double precision.

    Args:
        text_lengths (Sequence[int]): symbols of each.
        vocab_size (int): ids are drawn below it; 0 is padding.
        n_mels (int): bands.
        dtype (str): of what is no count.
        seed (int): of the draw.

    Returns:
        dict: ``text`` (B, S), ``text_lengths`` (B,), ``durations`` (B, S), ``pitch`` and ``energy`` (B, S), ``mel`` (B, T, n_mels) and
        ``mel_lengths`` (B,): tensors, zero on padding.
    """
    rng, lengths = np.random.default_rng(seed), np.asarray(text_lengths)
    symbols = np.arange(lengths.max()) < lengths[:, None]
    durations = rng.integers(0, 6, symbols.shape) * symbols
    durations[:, 0] += 1
    frames = durations.sum(axis=1)
    spoken = np.arange(frames.max()) < frames[:, None]
    batch = {
        "text": rng.integers(1, vocab_size, symbols.shape) * symbols,
        "text_lengths": lengths,
        "durations": durations,
        "pitch": (rng.standard_normal(symbols.shape) * symbols).astype(dtype),
        "energy": (rng.standard_normal(symbols.shape) * symbols).astype(dtype),
        "mel": (rng.standard_normal((*spoken.shape, n_mels)) * spoken[..., None]).astype(dtype),
        "mel_lengths": frames,
    }
    return {key: paddle.to_tensor(value) for key, value in batch.items()}


def only_own_frames(outputs, mel_lengths):
    """How loud the padding of a spectrum is.

    Args:
        outputs (Tensor): (B, T, n_mels).
        mel_lengths (Tensor): (B,).

    Returns:
        float: the largest magnitude on padding.
    """
    padding = np.arange(outputs.shape[1]) >= mel_lengths.numpy()[:, None]
    return float(np.abs(outputs.numpy()[padding]).max(initial=0.0))
