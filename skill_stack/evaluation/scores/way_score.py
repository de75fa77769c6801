"""Score of one instruction with a constraint on the path, judged on the true path, and figures of many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.skills.way_constraint import WayConstraint
from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score

Array = np.ndarray
SLACK = 0.05
"""How much less than asked for still counts as kept, m: the deviation of the estimate over such a path."""
ENOUGH, MOST_IGNORED = 0.85, 0.5
"""Least share of paths that keep to what was said; largest share of those that do although they ignore the words."""


@dataclass(frozen=True, slots=True)
class WayScore(Score):
    """One instruction.

    Attributes:
        seed: Its seed.
        words: The instruction.
        kind: What the words ask for.
        understood: Whether the plan has the constraint, or the skill that the words ask for.
        dropped: Whether a plan ran without them.
        kept: Whether the true path kept to it and the robot arrived.
        ignored: The same for the plan without the words of the constraint.
        reason: What was wrong, or an empty string.
        least: Least distance of the body from what it keeps away from, m; NaN for other kinds.
        seconds: Task time, s.
    """

    words: str
    kind: str
    understood: bool
    dropped: bool
    kept: bool
    ignored: bool
    reason: str
    least: float
    seconds: float



def broken(
    one: WayConstraint, things: Mapping[str, SceneObject], path: Array, distance: Array, side: float
) -> str:  # fmt: skip
    """How a path breaks a constraint; empty where it keeps to it.

    Args:
        one: The constraint.
        things: What it names.
        path: Positions of the base, m, shape (N, 2).
        distance: Distance of each to the outline of each of its things, as its ``kept_outline`` has it, m, shape
            (N, M).
        side: Half width of the robot, m.
    """
    kept = [one.kind in ("away", "out") or things[name].is_area for name in one.things]
    least = float(distance[:, kept].min(initial=math.inf)) - side
    if least < one.distance - SLACK:
        return f"came within {least:.2f} m of {one.things[0]}"
    if one.kind in ("away", "out"):
        return ""
    return _outside(one, things, path) if one.kind == "between" else _other_side(one, things, path)


def _outside(one: WayConstraint, things: Mapping[str, SceneObject], path: Array) -> str:
    """How a path misses the gap between two things; empty where it leads through it."""
    a, b = (np.array(things[name].position[:2]) for name in one.things)
    inside = [0.0 < part < 1.0 for part in _crossings(path, a, b - a)]
    if not inside:
        return "did not pass between them"
    return "" if all(inside) else "passed outside of them"


def _other_side(one: WayConstraint, things: Mapping[str, SceneObject], path: Array) -> str:
    """How a path passes a thing on the other side; empty where it passes on the right one."""
    centre = np.array(things[one.things[0]].position[:2])
    ahead = centre - path[0]
    left = np.array([-ahead[1], ahead[0]]) / (math.hypot(*ahead) or 1.0)
    sides = _crossings(path, centre, left)
    sign = 1.0 if one.kind == "left" else -1.0
    return "" if sides and all(sign * aside > 0 for aside in sides) else f"did not pass {one.kind} of it"


def _crossings(path: Array, origin: Array, along: Array) -> list[float]:
    """Where a path crosses a line, in multiples of its direction."""
    normal = np.array([-along[1], along[0]])
    off = (path - origin) @ normal
    at = np.flatnonzero(np.sign(off[:-1]) != np.sign(off[1:]))
    points = path[at] - origin
    return [float(value) for value in points @ along / float(along @ along)]


def way_figures(scores: Sequence[WayScore]) -> dict[str, Any]:
    """The figures of many instructions."""
    return {
        "instructions": len(scores),
        "understood": share(sum(one.understood for one in scores), len(scores)),
        "dropped": sum(one.dropped for one in scores),
        "kept": share(sum(one.kept for one in scores), len(scores)),
        "kept_words_ignored": share(sum(one.ignored for one in scores), len(scores)),
        "kinds": by_kind((one.kind, one.kept) for one in scores),
    }  # fmt: skip


def way_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    out = []
    if (figures["kept"]["share"] or 0.0) < ENOUGH:
        out.append(f"kept {figures['kept']['share']:.3f}, to reach {ENOUGH}")
    if (figures["kept_words_ignored"]["share"] or 0.0) > MOST_IGNORED:
        out.append(f"kept with words ignored {figures['kept_words_ignored']['share']:.3f}, at most {MOST_IGNORED}")
    if figures["dropped"]:
        out.append(f"{figures['dropped']} constraints dropped")
    return out
