"""Frames of the robot's camera on ``/tf_static``."""

from __future__ import annotations

import math

from tf2_msgs.msg import TFMessage

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.monitor.link_transform import LinkTransform, from_rpy
from skill_stack.nodes.ros_compat import LATCHED
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.robot_description import transforms_message

LINK, OPTICAL_FRAME = "camera_link", "camera_optical_frame"
"""The camera with x ahead, y left and z up; and with x right, y down and z ahead, as its pictures are (REP-103)."""
OPTICAL_RPY = (-math.pi / 2, 0.0, -math.pi / 2)
"""Roll, pitch and yaw from the one to the other, rad."""


def publish_camera_frames(node: StackNode, camera: CameraSpec, base: str) -> None:
    """Publishes where a camera is on the robot.

    Args:
        node: The node to publish with.
        camera: The camera as it is mounted; a calibrated mounting included.
        base: Link that it is mounted on.
    """
    poses = (
        LinkTransform(base, LINK, camera.xyz, from_rpy(camera.rpy)),
        LinkTransform(LINK, OPTICAL_FRAME, rotation=from_rpy(OPTICAL_RPY)),
    )
    message = transforms_message(poses, node.now_stamp(0.0), node.get_namespace())
    node.create_publisher(TFMessage, "/tf_static", LATCHED).publish(message)
