"""Two versions on the same seeds: differences, and their significance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skill_stack.core.errors import DataError

Outcomes = Mapping[tuple[str, int], bool]
"""Whether an episode passed, by task and seed."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Episodes that both versions ran.

    Attributes:
        both: Passed with both.
        neither: Passed with neither.
        lost: Passed with the first alone.
        won: Passed with the second alone.
    """

    both: int = 0
    neither: int = 0
    lost: int = 0
    won: int = 0

    @property
    def episodes(self) -> int:
        """All pairs."""
        return self.both + self.neither + self.lost + self.won

    @property
    def difference(self) -> float:
        """Success rate of the second less that of the first; 0 without pairs."""
        return (self.won - self.lost) / self.episodes if self.episodes else 0.0


def pairs_of(first: Outcomes, second: Outcomes) -> Pairs:
    """Pairs of the episodes that both versions have.

    Raises:
        DataError: They have none in common.
    """
    common = sorted(first.keys() & second.keys())
    if not common:
        raise DataError("the two have no task with the same seed in common, so they cannot be compared")
    kinds = [(first[key], second[key]) for key in common]
    return Pairs(
        kinds.count((True, True)), kinds.count((False, False)), kinds.count((True, False)), kinds.count((False, True))
    )


def mcnemar_exact(lost: int, won: int) -> float:
    """Exact conditional test of McNemar: two-sided p-value that both versions succeed equally often.

    Source: Q. McNemar, Psychometrika 12 (1947) 153; the exact form is the sign test on the discordant pairs, which
    scipy's ``binomtest`` computes.

    Args:
        lost: Pairs that passed with the first alone.
        won: Pairs that passed with the second alone.
    """
    from scipy.stats import binomtest

    return float(binomtest(min(lost, won), lost + won, 0.5).pvalue) if lost + won else 1.0


def mcnemar_mid_p(lost: int, won: int) -> float:
    """Mid-p form of the exact test, which is less conservative and keeps its level almost everywhere.

    Source: M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 13 (2013) 91.

    Args:
        lost: Pairs that passed with the first alone.
        won: Pairs that passed with the second alone.
    """
    from scipy.stats import binom

    if lost == won:  # twice the tail less the point would count the middle twice
        return 1.0 - 0.5 * float(binom.pmf(won, lost + won, 0.5)) if lost else 1.0
    return min(1.0, mcnemar_exact(lost, won) - float(binom.pmf(min(lost, won), lost + won, 0.5)))
