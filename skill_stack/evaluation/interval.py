"""Confidence interval of a success rate."""

from __future__ import annotations

from scipy.stats import binomtest

from skill_stack.core.errors import DataError


def success_interval(successes: int, episodes: int, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval, which never promises more than it says, also for few episodes.

    Args:
        successes: Episodes that passed.
        episodes: All episodes; with none the interval is everything.
        confidence: Between 0 and 1.

    Raises:
        DataError: The counts are impossible.
    """
    if not 0 <= successes <= episodes:
        raise DataError(f"{successes} successes in {episodes} episodes are impossible")
    if episodes == 0:
        return 0.0, 1.0
    interval = binomtest(successes, episodes).proportion_ci(confidence, method="exact")
    return float(interval.low), float(interval.high)
