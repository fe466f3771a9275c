"""Recordings held against texts: the best path through a text, and how well it fits."""

import numpy as np

from parakeet.functions.monotonic import monotonic_alignment_search
from parakeet.preparation.learned.sounds import in_context

_AT_ONCE = 12_000_000
"""Frames times states of the utterances that are aligned together: bounds the memory, at some 20 bytes each."""


def together(n_frames, scripts):
    """Group utterances of like length, to be aligned together.

    Args:
        n_frames (dict[int, int]): of each utterance.
        scripts (Sequence[Script]): of all.

    Yields:
        list[int]
    """
    group, longest = [], 0
    for i in sorted(n_frames, key=n_frames.get):
        longest = max(longest, len(scripts[i].states))
        if group and (len(group) + 1) * longest * n_frames[i] > _AT_ONCE:
            yield group
            group, longest = [], len(scripts[i].states)
        group.append(i)
    if group:
        yield group


def best_paths(scripts, emissions):
    """Find the best path through each of some utterances.

    Args:
        scripts (list[Script]): their texts.
        emissions (list[ndarray]): of each (T, S), how well each frame fits each state of its script, logarithms.

    Returns:
        list[ndarray]: of each (T,), int64, the place in the script of every frame's state.
    """
    text_lengths = [len(script.states) for script in scripts]
    mel_lengths = [len(scores) for scores in emissions]
    scores = np.zeros((len(scripts), max(mel_lengths), max(text_lengths)), np.float32)
    optional = np.zeros((len(scripts), max(text_lengths)), bool)
    for b, script in enumerate(scripts):
        scores[b, : mel_lengths[b], : text_lengths[b]] = emissions[b]
        optional[b, : text_lengths[b]] = script.optional
    durations = monotonic_alignment_search(scores, text_lengths, mel_lengths, optional)
    return [np.repeat(np.arange(n), row[:n]) for n, row in zip(text_lengths, durations, strict=True)]


def emissions_of(models, heard, script):
    """How well each frame fits each state of a script: (T, S), float32, logarithms but for a constant."""
    states, places = np.unique(script.states, return_inverse=True)
    return models.log_likelihood(in_context(heard) @ models.view, states)[:, places]


class Fit:
    """How well the frames of a recording fit the states of a script, compared with the state, of all, that fits each frame best.

    Args:
        models (States): of all states.
        heard (ndarray): (T, N_CEPSTRA), the recording.
        script (Script): the text.

    Attributes:
        emissions (ndarray): (T, S), float32, nats; 0 is perfect.
    """

    def __init__(self, models, heard, script):
        likelihoods = models.log_likelihood(in_context(heard) @ models.view, np.arange(len(models.mean)))
        self.script = script
        self.emissions = likelihoods[:, script.states] - likelihoods.max(axis=1, keepdims=True)

    def _of_frames(self, path):
        return self.emissions[np.arange(len(path)), path].astype(np.float64)

    def score(self, path):
        """Give the mean over the frames of phones."""
        phones = ~self.script.optional[path]
        return float(self._of_frames(path)[phones].mean())

    def piece_scores(self, path):
        """Give the mean over the frames of each piece; 0 where it has none."""
        owner, n = self.script.owner[path], len(self.script.pieces)
        return np.bincount(owner, self._of_frames(path), n) / np.maximum(np.bincount(owner, minlength=n), 1)


def between(own, other):
    """Find the score that tells a corpus' own texts from others: equally many of their spreads away from either.

    The spreads are those of the middle half, so that a few wrong texts among the own ones do not count; each counts as a tenth of the
    distance at least: recordings that were not learned from scatter more.

    Args:
        own (Sequence[float]): scores of recordings with their own texts.
        other (Sequence[float]): with others.

    Returns:
        float
    """
    middle_own, middle_other = np.median(own), np.median(other)
    least = max(0.1 * (middle_own - middle_other), 1e-6)
    spread_own, spread_other = (max(np.subtract(*np.percentile(scores, [75, 25])), least) for scores in (own, other))
    return float((middle_own * spread_other + middle_other * spread_own) / (spread_own + spread_other))
