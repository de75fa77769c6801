"""ServoPart: how a ``servo`` skill moves joints to goal values, and closes them on what they meet."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive

EFFORT = "/effort"
"""After a joint's name: goal value of the torque with which that joint presses, N·m."""
BY = "/by"
"""After a joint's name: goal value by which that joint goes on from where it was told to be, rad or m."""


class ServoPart(DataModel):
    """How joints follow goal values that are named like them.

    Attributes:
        speed: Fastest motion, as a share of each joint's own velocity.
        closing: Speed at which a joint that is to press goes on until it does, rad/s.
        patience: Time after which what presses less than wanted has pressed enough, s.
        stiffness: Factor on the robot's gains.
    """

    speed: Annotated[float, Field(gt=0, le=1)] = 0.3
    closing: Positive = 0.6
    patience: Positive = 1.5
    stiffness: Positive = 1.0
