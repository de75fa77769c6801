"""Localization: pose of the odometry frame in the map, and its source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from skill_stack.core.rotation import yaw_of
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.scene import Pose2, SceneGraph


@dataclass(frozen=True, slots=True)
class Localization:
    """The transform from ``odom`` to ``map``, with its source.

    Attributes:
        odom: Pose of the ``odom`` frame in ``map``.
        source: Origin of the pose, e.g. ``start pose``.
        time: Task time of the statement, s.
    """

    odom: Pose2 = Pose2(0.0, 0.0, 0.0)
    source: str = "identity"
    time: float = 0.0

    @classmethod
    def from_start(cls, scene: SceneGraph) -> Localization:
        """The stated start pose: odometry starts at the place ``start``; identity where the map names none."""
        if "start" not in scene.objects:
            return cls()
        start = scene.objects["start"]
        return cls(Pose2(start.position[0], start.position[1], start.yaw), "start pose")

    def locate(self, status: SkillStatus) -> Pose2 | None:
        """The robot's pose in ``map``, or None when the controller's estimate is not finite."""
        x, y = float(status.base_position[0]), float(status.base_position[1])
        yaw = yaw_of(status.orientation)
        if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(yaw)):
            return None
        return self.odom.compose(Pose2(x, y, yaw))
