"""PincerArm: where a hand of sliding fingers is, how its arm brings it somewhere, and what it feels."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pinocchio

from skill_stack.connector.kinematics.chain import Chain, LinkPlace, in_base
from skill_stack.connector.parts_knowledge import HeldThing
from skill_stack.core.errors import DataError
from skill_stack.core.robots.pincer import GripSpec
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import SceneObject

Array = np.ndarray
SQUARE = 0.05
"""Largest difference of two sides of a box that is the same after a quarter turn, as a share."""


class PincerArm:
    """One hand with its arm; poses are in the map."""

    def __init__(self, robot: RobotSpec, side: str) -> None:
        """Builds the kinematics.

        Args:
            robot: A robot with two such hands, bolted down.
            side: ``right`` or ``left``.
        """
        assert robot.pincers is not None and robot.fixed is not None, "a bolted robot with two hands"
        self.spec = next(one for name, one in robot.pincers.hands.items() if name == side)
        self._robot = robot
        self._chain = Chain(robot, self.spec.link, robot.parts[self.spec.arm].joints, self.spec.tip)
        self._turn = pinocchio.rpy.rpyToMatrix(*robot.fixed.rpy)
        self._base = np.array(robot.fixed.xyz)

    def place(self, joints: Mapping[str, float]) -> LinkPlace | None:
        """Where the hand is at measured joint positions; None where nobody says them."""
        if not set(self._chain.joints) <= joints.keys():
            return None
        found = self._chain.place({name: joints[name] for name in self._chain.joints})
        assert found.turn is not None, "a place by joints has an orientation"
        return LinkPlace(self._base + self._turn @ found.position, self._turn @ found.turn)

    def solve(self, wanted: LinkPlace, rest: Mapping[str, float]) -> dict[str, float]:
        """Joint positions that bring the hand somewhere; raises DataError where it is out of reach."""
        return self._chain.solve(in_base(self._robot, wanted), rest)

    def opening(self, joints: Mapping[str, float]) -> float | None:
        """Distance of the fingers, m; None where nobody says it."""
        ways = [joints.get(name) for name in self.spec.fingers]
        return None if None in ways else float(sum(way for way in ways if way is not None))

    def middle(self, joints: Mapping[str, float]) -> float:
        """How far along the hand's y axis the middle between the fingers is, m."""
        along, against = (joints[name] for name in self.spec.fingers)
        return 0.5 * (along - against)

    def taking(self, thing: LinkPlace, shape: SceneObject, grip: GripSpec) -> LinkPlace:
        """Where the hand takes hold of a thing.

        Args:
            thing: Where it is.
            shape: Its shape and extents.
            grip: Where and how.
        """
        assert thing.turn is not None, "a thing has an orientation"
        yaw = float(np.arctan2(thing.turn[1, 0], thing.turn[0, 0]))
        best = min(same_headings(shape, yaw, grip.heading), key=lambda one: abs(wrap_angle(one - grip.heading)))
        side, half = self.spec.side, 0.5 * _along(shape, best - yaw)
        frame = pinocchio.rpy.rpyToMatrix(0.0, 0.0, best)
        turn = frame @ pinocchio.rpy.rpyToMatrix(side * grip.rpy[0], grip.rpy[1], side * grip.rpy[2])
        spot = np.array(grip.spot) * (side, side, 1.0) * half
        return LinkPlace(thing.position + frame @ spot - grip.depth * turn[:, 2], turn)


def same_headings(thing: SceneObject, yaw: float, wanted: float) -> list[float]:
    """Headings at which a thing looks as it does now, rad; for a round one the wanted heading."""
    if thing.lifted is not None:
        return [yaw]
    if thing.shape in ("sphere", "cylinder"):
        return [wanted]
    square = abs(thing.size[0] - thing.size[1]) <= SQUARE * max(thing.size[:2])
    return [yaw + k * math.pi / 2 for k in range(4)] if square else [yaw, yaw + math.pi]


def _along(thing: SceneObject, turned: float) -> Array:
    """Extents along the axes of a frame that is turned from the thing's, m, shape (3,)."""
    x, y, z = thing.size
    return np.array([y, x, z] if abs(math.sin(turned)) > 0.7 and thing.shape == "box" else [x, y, z])


def held_place(hand: LinkPlace, grip: HeldThing) -> LinkPlace:
    """Where a thing is that a hand holds."""
    assert hand.turn is not None, "a hand has an orientation"
    return LinkPlace(hand.position + hand.turn @ grip.position, hand.turn @ grip.turn)


def hand_for(thing: LinkPlace, grip: HeldThing) -> LinkPlace:
    """Where a hand has to be so that what it holds is somewhere."""
    assert thing.turn is not None, "a thing has an orientation"
    turn = thing.turn @ grip.turn.T
    return LinkPlace(thing.position - turn @ grip.position, turn)


def lying(thing: SceneObject) -> LinkPlace:
    """Where a thing is that stands as it was seen."""
    return LinkPlace(np.array(thing.position), pinocchio.rpy.rpyToMatrix(0.0, 0.0, thing.yaw))


def side_of(robot: RobotSpec, part: str) -> str:
    """Side of the hand that a part is, or that it brings; raises DataError where it is neither."""
    hands = robot.pincers.hands.items() if robot.pincers is not None else ()
    for side, one in hands:
        if part in (one.arm, one.hand):
            return side
    raise DataError(f"part '{part}' of '{robot.name}' is no hand of two sliding fingers and no arm of one")
