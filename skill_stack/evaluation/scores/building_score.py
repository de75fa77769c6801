"""Score of one structure, judged on the true places of its blocks, and figures of many."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.world.scene import SceneObject
from skill_stack.evaluation.scores.drawn_figures import by_kind, share
from skill_stack.evaluation.scores.score_file import Score

Array = np.ndarray
WITHIN = 0.03
"""Largest error of a block's place, m."""
STANDING = 5.0
"""Time that a structure must stand after the robot's last word, s."""
STILL = 0.01
"""Motion in that time from which it does not stand, m."""
HIGH = 0.012
"""Largest error of the height of a block on others, m."""
CLOSE = 0.12
"""Largest gap between neighbours of a row, m."""
ENOUGH = 0.8
"""Least share of structures that stand."""


@dataclass(frozen=True, slots=True)
class BuildingScore(Score):
    """One structure.

    Attributes:
        seed: Its seed.
        words: The instruction.
        kind: What was built.
        knocked: Blocks that were knocked down while it was built.
        stable: Whether the planned structure stands in simulation with the true blocks, before anything was moved.
        passed: Whether it stood as asked for.
        outcome: What the robot said.
        reason: What was wrong, or an empty string.
        error: Largest distance of a block from its place relative to the others, m; NaN where it was not found.
        placings: How often something was put down.
        seconds: Task time, s.
    """

    words: str
    kind: str
    knocked: int
    stable: bool
    passed: bool
    outcome: str
    reason: str
    error: float
    placings: int
    seconds: float



def standing(kind: str, count: int, colours: Mapping[str, str], blocks: Sequence[SceneObject]) -> tuple[str, float]:
    """Whether some of the blocks stand as asked for.

    Args:
        kind: ``tower``, ``stack``, ``row``, ``pyramid`` or ``bridge``.
        count: Blocks that it takes.
        colours: Colours by place.
        blocks: The true blocks where they are.

    Returns:
        What is wrong, or an empty string, and the largest distance of a block from its place, m.
    """
    best = ("no such structure stands there", math.nan)
    for chosen in itertools.permutations(blocks, count):
        error = _error(kind, chosen)
        if error is None:
            continue
        wrong = _colours_wrong(kind, chosen, colours)
        if not wrong and error <= WITHIN:
            return "", error
        best = (wrong or f"a block is {error:.3f} m off", error)
    return best


def _error(kind: str, blocks: Sequence[SceneObject]) -> float | None:
    """Largest distance from the place that a block has in the structure, m; None where it is none of that kind.

    Args:
        kind: The structure.
        blocks: From bottom to top, or from left to right; what lies across comes last.
    """
    if kind in ("tower", "stack"):
        pairs = list(zip(blocks, blocks[1:]))
        if not all(_level(upper, lower) for lower, upper in pairs):
            return None
        return max(math.dist(a.position[:2], b.position[:2]) for a, b in pairs)
    if kind == "row":
        return _row_error(blocks)
    left, right, top = blocks
    if not (_level(top, left) and _level(top, right) and left.position[1] > right.position[1]):
        return None
    middle = [(a + b) / 2 for a, b in zip(left.position[:2], right.position[:2])]
    return max(math.dist(top.position[:2], middle), abs(left.position[0] - right.position[0]))


def _level(upper: SceneObject, lower: SceneObject) -> bool:
    """Whether one begins at the height at which the other one ends."""
    gap = upper.position[2] - upper.size[2] / 2 - lower.position[2] - lower.size[2] / 2
    near = math.dist(upper.position[:2], lower.position[:2]) < upper.radius + lower.radius
    return near and abs(gap) < HIGH


def _row_error(blocks: Sequence[SceneObject]) -> float | None:
    """Largest distance from the straight line and from even gaps, m; None where they are no row from left to right."""
    ys = [one.position[1] for one in blocks]
    gaps = [a - b for a, b in zip(ys, ys[1:])]
    flat = max(one.position[2] for one in blocks) - min(one.position[2] for one in blocks) < HIGH
    if not flat or min(gaps) <= 0 or max(gaps) > CLOSE + 2 * max(one.radius for one in blocks):
        return None
    xs = [one.position[0] for one in blocks]
    even = sum(gaps) / len(gaps)
    return max(max(abs(x - sum(xs) / len(xs)) for x in xs), max(abs(gap - even) for gap in gaps))


def _colours_wrong(kind: str, blocks: Sequence[SceneObject], colours: Mapping[str, str]) -> str:
    """Which colour is not where it was asked for, or an empty string."""
    places = {"bottom": 0, "left": 0, "top": -1, "right": -1, "middle": len(blocks) // 2}
    if kind in ("pyramid", "bridge"):
        places |= {"right": 1}
    for place, colour in colours.items():
        if blocks[places[place]].colour != colour:
            return f"{blocks[places[place]].colour} at the {place}, not {colour}"
    return ""


def building_figures(scores: Sequence[BuildingScore]) -> dict[str, Any]:
    """The figures of many structures."""
    errors = [one.error for one in scores if not math.isnan(one.error)]
    return {
        "structures": len(scores),
        "standing": share(sum(one.passed for one in scores), len(scores)),
        "stable_before": share(sum(one.stable for one in scores), len(scores)),
        "robot_said_right": share(sum((one.outcome == "succeeded") == one.passed for one in scores), len(scores)),
        "knocked": sum(one.knocked for one in scores),
        "largest_error": max(errors, default=None),
        "median_error": float(np.median(errors)) if errors else None,
        "placings": sum(one.placings for one in scores),
        "kinds": by_kind((one.kind, one.passed) for one in scores),
    }  # fmt: skip


def building_misses(figures: Mapping[str, Any]) -> list[str]:
    """The limits that figures miss."""
    out = []
    if (figures["standing"]["share"] or 0.0) < ENOUGH:
        out.append(f"standing {figures['standing']['share']:.3f}, to reach {ENOUGH}")
    if (figures["stable_before"]["share"] or 0.0) < 1.0:
        out.append(f"stable {figures['stable_before']['share']:.3f}, to reach 1")
    return out
