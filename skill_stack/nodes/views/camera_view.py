"""CameraView: the newest picture of the robot's camera, for models that take images."""

from __future__ import annotations

import time

from rclpy.node import Node
from sensor_msgs.msg import CompressedImage

from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER
from skill_stack.planner.model import ModelPicture

OLDEST = 2.0  # s after which a picture no longer shows what the robot sees now


class CameraView:
    """Subscribes to a topic of compressed pictures, as ``image_transport`` and most camera drivers publish them."""

    def __init__(self, node: Node, topic: str) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            topic: Name of the topic of ``sensor_msgs/CompressedImage``.
        """
        self._newest: CompressedImage | None = None
        self._at = 0.0
        subscribe(node, CompressedImage, topic, as_it_is, self._take, ANY_SENDER)

    def _take(self, message: CompressedImage) -> None:
        self._newest, self._at = message, time.monotonic()

    def __call__(self) -> ModelPicture | None:
        """The newest picture, or None; from any thread."""
        newest = self._newest
        if newest is None or time.monotonic() - self._at > OLDEST:
            return None
        kind = "png" if "png" in newest.format.lower() else "jpeg"  # e.g. "jpeg", "bgr8; jpeg compressed bgr8"
        return ModelPicture(bytes(newest.data), f"image/{kind}")
