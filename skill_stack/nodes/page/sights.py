"""Sights: what the robot sees and where it may go, for the page: camera with boxes, map, and where it looked."""

from __future__ import annotations

import io
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from nav_msgs.msg import OccupancyGrid as GridMessage
from PIL import Image as Picture
from sensor_msgs.msg import Image

from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.camera_spec import CameraSpec, load_camera
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.search_progress import SearchProgress
from skill_stack.monitor.link_transform import LinkTransform
from skill_stack.monitor.page.camera_boxes import boxes_of
from skill_stack.monitor.page.map_picture import map_png
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER, LATCHED, NEWEST
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_basics import seconds_of
from skill_stack.nodes.wire.wire_camera import colour_of
from skill_stack.nodes.wire.wire_occupancy import occupancy_of
from skill_stack.nodes.wire.wire_scene import scene_of
from skill_stack.nodes.wire.wire_sight import LOOKOUT, lookout_of
from skill_stack_interfaces.msg import SceneGraph as SceneMessage
from skill_stack_interfaces.msg import SearchProgress as SearchMessage

CAMERA = "camera"
"""Name of the robot's camera on the page."""
WIDTH = 640
"""Largest width of a picture on the page, pixels."""
QUALITY = 75
"""Of its JPEG."""
FRESH = 5.0
"""Age up to which a grid of what is seen now counts more than a map, s."""
SEEN = 1.5
"""Age of the last sight of a thing up to which it counts as in the picture, s of task time."""
REMEMBERED = 3.0
"""Time for which poses are kept, s."""
_MOST_LOOKS = 50


class Sights:
    """Subscribes to pictures, grids and searches; only while the page is watched.

    Boxes are those of things that the camera found lately, from the map into the picture by the pose that the robot had
    when it was taken. What no camera finds has none.
    """

    def __init__(self, node: StackNode, robot: RobotSpec, show: Callable[[Mapping[str, Any]], object]) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            robot: The robot.
            show: Takes the sections ``cameras`` and ``map``.
        """
        self._node, self._show = node, show
        self._camera = _camera_of(node, robot)
        self._guard = threading.Lock()
        self._jpeg: bytes | None = None
        self._png: bytes | None = None
        self._pictures = self._maps = 0
        self._things = SceneGraph()
        self._poses: deque[tuple[float, float, LinkTransform]] = deque()
        self._odom = Pose2(0.0, 0.0, 0.0)
        self._grid_at = -np.inf
        self._looked: list[list[float]] = []
        self._search = ""
        maps = "map"
        self._subscriptions = [
            subscribe(node, Image, "camera/image_raw", _picture_of, self._take_picture, NEWEST),
            subscribe(node, SceneMessage, "perceived", scene_of, self._take_things, LATCHED),
            subscribe(node, GridMessage, "occupancy_grid", lambda m: occupancy_of(m, 0.0), self._take_grid, ANY_SENDER),
            subscribe(node, GridMessage, maps, lambda m: occupancy_of(m, 0.0, maps), self._take_map, LATCHED),
            subscribe(node, SearchMessage, LOOKOUT, lookout_of, self._take_lookout, LATCHED),
        ]

    def close(self) -> None:
        """Ends the subscriptions."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)

    @property
    def picture(self) -> bytes | None:
        """The newest picture as JPEG, or None; from any thread."""
        with self._guard:
            return self._jpeg

    @property
    def map_picture(self) -> bytes | None:
        """The newest grid as PNG, or None; from any thread."""
        with self._guard:
            return self._png

    @property
    def looked(self) -> list[list[float]]:
        """Views of the present search: x, y, m, yaw, rad, and how far was seen, m; in ``map``."""
        return self._looked

    def note_pose(self, base: LinkTransform | None, task_time: float, odom: Pose2) -> None:
        """Takes where the robot is now.

        Args:
            base: Pose of the base in ``map``, or None.
            task_time: Of that pose, s.
            odom: Where ``odom`` lies in ``map``.
        """
        now = time.monotonic()
        self._odom = odom
        if base is not None:
            self._poses.append((now, task_time, base))
        while self._poses and now - self._poses[0][0] > REMEMBERED:
            self._poses.popleft()

    def _take_picture(self, taken: tuple[float, np.ndarray]) -> None:
        stamp, pixels = taken
        picture = Picture.fromarray(pixels)
        if picture.width > WIDTH:
            picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=QUALITY)
        with self._guard:
            self._jpeg = packed.getvalue()
        self._pictures += 1
        shown = {"name": CAMERA, "v": self._pictures, "boxes": self._boxes(stamp)}
        self._show({"cameras": [shown]})

    def _boxes(self, stamp: float) -> list[dict[str, Any]]:
        """What is in a picture of a stamp, s of the node's time."""
        if self._camera is None or not self._poses:
            return []
        age = self._node.get_clock().now().nanoseconds * 1e-9 - stamp
        taken = time.monotonic() - age
        _, task_time, base = min(self._poses, key=lambda one: abs(one[0] - taken))
        recent = [thing for thing in self._things.things if abs(thing.last_seen - task_time) <= SEEN]
        return boxes_of(recent, self._camera, base)

    def _take_things(self, scene: SceneGraph) -> None:
        self._things = scene

    def _take_grid(self, grid: OccupancyGrid) -> None:
        self._grid_at = time.monotonic()
        self._show_grid(grid)

    def _take_map(self, grid: OccupancyGrid) -> None:
        if time.monotonic() - self._grid_at > FRESH:
            self._show_grid(grid)

    def _show_grid(self, grid: OccupancyGrid) -> None:
        origin = grid.origin if grid.frame == "map" else self._odom.compose(grid.origin)
        with self._guard:
            self._png = map_png(grid)
        self._maps += 1
        height, width = grid.cells.shape
        about = {"v": self._maps, "width": width, "height": height, "resolution": grid.resolution,
                 "origin": [round(origin.x, 3), round(origin.y, 3)], "yaw": round(origin.yaw, 4)}  # fmt: skip
        self._show({"map": about})

    def _take_lookout(self, search: SearchProgress) -> None:
        if search.request != self._search:
            self._search, self._looked = search.request, []
        if search.view is not None and self._camera is not None:
            view = [round(part, 2) for part in (search.view.x, search.view.y, search.view.yaw, self._camera.far)]
            self._looked = [*self._looked, view][-_MOST_LOOKS:]


def _camera_of(node: StackNode, robot: RobotSpec) -> CameraSpec | None:
    """The robot's first camera as it is mounted; None for a robot without."""
    try:
        return load_camera(node.resources.robot(robot.name))
    except SkillStackError:
        return None


def _picture_of(message: Image) -> tuple[float, np.ndarray]:
    return seconds_of(message.header.stamp), colour_of(message)
