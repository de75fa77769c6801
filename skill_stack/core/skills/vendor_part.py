"""VendorPart: how a ``vendor`` skill uses the robot's own controller."""

from __future__ import annotations

from pydantic import Field, field_validator

from skill_stack.core.data_file import DataModel, check_each_parses
from skill_stack.core.skills.condition import Condition

SIGNALS = ("elapsed", "tilt", "speed", "joint_speed")
"""Signals of a stage's conditions, SI: time in the stage, tilt and speed of the base, fastest joint."""
AWAY_FROM = "away_from_"
"""Prefix of a pose name: largest distance of any joint from that pose, rad."""


class MotionStage(DataModel):
    """One motion of the robot's own controller.

    Attributes:
        motion: Name of the motion among those of the robot.
        until: Conditions over what is measured (``elapsed``, ``tilt``, ``speed``, ``joint_speed``,
            ``away_from_<pose>``) that must all hold for the stage to be over; empty: as soon as it has begun.
    """

    motion: str
    until: tuple[str, ...] = ()

    @field_validator("until")
    @classmethod
    def _conditions(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return check_each_parses(Condition.parse, texts)


class VendorPart(DataModel):
    """Stage after stage, then holding the last.

    Attributes:
        stages: Motions in order.
        realises: Name under which the skill is used where the vendor's controller moves the joints, e.g. ``walk``,
            in place of the skill of that name; None for its own.
    """

    stages: tuple[MotionStage, ...] = Field(min_length=1)
    realises: str | None = None
