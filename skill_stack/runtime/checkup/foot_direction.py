"""FootDirection: visible motion of a foot for a joint motion, in words."""

from __future__ import annotations

import numpy as np

from skill_stack.controllers.estimation.leg_kinematics import LegKinematics
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

_WORDS = (("forwards", "backwards"), ("to the left", "to the right"), ("up", "down"))
_SEEN = 0.02
"""Smallest visible shift of a foot per rad, m."""


class FootDirection:
    """Computes from the URDF how a foot moves when a joint of its leg turns."""

    def __init__(self, robot: RobotSpec, position: Array) -> None:
        """Takes the robot as it is.

        Args:
            robot: The robot.
            position: Joint positions, rad, shape (joints,).
        """
        self._robot = robot
        self._position = np.asarray(position, dtype=float)
        try:
            self._legs: LegKinematics | None = LegKinematics(robot) if robot.feet else None
        except SkillStackError:  # no URDF here: the person is told about the axis instead
            self._legs = None

    def text(self, joint: str) -> str:
        """Direction in which each foot moves when a joint turns towards the middle of its range, as in the check."""
        place = int(self._robot.indices((joint,))[0])
        spec = self._robot.joints[place]
        sign = 1.0 if self._position[place] < (spec.lower + spec.upper) / 2 else -1.0
        turned = "about its axis in the URDF" if sign > 0 else "against its axis in the URDF"
        if self._legs is None:
            return turned
        speed = np.zeros(self._robot.size)
        speed[place] = sign
        self._legs.take(self._position, speed.tolist())
        shifts = [np.array(self._legs.foot(i).velocity) for i in range(len(self._robot.feet))]
        most = int(np.argmax([np.linalg.norm(shift) for shift in shifts]))
        axis = int(np.argmax(np.abs(shifts[most])))
        if abs(shifts[most][axis]) < _SEEN:
            return turned
        return f"its foot {self._robot.feet[most].name} going {_WORDS[axis][0 if shifts[most][axis] > 0 else 1]}"
