"""Confidence interval of a success rate, and the threshold for a skill to count."""

from __future__ import annotations

from skill_stack.core.errors import DataError

CONFIDENCE = 0.95
ENOUGH = 100
"""Episodes that a measurement needs to count."""
GOOD = 0.90
"""Lower end of the interval from which it counts."""


def success_interval(successes: int, episodes: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Clopper-Pearson interval, which is conservative also for few episodes.

    Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404; worked out by scipy's ``binomtest``.

    Args:
        successes: Episodes that passed.
        episodes: All episodes; with none the interval is everything.
        confidence: Between 0 and 1.

    Raises:
        DataError: The counts are impossible.
    """
    from scipy.stats import binomtest

    if not 0 <= successes <= episodes:
        raise DataError(f"{successes} successes in {episodes} episodes are impossible")
    if episodes == 0:
        return 0.0, 1.0
    interval = binomtest(successes, episodes).proportion_ci(confidence, method="exact")
    return float(interval.low), float(interval.high)


def counts(successes: int, episodes: int) -> bool:
    """Whether a success count reaches the threshold, with enough episodes."""
    return episodes >= ENOUGH and success_interval(successes, episodes)[0] >= GOOD
