"""FixedFrames: where sensors are on the robot, as their drivers or its URDF say on /tf_static."""

from __future__ import annotations

import numpy as np
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from tf2_msgs.msg import TFMessage

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_basics import wxyz_of
from skill_stack.perception.scene.range_scan import FramePose

CHAIN = 32
"""Most transforms between base and sensor."""
STATIC = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=100,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""For ``/tf_static``, which has many publishers, each of which sends its part once."""


class FixedFrames:
    """Subscribes to ``/tf_static``."""

    def __init__(self, node: StackNode, robot: RobotSpec) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            robot: The robot; its base link may have the namespace in front or not.
        """
        self._base = {robot.source.base_link, node.frame(robot.source.base_link)}
        self._parents: dict[str, tuple[str, FramePose]] = {}
        subscribe(node, TFMessage, "/tf_static", _transforms, self._parents.update, STATIC)

    def mounting(self, frame: str) -> FramePose:
        """Pose of a frame in the base link.

        Raises:
            DataError: Static transforms do not lead from one to the other.
        """
        pose, at = FramePose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])), frame
        for _ in range(CHAIN):
            if at in self._base:
                return pose
            if at not in self._parents:
                break
            at, step = self._parents[at]
            pose = step.compose(pose)
        raise DataError(f"nobody says on /tf_static where '{frame}' is on the robot's {min(self._base, key=len)}")


def _transforms(message: TFMessage) -> dict[str, tuple[str, FramePose]]:
    """Parents and poses of frames in them, by frame."""
    found = {}
    for one in message.transforms:
        at = one.transform.translation
        pose = FramePose(np.array([at.x, at.y, at.z]), wxyz_of(one.transform.rotation))
        found[one.child_frame_id.strip("/")] = (one.header.frame_id.strip("/"), pose)
    return found
