"""Results of grasps proposed from one depth view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import share
from skill_stack.evaluation.scores.score_file import Score

HOLD, PROPOSED, FREED = 0.9, 0.9, 0.8
"""Least shares: of best proposals that hold, of things with a proposal, of stuck things that pushing lets be taken."""


@dataclass(frozen=True, slots=True)
class ViewGraspScore(Score):
    """One scene.

    Attributes:
        seed: The scene.
        things: Things that are seen and that a jaw has room to take.
        proposed: How many of them had a proposal.
        best: How many of these were held with the best one.
        tried: Proposals that were tried, up to three of each thing.
        held: How many of them held.
        stuck: Whether something stood too close to others to be taken.
        pushes: How often was pushed for it.
        freed: Whether it was taken after pushing.
        milliseconds: Time on a core for all proposals of the look, ms.
        reasons: Why best proposals did not hold.
    """

    things: int
    proposed: int
    best: int
    tried: int
    held: int
    stuck: bool
    pushes: int
    freed: bool
    milliseconds: float
    reasons: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ViewGraspScore:
        """From plain data; raises TypeError where something is missing or wrong."""
        return cls(**{**data, "reasons": tuple(data.get("reasons", ()))})


def view_grasp_figures(scores: Sequence[ViewGraspScore]) -> dict[str, Any]:
    """The figures of many scenes."""
    stuck = [one for one in scores if one.stuck]
    times = sorted(one.milliseconds for one in scores)
    return {
        "scenes": len(scores),
        "proposed": share(sum(one.proposed for one in scores), sum(one.things for one in scores)),
        "best_holds": share(sum(one.best for one in scores), sum(one.proposed for one in scores)),
        "of_three_hold": share(sum(one.held for one in scores), sum(one.tried for one in scores)),
        "taken_after_pushing": share(sum(one.freed for one in stuck), len(stuck)),
        "pushes": sum(one.pushes for one in scores),
        "ms_of_a_look": times[len(times) // 2] if times else None,
    }


def view_grasp_misses(figures: dict[str, Any]) -> list[str]:
    """What falls short, in words."""
    least = {"best_holds": HOLD, "proposed": PROPOSED, "taken_after_pushing": FREED}
    return [
        f"{name} {figures[name]['share']:.3f} is below {value}"
        for name, value in least.items()
        if figures[name]["share"] is not None and figures[name]["share"] < value
    ]
