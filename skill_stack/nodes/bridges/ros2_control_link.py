"""Ros2ControlLink: joint states and a controller's topics, for the driver of robots behind ros2_control."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from builtin_interfaces.msg import Duration
from rcl_interfaces.srv import GetParameters
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from skill_stack.core.errors import DataError
from skill_stack.hardware.ros2_control.link import JointStates
from skill_stack.hardware.ros2_control.settings import Ros2ControlSettings
from skill_stack.nodes.border import as_it_is, subscribe
from skill_stack.nodes.ros_compat import ANY_SENDER, LATCHED, NEWEST

STATES = ("position", "velocity", "effort")
"""Fields whose numbers pass unchecked: a non-finite one is a sensor fault, to which the control process reacts."""


class Ros2ControlLink:
    """See :class:`skill_stack.hardware.ros2_control.link.Link`."""

    def __init__(self, node: Node, settings: Ros2ControlSettings) -> None:
        """Subscribes, and advertises commands.

        Raises:
            DataError: The joint states, or the description, are those that the stack itself publishes.
        """
        for own, topic in (("joint_states", settings.joint_states), ("robot_description", settings.description)):
            if topic and node.resolve_topic_name(topic) == node.resolve_topic_name(own):
                raise DataError(
                    f"driver_settings: the stack itself publishes {node.resolve_topic_name(own)}, which would be taken "
                    "for what the robot says; give the deployment a namespace of its own"
                )
        self._node, self._topic = node, settings.command_topic
        self._states: JointStates | None = None
        self._joints: tuple[str, ...] | None = None
        self._asked: Future | None = None
        self._subscription = subscribe(
            node, JointState, settings.joint_states, as_it_is, self._keep, ANY_SENDER, STATES
        )
        self._description: str | None = None
        if settings.description:
            self._described = subscribe(node, String, settings.description, as_it_is, self._describe, LATCHED)
        self._message: Any = JointTrajectory if settings.driven_kind == "trajectory" else Float64MultiArray
        self._publisher = node.create_publisher(self._message, self._topic, NEWEST)
        self._parameters: Any = node.create_client(GetParameters, f"{settings.controller}/get_parameters")

    def _keep(self, message: JointState) -> None:
        names = list(message.name)
        count = 1 if self._states is None else self._states.count + 1
        self._states = JointStates(
            count,
            time.monotonic(),
            dict(zip(names, message.position, strict=False)),
            dict(zip(names, message.velocity, strict=False)),
            dict(zip(names, message.effort, strict=False)),
        )

    def states(self) -> JointStates | None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        return self._states

    def ask_joints(self) -> None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        if not self._parameters.service_is_ready():
            self.forget_joints()  # a controller that went away may come back with another order
            return
        self._asked = self._parameters.call_async(GetParameters.Request(names=["joints"]))
        self._asked.add_done_callback(self._hear)

    def forget_joints(self) -> None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        self._joints = self._asked = None

    def _hear(self, future: Future) -> None:
        if future is not self._asked:
            return
        answer = future.result()
        values = answer.values if answer is not None else []
        self._joints = tuple(values[0].string_array_value) if values else ()

    def controller_joints(self) -> tuple[str, ...] | None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        return self._joints

    def _describe(self, message: String) -> None:
        self._description = str(message.data)

    def description(self) -> str | None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        return self._description

    def other_publishers(self) -> int:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        return max(int(self._node.count_publishers(self._publisher.topic_name)) - 1, 0)

    def send_array(self, values: Sequence[float]) -> None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        self._publisher.publish(Float64MultiArray(data=list(values)))

    def send_trajectory(self, joints: Sequence[str], positions: Sequence[float], seconds: float) -> None:
        """See :class:`skill_stack.hardware.ros2_control.link.Link`."""
        point = JointTrajectoryPoint(positions=list(positions))
        point.time_from_start = Duration(sec=int(seconds), nanosec=int(seconds % 1.0 * 1e9))
        self._publisher.publish(JointTrajectory(joint_names=list(joints), points=[point]))
