"""FailureCause: why a step failed, as a type; its wording is made at the end."""

from __future__ import annotations

from enum import Enum


class FailureCause(str, Enum):
    """What a robot can tell of a failed step by what it senses."""

    MOVED = "moved"  # a thing of the step is no longer where it was when the step began
    BLOCKED = "blocked"  # something stands in the way
    PERSON = "person in the way"
    SLIPPED = "slipped"  # a thing slipped away, or the robot lost its footing
    TOO_HEAVY = "too heavy"  # a thing does not give way
    NOT_VISIBLE = "not visible"  # a thing or the robot's own place is not seen
    SWITCHED_OFF = "switched off"  # the controller or a device does not answer, or was stopped
    UNKNOWN = "unknown"
