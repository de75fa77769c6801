"""Envelopes of several skills at once."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.robots.safety_limits import SafetyLimits
from skill_stack.core.skills.skill import Envelope


def widest(envelopes: Iterable[Envelope], limits: SafetyLimits) -> Envelope:
    """The envelope of a blend: each limit is the widest of its skills.

    Args:
        envelopes: Envelopes of the skills, at least one.
        limits: The robot's limits, which hold for a skill that does not state its own.
    """
    known = tuple(envelopes)
    return Envelope(
        tilt=max(envelope.tilt for envelope in known),
        angular_speed=max(envelope.angular_speed for envelope in known),
        base_speed=max(envelope.base_speed or limits.base_speed for envelope in known),
        joint_speed=max(envelope.joint_speed or limits.joint_speed_margin for envelope in known),
    )
