"""Score of one pick by relation, judged on simulator truth, and figures of many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score

Array = np.ndarray
Places = Mapping[str, Array]
"""Centres of things by id, m."""
LIFTED = 0.08
"""Height by which the target must have risen while it is watched, m."""
HELD = 3.0
"""Time for which it is watched after the robot reports completion, s of task time."""
RISEN = 0.03
"""Height from which another object counts as taken, m."""
PUSHED = 0.05
"""Distance by which other objects may be pushed, m."""
ENOUGH = 0.8
"""Least share of tables on which the right thing is lifted and held: 16 of 20."""


@dataclass(frozen=True, slots=True)
class PickScore(Score):
    """One table.

    Attributes:
        seed: Its seed.
        words: The request.
        relation: The relation that identifies the target.
        things: How many things stood there.
        passed: Whether the right thing was lifted and held, and nothing else taken or pushed.
        outcome: What the robot said of it.
        reason: What was wrong, or an empty string.
        taken: Id of what had risen most at the end; empty where nothing had.
        right: Whether that is what was meant.
        lifted: Height by which what was meant had risen at the least while it was watched, m.
        pushed: Largest distance by which another thing was pushed, m.
        plan: What the robot said that it would do.
        seconds: From the words to the end, s of task time.
    """

    words: str
    relation: str
    things: int
    passed: bool
    outcome: str
    reason: str
    taken: str
    right: bool
    lifted: float
    pushed: float
    plan: str
    seconds: float



@dataclass(frozen=True, slots=True)
class Picked:
    """Truth of one table.

    Attributes:
        taken: Id of what had risen most at the end; empty where nothing had.
        lifted: Height by which what was meant had risen at the least, m.
        pushed: Largest distance by which another thing was pushed, m.
        wrong: What was wrong, in words; empty where nothing was.
    """

    taken: str
    lifted: float
    pushed: float
    wrong: str


def picked(target: str, before: Places, watched: Sequence[Places]) -> Picked:
    """Judges one table.

    Args:
        target: Id of what was meant.
        before: Where everything was before the words.
        watched: Where everything was from the robot's last word on, for :data:`HELD`; at least one.
    """
    end = watched[-1]
    risen = {name: float(end[name][2] - place[2]) for name, place in before.items()}
    most = max(risen, key=risen.__getitem__)
    taken = most if risen[most] > RISEN else ""
    lifted = min(float(places[target][2] - before[target][2]) for places in watched)
    away = {name: math.dist(end[name], place) for name, place in before.items() if name != target}
    pushed = max(away.values(), default=0.0)
    said = []
    if others := sorted(name for name, height in risen.items() if name != target and height > RISEN):
        said.append(f"{', '.join(others)} was taken")
    if lifted < LIFTED:
        said.append(f"{target} had risen by {max(lifted, 0.0):.3f} m, to reach {LIFTED} m")
    if not others and pushed > PUSHED:
        said.append(f"{max(away, key=away.__getitem__)} was pushed by {pushed:.3f} m")
    return Picked(taken, lifted, pushed, "; ".join(said))


def pick_figures(scores: Sequence[PickScore]) -> dict[str, Any]:
    """The figures of many tables."""
    times = sorted(one.seconds for one in scores)
    passed = share(sum(one.passed for one in scores), len(scores))
    return {
        "episodes": len(scores),
        "successes": passed["count"],
        "interval": passed["interval"],
        "picked": passed,
        "right_thing_taken": share(sum(one.right for one in scores), len(scores)),
        "wrong_thing_taken": sum(bool(one.taken) and not one.right for one in scores),
        "others_pushed": sum(one.pushed > PUSHED for one in scores),
        "robot_said_right": share(sum((one.outcome == "succeeded") == one.passed for one in scores), len(scores)),
        "median_seconds": times[len(times) // 2] if times else None,
        "tasks": by_kind((one.relation, one.passed) for one in scores),
    }


def pick_misses(figures: Mapping[str, Any]) -> list[str]:
    """What falls short, in words."""
    found = figures["picked"]["share"]
    return [f"picked {found:.3f} is below {ENOUGH}"] if found is not None and found < ENOUGH else []
