"""A comparison that may be checked after every episode, and stopped at any time, at a fixed level.

The discordant pairs of two equally good versions are tosses of a fair coin. A bettor who puts the same stake on every
bias of the coin, weighted by a Beta(a, a) prior, has after ``lost`` and ``won`` tosses the wealth

    E = 2^n B(lost + a, won + a) / B(a, a),   n = lost + won,

which is a martingale when the coin is fair. By Ville's inequality the probability that it *ever* reaches 1/alpha is at
most alpha. Sources: J. Ville, Étude critique de la notion de collectif (1939); H. Robbins, Ann. Math. Stat. 41 (1970)
1397 (mixtures); A. Ramdas, P. Grünwald, V. Vovk, G. Shafer, Statistical Science 38 (2023) 576 (e-values, optional
stopping).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

ALPHA = 0.05
PRIOR = 1.0
"""Beta(1, 1): uniform. Fixed before any comparison."""

Verdict = Literal["better", "worse", "undecided"]


def log_wealth(lost: int, won: int, prior: float = PRIOR) -> float:
    """Natural logarithm of the wealth, the evidence against equality.

    Args:
        lost: Pairs that passed with the first version alone.
        won: Pairs that passed with the second alone.
        prior: Parameter of the symmetric Beta prior, above 0.
    """
    from scipy.special import betaln

    return float((lost + won) * math.log(2.0) + betaln(lost + prior, won + prior) - betaln(prior, prior))


@dataclass(slots=True)
class SequentialTest:
    """Takes pairs one after the other and reports when it is decided.

    Attributes:
        alpha: Chance of calling equal versions different, whenever one stops.
        lost: Pairs that passed with the first alone.
        won: Pairs that passed with the second alone.
        evidence: Largest wealth so far.
        verdict: Of the second version; once decided it stays.
    """

    alpha: float = ALPHA
    lost: int = 0
    won: int = 0
    evidence: float = 1.0
    verdict: Verdict = "undecided"

    def add(self, first: bool, second: bool) -> Verdict:
        """Takes one pair.

        Args:
            first: Whether the first version passed.
            second: Whether the second did.
        """
        if first != second:
            self.lost += first
            self.won += second
            self.evidence = max(self.evidence, math.exp(min(log_wealth(self.lost, self.won), 700.0)))
            if self.verdict == "undecided" and self.evidence >= 1.0 / self.alpha:
                self.verdict = "better" if self.won > self.lost else "worse"
        return self.verdict

    @property
    def p_value(self) -> float:
        """Any-time valid p-value: equal versions ever give so much evidence with at most this probability."""
        return min(1.0, 1.0 / self.evidence)
