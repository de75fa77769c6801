"""Score of one case of recurring corrections, and figures of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score

ENOUGH = 0.9
"""Least share of uncorrected requests that show what was corrected."""


@dataclass(frozen=True, slots=True)
class CorrectionScore(Score):
    """One case.

    Attributes:
        seed: Its seed.
        words: The words that were not corrected.
        kind: What was corrected.
        shown: Whether the request for them has it.
        unlearnt: Whether the request for them has it without any correction before.
        reason: What was wrong, or an empty string.
    """

    words: str
    kind: str
    shown: bool
    unlearnt: bool
    reason: str


def correction_figures(scores: Sequence[CorrectionScore]) -> dict[str, Any]:
    """The figures of many cases."""
    return {
        "cases": len(scores),
        "shown": share(sum(one.shown for one in scores), len(scores)),
        "without_corrections": share(sum(one.unlearnt for one in scores), len(scores)),
        "kinds": by_kind((one.kind, one.shown) for one in scores),
    }  # fmt: skip


def correction_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    found = figures["shown"]["share"] or 0.0
    return [] if found >= ENOUGH else [f"shown {found:.3f}, to reach {ENOUGH}"]
