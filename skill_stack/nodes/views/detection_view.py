"""DetectionView: things that a detector outside of the stack finds, in ``map``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from geometry_msgs.msg import TransformStamped

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import from_yaw
from skill_stack.core.setpoint import SkillStatus
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.nodes.border import subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER, LATCHED, newest
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.fixed_frames import FixedFrames
from skill_stack.nodes.wire.wire import SIGNALS, status_of
from skill_stack.nodes.wire.wire_detections import DETECTIONS, detections_of
from skill_stack.nodes.wire.wire_goal import interface_type
from skill_stack.nodes.wire.wire_sensors import localization_of
from skill_stack.perception.scene.foreign_objects import ForeignDetection, ForeignObjects
from skill_stack.perception.scene.range_scan import FramePose
from skill_stack_interfaces.msg import SkillStatus as StatusMessage


class DetectionView:
    """Subscribes to a ``vision_msgs/Detection3DArray`` and to what says where its frame is.

    Detections may be in ``map``, in ``odom``, or in a frame that ``/tf_static`` fixes to the base link, as a camera's;
    these are taken as of now, by the newest pose of the robot.
    """

    def __init__(self, node: StackNode, robot: RobotSpec, topic: str, take: Callable[[SceneGraph], None]) -> None:
        """Subscribes.

        Args:
            node: The node to subscribe with.
            robot: The robot.
            topic: Topic of the detector.
            take: Is given everything that is known after each message.

        Raises:
            DataError: vision_msgs is not installed.
        """
        kind = interface_type(DETECTIONS)
        self._maps, self._odoms = ({node.frame(name), name} for name in ("map", "odom"))
        self._main, self._give = robot.main_part, take
        self._frames, self._known = FixedFrames(node, robot), ForeignObjects()
        self._origin: Pose2 | None = None
        self._status: SkillStatus | None = None
        subscribe(node, TransformStamped, "localization", localization_of, self._take_origin, LATCHED)
        subscribe(node, StatusMessage, "skill_status", status_of, self._take_status, newest(len(robot.parts)), SIGNALS)
        subscribe(node, kind, topic, detections_of, self._take, ANY_SENDER)

    def _take_origin(self, origin: Pose2) -> None:
        self._origin = origin

    def _take_status(self, status: SkillStatus) -> None:
        if status.part == self._main:
            self._status = status

    def _take(self, read: tuple[str, float, list[ForeignDetection]]) -> None:
        frame, _, found = read
        sensor, now = self._pose(frame), self._status.task_time if self._status is not None else 0.0
        self._give(self._known.take([(one.id, one.placed(sensor, now)) for one in found], now))

    def _pose(self, frame: str) -> FramePose:
        """Pose of a frame in ``map``.

        Raises:
            DataError: It is not known.
        """
        if frame in self._maps:
            return FramePose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
        mounting = None if frame in self._odoms else self._frames.mounting(frame)
        if self._origin is None:
            raise DataError(f"where '{frame}' is in map is not known yet: nothing localizes the robot")
        odom = FramePose(np.array([self._origin.x, self._origin.y, 0.0]), np.array(from_yaw(self._origin.yaw)))
        if mounting is None:
            return odom
        if self._status is None:
            raise DataError(f"where '{frame}' is in map is not known yet: the robot has not reported")
        base = FramePose(np.asarray(self._status.base_position, float), np.asarray(self._status.orientation, float))
        return odom.compose(base).compose(mounting)
