"""How sure a figure is: what it would be, had other sentences been chosen."""

from typing import NamedTuple

import numpy as np

from parakeet.errors import DataError

CONFIDENCE = 0.95
RESAMPLES = 2000


class Estimate(NamedTuple):
    """A figure with its interval.

    Attributes:
        value (float): over all sentences.
        low, high (float | None): between these lies the true value, as far as the choice of sentences is concerned; None where a single
            sentence says nothing of it.
        n (int): sentences it rests on.
    """

    value: float
    low: float | None
    high: float | None
    n: int


class Bootstrap:
    """Draws sentences anew, with replacement, the same draws for every figure: so two of them can be compared pairwise.

    Percentile intervals over whole sentences (Bisani and Ney 2004, "Bootstrap estimates for confidence intervals in ASR performance
    evaluation"; Efron and Tibshirani 1993, ch. 13). What was said several times is one sentence: takes of it are not independent.
    With few sentences (under some twenty) the intervals are too narrow.

    Args:
        n (int): sentences.
        seed (int): of the draws.
        confidence (float): in (0, 1).
        resamples (int): draws.
    """

    def __init__(self, n, seed=0, confidence=CONFIDENCE, resamples=RESAMPLES):
        self.confidence = confidence
        # How often each sentence is in each draw: sums over a draw are then one product.
        self._counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)

    def ratio(self, totals, weights):
        """Estimate the sum of some totals over the sum of their weights: errors by words, seconds by seconds, or a mean.

        Args:
            totals (ndarray): (n,), of each sentence.
            weights (ndarray): (n,), at least 0; 0 where the figure says nothing about the sentence.

        Returns:
            Estimate

        Raises:
            DataError: if all weights are 0, or the shapes are others.
        """
        value, draws, n = self._draws(totals, weights)
        return self._estimate(value, draws, n)

    def difference(self, totals, weights, other_totals, other_weights):
        """Estimate the difference of two ratios over the sentences that both have; the arguments are those of :meth:`ratio`, twice.

        Returns:
            Estimate: above 0 where the first is greater; its interval is that of the difference, pair by pair, which is much narrower
            than those of the two would suggest.
        """
        shared = (np.asarray(weights) > 0) & (np.asarray(other_weights) > 0)
        value, draws, n = self._draws(np.where(shared, totals, 0.0), np.where(shared, weights, 0.0))
        other, other_draws, _ = self._draws(np.where(shared, other_totals, 0.0), np.where(shared, other_weights, 0.0))
        return self._estimate(value - other, draws - other_draws, n)

    def _draws(self, totals, weights):
        totals, weights = np.asarray(totals, np.float64), np.asarray(weights, np.float64)
        expected = (self._counts.shape[1],)
        if totals.shape != expected or weights.shape != expected or not weights.sum() > 0:
            raise DataError(
                f"bootstrap: expected totals and weights of {expected[0]} sentences, some weight above 0, "
                f"received shapes {totals.shape} and {weights.shape}, weights that sum to {weights.sum():g}"
            )
        drawn = self._counts @ weights
        with np.errstate(divide="ignore", invalid="ignore"):
            draws = np.where(drawn > 0, self._counts @ totals / drawn, np.nan)
        return float(totals.sum() / weights.sum()), draws, int((weights > 0).sum())

    def _estimate(self, value, draws, n):
        if n < 2:
            return Estimate(value, None, None, n)
        tail = (1 - self.confidence) / 2
        low, high = np.nanquantile(draws, [tail, 1 - tail])
        return Estimate(value, float(low), float(high), n)
