"""How each state of a phone sounds: a mixture of Gaussians over a view of the frames in which the states lie far apart."""

from typing import NamedTuple

import numpy as np

_LEAST_VARIANCE = 0.02
"""Of a component, as a share of the variance of all frames: what is too narrow takes frames from everywhere."""
_PRIOR_FRAMES = 10.0
"""Frames by which a component's variance is drawn to its state's, and a state's to half of that of all frames."""
_STEPS = 2


class States(NamedTuple):
    """The models of all states.

    Attributes:
        view (ndarray): (C, D), float32: a frame in its context is multiplied with it.
        mean (ndarray): (N, K, D), float32.
        variance (ndarray): (N, K, D), float32.
        weight (ndarray): (N, K), float32; of a state they sum to 1.
    """

    view: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    weight: np.ndarray

    def log_likelihood(self, frames, states):
        """Tell how well frames fit states, by the best component of each.

        Args:
            frames (ndarray): (T, D), seen through ``view``.
            states (ndarray): (U,), int64.

        Returns:
            ndarray: (T, U), float32, in nats but for a constant that is the same for all.
        """
        mean, variance = self.mean[states], self.variance[states]
        precision = (1 / variance).reshape(-1, frames.shape[1])
        constant = np.log(self.weight[states]) - 0.5 * (mean**2 / variance + np.log(variance)).sum(axis=2)
        found = frames @ (mean.reshape(precision.shape) * precision).T - 0.5 * (frames**2 @ precision.T) + constant.reshape(-1)
        return found.reshape(len(frames), *self.weight[states].shape).max(axis=2)


def estimate(view, frames, labels, n_states, former=None, n_components=1):
    """Model the states from frames that are known to belong to them.

    Args:
        view (ndarray): (C, D), float32, which the frames are seen through.
        frames (ndarray): (T, D), float32.
        labels (ndarray): (T,), int64: the state of each.
        n_states (int): N.
        former (States, optional): the models by which the labels were found, with as many components or half as many, which are split;
            not needed for a single component.
        n_components (int): K.

    Returns:
        States: a state without frames is modelled by all frames.
    """
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(n_states + 1))
    overall = frames.mean(axis=0), frames.var(axis=0)
    size = (n_states, n_components, frames.shape[1])
    mean, variance = np.empty(size, np.float32), np.empty(size, np.float32)
    weight = np.full(size[:2], 1 / n_components, np.float32)
    for n in range(n_states):
        own = frames[order[bounds[n] : bounds[n + 1]]]
        if not len(own):
            mean[n], variance[n] = overall
            continue
        spread = (own.var(axis=0) * len(own) + 0.5 * _PRIOR_FRAMES * overall[1]) / (len(own) + _PRIOR_FRAMES)
        if n_components == 1:
            mean[n, 0], variance[n, 0] = own.mean(axis=0), spread
        else:
            begin = _split((former.mean[n], former.variance[n], former.weight[n]), n_components)
            mean[n], variance[n], weight[n] = _mixture(own, spread, begin)
    return States(view, mean, np.maximum(variance, _LEAST_VARIANCE * overall[1]), weight)


def _split(mixture, n_components):
    mean, variance, weight = mixture
    if len(weight) == n_components:
        return mixture
    aside = 0.2 * np.sqrt(variance)
    return np.concatenate([mean - aside, mean + aside]), np.concatenate([variance, variance]), np.concatenate([weight, weight]) / 2


def _mixture(frames, spread, mixture):
    """A few steps of expectation and maximisation."""
    mean, variance, weight = mixture
    for _ in range(_STEPS):
        log = frames @ (mean / variance).T - 0.5 * (frames**2 @ (1 / variance).T)
        log += np.log(weight) - 0.5 * (mean**2 / variance + np.log(variance)).sum(axis=1)
        share = np.exp(log - log.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        count, total, square = share.sum(axis=0), share.T @ frames, share.T @ frames**2
        mean = (total + 2 * mean) / (count + 2)[:, None]
        scatter = square - 2 * mean * total + mean**2 * count[:, None]
        variance = (np.maximum(scatter, 0) + _PRIOR_FRAMES * spread) / (count[:, None] + _PRIOR_FRAMES)
        weight = (count + 1) / (count + 1).sum()
    return mean, variance, weight


class Scatter:
    """Sums from which the view is found in which states lie far apart, compared with how their frames scatter.

    Args:
        n_states (int): N.
        width (int): C, of a frame in its context.
    """

    def __init__(self, n_states, width):
        self._count = np.zeros(n_states)
        self._sum = np.zeros((n_states, width))
        self._square = np.zeros((width, width))

    def add(self, frames, labels):
        """Count frames (T, C) of states (T,) in."""
        order = np.argsort(labels, kind="stable")
        present, first = np.unique(labels[order], return_index=True)
        frames = frames.astype(np.float64)
        self._count += np.bincount(labels, minlength=len(self._count))
        self._sum[present] += np.add.reduceat(frames[order], first, axis=0)
        self._square += frames.T @ frames

    def view(self, dimensions):
        """Linear discriminant analysis (Fisher; Haeb-Umbach and Ney 1992, for frames in context).

        Args:
            dimensions (int): D.

        Returns:
            ndarray: (C, D), float32; seen through it, frames scatter within their states by 1 in every direction, on the whole.
        """
        from scipy.linalg import eigh

        n_frames = self._count.sum()
        mean = self._sum.sum(axis=0) / n_frames
        total = self._square / n_frames - np.outer(mean, mean)
        present = self._count > 0
        apart = self._sum[present] / self._count[present, None] - mean
        between = (apart * self._count[present, None]).T @ apart / n_frames
        within = total - between + 1e-4 * np.eye(len(total))
        _, vectors = eigh(between, within)
        return np.ascontiguousarray(vectors[:, ::-1][:, :dimensions]).astype(np.float32)
