"""RobotTopics: samples and estimates of a robot as standard topics and transforms."""

from __future__ import annotations

import time
from collections.abc import Callable

from geometry_msgs.msg import TransformStamped, WrenchStamped
from nav_msgs.msg import Odometry
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.stated_place import StatedPlace
from skill_stack.core.world.scene import Pose2
from skill_stack.nodes.ros_compat import LATCHED, NEWEST
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.views.robot_description import RobotDescription, transforms_message
from skill_stack.nodes.views.robot_link import JointReport
from skill_stack.nodes.wire.wire_basics import time_message
from skill_stack.nodes.wire.wire_sensors import (
    imu_message,
    joint_states_message,
    localization_message,
    odometry_message,
    touch_message,
    transform_message,
)

START_POSE = "start pose"
"""Source of the pose of ``odom`` in ``map`` until one is stated."""
NOBODY = "nobody"
"""The same where another localization is to state it, and has not yet."""


class RobotTopics:
    """Publishes ``joint_states``, ``imu``, ``odom``, ``/tf``, ``/tf_static``, ``robot_description``, ``localization``.

    For a robot with touch sensors it also publishes ``touch/<sensor>`` of each. Everything is stamped with the time at
    which it was measured, not with that at which it is published. Messages without subscribers are not built, so that
    an unwatched robot costs next to nothing.

    Attributes:
        simulated: Whether the robot is simulated.
        localization: Source of the pose of ``odom`` in ``map``.
    """

    def __init__(self, node: StackNode, robot: RobotSpec, description: RobotDescription, start: Pose2 | None) -> None:
        """Makes the publishers.

        Args:
            node: The node to publish with.
            robot: The robot.
            description: Its URDF and link tree.
            start: Pose of the origin of ``odom`` in ``map``; None where another localization publishes it on ``/tf``.
        """
        self._node, self._robot, self._description = node, robot, description
        self._start = self._origin = start
        self.localization = START_POSE if start is not None else NOBODY
        self.simulated = True
        self._seen = -1
        self._joints = node.create_publisher(JointState, "joint_states", NEWEST)
        self._touch = {
            sensor: node.create_publisher(WrenchStamped, f"touch/{sensor.name}", NEWEST)
            for sensor in robot.sensors.touch
        }
        self._imu = node.create_publisher(Imu, "imu", NEWEST)
        self._odometry = node.create_publisher(Odometry, "odom", NEWEST)
        self._tf = node.create_publisher(TFMessage, "/tf", NEWEST)
        self._static = node.create_publisher(TFMessage, "/tf_static", LATCHED)
        self._urdf = node.create_publisher(String, "robot_description", LATCHED)
        self._localization = node.create_publisher(TransformStamped, "localization", LATCHED)
        self._clock = node.create_publisher(Clock, "/clock", NEWEST) if node.value("publish_clock") else None

    def publish_constants(self) -> None:
        """Publishes constant data: description, fixed links, and the pose of ``odom`` in ``map``."""
        node = self._node
        stamp = node.now_stamp(0.0)
        fixed = transforms_message(self._description.tree.fixed(), stamp, node.get_namespace())
        origin = self._publish_origin()
        if origin is not None and self._start is not None:  # else odom would have two parents
            fixed.transforms.append(origin)
        self._static.publish(fixed)
        self._urdf.publish(String(data=self._description.text))

    def place(self, stated: StatedPlace | None) -> None:
        """Publishes a new pose of ``odom`` in ``map``.

        Args:
            stated: What was stated, and by whom; None for where it was at the start.
        """
        self._origin = self._start if stated is None else stated.origin
        self.localization = stated.source if stated is not None else START_POSE if self._start is not None else NOBODY
        if self._start is not None:
            self.publish_constants()
        else:
            self._publish_origin()

    def _publish_origin(self) -> TransformStamped | None:
        """Publishes where ``odom`` lies in ``map`` on ``localization``; gives the message, or None where it is unknown.
        """
        if self._origin is None:
            return None
        node = self._node
        message = localization_message(self._origin, node.now_stamp(0.0), node.frame("map"), node.frame("odom"))
        self._localization.publish(message)
        return message

    def publish(self, sample: SensorSample, state: RobotState | None, joints: Callable[[], JointReport]) -> None:
        """Publishes a sample and its estimate, unless it was published already.

        Args:
            sample: What the main part measured.
            state: The estimate made of it, or None.
            joints: Gives the joints of all parts when there are subscribers.
        """
        if sample.sequence == self._seen:
            return
        self._seen = sample.sequence
        node, now = self._node, sample.task_time_at(time.monotonic())
        stamp = node.stamp_at(sample.task_time, now)
        then = stamp if state is None else node.stamp_at(state.task_time, now)
        if self._clock is not None:
            self._clock.publish(Clock(clock=time_message(sample.task_time)))
        if self._joints.get_subscription_count():
            self._joints.publish(joint_states_message(joints(), stamp))
        for sensor, publisher in self._touch.items():
            if publisher.get_subscription_count() and (said := joints().touch.get(sensor.name)) is not None:
                publisher.publish(touch_message(said, stamp, node.frame(sensor.link)))
        if self._imu.get_subscription_count():
            self._imu.publish(imu_message(sample, stamp, node.frame(self._robot.source.imu_link)))
        if state is None:
            return
        odom, base = node.frame("odom"), node.frame(self._robot.source.base_link)
        if self._odometry.get_subscription_count():
            self._odometry.publish(odometry_message(state, then, odom, base))
        if self._tf.get_subscription_count():
            report = joints()
            positions = dict(zip(report.names, report.position.tolist()))
            message = transforms_message(self._description.tree.moving(positions), stamp, node.get_namespace())
            message.transforms.append(transform_message(state.base_position, state.orientation, then, odom, base))
            self._tf.publish(message)
