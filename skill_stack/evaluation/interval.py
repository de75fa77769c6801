"""Confidence intervals of success rates and other figures, and the threshold for a skill to count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray
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


def bootstrap(statistic: Callable[..., Any], *samples: Array) -> tuple[float, float]:
    """95 % interval of a statistic of paired samples, by the bootstrap of scipy (BCa, 2000 resamples).

    Args:
        statistic: Of the samples, along ``axis``.
        samples: All of the same length.
    """
    from scipy.stats import bootstrap as resampled

    if all(np.ptp(sample) == 0 for sample in samples):  # every resample is the sample
        same = float(statistic(*samples, axis=-1))
        return same, same
    found = resampled(samples, statistic, paired=True, n_resamples=2000, rng=np.random.default_rng(5))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
