"""Score of one task of three robots in one world, judged by simulator truth, and figures of many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.drawn_figures import by_kind, ratio, share
from skill_stack.evaluation.scores.score_file import Score

ENOUGH, LONGEST = 0.9, 0.6
"""Least share of tasks done without contact; longest time for all tasks, relative to one robot."""


@dataclass(frozen=True, slots=True)
class TeamScore(Score):
    """One task.

    Attributes:
        seed: Its seed.
        kind: What makes it hard.
        words: The task.
        done: Whether every thing was reached, by truth, and nobody touched another robot or fell.
        reason: What was wrong, or an empty string.
        contacts: Pairs of robots that touched one another.
        contacts_unheard: The same where robots do not hear one another.
        seconds: Task time, s.
        seconds_alone: Task time of one robot that does everything, s; NaN where it did not get done.
    """

    kind: str
    words: str
    done: bool
    reason: str
    contacts: int
    contacts_unheard: int
    seconds: float
    seconds_alone: float


    @property
    def ratio(self) -> float:
        """Time relative to one robot; NaN unless both got done."""
        return self.seconds / self.seconds_alone if self.done else math.nan


def team_figures(scores: Sequence[TeamScore]) -> dict[str, Any]:
    """The figures of many tasks."""
    return {
        "tasks": len(scores),
        "done": share(sum(one.done for one in scores), len(scores)),
        "contacts": sum(one.contacts for one in scores),
        "contacts_unheard": sum(one.contacts_unheard for one in scores),
        "makespan_ratio": _ratio(scores),
        "kinds": [row | {"ratio": _ratio([one for one in scores if one.kind == row["task"]])["value"]}
                  for row in by_kind((one.kind, one.done) for one in scores)],
    }  # fmt: skip


def _ratio(scores: Sequence[TeamScore]) -> dict[str, Any]:
    """Time of all tasks that got done both ways, relative to one robot."""
    both = [one for one in scores if not math.isnan(one.ratio)]
    return ratio([one.seconds for one in both], [one.seconds_alone for one in both])


def team_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    out = []
    if (figures["done"]["share"] or 0.0) < ENOUGH:
        out.append(f"done {figures['done']['share']:.3f}, to reach {ENOUGH}")
    if (longer := figures["makespan_ratio"]["value"]) is None or longer > LONGEST:
        out.append(f"makespan {longer} of one robot's, at most {LONGEST}")
    if figures["contacts"]:
        out.append(f"{figures['contacts']} contacts between robots, none allowed")
    return out
