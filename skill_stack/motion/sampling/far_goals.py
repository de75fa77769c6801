"""Places and headings that are far away, as velocities that a plan's horizon can see."""

from __future__ import annotations

import math

from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm
from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.motion.sampling.model_body import SetFrame
from skill_stack.motion.sampling.motion_plan import StartState

NEAR, NEAR_ANGLE = 0.08, 0.1
"""Distance, m, and angle, rad, within which the goal itself is aimed at."""
PULL = 1.2
"""Speed for each unit of distance, 1/s."""
FASTEST, FASTEST_TURN = 0.4, 1.0
"""Largest speed, m/s, and turning speed, rad/s, towards a goal."""


def with_velocities(rewards: RewardSet, start: StartState, frame: SetFrame) -> RewardSet:
    """The set with places and headings that are far away replaced by velocities towards them.

    Args:
        rewards: What is asked for.
        start: Where the robot is.
        frame: Frame of the set.
    """
    wanted = {one.term: one for one in rewards.terms if one.weight > 0.0}
    here, heading = frame.inside(start.place - frame.place), wrap_angle(yaw_of(start.orientation) - frame.yaw)
    changed: dict[str, RewardTerm] = {}
    if "heading" in wanted:
        target = wanted["heading"].target or 0.0
        off = _directed(target, heading)
        if abs(off) > NEAR_ANGLE:
            changed["heading"] = _term("turn_rate", _limited(PULL * off, FASTEST_TURN), wanted["heading"].weight)
    off_x, off_y = ((wanted[name].target or 0.0) - here[axis] if name in wanted else 0.0
                    for axis, name in enumerate(("place_x", "place_y")))  # fmt: skip
    if math.hypot(off_x, off_y) > NEAR:
        cos, sin = math.cos(heading), math.sin(heading)
        ahead, left = PULL * (cos * off_x + sin * off_y), PULL * (cos * off_y - sin * off_x)
        shorter = min(1.0, FASTEST / math.hypot(ahead, left))
        weight = max(wanted[name].weight for name in ("place_x", "place_y") if name in wanted)
        changed["place_x"] = _term("velocity_x", ahead * shorter, weight)
        changed["place_y"] = _term("velocity_y", _limited(left * shorter, 0.6), weight)
    if not changed:
        return rewards
    gone = {*changed, *({"velocity_x", "velocity_y"} if "place_x" in changed else ()), "place_x", "place_y"}
    kept = tuple(one for one in rewards.terms if one.term not in gone)
    return rewards.model_copy(update={"terms": (*kept, *changed.values())})


def _directed(target: float, heading: float) -> float:
    """Angle to go: the short way, or beyond a quarter turn the way that the target's sign says, rad."""
    if abs(target) <= math.pi / 2:
        return wrap_angle(target - heading)
    sign = math.copysign(1.0, target)
    return sign * ((sign * (target - heading) + math.pi / 2) % (2 * math.pi) - math.pi / 2)


def _limited(value: float, largest: float) -> float:
    return min(max(value, -largest), largest)


def _term(name: str, target: float, weight: float) -> RewardTerm:
    return RewardTerm(term=name, target=round(target, 4), weight=weight)
