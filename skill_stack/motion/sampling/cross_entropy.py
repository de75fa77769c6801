"""CrossEntropy: a search that tries numbers around a mean, and moves it to the best of them (Rubinstein, 1999)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class CrossEntropy:
    """Computes each generation from the one before.

    Attributes:
        elite: How many of the best the next generation is made of.
        mean_kept: How much of the mean before stays.
        spread_kept: How much of the spread before stays.
        least: Smallest spread, so that the search does not die out.
        ranked: Whether the better of the best count for more, by the logarithm of their rank (Hansen, 2016).
    """

    elite: int
    mean_kept: float
    spread_kept: float
    least: float
    ranked: bool = False

    def drawn(self, mean: Array, spread: Array, count: int, rng: np.random.Generator) -> Array:
        """Candidates, shape (count, *mean.shape), of which the first is the mean itself."""
        tried = mean + spread * rng.standard_normal((count, *mean.shape))
        tried[0] = mean
        return np.asarray(tried)

    def best(self, score: Array) -> Array:
        """Indices of the best candidates, the best first, shape (elite,)."""
        return np.argsort(-score)[: self.elite]

    def moved(self, mean: Array, spread: Array, best: Array) -> tuple[Array, Array]:
        """Mean and spread of the next generation.

        Args:
            mean: Those of this one.
            spread: Those of this one, same shape.
            best: Its best candidates, the very best first, shape (elite, *mean.shape).
        """
        if self.ranked:
            weights = np.log(len(best) + 0.5) - np.log(np.arange(len(best)) + 1.0)
            weights /= weights.sum()
            middle = np.tensordot(weights, best, 1)
            width = np.sqrt(np.tensordot(weights, (best - middle) ** 2, 1))
        else:
            middle, width = best.mean(axis=0), best.std(axis=0)
        wider = self.spread_kept * spread + (1.0 - self.spread_kept) * width
        return self.mean_kept * mean + (1.0 - self.mean_kept) * middle, np.maximum(wider, self.least)
