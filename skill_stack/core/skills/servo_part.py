"""ServoPart: how a ``servo`` skill moves joints to goal values, and closes them on objects."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive

EFFORT = "/effort"
"""Suffix of a joint's name: goal value of the torque with which the joint presses, N·m."""
BY = "/by"
"""Suffix of a joint's name: goal value of the increment from its last target, rad or m."""


AXES = ("/x", "/y", "/z")
"""Suffixes of a hand's name: goal values of where its point is to stay, in ``odom``, m."""


class HandPart(DataModel):
    """A hand that is kept where it is told while the base moves.

    Attributes:
        link: Link of the hand.
        tip: The point of it that stays, in the link's frame, m.
        joints: The group of joints that move it.
        damping: Factor on how they are damped.
        speed: Fastest motion of their targets, rad/s.
        lead: Time from a measurement to when its command moves the arm, s.
    """

    link: str
    tip: tuple[float, float, float] = (0.0, 0.0, 0.0)
    joints: str
    damping: Positive = 1.0
    speed: Positive
    lead: Annotated[float, Field(ge=0)] = 0.0


class ServoPart(DataModel):
    """How joints follow the goal values of the same names.

    Attributes:
        speed: Fastest motion, as a share of each joint's own velocity.
        slower: Fastest motion of joints that have to move more slowly, rad/s, by name.
        closing: Speed of a joint that is to press, until it has contact, rad/s.
        patience: Time after which a joint that presses with less than the target torque counts as done, s.
        stiffness: Factor on the robot's gains.
        follow: Time constant with which targets follow goal values that change all the time, s; None: new goal values
            begin a motion.
        hands: Hands that may be kept at a place, by name; only with ``follow``.
    """

    speed: Annotated[float, Field(gt=0, le=1)] = 0.3
    slower: dict[str, Positive] = {}
    closing: Positive = 0.6
    patience: Positive = 1.5
    stiffness: Positive = 1.0
    follow: Positive | None = None
    hands: dict[str, HandPart] = {}
