"""Whether an estimate of base motion is recent and certain enough to be used, and why not."""

from __future__ import annotations

from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.robots.estimation import EstimationSpec


def motion_doubt(base: BaseKnowledge, spec: EstimationSpec) -> str:
    """Why the velocity of the base counts as unknown; an empty string when it is usable.

    Args:
        base: What the controller says of it.
        spec: The robot's limits.
    """
    if doubt := _age_doubt(base, spec):
        return doubt
    if not base.velocity <= spec.velocity_limit:
        known = f"within {base.velocity:.1f} m/s, limit {spec.velocity_limit:g} m/s"
        return f"the velocity by {base.source} is known {known}"
    return ""


def _age_doubt(base: BaseKnowledge, spec: EstimationSpec) -> str:
    """Why base motion is unknown at present."""
    if base.age <= spec.age_limit:
        return ""
    if base.source in ("", "none"):
        return "nothing measures how the base moves"
    return f"base motion by {base.source} is {base.age:.2f} s old, limit {spec.age_limit:g} s"


def place_doubt(base: BaseKnowledge, spec: EstimationSpec) -> str:
    """Why position and heading of the base count as unknown; an empty string when they are usable.

    Args:
        base: What the controller says of them.
        spec: The robot's limits.
    """
    if doubt := _age_doubt(base, spec):
        return doubt
    remedy = "say where the robot is: skill-stack place X Y YAW"
    if not base.position <= spec.position_limit:
        known = f"within {base.position:.1f} m" if base.position < 100.0 else "nowhere near"
        return f"the position by {base.source} is known {known}, limit {spec.position_limit:g} m; {remedy}"
    if not base.heading <= spec.heading_limit:
        known = f"within {base.heading:.2f} rad" if base.heading < 3.0 else "not at all"
        return f"the heading by {base.source} is known {known}, limit {spec.heading_limit:g} rad; {remedy}"
    return ""
