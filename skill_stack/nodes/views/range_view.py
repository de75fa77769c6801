"""RangeView: obstacles that a laser or a lidar of another driver sees, as an occupancy grid in ``odom``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sensor_msgs.msg import LaserScan, PointCloud2

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.fixed_frames import FixedFrames
from skill_stack.nodes.wire.wire_basics import seconds_of
from skill_stack.nodes.wire.wire_ranges import beams_of, cloud_of
from skill_stack.perception.scene.floor_map import FloorMap
from skill_stack.perception.scene.range_scan import FloorPlaces, FramePose, cloud_places, scan_places

EVERY = 0.2
"""Time between two scans that are taken, s: lasers scan at 10 to 40 Hz, and a walk needs no more."""


class RangeView:
    """Subscribes to ``scan`` or ``points`` and to ``/tf_static``, which gives the sensor's pose on the robot.

    The sensor must be fixed to the base link, by static transforms from its driver or from the robot's URDF. Points
    within the robot's own outline are its own.
    """

    def __init__(
        self, node: StackNode, kind: str, robot: RobotSpec, status: Callable[[], SkillStatus | None],
        task_time: Callable[[float], float], take: Callable[[OccupancyGrid], None],
    ) -> None:  # fmt: skip
        """Subscribes.

        Args:
            node: The node to subscribe with.
            kind: ``scan`` or ``points``.
            robot: The robot.
            status: The newest status of the robot, with the pose of the base in ``odom``.
            task_time: Task time of a stamp, s.
            take: Is given every grid.
        """
        self._status, self._task_time, self._give, self._outline = status, task_time, take, robot.footprint
        self._frames = FixedFrames(node, robot)
        self._last = float("-inf")
        self._floor = FloorMap("odom", {"scan": "laser", "points": "lidar"}[kind])
        if kind == "scan":  # nothing was met: infinite
            subscribe(node, LaserScan, "scan", _scan, self._take, ANY_SENDER, ("ranges", "intensities"))
        else:
            subscribe(node, PointCloud2, "points", _cloud, self._take, ANY_SENDER)

    def _take(self, read: tuple[str, float, Callable[[FramePose], FloorPlaces]]) -> None:
        frame, stamp, places_from = read
        if (base := self._due(self._task_time(stamp))) is None:
            return
        seen = places_from(base.compose(self._frames.mounting(frame)))
        x, y, _ = base.points_inside(seen.taken).T
        around = self._outline
        own = (x < around.front) & (x > -around.back) & (np.abs(y) < around.side)
        self._floor.add_points(seen.taken[~own], seen.free, base.xyz, self._last, seen.least, seen.above)
        if (grid := self._floor.grid()) is not None:
            self._give(grid)

    def _due(self, now: float) -> FramePose | None:
        """Pose of the base in ``odom`` when a measurement is to be taken; None for one too soon after the last."""
        status = self._status()
        if status is None or 0.0 <= now - self._last < EVERY:
            return None
        self._last = now
        return FramePose(np.asarray(status.base_position, float), np.asarray(status.orientation, float))


def _scan(message: LaserScan) -> tuple[str, float, Callable[[FramePose], FloorPlaces]]:
    """Frame, stamp in s, and what a scan shows from a pose of the sensor."""
    return *_origin(message), partial(scan_places, *beams_of(message))


def _cloud(message: PointCloud2) -> tuple[str, float, Callable[[FramePose], FloorPlaces]]:
    """Frame, stamp in s, and what a cloud shows from a pose of the sensor."""
    return *_origin(message), partial(cloud_places, cloud_of(message))


def _origin(message: Any) -> tuple[str, float]:
    return message.header.frame_id.strip("/"), seconds_of(message.header.stamp)
