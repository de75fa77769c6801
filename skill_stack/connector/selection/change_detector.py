"""ChangeDetector: detects a change of a success probability.

Generalised likelihood ratio of one Bernoulli probability against two with a change in between, as in Besson, Kaufmann,
Maillard and Seznec, "Efficient Change-Point Detection for Tackling Piecewise-Stationary Bandits", JMLR 23 (2022),
section 4. Their threshold bounds the false alarms over all horizons and is wide in practice; here it is the one that
holds the rate that is declared, found by simulation (``skill-stack bench connector`` measures it again).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Array = np.ndarray

THRESHOLD = 9.0
"""Ratio (natural logarithm) beyond which it is a change: at most 5 % false alarms in 200 runs at any probability."""

WINDOW = 200
"""Number of past runs that are considered."""

FEWEST = 2
"""Runs that are needed on either side of a change."""


@dataclass(slots=True)
class ChangeDetector:
    """Monitors a stream of successes and failures.

    Attributes:
        threshold: See :data:`THRESHOLD`.
    """

    threshold: float = THRESHOLD
    _seen: list[float] = field(default_factory=list)

    def add(self, went_well: bool) -> int | None:
        """Takes one outcome.

        Args:
            went_well: Whether it went as it should.

        Returns:
            How many runs ago the change was, when there was one; the detector then restarts with those since.
        """
        self._seen = [*self._seen[-(WINDOW - 1) :], float(went_well)]
        if len(self._seen) < 2 * FEWEST:
            return None
        ratios = likelihood_ratios(np.array(self._seen))
        best = int(np.argmax(ratios))
        if ratios[best] <= self.threshold:
            return None
        self._seen = self._seen[best + FEWEST :]
        return len(self._seen)

    def forget(self) -> None:
        """Restarts."""
        self._seen.clear()


def likelihood_ratios(seen: Array) -> Array:
    """Log likelihood ratio for every change point that leaves :data:`FEWEST` runs on either side.

    Args:
        seen: Zeros and ones, shape (n,), at least twice as many as :data:`FEWEST`.

    Returns:
        Shape (n - 2 * FEWEST + 1,); index 0 is a change after the first FEWEST runs.
    """
    n = len(seen)
    before = np.arange(FEWEST, n - FEWEST + 1)
    sums = np.cumsum(seen)
    first, total = sums[before - 1], sums[-1]
    mean = total / n
    return before * _divergence(first / before, mean) + (n - before) * _divergence((total - first) / (n - before), mean)


def _divergence(p: Array, q: float) -> Array:
    """Kullback-Leibler divergence of Bernoulli distributions; 0 where q is 0 or 1, since p is then the same."""
    if q <= 0.0 or q >= 1.0:
        return np.zeros_like(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        yes = np.where(p > 0, p * np.log(p / q), 0.0)
        no = np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - q)), 0.0)
    return yes + no
