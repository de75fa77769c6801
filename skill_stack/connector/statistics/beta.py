"""Beta: posterior of a success probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CREDIBLE = 0.9
"""Default share of the posterior within an interval."""


@dataclass(frozen=True, slots=True)
class Beta:
    """A Beta posterior; counts may be fractions, because old ones decay.

    Attributes:
        successes: Successes and what is assumed besides; above 0.
        failures: The same of failures; above 0.
    """

    successes: float = 1.0
    failures: float = 1.0

    @property
    def mean(self) -> float:
        """Expected success probability."""
        return self.successes / (self.successes + self.failures)

    @property
    def weight(self) -> float:
        """Effective number of runs."""
        return self.successes + self.failures

    def interval(self, credible: float = CREDIBLE) -> tuple[float, float]:
        """Equal-tailed credible interval.

        Args:
            credible: Share of the posterior within it, 0 to 1.
        """
        return self.quantile((1.0 - credible) / 2), self.quantile((1.0 + credible) / 2)

    def quantile(self, share: float) -> float:
        """The probability below which that share of the posterior lies."""
        from scipy.special import betaincinv  # on demand: it takes 0.1 s to import

        return float(betaincinv(self.successes, self.failures, share))

    def draw(self, rng: np.random.Generator) -> float:
        """A random draw from the posterior."""
        return float(rng.beta(self.successes, self.failures))

    def more(self, successes: float, failures: float) -> Beta:
        """The posterior with more counts."""
        return Beta(self.successes + successes, self.failures + failures)
