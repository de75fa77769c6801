"""Statics: whether the feet that terms leave on the ground can carry the body."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm

Point = tuple[float, float]
SHIFT = 0.12
"""How far the body can be moved above feet that stand, m: what feet reach in and out of their place in the stance."""
LIFTED = 0.02
"""Height from which a foot does not stand, m: the width of the term's norm."""
TURNED = 0.7
"""Pitch or roll from which the body is no longer above its stance, rad."""
MOVING = ("apex_height", "step_frequency")
"""Terms of motions that do not stand."""


def unsupported(rewards: RewardSet, stance: Mapping[str, Point]) -> str:
    """Why a body cannot stand as terms ask for; empty where it can, or where they do not make it stand.

    Args:
        rewards: The terms.
        stance: Where the feet stand, by name: x forward and y left of the middle of the body, m; empty: unknown.
    """
    on = [term for term in rewards.terms if term.weight > 0.0]
    up = [term.of[0] for term in on if term.term == "foot_lift" and (term.target is None or term.target > LIFTED)]
    if not up or not stance or any(_elsewhere(term) for term in on):
        return ""
    beside = distance_from([place for name, place in stance.items() if name not in up])
    if beside <= SHIFT:
        return ""
    feet = f"foot_lift of {', '.join(up)}"
    if len(up) >= len(stance):
        return f"{feet}: no foot is left to stand on; lift fewer feet, or ask for a jump"
    return (f"{feet}: the middle of the body would be {100 * beside:.0f} cm beside the feet that stand, and it can be "
            f"moved by {100 * SHIFT:.0f} cm; lift one foot, or two across")  # fmt: skip


def _elsewhere(term: RewardTerm) -> bool:
    """Whether a term makes the body leave its place above the feet."""
    turned = term.term in ("base_pitch", "base_roll") and abs(term.target or 0.0) > TURNED
    return turned or term.term in MOVING


def distance_from(places: list[Point]) -> float:
    """Distance of the middle of the body from the polygon of some feet, m; infinite without any.

    Args:
        places: Of the feet, x and y from the middle of the body, m.
    """
    angles = sorted(math.atan2(y, x) for x, y in places)
    gaps = [after - before for before, after in zip(angles, [*angles[1:], *(a + math.tau for a in angles[:1])])]
    if len(places) > 2 and max(gaps) < math.pi:
        return 0.0
    ends = [math.hypot(*place) for place in places]
    return min([*ends, *(_from_line(*pair) for pair in combinations(places, 2))], default=math.inf)


def _from_line(one: Point, other: Point) -> float:
    """Distance of the origin from the line between two points, m."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = dx * dx + dy * dy
    along = min(max(-(one[0] * dx + one[1] * dy) / length, 0.0), 1.0) if length > 0.0 else 0.0
    return math.hypot(one[0] + along * dx, one[1] + along * dy)
