"""From symbols and frames of a corpus to a first, rough alignment: an :class:`Aligner` trained for a minute, and the best paths by it."""

import numpy as np
import paddle

from parakeet.functions.monotonic import beta_binomial_prior, monotonic_alignment_search
from parakeet.models.aligner.aligner import Aligner, alignment_loss

_BATCH = 8
_LEARNING_RATE = 2e-3
_TEMPERATURE = 10.0


def rough_durations(texts, frames, optional, trained, epochs=5, seed=0, progress=None):
    """Learn which frames belong to which symbol, and say how many belong to each.

    Paddle's global random state is left as it was; the same arguments give the same durations.

    Args:
        texts (list[ndarray]): of each utterance (S,), int64 ids from 1 on.
        frames (list[ndarray]): of each utterance (T, C), float32; T at least S.
        optional (list[ndarray]): of each utterance (S,), bool: symbols that may have no frame.
        trained (Sequence[int]): which utterances to learn from; all are aligned.
        epochs (int): passes over them.
        seed (int): of the first weights and of the order.
        progress (Callable, optional): called with (batches done, batches in all).

    Returns:
        list[ndarray]: of each utterance (S,), int64, frames per symbol.
    """
    model = _new_model(texts, frames, trained, seed)
    optimizer = paddle.optimizer.Adam(_LEARNING_RATE, parameters=model.parameters(), beta2=0.98)
    groups = _by_length(trained, frames)
    order = np.random.default_rng(seed)
    for epoch in range(epochs):
        for done, number in enumerate(order.permutation(len(groups)).tolist()):
            if progress is not None:
                progress(epoch * len(groups) + done, epochs * len(groups))
            batch = _batch(texts, frames, groups[number])
            loss = alignment_loss(model(*batch), batch[1], batch[3])
            loss.backward()
            optimizer.step()
            optimizer.clear_grad()
    return _durations(model, texts, frames, optional)


def _new_model(texts, frames, trained, seed):
    heard = np.concatenate([frames[i] for i in trained])
    state = paddle.get_rng_state()
    paddle.seed(seed)
    model = Aligner(
        1 + max(int(text.max()) for text in texts),
        n_mels=heard.shape[1],
        temperature=_TEMPERATURE,
        mel_mean=heard.mean(axis=0),
        mel_std=heard.std(axis=0),
    )
    paddle.set_rng_state(state)
    return model


def _by_length(utterances, frames):
    ordered = sorted(utterances, key=lambda i: len(frames[i]))
    return [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]


def _batch(texts, frames, group):
    """What the model takes, prior included."""
    n_symbols = np.array([len(texts[i]) for i in group])
    n_frames = np.array([len(frames[i]) for i in group])
    text = np.zeros((len(group), n_symbols.max()), np.int64)
    mel = np.zeros((len(group), n_frames.max(), frames[group[0]].shape[1]), np.float32)
    prior = np.zeros((len(group), n_frames.max(), n_symbols.max()), np.float32)
    for b, (i, n, t) in enumerate(zip(group, n_symbols.tolist(), n_frames.tolist(), strict=True)):
        text[b, :n], mel[b, :t] = texts[i], frames[i]
        prior[b, :t, :n] = beta_binomial_prior(n, t)
    return [paddle.to_tensor(array) for array in (text, n_symbols, mel, n_frames, prior)]


def _durations(model, texts, frames, optional):
    found = {}
    for group in _by_length(range(len(texts)), frames):
        batch = _batch(texts, frames, group)
        with paddle.no_grad():
            scores = model(*batch).numpy()
        may_miss = np.zeros(batch[0].shape, bool)
        for b, i in enumerate(group):
            may_miss[b, : len(texts[i])] = optional[i]
        rows = monotonic_alignment_search(scores, batch[1].numpy(), batch[3].numpy(), may_miss)
        found |= {i: row[: len(texts[i])] for i, row in zip(group, rows, strict=True)}
    return [found[i] for i in range(len(texts))]
