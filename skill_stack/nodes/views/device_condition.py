"""DeviceCondition: battery and joints as the device measures them, for people and for the tools of ROS."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.qos import QoSProfile
from sensor_msgs.msg import BatteryState, Temperature

from skill_stack.core.errors import StaleData
from skill_stack.core.robots.joint_spec import JointSpec
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import SafetyLimits
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.nodes.ros_compat import NEWEST
from skill_stack.nodes.stack_node import StackNode
from skill_stack.nodes.wire.wire_diagnostics import diagnostic_status
from skill_stack.nodes.wire.wire_sensors import battery_message, temperature_message

EVERY_MOTOR = QoSProfile(depth=100)
"""Keeps the messages of all motors, which are published at once."""

_ORDER = (DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR)


class DeviceCondition:
    """Publishes ``battery_state`` and ``temperature``, and makes a status for the battery and one for each joint.

    ``temperature`` is one message for each motor, in the frame of the link that it moves.

    Of what the device does not measure nothing is said. Levels are those of the guards, by the limits of the robot's
    file: a warning where the stance takes over, an error where the robot is damped.
    """

    def __init__(self, node: StackNode, robot: RobotSpec, links: Mapping[str, str]) -> None:
        """Makes the publishers.

        Args:
            node: The node to publish with.
            robot: The whole robot.
            links: Link that each joint moves, by joint.
        """
        self._node, self._robot, self._links = node, robot, links
        self._parts = {part: robot.part(part) for part in robot.parts}  # with limits of their own
        self._seen: dict[str, int] = {}
        self._battery = node.create_publisher(BatteryState, "battery_state", NEWEST)
        self._temperature = node.create_publisher(Temperature, "temperature", EVERY_MOTOR)

    def look(self, parts: Sequence[RobotChannels]) -> list[DiagnosticStatus]:
        """Publishes what is new since the last look.

        Args:
            parts: The channels of every part, the main one first.

        Returns:
            A status for the battery, and one for each joint of a part that measured something since the last look.
        """
        out = []
        for place, channels in enumerate(parts):
            try:
                sample = channels.read_sample()
            except StaleData:
                continue  # its controller's status says so
            if sample is None or not sample.valid or sample.sequence == self._seen.get(channels.part):
                continue
            self._seen[channels.part] = sample.sequence
            measured = channels.words.measured
            if place == 0 and "battery" in measured:
                out.append(self._charge(sample))
            warm = "temperature" in measured
            if warm and self._temperature.get_subscription_count():
                self._publish_temperatures(channels.part, sample)
            out += self._each_joint(channels.part, sample, warm)
        return out

    def _publish_temperatures(self, part: str, sample: SensorSample) -> None:
        stamp = self._node.stamp_at(sample.task_time, sample.task_time_at(time.monotonic()))
        for name, degrees in zip(self._robot.parts[part].joints, sample.temperature.tolist(), strict=True):
            frame = self._node.frame(self._links[name])
            self._temperature.publish(temperature_message(degrees, stamp, frame))

    def _charge(self, sample: SensorSample) -> DiagnosticStatus:
        """Publishes the battery's state; the status of it."""
        charge, least = float(sample.battery), self._robot.safety.battery
        stamp = self._node.stamp_at(sample.task_time, sample.task_time_at(time.monotonic()))
        self._battery.publish(battery_message(charge, stamp))
        good = charge >= least
        text = f"{charge:.0%}" if good else f"{charge:.0%}, limit {least:.0%}"
        level = DiagnosticStatus.OK if good else DiagnosticStatus.WARN
        return diagnostic_status(self._node, level, "battery", text, {"charge": f"{charge:.3f}"})

    def _each_joint(self, part: str, sample: SensorSample, warmth: bool) -> list[DiagnosticStatus]:
        out = []
        limits, joints = self._parts[part].safety, self._parts[part].joints
        for index, (name, joint) in enumerate(zip(self._robot.parts[part].joints, joints, strict=True)):
            position, torque = float(sample.position[index]), float(sample.torque[index])
            findings = _mechanical(joint, position, torque, limits)
            values = {
                "position": f"{position:.3f} rad",
                "velocity": f"{float(sample.velocity[index]):.3f} rad/s",
                "torque": f"{torque:.2f} N·m",
            }
            if warmth:
                degrees = float(sample.temperature[index])
                if (heat := limits.heat(degrees)) is not None:
                    findings.append((DiagnosticStatus.ERROR if heat[0] else DiagnosticStatus.WARN, heat[1]))
                values["temperature"] = f"{degrees:.1f} °C"
            level = max((level for level, _ in findings), key=_ORDER.index, default=DiagnosticStatus.OK)
            text = "; ".join(text for _, text in findings) or "good"
            out.append(diagnostic_status(self._node, level, f"joint {name}", text, values))
        return out


def _mechanical(joint: JointSpec, position: float, torque: float, limits: SafetyLimits) -> list[tuple[bytes, str]]:
    """What is wrong with a joint's position, rad, and torque, N·m."""
    out = []
    beyond = max(joint.lower - position, position - joint.upper)
    if not beyond <= 0.0:  # what is no number is not within limits
        text = f"stands at {position:.2f} rad, beyond its range of {joint.lower:.2f} to {joint.upper:.2f} rad"
        level = DiagnosticStatus.WARN if beyond <= limits.beyond_range else DiagnosticStatus.ERROR
        out.append((level, text))
    strongest = joint.effort * limits.torque_margin
    if not abs(torque) <= strongest:
        out.append((DiagnosticStatus.ERROR, f"gives {torque:.1f} N·m, limit {strongest:.1f} N·m"))
    return out
