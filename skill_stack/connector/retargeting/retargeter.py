"""Retargeter: the joints of a hand for a posture given in synergies or measured on another hand."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.postures import drawn_postures
from skill_stack.connector.retargeting.synergy_space import SynergySpace
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
BEGINNINGS = 400
"""Postures that a search may start from."""


class Retargeter:
    """One hand that takes over postures of others.

    The first search begins with the drawn posture whose fingertips are the nearest, each later one with what was found
    before, so that a hand that is led moves without jumps.

    Attributes:
        shape: The hand.
        space: What postures are told in.
        off: Mean distance of the last posture's fingertips from the wanted ones, in lengths of a finger.
    """

    def __init__(self, robot: RobotSpec, space: SynergySpace) -> None:
        """Raises DataError where the hand does not state its fingertips."""
        self.shape, self.space, self.off = HandShape(robot), space, 0.0
        self._known = drawn_postures(robot, self.shape, BEGINNINGS, np.random.default_rng(0))
        self._tips = np.array([self.shape.tips(posture) for posture in self._known])
        self._last: Array | None = None

    def coordinates(self, joints: Array) -> Array:
        """Synergy coordinates of a posture of this hand, shape (synergies,); joints in rad, shape (joints,)."""
        return self.space.encode(self.shape.tips(joints), self.shape.which)

    def joints(self, coordinates: Array) -> Array:
        """Joint positions, rad, shape (joints,), for a posture in synergies, shape (synergies,)."""
        return self.reach(self.shape.own(self.space.decode(coordinates), self.space.fingers))

    def reach(self, wanted: Array) -> Array:
        """Joint positions, rad, shape (joints,), for fingertips in the shared frame and unit, shape (fingers, 3)."""
        begin = self._last
        if begin is None:
            begin = self._known[np.linalg.norm(self._tips - wanted, axis=2).sum(axis=1).argmin()]
        self._last = self.shape.solve(wanted, begin)
        self.off = float(np.linalg.norm(self.shape.tips(self._last) - wanted, axis=1).mean())
        return self._last

    def forget(self) -> None:
        """The next search starts fresh."""
        self._last = None
