"""RosCamera: frames from another driver's topics: colour, aligned depth where there is any, and camera_info."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.rgbd_ring import Look
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.nodes.wire.wire_basics import seconds_of
from skill_stack.nodes.wire.wire_camera import colour_of, depth_of, intrinsics_of

TOGETHER = 0.05
"""Largest difference between the stamps of a look's two pictures, s."""


class RosCamera:
    """Subscribes to three topics; missing or unreadable ones are reported in :attr:`trouble`.

    Attributes:
        frame: Frame of the last look's pictures, as their publisher names it; empty before the first.
    """

    def __init__(self, node: Node, colour: str, depth: str, info: str, now: Callable[[], float]) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            colour: Topic of ``sensor_msgs/Image`` in colour.
            depth: The same of depth, aligned with the colour; empty: nothing measures it.
            info: Topic of ``sensor_msgs/CameraInfo`` of both.
            now: Task time, s.
        """
        self._node, self._now = node, now
        self._topics = {"colour": colour, "camera_info": info} | ({"depth": depth} if depth else {})
        self._colour: Image | None = None
        self._depth: Image | None = None
        self._info: CameraInfo | None = None
        self._wrong = ""
        self._look: Look | None = None
        self.frame = ""
        subscribe(node, Image, colour, as_it_is, self._take_colour, ANY_SENDER)
        if depth:
            subscribe(node, Image, depth, as_it_is, self._take_depth, ANY_SENDER)
        subscribe(node, CameraInfo, info, as_it_is, self._take_info, ANY_SENDER)

    def _take_colour(self, message: Image) -> None:
        self._colour = message

    def _take_depth(self, message: Image) -> None:
        self._depth = message

    def _take_info(self, message: CameraInfo) -> None:
        self._info = message

    @property
    def trouble(self) -> str:
        """Why there are no frames, or an empty string."""
        there = {"colour": self._colour, "depth": self._depth, "camera_info": self._info}
        missing = [self._topics[name] for name, message in there.items() if message is None and name in self._topics]
        return f"nothing has come on {', '.join(missing)}" if missing else self._wrong

    def newest(self) -> Look | None:
        """The newest pair whose stamps agree, in task time; None when there is none."""
        colour, depth, info = self._colour, self._depth, self._info
        if colour is None or info is None or (depth is None and "depth" in self._topics):
            return None
        stamp = seconds_of((depth or colour).header.stamp)
        if abs(stamp - seconds_of(colour.header.stamp)) > TOGETHER:
            return self._look
        stamp = self._task_time(stamp)
        if self._look is not None and abs(self._look[0] - stamp) < 1e-3:
            return self._look
        try:
            shown = colour_of(colour)
            measured = np.zeros(shown.shape[:2], np.float32) if depth is None else depth_of(depth)
            self._look = (stamp, shown, measured, intrinsics_of(info))
            self.frame, self._wrong = colour.header.frame_id, ""
        except DataError as error:
            self._wrong = str(error)
        return self._look

    def _task_time(self, stamp: float) -> float:
        """Task time of a stamp: equal where ROS runs on simulated time, converted from wall time elsewhere."""
        if self._node.get_parameter("use_sim_time").value:
            return stamp
        return self._now() - (self._node.get_clock().now().nanoseconds * 1e-9 - stamp)

    def close(self) -> None:
        """Does nothing: the node owns the subscriptions."""
