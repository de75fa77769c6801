"""SeedCounts: what came true and what was measured with one seed, and figures with intervals of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, mean, share
from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class SeedCounts(Score):
    """What one seed gave.

    Attributes:
        seed: The seed.
        counts: By name of a figure what came true, by its kind.
        amounts: By name of a figure a measured number; its unit is in the name.
    """

    counts: dict[str, dict[str, bool]] = field(default_factory=dict)
    amounts: dict[str, float] = field(default_factory=dict)


def counted_figures(scores: Sequence[SeedCounts]) -> dict[str, Any]:
    """Shares of all that was counted, by kind where there are several, and means of all amounts."""
    figures: dict[str, Any] = {}
    for name in dict.fromkeys(name for one in scores for name in one.counts):
        outcomes = [outcome for one in scores for outcome in one.counts.get(name, {}).items()]
        figures[name] = share(sum(passed for _, passed in outcomes), len(outcomes))
        if len({kind for kind, _ in outcomes}) > 1:
            figures[f"{name}, by kind"] = by_kind(outcomes)
    for name in dict.fromkeys(name for one in scores for name in one.amounts):
        figures[name] = mean([one.amounts[name] for one in scores if name in one.amounts])
    return figures
