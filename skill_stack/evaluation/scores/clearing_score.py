"""Results of clearing packed blocks, with pushes and by grasping alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import share
from skill_stack.evaluation.scores.score_file import Score

CLEARED, MORE = 0.8, 0.2
"""Least share of blocks cleared with pushes, and by how much it is at least above grasping alone."""


@dataclass(frozen=True, slots=True)
class ClearingScore(Score):
    """One table, cleared twice.

    Attributes:
        seed: The table.
        blocks: Number of blocks.
        cleared: Blocks on the tray at the end, where the hand may push.
        alone: The same where it only grasps.
        fallen: Blocks off the table at the end, where it may push.
        picks: Attempts to take a block, where it may push.
        pushes: How often it pushed.
        seconds: Task time where it may push, s.
        reason: How the words ended where it may push.
        reason_alone: The same where it only grasps.
    """

    blocks: int
    cleared: int
    alone: int
    fallen: int
    picks: int
    pushes: int
    seconds: float
    reason: str
    reason_alone: str


def clearing_figures(scores: Sequence[ClearingScore]) -> dict[str, Any]:
    """The figures of many tables."""
    blocks = sum(one.blocks for one in scores)
    cleared, alone = share(sum(one.cleared for one in scores), blocks), share(sum(one.alone for one in scores), blocks)
    return {
        "tables": len(scores),
        "cleared": cleared,
        "by_grasping_alone": alone,
        "fallen": share(sum(one.fallen for one in scores), blocks),
        "picks": sum(one.picks for one in scores),
        "pushes": sum(one.pushes for one in scores),
        "median_seconds": sorted(one.seconds for one in scores)[len(scores) // 2] if scores else None,
    }


def clearing_misses(figures: dict[str, Any]) -> list[str]:
    """What falls short, in words."""
    cleared, alone = (figures[name]["share"] for name in ("cleared", "by_grasping_alone"))
    if cleared is None:
        return []
    found = [f"cleared {cleared:.3f} is below {CLEARED}"] if cleared < CLEARED else []
    if cleared - alone < MORE:
        found.append(f"pushing gains {cleared - alone:.3f}, less than {MORE}")
    return found
