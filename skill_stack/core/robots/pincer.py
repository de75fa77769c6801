"""PincersSpec: two hands, each of two fingers that slide towards one another, and where they take hold of things."""

from __future__ import annotations

from typing import Literal

from skill_stack.core.data_file import DataModel

Vector = tuple[float, float, float]


class PincerSpec(DataModel):
    """One hand. Its fingers point along -z of the link that carries them, and close along y.

    Attributes:
        arm: Part that brings it somewhere.
        hand: Part that its fingers are.
        link: Link that carries the fingers.
        tip: Middle between the pads, in that link's frame, m.
        side: On which side of the robot it is: 1 left, -1 right.
        lift: Joint of the arm that raises it.
        fingers: Joints of both fingers: each is the way of its finger along y and against it, 0 when shut, m.
    """

    arm: str
    hand: str
    link: str
    tip: Vector
    side: Literal[-1, 1]
    lift: str
    fingers: tuple[str, str]


class GripSpec(DataModel):
    """Where and how a hand takes hold of a thing, as for the left hand; the right one has the mirror image.

    Attributes:
        spot: Middle between the pads from the thing's centre, as shares of half its extents; x and y are the other way
            for the right hand.
        depth: How much deeper than that the fingers reach, m.
        rpy: Roll, pitch and yaw of the hand in the thing's frame, as in a URDF, rad; roll and yaw are the other way
            for the right hand.
        heading: Of the headings that are the same for the thing, the one next to this one is taken, rad.
    """

    spot: Vector = (0.0, 0.0, 0.0)
    depth: float = 0.0
    rpy: Vector = (0.0, 0.0, 0.0)
    heading: float = 0.0


class PincersSpec(DataModel):
    """Two hands.

    Attributes:
        hands: By side, ``right`` and ``left``.
        grips: By name.
    """

    hands: dict[str, PincerSpec]
    grips: dict[str, GripSpec]
