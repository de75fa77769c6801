"""Demonstrator: walks to a point by simple rules on the robot's own estimate."""

from __future__ import annotations

import math

NEAR = 0.35
"""Distance below which it no longer turns towards the point, m."""
THERE = 0.06
"""Distance below which it stands, m."""
SLOWEST = 0.2
"""Speed below which it does not go before it is there, m/s: a policy stands at lower commands."""
FAR = 2.56
"""Distance from which a walk counts as begun, m."""
TURN, WALK = 1.6, 1.1
"""Gains: turning rate per angle, 1/s; speed per distance, 1/s."""


def command(ahead: float, aside: float, limits: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Goal values of a walk.

    Args:
        ahead: The point ahead of the robot, m.
        aside: The point to its left, m.
        limits: Range of each goal value.
    """
    distance, angle = math.hypot(ahead, aside), math.atan2(aside, ahead)
    if distance < THERE:
        return dict.fromkeys(limits, 0.0)
    speed = max(WALK * distance, SLOWEST)
    wanted = {"vx": speed * ahead / distance, "vy": speed * aside / distance, "wz": 0.0}
    if distance > NEAR:
        facing = max(math.cos(angle), 0.0)
        wanted = {"vx": WALK * distance * facing**2, "vy": 0.3 * math.sin(angle), "wz": TURN * angle}
    return {name: min(max(value, limits[name][0]), limits[name][1]) for name, value in wanted.items()}


def progress(distance: float) -> float:
    """How far a walk is, 0 to 1: 1 within :data:`THERE` of the point, and 0 from :data:`FAR` on.

    Counted in metres and not as a share of the way, so that the same progress means as near whatever the walk.

    Args:
        distance: Distance that is left, m.
    """
    return min(max(1.0 - max(distance - THERE, 0.0) / (FAR - THERE), 0.0), 1.0)
