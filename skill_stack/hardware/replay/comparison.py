"""ReplayComparison: present commands compared with the recorded ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray


class ReplayComparison:
    """Accumulates differences of joint targets.

    Attributes:
        compared: Commands that were compared.
        different: Those of them with a joint further off than the tolerance.
    """

    def __init__(self, robot: RobotSpec, tolerance: float) -> None:
        """Starts empty.

        Args:
            robot: The robot.
            tolerance: Difference up to which a target counts as the same, rad.
        """
        self._names, self._tolerance = robot.joint_names, tolerance
        self._largest, self._sum = np.zeros(robot.size), np.zeros(robot.size)
        self.compared = self.different = 0

    def take(self, target: Array, recorded: Array) -> None:
        """Compares one command, rad, shape (joints,) each."""
        apart = np.abs(target - recorded)
        np.maximum(self._largest, apart, out=self._largest)
        self._sum += apart
        self.compared += 1
        self.different += bool((apart > self._tolerance).any())

    def to_json(self) -> dict[str, Any]:
        """Largest and mean difference of each joint, rad, and how many commands differed."""
        mean = self._sum / max(self.compared, 1)
        joints = {
            name: {"largest": round(float(most), 5), "mean": round(float(some), 5)}
            for name, most, some in zip(self._names, self._largest, mean, strict=True)
        }
        return {
            "commands": self.compared,
            "different": self.different,
            "tolerance": self._tolerance,
            "joints": joints,
        }
