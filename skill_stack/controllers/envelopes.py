"""Envelopes of several skills at once."""

from __future__ import annotations

from collections.abc import Iterable

from skill_stack.core.skill import Envelope


def widest(envelopes: Iterable[Envelope], base_speed: float) -> Envelope:
    """What a mix of skills may do: whatever one of them may.

    Args:
        envelopes: Envelopes of the skills, at least one.
        base_speed: The robot's limit, which holds for a skill that does not state its own, m/s.
    """
    known = tuple(envelopes)
    return Envelope(
        tilt=max(envelope.tilt for envelope in known),
        angular_speed=max(envelope.angular_speed for envelope in known),
        base_speed=max(envelope.base_speed or base_speed for envelope in known),
    )
